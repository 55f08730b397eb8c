import Synchronization

/// How surely each cluster is found again when the customers are drawn anew.
///
/// Each bootstrap draws as many customers as there are, with replacement, and clusters them. A
/// cluster is as well recovered as the new cluster most like it: by the Jaccard coefficient of
/// their members among all customers, each with its weight. Means over the bootstraps below 0.6
/// count as unstable, from 0.75 as stable, from 0.85 as highly stable.
/// - SeeAlso: Hennig 2007, doi:10.1016/j.csda.2006.11.025
public struct BootstrapStability: Sendable, Equatable {
  /// The mean Jaccard coefficient of each cluster, in 0...1.
  public let meanOfCluster: [Double]
  /// Half the width of the 95 % interval of each mean; nil after a single bootstrap.
  public let errorOfCluster: [Double]?
  /// Bootstraps made.
  public let bootstrapCount: Int
  /// Customers drawn in each.
  public let drawCount: Int

  /// The mean of the cluster that is found again least.
  public var minimum: Double { meanOfCluster.min() ?? 1 }

  /// Makes the bootstraps for one clustering or for several of the same points.
  ///
  /// - Parameters:
  ///   - points: the `n × d` points the models were fitted to.
  ///   - weights: their `n` weights; nil means 1 each.
  ///   - models: clusterings of them.
  ///   - bootstrapCount: how many; at least 1.
  ///   - seed: start of every random sequence used.
  ///   - threads: threads to use at most; the numbers do not depend on it.
  ///   - cancellation: answering true ends the work.
  /// - Returns: one value for each model.
  /// - Throws: ``ClusteringError/shapeMismatch(expected:found:)``,
  ///   ``ClusteringError/weightNotPositive(sample:)``,
  ///   ``ClusteringError/optionOutOfRange(option:value:)``, ``ClusteringError/cancelled``.
  /// - Complexity: O(*nd*), and for each bootstrap and model some fits of at most 16384 points.
  public static func evaluate(
    _ points: FeatureMatrix, weights: [Double]? = nil, models: [KMeansModel],
    bootstrapCount: Int, seed: UInt64 = 0, threads: Int = 1,
    cancellation: (@Sendable () -> Bool)? = nil
  ) throws(ClusteringError) -> [BootstrapStability] {
    try DistinctPoints.check(weights, sampleCount: points.sampleCount)
    guard bootstrapCount >= 1 else {
      throw .optionOutOfRange(option: .bootstraps, value: bootstrapCount)
    }
    guard threads >= 1 else { throw .optionOutOfRange(option: .threads, value: threads) }
    for model in models where model.centroids.featureCount != points.featureCount {
      throw .shapeMismatch(expected: points.featureCount, found: model.centroids.featureCount)
    }
    let subsample = try Cloud.withCloud(
      points, weights: weights, team: WorkTeam(threads: 1), cancellation: nil
    ) { (cloud) throws(ClusteringError) in
      Subsample(cloud, clusterCount: models.map(\.clusterCount).max() ?? 1, seed: seed)
    }
    return try Cloud.withCloud(
      subsample.points, weights: subsample.weights, team: WorkTeam(threads: 1),
      cancellation: cancellation
    ) { (cloud) throws(ClusteringError) in
      let originals = models.map { Original($0, cloud: cloud) }
      var coefficients: [[[Double]]] = []
      for outcome in bootstraps(
        bootstrapCount, of: subsample, cloud: cloud, originals: originals, seed: seed,
        team: WorkTeam(threads: threads))
      {
        coefficients.append(try outcome.get())
      }
      return originals.indices.map { index in
        BootstrapStability(coefficients.map { $0[index] }, drawCount: subsample.drawCount)
      }
    }
  }

  /// A clustering of the customers that is looked for again.
  private struct Original: Sendable {
    /// `k × d`, row-major.
    let centroids: [Double]
    let labels: [Int32]
    /// `k` sums of weights.
    let totals: [Double]

