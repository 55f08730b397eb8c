/// A number the kernels work in, and the integer of the same width they keep labels in.
protocol KernelReal: BinaryFloatingPoint, BitwiseCopyable, Sendable, SIMDScalar, Codable {
  associatedtype Label: FixedWidthInteger & SignedInteger & BitwiseCopyable & Sendable
  /// All bits set where `a < b`, else none; both are zero or above, perhaps infinite.
  static func maskOfLess(_ a: Self, _ b: Self) -> Label
  /// The sums of eight pairs; generic code has no vector addition of its own.
  static func sum(_ a: SIMD8<Self>, _ b: SIMD8<Self>) -> SIMD8<Self>
}

// The bit patterns of numbers from zero up are ordered as the numbers are, so the sign of their
// difference answers without a branch the optimiser could merge with a neighbouring one.
extension Float: KernelReal {
  @inline(__always)
  static func maskOfLess(_ a: Float, _ b: Float) -> Int32 {
    (Int32(bitPattern: a.bitPattern) &- Int32(bitPattern: b.bitPattern)) &>> 31
  }

  @inline(__always)
  static func sum(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { a + b }
}

extension Double: KernelReal {
  @inline(__always)
  static func maskOfLess(_ a: Double, _ b: Double) -> Int64 {
    (Int64(bitPattern: a.bitPattern) &- Int64(bitPattern: b.bitPattern)) &>> 63
  }

  @inline(__always)
  static func sum(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> { a + b }
}

/// The inner loops: plain loops over one feature's values that the compiler turns into vector code.
///
/// ADVICE FOR EDITORS. Each loop writes without a branch: a store behind a comparison becomes a
/// masked store, which costs five times as much, so winners are picked with masks and `? :` between
/// two values at hand. Values that meet in one loop have one width (Float64 with Int64, Float32 with
/// Int32), so that one mask fits all. Additions run feature by feature in index order; nothing is
/// reassociated or fused, so every build and every processor gives the same bits.
///
/// Safety: callers pass blocks of `count` elements for every output and `stride`-spaced columns that
/// hold at least `count` elements each.
enum Kernels {
  /// Samples worked on at a time: their distances and labels stay in the first-level cache.
  static let blockSize = 256

  /// `squared[i] = Σ_f (x[f·stride + i] − center[f])²`.
  @inline(__always)
  static func squaredDistances<Real: KernelReal>(
    _ x: UnsafePointer<Real>, stride: Int, featureCount: Int, count: Int,
    center: UnsafePointer<Real>, squared: UnsafeMutablePointer<Real>
  ) {
    var feature = 0
    switch featureCount & 3 {
    case 1:
      let a = center[0]
      for i in 0..<count {
        let p = x[i] - a
        squared[i] = p * p
      }
      feature = 1
    case 2:
      let (a, b) = (center[0], center[1])
      let y = x + stride
      for i in 0..<count {
        let (p, q) = (x[i] - a, y[i] - b)
        squared[i] = p * p + q * q
      }
      feature = 2
    case 3:
      let (a, b, c) = (center[0], center[1], center[2])
      let y = x + stride
      let z = y + stride
      for i in 0..<count {
        let (p, q, r) = (x[i] - a, y[i] - b, z[i] - c)
        squared[i] = p * p + q * q + r * r
      }
      feature = 3
    default:
      let (a, b, c, d) = (center[0], center[1], center[2], center[3])
      let y = x + stride
      let z = y + stride
      let t = z + stride
      for i in 0..<count {
        let (p, q, r, s) = (x[i] - a, y[i] - b, z[i] - c, t[i] - d)
        squared[i] = p * p + q * q + r * r + s * s
      }
      feature = 4
    }
    while feature < featureCount {
      let (a, b, c, d) = (
        center[feature], center[feature &+ 1], center[feature &+ 2], center[feature &+ 3]
      )
      let w = x + feature &* stride
      let y = w + stride
      let z = y + stride
      let t = z + stride
      for i in 0..<count {
        let (p, q, r, s) = (w[i] - a, y[i] - b, z[i] - c, t[i] - d)
        squared[i] = squared[i] + p * p + q * q + r * r + s * s
      }
      feature &+= 4
    }
  }

