import Clustering

/// Where a customer belongs: the nearest centroid and the one after it.
public struct Score: Sendable, Equatable {
  /// The cluster of the nearest centroid, ties to the lowest index.
  public let cluster: Int
  /// Euclidean distance to it, in scaled units.
  public let distance: Double
  /// The cluster of the second nearest centroid; nil when there is one cluster only.
  public let secondCluster: Int?
  /// How clear the choice is: 1 − distance / second distance, 0 on the border and 1 at the
  /// centroid; nil when there is one cluster only.
  public let margin: Double?
}

extension Run {
  /// Scores one customer.
  ///
  /// - Parameter values: one value a feature, in the features' own units and order.
  /// - Complexity: O(*kd*).
  public func score(_ values: [Double]) -> Score {
    precondition(values.count == features.count, "one value a feature")
    let scaled = zip(features, values).map { $0.scaling.scaled($1) }
    var best = (cluster: 0, squared: Double.infinity)
    var second = (cluster: -1, squared: Double.infinity)
    for cluster in clusters {
      var squared = 0.0
      for (coordinate, center) in zip(scaled, cluster.scaledCentroid) {
        let difference = coordinate - center
        squared += difference * difference
      }
      if squared < best.squared {
        second = best
        best = (cluster.index, squared)
      } else if squared < second.squared || second.cluster < 0 {
        second = (cluster.index, squared)
      }
    }
    guard clusters.count > 1 else {
      return Score(
        cluster: best.cluster, distance: best.squared.squareRoot(), secondCluster: nil, margin: nil)
    }
    let nearest = best.squared.squareRoot()
    let further = second.squared.squareRoot()
    return Score(
      cluster: best.cluster, distance: nearest, secondCluster: second.cluster,
      margin: further > 0 ? 1 - nearest / further : 0)
  }

  /// Scores a row of the run's own table by the cluster the fit gave it; nil when the row was set
  /// aside.
  public func score(row: Int) -> Score? {
    guard let cluster = rowLabels[row] else { return nil }
    let score = score(featureValues(row: row))
    guard score.cluster != cluster else { return score }
    // The fit's label wins over rounding on a border, so that every answer names one segment.
    return Score(
      cluster: cluster, distance: score.distance, secondCluster: score.cluster, margin: 0)
  }

  /// The values of a used row in the run's features, fills included.
  public func featureValues(row: Int) -> [Double] {
    features.map { dataset.value(row: row, column: $0.column) ?? $0.mean }
  }
}
