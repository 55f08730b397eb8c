/// Lloyd's algorithm for many points, in single precision and with bounds.
///
/// Each point remembers by how much its nearest centroid beats the second. As long as the centroids
/// have moved less than that, its label cannot change and no distance is computed; and the sums of
/// the clusters only follow the labels that do change. Where it ends, labels are right up to single
/// precision; whoever needs more assigns the points once more in Float64.
/// - SeeAlso: Hamerly 2010, doi:10.1137/1.9781611972801.12
final class FastLloyd {
  let cloud: Cloud
  let blocks: FloatBlocks
  /// Who runs the chunks.
  let team: WorkTeam
  let clusterCount: Int
  /// `k × d`, row-major, in the points' own scale.
  let centroids: Buffer<Double>
  /// `n`; −1 before the first pass.
  let labels: Buffer<Int32>
  /// Distances computed so far.
  private(set) var distanceComputations = 0

  /// `n`: a point is looked at again once `used` of its cluster exceeds this.
  private let limits: Buffer<Float>
  /// `k`: what the moves of the centroids have used up of the margins in each cluster.
  private let used: Buffer<Float>
  /// For each group of points: none of them needs a look before `usedAtMost` exceeds this.
  private let groupLimits: Buffer<Float>
  /// The sum over all passes of the most that was used up in any cluster.
  private var usedAtMost = Float(0)
  /// Points of a group; chunks and blocks are multiples of it.
  private static let groupSize = 16
  /// `k` numbers of points, `k` total weights and `k × d` weighted sums of what the blocks hold:
  /// centred, scaled, in single precision.
  private let counts: Buffer<Double>
  private let totals: Buffer<Double>
  private let sums: Buffer<Double>
  /// The centroids as the kernels see them: centred, scaled, in single precision.
  private let kernelCentroids: Buffer<Float>
  /// For each chunk: changed labels, points looked at, then changes of counts, totals and sums.
  private let partials: Buffer<Double>
  private let partialSize: Int
  private var everythingIsNew = true

  init(_ cloud: Cloud, blocks: FloatBlocks, clusterCount: Int, team: WorkTeam? = nil) {
    let k = clusterCount
    let d = cloud.featureCount
    self.cloud = cloud
    self.blocks = blocks
    self.team = team ?? cloud.team
    self.clusterCount = k
    centroids = Buffer(repeating: 0, count: k * d)
    labels = Buffer(uninitializedCount: cloud.sampleCount)
    limits = Buffer(uninitializedCount: cloud.sampleCount)
    used = Buffer(repeating: 0, count: k)
    groupLimits = Buffer(
      uninitializedCount: (cloud.sampleCount + Self.groupSize - 1) / Self.groupSize)
    counts = Buffer(repeating: 0, count: k)
    totals = Buffer(repeating: 0, count: k)
    sums = Buffer(repeating: 0, count: k * d)
    kernelCentroids = Buffer(repeating: 0, count: k * d)
    partialSize = 2 + k * (d + 2)
    partials = Buffer(repeating: 0, count: partialSize * cloud.chunkCount)
  }

  /// A measure of how far the points scatter, to relate gains to.
  var scatter: Double { blocks.scatter }

  func setCentroids(_ values: [Double]) {
    precondition(values.count == centroids.count)
    for (index, value) in values.enumerated() { centroids[index] = value }
  }

  /// Forgets labels and sums: the centroids were set from outside.
  func restart() {
    everythingIsNew = true
    counts.fill(with: 0)
    totals.fill(with: 0)
    sums.fill(with: 0)
  }