  /// The nearest of `clusterCount` centroids for each sample of a block; a tie goes to the lower
  /// index.
  ///
  /// - Parameters:
  ///   - centroids: `k × d`, row-major.
  ///   - nearest: gets the squared distances.
  ///   - labels: gets the indices.
  ///   - scratch: `count` elements to work in.
  @inline(__always)
  static func assign<Real: KernelReal>(
    _ x: UnsafePointer<Real>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Real>, clusterCount: Int, nearest: UnsafeMutablePointer<Real>,
    labels: UnsafeMutablePointer<Real.Label>, scratch: UnsafeMutablePointer<Real>
  ) {
    squaredDistances(
      x, stride: stride, featureCount: featureCount, count: count, center: centroids,
      squared: nearest)
    for i in 0..<count { labels[i] = 0 }
    var cluster = 1
    while cluster < clusterCount {
      let center = centroids + cluster &* featureCount
      let index = Real.Label(truncatingIfNeeded: cluster)
      // Few features: distance and comparison in one loop, without the way through memory.
      switch featureCount {
      case 1:
        let a = center[0]
        for i in 0..<count {
          let p = x[i] - a
          keepNearer(p * p, index, nearest, labels, i)
        }
      case 2:
        let (a, b) = (center[0], center[1])
        let y = x + stride
        for i in 0..<count {
          let (p, q) = (x[i] - a, y[i] - b)
          keepNearer(p * p + q * q, index, nearest, labels, i)
        }
      case 3:
        let (a, b, c) = (center[0], center[1], center[2])
        let y = x + stride
        let z = y + stride
        for i in 0..<count {
          let (p, q, r) = (x[i] - a, y[i] - b, z[i] - c)
          keepNearer(p * p + q * q + r * r, index, nearest, labels, i)
        }
      case 4:
        let (a, b, c, d) = (center[0], center[1], center[2], center[3])
        let y = x + stride
        let z = y + stride
        let t = z + stride
        for i in 0..<count {
          let (p, q, r, s) = (x[i] - a, y[i] - b, z[i] - c, t[i] - d)
          keepNearer(p * p + q * q + r * r + s * s, index, nearest, labels, i)
        }
      default:
        squaredDistances(
          x, stride: stride, featureCount: featureCount, count: count, center: center,
          squared: scratch)
        for i in 0..<count { keepNearer(scratch[i], index, nearest, labels, i) }
      }
      cluster &+= 1
    }
  }

  @inline(__always)
  private static func keepNearer<Real: KernelReal>(
    _ squared: Real, _ index: Real.Label, _ nearest: UnsafeMutablePointer<Real>,
    _ labels: UnsafeMutablePointer<Real.Label>, _ i: Int
  ) {
    let old = nearest[i]
    let label = labels[i]
    let mask = Real.maskOfLess(squared, old)
    let smaller = squared < old ? squared : old
    nearest[i] = smaller
    labels[i] = label ^ ((label ^ index) & mask)
  }

  /// Like `assign`, with the squared distance to the second nearest centroid besides.
  @inline(__always)
  static func assignWithSecond<Real: KernelReal>(
    _ x: UnsafePointer<Real>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Real>, clusterCount: Int, nearest: UnsafeMutablePointer<Real>,
    second: UnsafeMutablePointer<Real>, labels: UnsafeMutablePointer<Real.Label>,
    scratch: UnsafeMutablePointer<Real>
  ) {
    squaredDistances(
      x, stride: stride, featureCount: featureCount, count: count, center: centroids,
      squared: nearest)
    for i in 0..<count {
      labels[i] = 0
      second[i] = .infinity
    }
    var cluster = 1
    while cluster < clusterCount {
      let center = centroids + cluster &* featureCount
      let index = Real.Label(truncatingIfNeeded: cluster)
      switch featureCount {
      case 2:
        let (a, b) = (center[0], center[1])
        let y = x + stride
        for i in 0..<count {
          let (p, q) = (x[i] - a, y[i] - b)
          keepTwoNearer(p * p + q * q, index, nearest, second, labels, i)
        }
      case 3:
        let (a, b, c) = (center[0], center[1], center[2])
        let y = x + stride
        let z = y + stride
        for i in 0..<count {
          let (p, q, r) = (x[i] - a, y[i] - b, z[i] - c)
          keepTwoNearer(p * p + q * q + r * r, index, nearest, second, labels, i)
        }
      default:
        squaredDistances(
          x, stride: stride, featureCount: featureCount, count: count, center: center,
          squared: scratch)
        for i in 0..<count { keepTwoNearer(scratch[i], index, nearest, second, labels, i) }
      }
      cluster &+= 1
    }
  }

