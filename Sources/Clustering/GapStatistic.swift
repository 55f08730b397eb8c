import Synchronization

/// How much tighter clusters are than those found in points without any structure.
///
/// The points without structure are spread evenly over the box of the data. The gap is the mean of
/// log(inertia of theirs) − log(inertia); where it does not exceed the gap of a single cluster, the
/// clustering cuts up one crowd.
/// - SeeAlso: Tibshirani, Walther, Hastie 2001, doi:10.1111/1467-9868.00293
public struct GapStatistic: Sendable, Equatable {
  /// The gap of one clustering.
  public struct Gap: Sendable, Equatable {
    /// The number of clusters.
    public let clusterCount: Int
    /// The gap.
    public let value: Double
    /// Its standard error: the deviation over the references · √(1 + 1/*B*).
    public let standardError: Double
  }

  /// The gap of a single cluster.
  public let single: Gap
  /// The gap of each clustering given that has any inertia, in their order.
  public let gaps: [Gap]
  /// Reference sets made.
  public let referenceCount: Int

  /// The smallest number of clusters whose gap is no more than a standard error below the next
  /// one's, the rule of the authors; nil when there is none, or the numbers leave gaps.
  public var choice: Int? {
    let all = [single] + gaps.filter { $0.clusterCount > 1 }
    for (gap, next) in zip(all, all.dropFirst()) {
      guard next.clusterCount == gap.clusterCount + 1 else { return nil }
      if gap.value >= next.value - next.standardError { return gap.clusterCount }
    }
    return nil
  }

  /// Compares clusterings with those of reference sets.
  ///
  /// - Parameters:
  ///   - points: the `n × d` points the models were fitted to.
  ///   - weights: their `n` weights; nil means 1 each.
  ///   - models: clusterings of them, by ascending number of clusters.
  ///   - referenceCount: how many reference sets; at least 2.
  ///   - seed: start of every random sequence used.
  ///   - threads: threads to use at most; the numbers do not depend on it.
  ///   - cancellation: answering true ends the work.
  /// - Returns: nil when all points coincide, so that there is no logarithm.
  /// - Throws: as ``BootstrapStability/evaluate(_:weights:models:bootstrapCount:seed:threads:cancellation:)``.
  /// - Complexity: O(*nd*), and for each reference set and model some fits of at most 16384 points.
  public static func evaluate(
    _ points: FeatureMatrix, weights: [Double]? = nil, models: [KMeansModel],
    referenceCount: Int, seed: UInt64 = 0, threads: Int = 1,
    cancellation: (@Sendable () -> Bool)? = nil
  ) throws(ClusteringError) -> GapStatistic? {
    try DistinctPoints.check(weights, sampleCount: points.sampleCount)
    guard referenceCount >= 2 else {
      throw .optionOutOfRange(option: .references, value: referenceCount)
    }
    guard threads >= 1 else { throw .optionOutOfRange(option: .threads, value: threads) }
    for model in models where model.centroids.featureCount != points.featureCount {
      throw .shapeMismatch(expected: points.featureCount, found: model.centroids.featureCount)
    }
    return try Cloud.withCloud(
      points, weights: weights, team: WorkTeam(threads: threads), cancellation: cancellation
    ) { (cloud) throws(ClusteringError) in
      let subsample = Subsample(
        cloud, clusterCount: models.map(\.clusterCount).max() ?? 1, seed: seed)
      let inertias = try inertias(of: models, on: subsample)
      guard inertias[0] > 0 else { return nil }
      // A cluster for each point leaves no inertia, and so no gap.
      let tried = zip([1] + models.map(\.clusterCount), inertias).filter { $0.1 > 0 }
      let box = Box(points)
      let counts = tried.map(\.0)
      let outcomes = Mutex(
        [Result<[Double], ClusteringError>?](repeating: nil, count: referenceCount))
      cloud.team.forEach(referenceCount) { index in
        let outcome: Result<[Double], ClusteringError>
        do throws(ClusteringError) {
          outcome = .success(
            try box.inertias(
              index, pointCount: subsample.drawCount, clusterCounts: counts, seed: seed,
              cancellation: cancellation))
        } catch {
          outcome = .failure(error)
        }
        outcomes.withLock { $0[index] = outcome }
      }
      var references: [[Double]] = []
      for outcome in outcomes.withLock({ $0 }) {
        if let outcome { references.append(try outcome.get()) }
      }
      // Sums of squares grow with the weight: both are taken for one customer.
      let weight = subsample.weights.reduce(0, +)
      let gaps = counts.indices.map { index in
        gap(
          counts[index], inertia: tried[index].1 / weight,
          references: references.map { $0[index] / Double(subsample.drawCount) })
      }
      return GapStatistic(
        single: gaps[0], gaps: Array(gaps.dropFirst()), referenceCount: referenceCount)
    }
  }