  /// The pass over all points: every label, margin and sum anew, or only where a label may change.
  ///
  /// - Returns: labels that changed.
  func assign() -> Int {
    let k = clusterCount
    let d = cloud.featureCount
    setKernelCentroids()
    partials.fill(with: 0)
    let isNew = everythingIsNew
    if isNew {
      used.fill(with: 0)
      usedAtMost = 0
    }
    let (cloud, blocks, labels, limits, used, kernelCentroids, partials, partialSize) = (
      cloud, blocks, labels, limits, used, kernelCentroids, partials, partialSize
    )
    let (groupLimits, usedAtMost, groupSize) = (groupLimits, usedAtMost, Self.groupSize)
    team.forEachWorker(cloud.chunkCount) { claim in
      let size = blocks.blockSize
      let reals = Buffer<Float>(repeating: 0, count: 4 * size)
      let found = Buffer<Int32>(repeating: 0, count: size)
      let packed = isNew ? blocks.makeBlock() : Buffer<Float>(repeating: 0, count: size * d)
      let list = Buffer<Int32>(repeating: 0, count: cloud.chunkSize + groupSize)
      let groups = Buffer<Int32>(repeating: 0, count: cloud.chunkSize / groupSize + groupSize)
      let (nearest, second, scratch, margins) = (
        reals.base, reals.base + size, reals.base + 2 * size, reals.base + 3 * size
      )
      let near = found.base
      while let chunk = claim() {
        // Safety: a chunk writes the labels and limits of its own points and its own partial sums.
        let part = partials.base + chunk &* partialSize
        let range = cloud.samples(ofChunk: chunk)
        if isNew {
          part[1] = Double(range.count)
          var first = range.lowerBound
          while first < range.upperBound {
            let count = min(size, range.upperBound &- first)
            let block = blocks.block(at: first, packedInto: packed)
            Kernels.assignWithSecondFloatBlock(
              block, stride: size, featureCount: d, count: count,
              centroids: kernelCentroids.base, clusterCount: k, nearest: nearest, second: second,
              labels: near, scratch: scratch)
            Kernels.margins(nearest, second, count: count, margins: limits.base + first)
            for i in 0..<count {
              let sample = first &+ i
              labels[sample] = near[i]
              Self.add(
                weight: cloud.weight(blocks.sample(at: sample)), sign: 1,
                values: block + i, stride: size, featureCount: d, to: part + 2,
                cluster: Int(near[i]), k: k)
            }
            part[0] += Double(count)
            first &+= count
          }
          Kernels.limitGroups(
            nil, groupCount: (range.count &+ groupSize &- 1) / groupSize, groupSize: groupSize,
            count: range.count, limits: limits.base + range.lowerBound,
            labels: labels.base + range.lowerBound, used: used.base, usedAtMost: usedAtMost,
            groupLimits: groupLimits.base + range.lowerBound / groupSize)
          continue
        }
        let groupCount = Kernels.listBelow(
          usedAtMost, groupLimits.base + range.lowerBound / groupSize,
          count: (range.count &+ groupSize &- 1) / groupSize, into: groups.base)
        let looked = Kernels.listExceeded(
          limits.base + range.lowerBound, labels: labels.base + range.lowerBound, used: used.base,
          groups: groups.base, groupCount: groupCount, groupSize: groupSize, count: range.count,
          into: list.base)
        part[1] = Double(looked)
        var done = 0
        while done < looked {
          let count = min(size, looked &- done)
          let some = list.base + done
          blocks.pack(some, count: count, from: range.lowerBound, into: packed.base)
          Kernels.assignWithSecondFloatBlock(
            UnsafePointer(packed.base), stride: size, featureCount: d, count: count,
            centroids: kernelCentroids.base, clusterCount: k, nearest: nearest, second: second,
            labels: near, scratch: scratch)
          Kernels.margins(nearest, second, count: count, margins: margins)
          for i in 0..<count {
            let sample = range.lowerBound &+ Int(some[i])
            let label = Int(near[i])
            let old = Int(labels[sample])
            limits[sample] = margins[i] + used[label]
            if label != old {
              part[0] += 1
              labels[sample] = near[i]
              let weight = cloud.weight(blocks.sample(at: sample))
              let values = UnsafePointer(packed.base + i)
              Self.add(
                weight: weight, sign: 1, values: values, stride: size, featureCount: d,
                to: part + 2, cluster: label, k: k)
              Self.add(
                weight: -weight, sign: -1, values: values, stride: size, featureCount: d,
                to: part + 2, cluster: old, k: k)
            }
          }
          done &+= count
        }
        Kernels.limitGroups(
          groups.base, groupCount: groupCount, groupSize: groupSize, count: range.count,
          limits: limits.base + range.lowerBound, labels: labels.base + range.lowerBound,
          used: used.base, usedAtMost: usedAtMost,
          groupLimits: groupLimits.base + range.lowerBound / groupSize)
      }
    }
    everythingIsNew = false
    var changed = 0.0
    var looked = 0.0
    for chunk in 0..<cloud.chunkCount {
      let part = partials.base + chunk * partialSize
      changed += part[0]
      looked += part[1]
      for cluster in 0..<k {
        counts[cluster] += part[2 + cluster]
        totals[cluster] += part[2 + k + cluster]
      }
      for index in 0..<k * d { sums[index] += part[2 + 2 * k + index] }
    }
    distanceComputations += Int(looked) * k
    return Int(changed)
  }

  @inline(__always)
  private static func add(
    weight: Double, sign: Double, values: UnsafePointer<Float>, stride: Int, featureCount d: Int,
    to part: UnsafeMutablePointer<Double>, cluster: Int, k: Int
  ) {
    part[cluster] += sign
    part[k &+ cluster] += weight
    let row = part + (2 &* k &+ cluster &* d)
    var value = values
    for feature in 0..<d {
      row[feature] += weight * Double(value.pointee)
      value += stride
    }
  }

  /// What the labelled points' squared distances to the centroids add up to, less their scatter
  /// around the centre: from the sums, without a pass over the points.
  func relativeInertia() -> Double {
    let d = cloud.featureCount
    var inertia = 0.0
    for cluster in 0..<clusterCount where counts[cluster] > 0 {
      let total = totals[cluster]
      for feature in 0..<d {
        let index = cluster * d + feature
        let sum = sums[index]
        let coordinate = (centroids[index] - blocks.center[feature]) * blocks.scale
        inertia += coordinate * (total * coordinate - 2 * sum)
      }
    }
    return inertia / (blocks.scale * blocks.scale)
  }

