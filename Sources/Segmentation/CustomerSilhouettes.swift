import Clustering

/// How well each customer fits its cluster.
public struct CustomerSilhouettes: Sendable, Equatable {
  /// The silhouettes of the customers of each cluster, in the order of the rows; empty for a single
  /// cluster, where they are undefined.
  public let values: [[Double]]
  /// The rows that were compared with each other.
  public let comparedCount: Int
  /// The rows that are in a cluster.
  public let rowCount: Int

  /// Above this many rows some of each cluster are compared with each other, for all.
  public static let exactLimit = 5000
}

extension Run {
  /// The silhouette of each customer, in the run's scaled units.
  ///
  /// Of very many rows every so-manieth of each cluster is taken, so that each has its share.
  /// - Throws: ``SegmentationError/clustering(_:)``.
  /// - Complexity: O(*m²d*) time for *m* rows compared.
  public func silhouettes(
    threads: Int = 1, cancellation: (@Sendable () -> Bool)? = nil
  ) throws(SegmentationError) -> CustomerSilhouettes {
    var members = Array(repeating: [Int](), count: clusters.count)
    let (dataset, rowLabels) = (dataset, rowLabels)
    for position in 0..<dataset.usedRowCount {
      if let cluster = rowLabels[dataset.rows[position]] { members[cluster].append(position) }
    }
    let rowCount = members.reduce(0) { $0 + $1.count }
    let limit = CustomerSilhouettes.exactLimit
    if rowCount > limit {
      members = members.map { rows in
        // Two at least: one alone would have no silhouette.
        let count = min(rows.count, max(2, rows.count * limit / rowCount))
        return (0..<count).map { rows[(2 * $0 + 1) * rows.count / (2 * count)] }
      }
    }
    let chosen = members.flatMap { $0 }
    let labels = members.enumerated().flatMap { cluster, rows in
      rows.map { _ in Int32(cluster) }
    }
    let weights = dataset.weights()
    do {
      let points = try FeatureMatrix(
        columns: features.map { feature in
          let numbers = numbers(of: feature)
          return chosen.map { feature.scaling.scaled(numbers[$0]) }
        })
      let values = try ClusterQuality.silhouettes(
        of: points, weights: weights.map { weights in chosen.map { weights[$0] } },
        labels: labels, clusterCount: clusters.count, threads: threads,
        cancellation: cancellation)
      var byCluster = Array(repeating: [Double](), count: clusters.count)
      for (index, value) in (values ?? []).enumerated() {
        byCluster[Int(labels[index])].append(value)
      }
      return CustomerSilhouettes(
        values: byCluster, comparedCount: chosen.count, rowCount: rowCount)
    } catch {
      throw .clustering(error)
    }
  }
}
