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

  /// Tries when the caller names no number: one k-means++ start finds the best optimum of small,
  /// overlapping data in as few as one case of two.
  private static let automaticRestarts = 32

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
    let data = WeightedPoints(
      points, weights: weights ?? Array(repeating: 1, count: points.sampleCount),
      team: WorkTeam(threads: threads))
    let tries = clusterCount == 1 ? 1 : restarts ?? Self.automaticRestarts
    var best: LloydResult?
    var distanceComputations = 0
    for restart in 0..<tries {
      var random = RandomSource(
        seed: seed, stream: [UInt64(clusterCount), UInt64(restart)])
      let seeds = data.greedyPlusPlus(
        clusterCount: clusterCount, random: &random, distanceComputations: &distanceComputations)
      let found = try data.lloyd(
        from: seeds, iterationLimit: iterationLimit, cancellation: cancellation)
      distanceComputations += found.distanceComputations
      if best.map({ found.inertia < $0.inertia }) ?? true { best = found }
    }
    guard let best else { throw .noSamples }
    return best.model(
      of: data, restartCount: tries, distanceComputations: distanceComputations)
  }
}