  @inline(__always)
  private static func keepTwoNearer<Real: KernelReal>(
    _ squared: Real, _ index: Real.Label, _ nearest: UnsafeMutablePointer<Real>,
    _ second: UnsafeMutablePointer<Real>, _ labels: UnsafeMutablePointer<Real.Label>, _ i: Int
  ) {
    let old = nearest[i]
    let oldSecond = second[i]
    let label = labels[i]
    let mask = Real.maskOfLess(squared, old)
    let loser = squared > old ? squared : old
    let smaller = squared < old ? squared : old
    let nextSecond = loser < oldSecond ? loser : oldSecond
    nearest[i] = smaller
    second[i] = nextSecond
    labels[i] = label ^ ((label ^ index) & mask)
  }

  /// Like `assignWithSecond`, with the index of the second nearest centroid besides.
  @inline(__always)
  static func assignTwo<Real: KernelReal>(
    _ x: UnsafePointer<Real>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Real>, clusterCount: Int, nearest: UnsafeMutablePointer<Real>,
    second: UnsafeMutablePointer<Real>, labels: UnsafeMutablePointer<Real.Label>,
    secondLabels: UnsafeMutablePointer<Real.Label>, scratch: UnsafeMutablePointer<Real>
  ) {
    squaredDistances(
      x, stride: stride, featureCount: featureCount, count: count, center: centroids,
      squared: nearest)
    for i in 0..<count {
      labels[i] = 0
      secondLabels[i] = 0
      second[i] = .infinity
    }
    var cluster = 1
    while cluster < clusterCount {
      let index = Real.Label(truncatingIfNeeded: cluster)
      squaredDistances(
        x, stride: stride, featureCount: featureCount, count: count,
        center: centroids + cluster &* featureCount, squared: scratch)
      for i in 0..<count {
        let squared = scratch[i]
        let oldNearest = nearest[i]
        let oldSecond = second[i]
        let isNearest = Real.maskOfLess(squared, oldNearest)
        let loser = oldNearest < squared ? squared : oldNearest
        let isSecond = Real.maskOfLess(loser, oldSecond)
        nearest[i] = squared < oldNearest ? squared : oldNearest
        second[i] = loser < oldSecond ? loser : oldSecond
        let oldLabel = labels[i]
        let loserLabel = index ^ ((index ^ oldLabel) & isNearest)
        labels[i] = oldLabel ^ ((oldLabel ^ index) & isNearest)
        secondLabels[i] = secondLabels[i] ^ ((secondLabels[i] ^ loserLabel) & isSecond)
      }
      cluster &+= 1
    }
  }

  /// `Σ_i weights[i] · values[i]`, in eight running sums that are joined in index order.
  @inline(__always)
  static func weightedSum(
    _ values: UnsafePointer<Double>, weights: UnsafePointer<Double>, count: Int
  ) -> Double {
    var lanes = SIMD8<Double>(repeating: 0)
    let whole = count & ~7
    let a = UnsafeRawPointer(values)
    let b = UnsafeRawPointer(weights)
    var i = 0
    while i < whole {
      let p = a.loadUnaligned(fromByteOffset: i &* 8, as: SIMD8<Double>.self)
      let q = b.loadUnaligned(fromByteOffset: i &* 8, as: SIMD8<Double>.self)
      lanes += p * q
      i &+= 8
    }
    var sum = 0.0
    for lane in 0..<8 { sum += lanes[lane] }
    while i < count {
      sum += values[i] * weights[i]
      i &+= 1
    }
    return sum
  }

  /// `assign` for Float64.
  @inline(never)
  static func assignBlock(
    _ x: UnsafePointer<Double>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Double>, clusterCount: Int, nearest: UnsafeMutablePointer<Double>,
    labels: UnsafeMutablePointer<Int64>, scratch: UnsafeMutablePointer<Double>
  ) {
    guard
      !VectorDistances.assign(
        x, stride: stride, featureCount: featureCount, count: count, centroids: centroids,
        clusterCount: clusterCount, nearest: nearest, labels: labels)
    else { return }
    assign(
      x, stride: stride, featureCount: featureCount, count: count, centroids: centroids,
      clusterCount: clusterCount, nearest: nearest, labels: labels, scratch: scratch)
  }

