import Clustering

/// Where many customers belong, one array for each part of a ``Score``.
public struct BatchScores: Sendable, Equatable {
  /// The cluster of the nearest centroid; −1 for a customer without a score.
  public private(set) var clusters: [Int32]
  /// Euclidean distance to its centroid, in scaled units; NaN without a score.
  public private(set) var distances: [Double]
  /// The cluster of the second nearest centroid; −1 when there is none.
  public private(set) var secondClusters: [Int32]
  /// 1 − distance / second distance; NaN when there is no second cluster.
  public private(set) var margins: [Double]
  /// 1 for a customer who is far, 0 for one who is not; −1 without a score.
  public private(set) var far: [Int32]

  /// The number of customers.
  public var count: Int { clusters.count }

  init(_ matches: NearestCentroids.Matches, isValid: [Bool], farDistances: [Double]) {
    let count = matches.count
    clusters = matches.nearest
    distances = matches.distance
    secondClusters =
      matches.second.isEmpty ? [Int32](repeating: -1, count: count) : matches.second
    margins = [Double](repeating: .nan, count: count)
    far = [Int32](repeating: 0, count: count)
    for row in 0..<count {
      guard isValid[row] else {
        clusters[row] = -1
        distances[row] = .nan
        secondClusters[row] = -1
        far[row] = -1
        continue
      }
      far[row] = distances[row] > farDistances[Int(clusters[row])] ? 1 : 0
      if !matches.secondDistance.isEmpty {
        let second = matches.secondDistance[row]
        margins[row] = second > 0 ? 1 - distances[row] / second : 0
      }
    }
  }
}

extension Run {
  /// Scores many customers as ``score(_:)`` does one.
  ///
  /// - Parameter columns: one column a feature, in the features' own units and order; NaN where a
  ///   customer has no value, who then has no score.
  /// - Throws: ``SegmentationError/clustering(_:)``.
  /// - Complexity: O(*nkd*).
  public func scores(_ columns: [[Double]]) throws(SegmentationError) -> BatchScores {
    precondition(columns.count == features.count, "one column a feature")
    let count = columns[0].count
    var isValid = [Bool](repeating: true, count: count)
    var scaled: [[Double]] = []
    for (feature, column) in zip(features, columns) {
      var values = column
      for row in 0..<count {
        let value = feature.scaling.scaled(values[row])
        if value.magnitude <= FeatureScaling.scaledLimit {
          values[row] = value
        } else {
          values[row] = 0
          isValid[row] = false
        }
      }
      scaled.append(values)
    }
    do {
      return BatchScores(
        try centroids.matches(try FeatureMatrix(columns: scaled)), isValid: isValid,
        farDistances: clusters.map(\.farDistance))
    } catch {
      throw .clustering(error)
    }
  }
}
