/// Points few enough to be clustered again and again: all of them, or a draw that stands for them.
///
/// Resampling asks what would become of the clusters had other customers come in. That needs dozens
/// of fits, so beyond some thousand points they are made on a draw in proportion to the weights.
/// Clusters of fewer customers are found less surely: what is called stable on a draw is so on all
/// points.
struct Subsample: Sendable {
  /// `m × d`.
  let points: FeatureMatrix
  /// `m` weights; of a draw, how often each point was drawn.
  let weights: [Double]
  /// Customers that one resample draws.
  let drawCount: Int
  /// Whether it holds every point.
  let isWhole: Bool

  /// The most points and draws for a number of clusters.
  static func limit(clusterCount: Int) -> Int {
    min(16_384, max(2048, 64 * clusterCount))
  }

  init(_ cloud: Cloud, clusterCount: Int, seed: UInt64) {
    let n = cloud.sampleCount
    let limit = Self.limit(clusterCount: clusterCount)
    var total = 0.0
    for sample in 0..<n { total += cloud.weight(sample) }
    // Weights that are shares of something say nothing about a number of customers; points do.
    drawCount = Int(min(Double(limit), max(total.rounded(), Double(n))))
    isWhole = n <= limit
    var chosen: [Int] = []
    var weights: [Double] = []
    if isWhole {
      chosen = Array(0..<n)
      weights = chosen.map { cloud.weight($0) }
    } else {
      // Even steps through the running sum of weights: every region gets its due.
      var random = RandomSource(seed: seed, stream: [Self.stream, 0])
      let step = total / Double(limit)
      var mark = random.unit() * step
      var sum = 0.0
      for sample in 0..<n {
        sum += cloud.weight(sample)
        var count = 0.0
        while mark < sum {
          count += 1
          mark += step
        }
        if count > 0 {
          chosen.append(sample)
          weights.append(count)
        }
      }
    }
    var values: [Double] = []
    values.reserveCapacity(chosen.count * cloud.featureCount)
    for feature in 0..<cloud.featureCount {
      for sample in chosen { values.append(cloud.value(sample, feature)) }
    }
    points = FeatureMatrix(checked: values, sampleCount: chosen.count)
    self.weights = weights
  }

  /// Tells the random streams of resampling from those of fits.
  static let stream: UInt64 = 0x5245_5341_4D50_4C45

  /// A bootstrap: as many customers as there are, drawn with replacement in proportion to the
  /// weights.
  ///
  /// - Returns: the points drawn, and how often each was.
  func bootstrap(random: inout RandomSource) -> (points: FeatureMatrix, weights: [Double]) {
    var cumulative: [Double] = []
    cumulative.reserveCapacity(weights.count)
    var total = 0.0
    for weight in weights {
      total += weight
      cumulative.append(total)
    }
    var counts = [Double](repeating: 0, count: weights.count)
    for _ in 0..<drawCount {
      let target = min(random.unit() * total, total.nextDown)
      var low = 0
      var high = weights.count - 1
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] > target { high = middle } else { low = middle + 1 }
      }
      counts[low] += 1
    }
    let drawn = counts.indices.filter { counts[$0] > 0 }
    var values: [Double] = []
    values.reserveCapacity(drawn.count * points.featureCount)
    for feature in 0..<points.featureCount {
      for point in drawn { values.append(points[point, feature]) }
    }
    return (FeatureMatrix(checked: values, sampleCount: drawn.count), drawn.map { counts[$0] })
  }
}
