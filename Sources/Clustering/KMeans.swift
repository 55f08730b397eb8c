/// k-means with checked parameters: once made, every value is legal.
///
/// A fit makes several tries from weighted greedy k-means++ seeds and returns the whole model of the
/// best. Same points, weights and parameters give the same bits on any number of threads.
public struct KMeans: Sendable {
  /// `k`, at least 1.
  public let clusterCount: Int
  /// Start of every random sequence used.
  public let seed: UInt64
  /// Tries to make; nil lets the fit decide.
  public let restarts: Int?
  /// Lloyd iterations a try may take; reaching it is a result (``KMeansModel/hasConverged``).
  public let iterationLimit: Int
  /// Threads a fit may use.
  public let threads: Int
  /// Asked between passes; answering true ends the fit with ``ClusteringError/cancelled``.
  let cancellation: (@Sendable () -> Bool)?

  /// Checks the parameters.
  ///
  /// - Throws: ``ClusteringError/clusterCountOutOfRange(requested:distinctPoints:)`` for a count below
  ///   1 (with 0 distinct points, since none were seen yet) and
  ///   ``ClusteringError/optionOutOfRange(option:value:)``.
  public init(
    clusterCount: Int, seed: UInt64 = 0, restarts: Int? = nil, iterationLimit: Int = 300,
    threads: Int = 1, cancellation: (@Sendable () -> Bool)? = nil
  ) throws(ClusteringError) {
    guard clusterCount >= 1 else {
      throw .clusterCountOutOfRange(requested: clusterCount, distinctPoints: 0)
    }
    if let restarts, restarts < 1 { throw .optionOutOfRange(option: .restarts, value: restarts) }
    guard iterationLimit >= 1 else {
      throw .optionOutOfRange(option: .iterationLimit, value: iterationLimit)
    }
    guard threads >= 1 else { throw .optionOutOfRange(option: .threads, value: threads) }
    self.clusterCount = clusterCount
    self.seed = seed
    self.restarts = restarts
    self.iterationLimit = iterationLimit
    self.threads = threads
    self.cancellation = cancellation
  }

  /// Clusters points.
  ///
  /// - Parameters:
  ///   - points: `n × d`, already scaled.
  ///   - weights: `n` weights above zero; nil means 1 each. Weight 2 equals a point given twice.
  /// - Throws: ``ClusteringError/clusterCountOutOfRange(requested:distinctPoints:)`` when there are
  ///   fewer distinct points than clusters, ``ClusteringError/shapeMismatch(expected:found:)``,
  ///   ``ClusteringError/weightNotPositive(sample:)``, ``ClusteringError/cancelled``.
  /// - Complexity: O(*nkd*) for each iteration of each try.
  public func fit(
    _ points: FeatureMatrix, weights: [Double]? = nil
  ) throws(ClusteringError) -> KMeansModel {
    try DistinctPoints.check(weights, sampleCount: points.sampleCount)
    let distinct = points.distinctRowCount(atMost: clusterCount)
    guard distinct >= clusterCount else {
      throw .clusterCountOutOfRange(requested: clusterCount, distinctPoints: distinct)
    }
    let team = WorkTeam(threads: threads)
    return try Cloud.withCloud(points, weights: weights, team: team, cancellation: cancellation) {
      (cloud) throws(ClusteringError) in
      points.sampleCount <= Self.fewLimit ? try fitFew(cloud) : try fitMany(cloud)
    }
  }

  /// Points up to which every try is made on all of them.
  static let fewLimit = MoveChain.sampleLimit

  /// Few points: many tries with chains of moves, each on all points.
  func fitFew(_ cloud: Cloud) throws(ClusteringError) -> KMeansModel {
    var tries = Tries(
      Ground(few: cloud), clusterCount: clusterCount, seed: seed, iterationLimit: iterationLimit)
    if let restarts {
      try tries.run(clusterCount == 1 ? 1 : restarts)
    } else {
      try tries.runUntilSure()
    }
    guard let best = tries.best else { throw .cancelled }
    return try finishFew(best, cloud: cloud, tries: tries)
  }

  /// Many points: the search runs on a weighted core, and its best end is polished on ever more
  /// points.
  private func fitMany(_ cloud: Cloud) throws(ClusteringError) -> KMeansModel {
    try Levels.withLevels(cloud, clusterCount: clusterCount, seed: seed) {
      (levels) throws(ClusteringError) in try fit(levels)
    }
  }

  /// The fit of many points on levels that may be shared with other numbers of clusters.
  func fit(_ levels: Levels) throws(ClusteringError) -> KMeansModel {
    var search = CoreSearch(
      levels, clusterCount: clusterCount, seed: seed, iterationLimit: iterationLimit)
    let best = try search.run(restarts: restarts)
    return try finishMany(best, cloud: levels.full.cloud, search: search)
  }

  /// The same, from optima that were found on the core.
  func finishMany(_ tries: Tries, levels: Levels) throws(ClusteringError) -> KMeansModel {
    var search = CoreSearch(
      levels, clusterCount: clusterCount, seed: seed, iterationLimit: iterationLimit)
    let best = try search.goOn(from: tries)
    return try finishMany(best, cloud: levels.full.cloud, search: search)
  }

  /// The model at an optimum of few points.
  ///
  /// The centroids are put in the order of the model and the points assigned once more, so the same
  /// partition has the same bits however it was found.
  func finishFew(
    _ optimum: Optimum, cloud: Cloud, tries: Tries
  ) throws(ClusteringError) -> KMeansModel {
    let partition = Partition(cloud, clusterCount: clusterCount)
    partition.setCentroids(optimum.centroids)
    let left = max(1, iterationLimit - optimum.iterationCount)
    var end = try partition.lloyd(iterationLimit: left)
    var rounds = 0
    while rounds < 8, partition.sortClusters() {
      // A new order can turn a tie between two centroids, hence more than one round.
      end = try partition.lloyd(iterationLimit: left)
      rounds += 1
    }
    return partition.model(
      iterationCount: optimum.iterationCount + max(0, end.iterationCount - 1),
      hasConverged: optimum.hasConverged && end.hasConverged, restartCount: tries.count,
      distanceComputations: tries.distanceComputations + partition.distanceComputations)
  }

  /// The model at an optimum of many points, found in single precision: two passes in Float64, the
  /// first for the means, the second for the labels.
  private func finishMany(
    _ optimum: Optimum, cloud: Cloud, search: CoreSearch
  ) throws(ClusteringError) -> KMeansModel {
    let partition = Partition(cloud, clusterCount: clusterCount)
    partition.setCentroids(optimum.centroids)
    let end = try partition.lloyd(iterationLimit: 1)
    if partition.sortClusters() { _ = try partition.lloyd(iterationLimit: 1) }
    return partition.model(
      iterationCount: optimum.iterationCount + end.iterationCount,
      hasConverged: optimum.hasConverged, restartCount: search.tryCount,
      distanceComputations: search.distanceComputations + partition.distanceComputations)
  }
}
