/// An order of points in which neighbours in space are neighbours in memory: by the cells of a grid
/// along the Z-order curve.
enum SpatialOrder {
  /// Features up to which a grid has few enough cells to be worth it.
  static let featureLimit = 3

  /// The samples in order; those of one cell in their own.
  static func order(_ cloud: Cloud) -> Buffer<Int32> {
    let n = cloud.sampleCount
    let d = cloud.featureCount
    let bits = [0, 12, 7, 5][d]
    let cellCount = 1 << (bits * d)
    let (low, factor) = grid(cloud, bits: bits)

    // The part of the Z-order number that each cell of each feature gives.
    let spread = Buffer<Int32>(repeating: 0, count: d << bits)
    for feature in 0..<d {
      for cell in 0..<1 << bits {
        var number = 0
        for bit in 0..<bits { number |= ((cell >> bit) & 1) << (bit * d + feature) }
        spread[feature << bits | cell] = Int32(truncatingIfNeeded: number)
      }
    }
    let keys = Buffer<UInt16>(uninitializedCount: n)
    // A counting sort over a fixed number of parts.
    let partCount = 8
    let counts = Buffer<Int32>(repeating: 0, count: partCount * cellCount)
    cloud.team.forEach(partCount) { part in
      // Safety: a part writes its own keys and counts.
      let own = counts.base + part &* cellCount
      let last = Double(1 << bits &- 1)
      for sample in n * part / partCount..<n * (part + 1) / partCount {
        var key: Int32 = 0
        for feature in 0..<d {
          let position = (cloud.value(sample, feature) - low[feature]) * factor[feature]
          let cell = Int32(min(max(position, 0), last))
          key |= spread[feature << bits | Int(cell)]
        }
        keys[sample] = UInt16(truncatingIfNeeded: key)
        own[Int(key)] += 1
      }
    }
    var start: Int32 = 0
    for cell in 0..<cellCount {
      for part in 0..<partCount {
        let count = counts[part * cellCount + cell]
        counts[part * cellCount + cell] = start
        start += count
      }
    }
    let order = Buffer<Int32>(uninitializedCount: n)
    cloud.team.forEach(partCount) { part in
      // Safety: the places of a cell that belong to a part are its own.
      let next = counts.base + part &* cellCount
      for sample in n * part / partCount..<n * (part + 1) / partCount {
        let key = Int(keys[sample])
        order[Int(next[key])] = Int32(truncatingIfNeeded: sample)
        next[key] += 1
      }
    }
    return order
  }

  /// For each feature where the grid starts and how many cells there are to a unit: a few
  /// deviations around the mean, the rest falls into the outer cells.
  private static func grid(_ cloud: Cloud, bits: Int) -> (low: [Double], factor: [Double]) {
    let n = cloud.sampleCount
    let stride = max(1, n / 1024)
    var low: [Double] = []
    var factor: [Double] = []
    for feature in 0..<cloud.featureCount {
      var count = 0.0
      var sum = 0.0
      var squares = 0.0
      for sample in Swift.stride(from: 0, to: n, by: stride) {
        let value = cloud.value(sample, feature)
        count += 1
        sum += value
        squares += value * value
      }
      let mean = sum / count
      let deviation = max(0, squares / count - mean * mean).squareRoot()
      low.append(mean - 2.5 * deviation)
      factor.append(deviation > 0 ? Double(1 << bits) / (5 * deviation) : 0)
    }
    return (low, factor)
  }
}