  /// The inertias of one cluster and of each model, on the points of the subsample.
  private static func inertias(
    of models: [KMeansModel], on subsample: Subsample
  ) throws(ClusteringError) -> [Double] {
    try Cloud.withCloud(
      subsample.points, weights: subsample.weights, team: WorkTeam(threads: 1), cancellation: nil
    ) { (cloud) throws(ClusteringError) in
      let whole = Partition(cloud, clusterCount: 1)
      whole.labels.fill(with: 0)
      whole.takeMeansOfLabels()
      _ = whole.assign()
      var inertias = [whole.inertia]
      for model in models {
        guard !subsample.isWhole else {
          inertias.append(model.inertia)
          continue
        }
        // The references are fitted to their points, and so are the clusters to the subsample.
        let partition = Partition(cloud, clusterCount: model.clusterCount)
        partition.setCentroids((0..<model.clusterCount).flatMap { model.centroids.row($0) })
        _ = try partition.lloyd(iterationLimit: 60)
        inertias.append(partition.inertia)
      }
      return inertias
    }
  }

  private static func gap(_ clusterCount: Int, inertia: Double, references: [Double]) -> Gap {
    let count = Double(references.count)
    let gaps = references.map { logarithmOfOnePlus(($0 - inertia) / inertia) }
    let mean = gaps.reduce(0, +) / count
    let squares = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return Gap(
      clusterCount: clusterCount, value: mean,
      standardError: (squares / count * (1 + 1 / count)).squareRoot())
  }

  /// The box that holds the data, feature by feature.
  private struct Box: Sendable {
    var low: [Double] = []
    var high: [Double] = []

    init(_ points: FeatureMatrix) {
      let n = points.sampleCount
      for feature in 0..<points.featureCount {
        let column = points.values[feature * n..<(feature + 1) * n]
        low.append(column.min() ?? 0)
        high.append(column.max() ?? 0)
      }
    }

    /// Starts from fresh seeds for each number of clusters.
    private static let seededCount = 3

    /// The inertias of clusterings of points spread evenly over the box.
    func inertias(
      _ index: Int, pointCount: Int, clusterCounts: [Int], seed: UInt64,
      cancellation: (@Sendable () -> Bool)?
    ) throws(ClusteringError) -> [Double] {
      var random = RandomSource(seed: seed, stream: [Subsample.stream, 3, UInt64(index)])
      var values: [Double] = []
      values.reserveCapacity(pointCount * low.count)
      for feature in low.indices {
        let width = high[feature] - low[feature]
        for _ in 0..<pointCount { values.append(low[feature] + random.unit() * width) }
      }
      let points = FeatureMatrix(checked: values, sampleCount: pointCount)
      return try Cloud.withCloud(
        points, weights: nil, team: WorkTeam(threads: 1), cancellation: cancellation
      ) { (cloud) throws(ClusteringError) in
        let fit = ResampleFit(cloud: cloud, seededCount: Self.seededCount)
        var inertias: [Double] = []
        for clusterCount in clusterCounts {
          try cloud.checkCancellation()
          var random = RandomSource(
            seed: seed, stream: [Subsample.stream, 4, UInt64(index), UInt64(clusterCount)])
          let best = try fit.best(clusterCount: clusterCount, from: nil, random: &random)
          inertias.append(best?.inertia ?? 0)
        }
        return inertias
      }
    }
  }
}