    init(_ model: KMeansModel, cloud: Cloud) {
      centroids = (0..<model.clusterCount).flatMap { model.centroids.row($0) }
      let partition = Partition(cloud, clusterCount: model.clusterCount)
      partition.setCentroids(centroids)
      _ = partition.assign()
      labels = partition.labels.array
      totals = partition.totals.array
    }
  }

  /// Starts from fresh seeds in each bootstrap, beside one from the centroids looked for.
  private static let seededCount = 10

  /// The coefficients of each bootstrap: model by model, cluster by cluster.
  private static func bootstraps(
    _ count: Int, of subsample: Subsample, cloud: Cloud, originals: [Original], seed: UInt64,
    team: WorkTeam
  ) -> [Result<[[Double]], ClusteringError>] {
    let outcomes = Mutex([Result<[[Double]], ClusteringError>?](repeating: nil, count: count))
    team.forEach(count) { index in
      let outcome: Result<[[Double]], ClusteringError>
      do throws(ClusteringError) {
        outcome = .success(
          try bootstrap(index, of: subsample, cloud: cloud, originals: originals, seed: seed))
      } catch {
        outcome = .failure(error)
      }
      outcomes.withLock { $0[index] = outcome }
    }
    return outcomes.withLock { $0.compactMap(\.self) }
  }

  private static func bootstrap(
    _ index: Int, of subsample: Subsample, cloud: Cloud, originals: [Original], seed: UInt64
  ) throws(ClusteringError) -> [[Double]] {
    // One draw for all models: their figures differ by the clusters, not by the luck of the draw.
    var random = RandomSource(seed: seed, stream: [Subsample.stream, 1, UInt64(index)])
    let drawn = subsample.bootstrap(random: &random)
    return try Cloud.withCloud(
      drawn.points, weights: drawn.weights, team: WorkTeam(threads: 1),
      cancellation: cloud.cancellation
    ) { (drawnCloud) throws(ClusteringError) in
      let fit = ResampleFit(cloud: drawnCloud, seededCount: seededCount)
      var coefficients: [[Double]] = []
      for original in originals {
        try drawnCloud.checkCancellation()
        let k = original.totals.count
        var random = RandomSource(
          seed: seed, stream: [Subsample.stream, 2, UInt64(index), UInt64(k)])
        guard
          let best = try fit.best(
            clusterCount: k, from: original.centroids, random: &random)
        else {
          // Too few different customers were drawn for so many clusters: none is found again.
          coefficients.append([Double](repeating: 0, count: k))
          continue
        }
        let partition = Partition(cloud, clusterCount: k)
        partition.setCentroids(best.centroids)
        _ = partition.assign()
        coefficients.append(jaccard(original, partition))
      }
      return coefficients
    }
  }

  /// For each original cluster the largest Jaccard coefficient with a new one.
  private static func jaccard(_ original: Original, _ found: Partition) -> [Double] {
    let k = original.totals.count
    var common = [Double](repeating: 0, count: k * k)
    for sample in 0..<found.cloud.sampleCount {
      common[Int(original.labels[sample]) * k + Int(found.labels[sample])] +=
        found.cloud.weight(sample)
    }
    return (0..<k).map { cluster in
      (0..<k).reduce(0) { largest, other in
        let both = common[cluster * k + other]
        let either = original.totals[cluster] + found.totals[other] - both
        return either > 0 ? max(largest, both / either) : largest
      }
    }
  }

  /// Means over bootstraps of coefficients, one row a bootstrap.
  private init(_ coefficients: [[Double]], drawCount: Int) {
    let count = Double(coefficients.count)
    let clusterCount = coefficients.first?.count ?? 0
    let means = (0..<clusterCount).map { cluster in
      coefficients.reduce(0) { $0 + $1[cluster] } / count
    }
    meanOfCluster = means
    errorOfCluster =
      coefficients.count < 2
      ? nil
      : (0..<clusterCount).map { cluster in
        let squares = coefficients.reduce(0) {
          $0 + ($1[cluster] - means[cluster]) * ($1[cluster] - means[cluster])
        }
        return 1.96 * (squares / (count - 1) / count).squareRoot()
      }
    bootstrapCount = coefficients.count
    self.drawCount = drawCount
  }
}
