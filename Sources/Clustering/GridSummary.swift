/// Points in few dimensions put together by the cells of a fine grid: one weighted mean for each.
///
/// A mean stands for its cell better than a sample does: what k-means costs on the means differs
/// from what it costs on all points by nearly the same amount for any centroids. Points outside the
/// grid stand for themselves.
struct GridSummary {
  let points: FeatureMatrix
  let weights: [Double]

  /// Features up to which a grid can be fine enough.
  static let featureLimit = 3
  /// Deviations from the mean that the grid covers.
  private static let reach = 4.0
  /// Parts summed on their own, in a fixed number: the same bits on any number of threads.
  private static let partCount = 4

  init(_ cloud: Cloud) {
    let n = cloud.sampleCount
    let d = cloud.featureCount
    let bits = [0, 16, 9, 6][d]
    let cellCount = 1 << (bits * d)
    let cells = Double(1 << bits)
    let (low, factor) = Self.grid(cloud, cells: cells)
    // For each cell the total weight and `d` weighted sums, part by part.
    let size = d + 1
    let sums = Buffer<Double>(repeating: 0, count: Self.partCount * cellCount * size)
    var outside: [[Int32]] = []
    outside = cloud.team.values(Self.partCount) { part in
      // Safety: a part adds to its own sums.
      let own = sums.base + part * cellCount * size
      var outside: [Int32] = []
      for sample in n * part / Self.partCount..<n * (part + 1) / Self.partCount {
        var cell = 0
        var isInside = true
        for feature in 0..<d {
          let position = (cloud.value(sample, feature) - low[feature]) * factor[feature]
          isInside = isInside && position >= 0 && position < cells
          cell = cell << bits | (isInside ? Int(position) : 0)
        }
        guard isInside else {
          outside.append(Int32(truncatingIfNeeded: sample))
          continue
        }
        let weight = cloud.weight(sample)
        let row = own + cell * size
        row[0] += weight
        for feature in 0..<d { row[1 + feature] += weight * cloud.value(sample, feature) }
      }
      return outside
    }
    var rows: [Double] = []
    var weights: [Double] = []
    for cell in 0..<cellCount {
      var row = [Double](repeating: 0, count: size)
      for part in 0..<Self.partCount {
        let index = (part * cellCount + cell) * size
        for column in 0..<size { row[column] += sums[index + column] }
      }
      guard row[0] > 0 else { continue }
      weights.append(row[0])
      for feature in 0..<d { rows.append(row[1 + feature] / row[0]) }
    }
    for sample in outside.joined() {
      weights.append(cloud.weight(Int(sample)))
      for feature in 0..<d { rows.append(cloud.value(Int(sample), feature)) }
    }
    var values: [Double] = []
    values.reserveCapacity(rows.count)
    for feature in 0..<d {
      for index in weights.indices { values.append(rows[index * d + feature]) }
    }
    points = FeatureMatrix(checked: values, sampleCount: weights.count)
    self.weights = weights
  }

  /// For each feature where the grid starts and how many cells there are to a unit.
  private static func grid(
    _ cloud: Cloud, cells: Double
  ) -> (low: [Double], factor: [Double]) {
    let n = cloud.sampleCount
    let stride = max(1, n / 4096)
    var low: [Double] = []
    var factor: [Double] = []
    for feature in 0..<cloud.featureCount {
      var total = 0.0
      var sum = 0.0
      for sample in Swift.stride(from: 0, to: n, by: stride) {
        total += cloud.weight(sample)
        sum += cloud.weight(sample) * cloud.value(sample, feature)
      }
      let mean = sum / total
      var squares = 0.0
      for sample in Swift.stride(from: 0, to: n, by: stride) {
        let delta = cloud.value(sample, feature) - mean
        squares += cloud.weight(sample) * delta * delta
      }
      let deviation = (squares / total).squareRoot()
      low.append(mean - reach * deviation)
      factor.append(deviation > 0 ? cells / (2 * reach * deviation) : 0)
    }
    return (low, factor)
  }
}
