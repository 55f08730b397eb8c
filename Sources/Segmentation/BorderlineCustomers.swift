import Clustering
import Datasets

/// How many customers of each cluster stand near the border to another: those whose margin, 1 −
/// distance / second distance, is below ``Run/borderlineMargin``.
enum BorderlineCustomers {
  /// Points that are looked at at a time.
  private static let pieceSize = 1 << 16

  /// The weight of the borderline customers of each cluster; nil for a single cluster, which has no
  /// border.
  ///
  /// - Parameters:
  ///   - points: `n × d`, in the features' own units.
  ///   - weights: one weight a point, positive.
  ///   - labels: the cluster of each point.
  ///   - centroids: `k × d`, scaled.
  ///   - threads: how many may look; the result does not depend on it.
  /// - Complexity: O(*nkd*) time, memory for one piece a thread.
  static func sizes(
    points: FeatureMatrix, weights: [Double], labels: [Int32], scalings: [FeatureScaling],
    centroids: NearestCentroids, clusterCount: Int, threads: Int
  ) -> [Double]? {
    guard clusterCount > 1 else { return nil }
    let pieceCount = (labels.count + pieceSize - 1) / pieceSize
    let columns = scalings.indices.map { points.column($0) }
    let parts = ParallelMap.map(pieceCount, threads: threads) { piece -> [Double] in
      let range = piece * pieceSize..<min(labels.count, (piece + 1) * pieceSize)
      var sizes = [Double](repeating: 0, count: clusterCount)
      let matches: NearestCentroids.Matches
      do {
        matches = try centroids.matches(
          FeatureMatrix(columns: zip(columns, scalings).map { $0[range].map($1.scaled) }))
      } catch {
        // The points were fitted: only a fault of ours comes here.
        preconditionFailure("\(error)")
      }
      for (offset, point) in range.enumerated() {
        let cluster = Int(labels[point])
        let (distance, second) = (matches.distance[offset], matches.secondDistance[offset])
        let margin = second > 0 ? 1 - distance / second : 0
        // The fit's label wins over rounding on a border, where the margin is 0.
        if margin < Run.borderlineMargin || Int(matches.nearest[offset]) != cluster {
          sizes[cluster] += weights[point]
        }
      }
      return sizes
    }
    return (0..<clusterCount).map { cluster in parts.reduce(0) { $0 + $1[cluster] } }
  }
}
