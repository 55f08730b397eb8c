/// Silhouettes of weighted points, exact or sampled.
struct Silhouettes: Sendable {
  let mean: Double
  let meanOfCluster: [Double?]
  let valueOfPoint: [Double]?
  let error: Double?
  let pointCount: Int
  let weight: Double

  /// Points looked at when there are too many to compare all with all.
  static let sampleSize = 10_000

  /// - Returns: nil for one cluster, where the silhouette is undefined.
  /// - SeeAlso: Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7
  init?(
    _ data: WeightedPoints, labels: [Int32], clusterCount: Int, exactLimit: Int, seed: UInt64,
    cancellation: (@Sendable () -> Bool)?
  ) throws(ClusteringError) {
    guard clusterCount > 1 else { return nil }
    let isExact = data.sampleCount <= exactLimit
    // The data a silhouette is computed from: all of it, or a weighted sample drawn with
    // replacement, in which a point drawn twice has weight 2.
    var subset = Array(0..<data.sampleCount)
    var weights = data.weights
    if !isExact {
      var random = RandomSource(seed: seed, stream: [0x5151])
      var cumulative: [Double] = []
      var sum = 0.0
      for weight in data.weights {
        sum += weight
        cumulative.append(sum)
      }
      var drawn = [Int: Double]()
      for _ in 0..<Self.sampleSize {
        let target = random.unit() * sum
        var low = 0
        var high = cumulative.count - 1
        while low < high {
          let middle = (low + high) / 2
          if cumulative[middle] > target { high = middle } else { low = middle + 1 }
        }
        drawn[low, default: 0] += 1
      }
      subset = drawn.keys.sorted()
      weights = subset.map { drawn[$0] ?? 0 }
    }
    var totals = [Double](repeating: 0, count: clusterCount)
    for (index, point) in subset.enumerated() { totals[Int(labels[point])] += weights[index] }
    var values = [Double](repeating: 0, count: subset.count)
    let d = data.featureCount
    for i in subset.indices {
      if i % 256 == 0, cancellation?() ?? false { throw .cancelled }
      var sums = [Double](repeating: 0, count: clusterCount)
      for j in subset.indices {
        var squared = 0.0
        for feature in 0..<d {
          let delta = data.points[subset[i], feature] - data.points[subset[j], feature]
          squared += delta * delta
        }
        sums[Int(labels[subset[j]])] += weights[j] * squared.squareRoot()
      }
      values[i] = Self.value(sums: sums, totals: totals, own: Int(labels[subset[i]]))
    }
    var sum = 0.0
    var squares = 0.0
    var weight = 0.0
    var sumOfCluster = [Double](repeating: 0, count: clusterCount)
    for (i, value) in values.enumerated() {
      sum += weights[i] * value
      squares += weights[i] * value * value
      weight += weights[i]
      sumOfCluster[Int(labels[subset[i]])] += weights[i] * value
    }
    mean = sum / weight
    meanOfCluster = zip(sumOfCluster, totals).map { $1 > 0 ? $0 / $1 : nil }
    valueOfPoint = isExact ? values : nil
    let variance = max(0, squares / weight - (sum / weight) * (sum / weight))
    error = isExact ? nil : 1.96 * (variance / weight).squareRoot()
    pointCount = subset.count
    self.weight = weight
  }

  /// The silhouette of one point from its summed distances to each cluster; 0 for a cluster of one.
  static func value(sums: [Double], totals: [Double], own: Int) -> Double {
    guard totals[own] > 1 else { return 0 }
    let within = sums[own] / (totals[own] - 1)
    var between = Double.infinity
    for cluster in totals.indices where cluster != own && totals[cluster] > 0 {
      between = min(between, sums[cluster] / totals[cluster])
    }
    guard between < .infinity else { return 0 }
    let larger = max(within, between)
    return larger > 0 ? (between - within) / larger : 0
  }
}