  /// The weighted sum of squared distances as single precision sees it; a pass over all points.
  func inertia() -> Double {
    setKernelCentroids()
    let d = cloud.featureCount
    let k = clusterCount
    let (cloud, blocks, kernelCentroids, partials, partialSize) = (
      cloud, blocks, kernelCentroids, partials, partialSize
    )
    team.forEachWorker(cloud.chunkCount) { claim in
      let size = blocks.blockSize
      let memory = blocks.makeBlock()
      let reals = Buffer<Float>(repeating: 0, count: 2 * size)
      let found = Buffer<Int32>(repeating: 0, count: size)
      while let chunk = claim() {
        let range = cloud.samples(ofChunk: chunk)
        var sum = 0.0
        var first = range.lowerBound
        while first < range.upperBound {
          let count = min(size, range.upperBound &- first)
          Kernels.assignFloatBlock(
            blocks.block(at: first, packedInto: memory), stride: size, featureCount: d,
            count: count,
            centroids: kernelCentroids.base, clusterCount: k, nearest: reals.base,
            labels: found.base, scratch: reals.base + size)
          for i in 0..<count {
            sum += cloud.weight(blocks.sample(at: first &+ i)) * Double(reals[i])
          }
          first &+= count
        }
        // Safety: each chunk writes its own partial sum.
        partials[chunk &* partialSize] = sum
      }
    }
    distanceComputations += cloud.sampleCount * k
    var sum = 0.0
    for chunk in 0..<cloud.chunkCount { sum += partials[chunk * partialSize] }
    return sum / (blocks.scale * blocks.scale)
  }

  private func setKernelCentroids() {
    let d = cloud.featureCount
    for index in 0..<clusterCount * d {
      kernelCentroids[index] = Float((centroids[index] - blocks.center[index % d]) * blocks.scale)
    }
  }

  /// Gives an empty cluster the point farthest from its centroid.
  ///
  /// - Returns: whether there was one; then all points have to be assigned anew.
  func relocateEmptyClusters() throws(ClusteringError) -> Bool {
    let d = cloud.featureCount
    guard let empty = (0..<clusterCount).first(where: { counts[$0] == 0 }) else { return false }
    var farthest = (sample: 0, squared: 0.0)
    for place in 0..<cloud.sampleCount {
      let sample = blocks.sample(at: place)
      let row = Int(labels[place]) * d
      var squared = 0.0
      for feature in 0..<d {
        let delta = cloud.value(sample, feature) - centroids[row + feature]
        squared += delta * delta
      }
      if squared > farthest.squared { farthest = (sample, squared) }
    }
    guard farthest.squared > 0 else {
      throw .clusterCountOutOfRange(
        requested: clusterCount, distinctPoints: (0..<clusterCount).count { counts[$0] > 0 })
    }
    cloud.copyPoint(farthest.sample, to: centroids.base + empty * d)
    restart()
    return true
  }

  /// The means of the labelled points; an empty cluster keeps its centroid.
  func means() -> [Double] {
    let d = cloud.featureCount
    return (0..<clusterCount * d).map { index in
      let cluster = index / d
      guard counts[cluster] > 0 else { return centroids[index] }
      return blocks.center[index % d] + sums[index] / (totals[cluster] * blocks.scale)
    }
  }

  /// Renumbers the centroids: largest total weight of the labelled points first.
  ///
  /// Labels are not renumbered: the next pass has to start anew.
  func sortCentroids() {
    let d = cloud.featureCount
    let order = (0..<clusterCount).sorted { a, b in
      totals[a] != totals[b] ? totals[a] > totals[b] : a < b
    }
    let old = centroids.array
    for (index, cluster) in order.enumerated() {
      for feature in 0..<d { centroids[index * d + feature] = old[cluster * d + feature] }
    }
    restart()
  }

  /// The weights of the clusters, once for each feature.
  func weightsOfCoordinates() -> [Double] {
    let d = cloud.featureCount
    return (0..<clusterCount * d).map { totals[$0 / d] }
  }

  /// Moves the centroids and uses up the margins by as much as that may have turned against them.
  func move(to target: [Double]) {
    let k = clusterCount
    let d = cloud.featureCount
    var drifts = [Float](repeating: 0, count: k)
    for cluster in 0..<k {
      var squared = 0.0
      for index in cluster * d..<(cluster + 1) * d {
        let shift = target[index] - centroids[index]
        squared += shift * shift
        centroids[index] = target[index]
      }
      // A little more than the move itself makes up for single precision.
      drifts[cluster] =
        squared > 0 ? Float(squared.squareRoot() * blocks.scale * (1 + 1e-5) + 1e-7) : 0
    }
    var largest = (cluster: 0, drift: Float(0))
    var second = Float(0)
    for (cluster, drift) in drifts.enumerated() {
      if drift > largest.drift {
        second = largest.drift
        largest = (cluster, drift)
      } else if drift > second {
        second = drift
      }
    }
    for cluster in 0..<k {
      used[cluster] += drifts[cluster] + (cluster == largest.cluster ? second : largest.drift)
    }
    usedAtMost += largest.drift + second
  }
}