  /// `assignTwo` for Float64.
  @inline(never)
  static func assignTwoBlock(
    _ x: UnsafePointer<Double>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Double>, clusterCount: Int, nearest: UnsafeMutablePointer<Double>,
    second: UnsafeMutablePointer<Double>, labels: UnsafeMutablePointer<Int64>,
    secondLabels: UnsafeMutablePointer<Int64>, scratch: UnsafeMutablePointer<Double>
  ) {
    assignTwo(
      x, stride: stride, featureCount: featureCount, count: count, centroids: centroids,
      clusterCount: clusterCount, nearest: nearest, second: second, labels: labels,
      secondLabels: secondLabels, scratch: scratch)
  }

  /// `squaredDistances` for Float64.
  @inline(never)
  static func squaredDistancesBlock(
    _ x: UnsafePointer<Double>, stride: Int, featureCount: Int, count: Int,
    center: UnsafePointer<Double>, squared: UnsafeMutablePointer<Double>
  ) {
    guard
      !VectorDistances.squaredDistances(
        x, stride: stride, featureCount: featureCount, count: count, center: center,
        squared: squared)
    else { return }
    squaredDistances(
      x, stride: stride, featureCount: featureCount, count: count, center: center,
      squared: squared)
  }

  /// Stores the labels found for a block, and adds its points to the sums of their clusters.
  ///
  /// - Parameter rows: for each cluster total weight, inertia and `d` weighted sums.
  /// - Returns: the number of labels that differ from those stored before.
  @inline(never)
  static func accumulate(
    _ x: UnsafePointer<Double>, stride: Int, featureCount: Int, count: Int,
    weights: UnsafePointer<Double>, squared: UnsafePointer<Double>, found: UnsafePointer<Int64>,
    labels: UnsafeMutablePointer<Int32>, rows: UnsafeMutablePointer<Double>
  ) -> Int {
    var changed: Int32 = 0
    for i in 0..<count {
      let label = Int32(truncatingIfNeeded: found[i])
      let difference = label ^ labels[i]
      // 1 when any bit differs.
      changed &+= Int32(bitPattern: UInt32(bitPattern: difference | (0 &- difference)) &>> 31)
      labels[i] = label
    }
    for i in 0..<count {
      let weight = weights[i]
      let row = rows + Int(truncatingIfNeeded: found[i]) &* (featureCount &+ 2)
      row[0] += weight
      row[1] += weight * squared[i]
      var column = x + i
      for feature in 0..<featureCount {
        row[2 &+ feature] += weight * column.pointee
        column += stride
      }
    }
    return Int(changed)
  }

  /// `target[i] = min(nearest[i], squared[i])`.
  ///
  /// - Returns: the weighted sum of what was written.
  @inline(never)
  static func reduce(
    _ nearest: UnsafePointer<Double>, by squared: UnsafePointer<Double>,
    weights: UnsafePointer<Double>, count: Int, into target: UnsafeMutablePointer<Double>
  ) -> Double {
    for i in 0..<count {
      let (a, b) = (nearest[i], squared[i])
      target[i] = b < a ? b : a
    }
    return weightedSum(target, weights: weights, count: count)
  }

  /// `cost[i] = squared[i] · total / (total + weights[i])`: what the inertia of a cluster grows by
  /// when a point of weight 1 (times its weight) joins.
  @inline(never)
  static func insertionCosts(
    _ squared: UnsafePointer<Double>, weights: UnsafePointer<Double>, total: Double, count: Int,
    cost: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { cost[i] = squared[i] * (total / (total + weights[i])) }
  }

  /// The smallest of `rowCount` values in each column and its row; a tie goes to the lower row.
  @inline(never)
  static func smallest(
    _ rows: UnsafePointer<Double>, rowCount: Int, stride: Int, count: Int,
    value: UnsafeMutablePointer<Double>, row: UnsafeMutablePointer<Int64>
  ) {
    for i in 0..<count {
      value[i] = rows[i]
      row[i] = 0
    }
    var index = 1
    while index < rowCount {
      let values = rows + index &* stride
      let label = Int64(truncatingIfNeeded: index)
      for i in 0..<count { keepNearer(values[i], label, value, row, i) }
      index &+= 1
    }
  }

