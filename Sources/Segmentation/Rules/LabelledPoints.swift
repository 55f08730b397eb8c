/// Weighted points in the features' own units, each with the cluster it belongs to.
struct LabelledPoints: Sendable {
  /// One array of `m` values for each feature.
  let columns: [[Double]]
  /// `m` clusters.
  let labels: [Int32]
  /// `m` weights above zero.
  let weights: [Double]
  /// How many clusters there are.
  let clusterCount: Int

  /// The number of points.
  var count: Int { labels.count }

  /// At most `limit` points that stand for all: a systematic sample, so that a point is taken the
  /// more often the more customers it stands for.
  ///
  /// The points themselves when they are few enough. No chance is involved: the same points in the
  /// same order give the same sample.
  /// - Complexity: O(*m*).
  func sampled(limit: Int) -> LabelledPoints {
    guard count > limit else { return self }
    let total = weights.reduce(0, +)
    let step = total / Double(limit)
    var taken: [Int] = []
    var hits: [Double] = []
    var reached = 0.0
    var next = step / 2
    for point in weights.indices {
      reached += weights[point]
      var count = 0.0
      while next < reached {
        count += 1
        next += step
      }
      if count > 0 {
        taken.append(point)
        hits.append(count)
      }
    }
    return LabelledPoints(
      columns: columns.map { column in taken.map { column[$0] } },
      labels: taken.map { labels[$0] }, weights: hits, clusterCount: clusterCount)
  }
}
