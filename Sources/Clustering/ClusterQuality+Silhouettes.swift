extension ClusterQuality {
  /// The silhouette of each point under the labels given, each compared with all.
  ///
  /// - Parameters:
  ///   - points: `n × d` points.
  ///   - weights: their `n` weights; nil means 1 each.
  ///   - labels: `n` cluster indices in `0..<clusterCount`.
  ///   - clusterCount: `k`.
  ///   - threads: threads to use at most.
  ///   - cancellation: answering true ends the work.
  /// - Returns: one value a point; nil for one cluster.
  /// - Throws: ``ClusteringError/shapeMismatch(expected:found:)``,
  ///   ``ClusteringError/weightNotPositive(sample:)``, ``ClusteringError/cancelled``.
  /// - Complexity: O(*n²d*) time, O(*n*) memory.
  /// - SeeAlso: Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7
  public static func silhouettes(
    of points: FeatureMatrix, weights: [Double]? = nil, labels: [Int32], clusterCount: Int,
    threads: Int = 1, cancellation: (@Sendable () -> Bool)? = nil
  ) throws(ClusteringError) -> [Double]? {
    try DistinctPoints.check(weights, sampleCount: points.sampleCount)
    guard labels.count == points.sampleCount else {
      throw .shapeMismatch(expected: points.sampleCount, found: labels.count)
    }
    precondition(labels.allSatisfy { (0..<clusterCount).contains(Int($0)) }, "labels are clusters")
    return try Cloud.withCloud(
      points, weights: weights, team: WorkTeam(threads: max(1, threads)),
      cancellation: cancellation
    ) { (cloud) throws(ClusteringError) in
      try Silhouettes.compute(
        cloud, clusterings: [(labels, clusterCount)], exactLimit: .max, seed: 0
      )[0]?.valueOfPoint
    }
  }
}
