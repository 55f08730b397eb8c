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
    let cloud = Cloud(
      points, weights: weights, team: WorkTeam(threads: 1), cancellation: cancellation)
    var tries = Tries(
      cloud, clusterCount: clusterCount, seed: seed, iterationLimit: iterationLimit, team: team)
    if clusterCount == 1 {
      try tries.run(1)
    } else if let restarts {
      try tries.run(restarts)
    } else {
      try tries.runUntilSure()
    }
    guard let best = tries.best else { throw .cancelled }
    return try finish(best, cloud: cloud, tries: tries)
  }

  /// The model at an optimum.
  ///
  /// The centroids are put in the order of the model first and the points assigned once more, so
  /// the same partition has the same bits however it was found.
  private func finish(
    _ optimum: Optimum, cloud: Cloud, tries: Tries
  ) throws(ClusteringError) -> KMeansModel {
    let partition = Partition(cloud, clusterCount: clusterCount)
    for (index, value) in optimum.centroids.enumerated() { partition.centroids[index] = value }
    _ = partition.assign()
    var end = (iterationCount: 0, hasConverged: false)
    var rounds = 0
    while partition.sortClusters() || rounds == 0 {
      // A new order can turn a tie between two centroids, hence more than one round.
      end = try partition.lloyd(iterationLimit: max(1, iterationLimit - optimum.iterationCount))
      rounds += 1
      if rounds == 8 { break }
    }
    return partition.model(
      iterationCount: optimum.iterationCount + max(0, end.iterationCount - 1),
      hasConverged: optimum.hasConverged && end.hasConverged, restartCount: tries.count,
      distanceComputations: tries.distanceComputations + partition.distanceComputations)
  }
}