  /// The largest magnitude.
  @inline(never)
  static func largestMagnitude(_ values: UnsafePointer<Double>, count: Int) -> Double {
    // As bit patterns, which are ordered as magnitudes are: a maximum of integers may be taken in
    // any order, so it is vectorised.
    var largest: UInt64 = 0
    for i in 0..<count { largest = max(largest, values[i].magnitude.bitPattern) }
    return Double(bitPattern: largest)
  }

  /// `target[i] = Float((values[i] − center) · scale)`.
  @inline(never)
  static func convert(
    _ values: UnsafePointer<Double>, count: Int, center: Double, scale: Double,
    into target: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<count { target[i] = Float((values[i] - center) * scale) }
  }

  /// `target[f·stride + i] = rows[i·d + f]`.
  @inline(never)
  static func packRows(
    _ rows: UnsafePointer<Float>, featureCount: Int, count: Int, stride: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<count {
      let row = rows + i &* featureCount
      var place = target + i
      for feature in 0..<featureCount {
        place.pointee = row[feature]
        place += stride
      }
    }
  }

  /// The same for listed rows.
  @inline(never)
  static func packRows(
    _ rows: UnsafePointer<Float>, places: UnsafePointer<Int32>, featureCount: Int, count: Int,
    stride: Int, into target: UnsafeMutablePointer<Float>
  ) {
    VectorDistances.prefetch(rows, places: places, featureCount: featureCount, count: count)
    for i in 0..<count {
      let row = rows + Int(places[i]) &* featureCount
      var place = target + i
      for feature in 0..<featureCount {
        place.pointee = row[feature]
        place += stride
      }
    }
  }

  /// `assign` for Float32.
  @inline(never)
  static func assignFloatBlock(
    _ x: UnsafePointer<Float>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Float>, clusterCount: Int, nearest: UnsafeMutablePointer<Float>,
    labels: UnsafeMutablePointer<Int32>, scratch: UnsafeMutablePointer<Float>
  ) {
    guard
      !VectorDistances.assign(
        x, stride: stride, featureCount: featureCount, count: count, centroids: centroids,
        clusterCount: clusterCount, nearest: nearest, labels: labels)
    else { return }
    assign(
      x, stride: stride, featureCount: featureCount, count: count, centroids: centroids,
      clusterCount: clusterCount, nearest: nearest, labels: labels, scratch: scratch)
  }

  /// `assignWithSecond` for Float32.
  @inline(never)
  static func assignWithSecondFloatBlock(
    _ x: UnsafePointer<Float>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Float>, clusterCount: Int, nearest: UnsafeMutablePointer<Float>,
    second: UnsafeMutablePointer<Float>, labels: UnsafeMutablePointer<Int32>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    guard
      !VectorDistances.assignWithSecond(
        x, stride: stride, featureCount: featureCount, count: count, centroids: centroids,
        clusterCount: clusterCount, nearest: nearest, second: second, labels: labels)
    else { return }
    assignWithSecond(
      x, stride: stride, featureCount: featureCount, count: count, centroids: centroids,
      clusterCount: clusterCount, nearest: nearest, second: second, labels: labels,
      scratch: scratch)
  }

  /// `limits[i] = √second[i] − √nearest[i]`: how much nearer the nearest centroid is.
  @inline(never)
  static func margins(
    _ nearest: UnsafePointer<Float>, _ second: UnsafePointer<Float>, count: Int,
    margins: UnsafeMutablePointer<Float>
  ) {
    guard !VectorDistances.margins(nearest, second, count: count, margins: margins) else { return }
    for i in 0..<count { margins[i] = second[i].squareRoot() - nearest[i].squareRoot() }
  }

