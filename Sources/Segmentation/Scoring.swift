import Clustering

/// Where a customer belongs: the nearest centroid and the one after it.
public struct Score: Sendable, Equatable {
  /// The cluster of the nearest centroid, ties to the lowest index.
  public let cluster: Int
  /// Euclidean distance to its centroid, in scaled units.
  public let distance: Double
  /// The cluster of the second nearest centroid; nil when there is one cluster only.
  public let secondCluster: Int?
  /// How clear the choice is: 1 − distance / second distance, 0 on the border and 1 at the
  /// centroid; nil when there is one cluster only.
  public let margin: Double?
  /// Whether the distance is beyond the 99th percentile of the segment's own customers.
  public let isFar: Bool
}

extension Run {
  /// Scores one customer.
  ///
  /// - Parameter values: one value a feature, in the features' own units and order.
  /// - Returns: nil when a value is too large to have a distance.
  /// - Complexity: O(*kd*).
  public func score(_ values: [Double]) -> Score? {
    precondition(values.count == features.count, "one value a feature")
    let scaled = zip(features, values).map { $0.scaling.scaled($1) }
    let match: NearestCentroids.Match
    do {
      match = try centroids.match(scaled)
    } catch {
      return nil
    }
    return score(match)
  }

  /// The score that two nearest centroids make.
  func score(_ match: NearestCentroids.Match) -> Score {
    let margin = match.secondDistance.map { $0 > 0 ? 1 - match.distance / $0 : 0 }
    return Score(
      cluster: match.nearest, distance: match.distance, secondCluster: match.second, margin: margin,
      isFar: match.distance > clusters[match.nearest].farDistance)
  }

  /// Scores a row of the run's own table by the cluster the fit gave it; nil when the row was set
  /// aside.
  public func score(row: Int) -> Score? {
    guard let cluster = rowLabels[row], let score = score(featureValues(row: row)) else {
      return nil
    }
    guard score.cluster != cluster else { return score }
    // The fit's label wins over rounding on a border, so that every answer names one segment.
    return Score(
      cluster: cluster, distance: score.distance, secondCluster: score.cluster, margin: 0,
      isFar: score.distance > clusters[cluster].farDistance)
  }

  /// The values of a used row in the run's features, fills included.
  public func featureValues(row: Int) -> [Double] {
    features.map { feature in
      dataset.value(ofRow: row, column: feature.column, level: feature.level) ?? feature.mean
    }
  }
}