  /// Lists the indices whose value lies below a bound.
  ///
  /// - Returns: how many.
  @inline(never)
  static func listBelow(
    _ bound: Float, _ values: UnsafePointer<Float>, count: Int,
    into list: UnsafeMutablePointer<Int32>
  ) -> Int {
    if let found = VectorDistances.listBelow(bound, values, count: count, into: list) {
      return found
    }
    var found = 0
    for i in 0..<count {
      list[found] = Int32(truncatingIfNeeded: i)
      // The sign of the difference: no branch, which would be mispredicted.
      found &+= Int((values[i] - bound).bitPattern &>> 31)
    }
    return found
  }

  /// Lists the samples of some groups whose limit has been used up: `limits[i] < used[labels[i]]`.
  ///
  /// - Returns: how many.
  @inline(never)
  static func listExceeded(
    _ limits: UnsafePointer<Float>, labels: UnsafePointer<Int32>, used: UnsafePointer<Float>,
    groups: UnsafePointer<Int32>, groupCount: Int, groupSize: Int, count: Int,
    into list: UnsafeMutablePointer<Int32>
  ) -> Int {
    if groupSize == VectorDistances.groupSize,
      let found = VectorDistances.listExceeded(
        limits, labels: labels, used: used, groups: groups, groupCount: groupCount, count: count,
        into: list)
    {
      return found
    }
    var found = 0
    for index in 0..<groupCount {
      let first = Int(groups[index]) &* groupSize
      for i in first..<min(first &+ groupSize, count) {
        list[found] = Int32(truncatingIfNeeded: i)
        found &+= Int((limits[i] - used[Int(labels[i])]).bitPattern &>> 31)
      }
    }
    return found
  }

  /// Sets how far `usedAtMost` may grow before a sample of a group can need a look.
  ///
  /// - Parameter groups: the groups to set; nil means the first `groupCount`.
  @inline(never)
  static func limitGroups(
    _ groups: UnsafePointer<Int32>?, groupCount: Int, groupSize: Int, count: Int,
    limits: UnsafePointer<Float>, labels: UnsafePointer<Int32>, used: UnsafePointer<Float>,
    usedAtMost: Float, groupLimits: UnsafeMutablePointer<Float>
  ) {
    if groupSize == VectorDistances.groupSize,
      VectorDistances.limitGroups(
        groups, groupCount: groupCount, count: count, limits: limits, labels: labels, used: used,
        usedAtMost: usedAtMost, groupLimits: groupLimits)
    {
      return
    }
    for index in 0..<groupCount {
      let group = groups.map { Int($0[index]) } ?? index
      var least = Float.infinity
      let first = group &* groupSize
      for i in first..<min(first &+ groupSize, count) {
        let left = limits[i] - used[Int(labels[i])]
        least = left < least ? left : least
      }
      groupLimits[group] = least + usedAtMost
    }
  }

  /// Sums the weighted Euclidean distances between two groups of samples, for each sample of both.
  ///
  /// - Parameters:
  ///   - x: the first group, feature by feature, `stride` apart; `count` is a multiple of 16, filled
  ///     up with samples of weight 0.
  ///   - rows: `rowCount × d`: the second group, row-major.
  ///   - toRows: gets for each sample of the first group its sum over the second.
  ///   - fromRows: gets for each sample of the second group its sum over the first.
  @inline(__always)
  static func sumDistances<Real: KernelReal>(
    _ x: UnsafePointer<Real>, stride: Int, featureCount: Int, count: Int,
    weights: UnsafePointer<Real>, rows: UnsafePointer<Real>, rowWeights: UnsafePointer<Real>,
    rowCount: Int, scratch: UnsafeMutablePointer<Real>, toRows: UnsafeMutablePointer<Real>,
    fromRows: UnsafeMutablePointer<Real>
  ) {
    for i in 0..<count { toRows[i] = 0 }
    let raw = UnsafeRawPointer(scratch)
    let width = MemoryLayout<Real>.stride
    for row in 0..<rowCount {
      let weight = rowWeights[row]
      let center = rows + row &* featureCount
      switch featureCount {
      case 2:
        let (a, b) = (center[0], center[1])
        let y = x + stride
        for i in 0..<count {
          let (p, q) = (x[i] - a, y[i] - b)
          let distance = (p * p + q * q).squareRoot()
          toRows[i] = toRows[i] + weight * distance
          scratch[i] = weights[i] * distance
        }
      case 3:
        let (a, b, c) = (center[0], center[1], center[2])
        let y = x + stride
        let z = y + stride
        for i in 0..<count {
          let (p, q, r) = (x[i] - a, y[i] - b, z[i] - c)
          let distance = (p * p + q * q + r * r).squareRoot()
          toRows[i] = toRows[i] + weight * distance
          scratch[i] = weights[i] * distance
        }
      default:
        squaredDistances(
          x, stride: stride, featureCount: featureCount, count: count, center: center,
          squared: scratch)
        for i in 0..<count {
          let distance = scratch[i].squareRoot()
          toRows[i] = toRows[i] + weight * distance
          scratch[i] = weights[i] * distance
        }
      }
      // Eight running sums, joined in order: the same on every processor.
      var lanes = SIMD8<Real>(repeating: 0)
      var i = 0
      while i < count {
        lanes = Real.sum(lanes, raw.loadUnaligned(fromByteOffset: i &* width, as: SIMD8<Real>.self))
        i &+= 8
      }
      fromRows[row] =
        ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
        + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
    }
  }

  /// `sumDistances` for Float32.
  @inline(never)
  static func sumDistancesFloat(
    _ x: UnsafePointer<Float>, stride: Int, featureCount: Int, count: Int,
    weights: UnsafePointer<Float>, rows: UnsafePointer<Float>, rowWeights: UnsafePointer<Float>,
    rowCount: Int, scratch: UnsafeMutablePointer<Float>, toRows: UnsafeMutablePointer<Float>,
    fromRows: UnsafeMutablePointer<Float>
  ) {
    guard
      !VectorDistances.sumDistances(
        x, stride: stride, featureCount: featureCount, count: count, weights: weights, rows: rows,
        rowWeights: rowWeights, rowCount: rowCount, toRows: toRows, fromRows: fromRows)
    else { return }
    sumDistances(
      x, stride: stride, featureCount: featureCount, count: count, weights: weights, rows: rows,
      rowWeights: rowWeights, rowCount: rowCount, scratch: scratch, toRows: toRows,
      fromRows: fromRows)
  }

  /// `sumDistances` for Float64.
  @inline(never)
  static func sumDistancesDouble(
    _ x: UnsafePointer<Double>, stride: Int, featureCount: Int, count: Int,
    weights: UnsafePointer<Double>, rows: UnsafePointer<Double>,
    rowWeights: UnsafePointer<Double>, rowCount: Int, scratch: UnsafeMutablePointer<Double>,
    toRows: UnsafeMutablePointer<Double>, fromRows: UnsafeMutablePointer<Double>
  ) {
    sumDistances(
      x, stride: stride, featureCount: featureCount, count: count, weights: weights, rows: rows,
      rowWeights: rowWeights, rowCount: rowCount, scratch: scratch, toRows: toRows,
      fromRows: fromRows)
  }

  /// `assignWithSecond` for Float64.
  @inline(never)
  static func assignWithSecondBlock(
    _ x: UnsafePointer<Double>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Double>, clusterCount: Int, nearest: UnsafeMutablePointer<Double>,
    second: UnsafeMutablePointer<Double>, labels: UnsafeMutablePointer<Int64>,
    scratch: UnsafeMutablePointer<Double>
  ) {
    guard
      !VectorDistances.assignWithSecond(
        x, stride: stride, featureCount: featureCount, count: count, centroids: centroids,
        clusterCount: clusterCount, nearest: nearest, second: second, labels: labels)
    else { return }
    assignWithSecond(
      x, stride: stride, featureCount: featureCount, count: count, centroids: centroids,
      clusterCount: clusterCount, nearest: nearest, second: second, labels: labels,
      scratch: scratch)
  }

  /// Takes the square root of each value in place.
  @inline(never)
  static func squareRoots(_ values: UnsafeMutablePointer<Double>, count: Int) {
    for i in 0..<count { values[i] = values[i].squareRoot() }
  }

  /// Adds values to sums, one by one.
  @inline(never)
  static func add(
    _ values: UnsafePointer<Double>, count: Int, to sums: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { sums[i] = sums[i] + values[i] }
  }

  /// Adds values to sums, one by one.
  @inline(never)
  static func add(
    _ values: UnsafePointer<Float>, count: Int, to sums: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { sums[i] = sums[i] + Double(values[i]) }
  }
}
