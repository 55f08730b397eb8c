/// Tries several numbers of clusters and chooses one.
public struct ClusterCountSearch: Sendable {
  /// The numbers tried, as far as there are distinct points for them.
  public let range: ClosedRange<Int>
  /// Start of every random sequence used.
  public let seed: UInt64
  /// Tries of each fit; nil lets the fit decide.
  public let restarts: Int?
  /// Lloyd iterations a try may take.
  public let iterationLimit: Int
  /// Threads the search may use.
  public let threads: Int
  /// Asked between passes.
  let cancellation: (@Sendable () -> Bool)?

  /// Checks the parameters.
  ///
  /// - Throws: ``ClusteringError/clusterCountOutOfRange(requested:distinctPoints:)`` when the range
  ///   starts below 1 and ``ClusteringError/optionOutOfRange(option:value:)``.
  public init(
    range: ClosedRange<Int> = 2...10, seed: UInt64 = 0, restarts: Int? = nil,
    iterationLimit: Int = 300, threads: Int = 1, cancellation: (@Sendable () -> Bool)? = nil
  ) throws(ClusteringError) {
    _ = try KMeans(
      clusterCount: range.lowerBound, restarts: restarts, iterationLimit: iterationLimit,
      threads: threads)
    self.range = range
    self.seed = seed
    self.restarts = restarts
    self.iterationLimit = iterationLimit
    self.threads = threads
    self.cancellation = cancellation
  }

  /// Fits every number of clusters in the range and chooses the one with the best silhouette.
  ///
  /// Numbers above the distinct points are left out. A tie goes to the smaller number.
  /// - Parameters:
  ///   - points: `n × d`, already scaled.
  ///   - weights: `n` weights above zero; nil means 1 each.
  /// - Throws: as ``KMeans/fit(_:weights:)``; `clusterCountOutOfRange` when not even the smallest
  ///   number has enough distinct points.
  public func run(
    _ points: FeatureMatrix, weights: [Double]? = nil
  ) throws(ClusteringError) -> ClusterCountChoice {
    let distinct = points.distinctRowCount(atMost: range.upperBound)
    guard distinct >= range.lowerBound else {
      throw .clusterCountOutOfRange(requested: range.lowerBound, distinctPoints: distinct)
    }
    var candidates: [ClusterCountChoice.Candidate] = []
    for k in range.lowerBound...min(range.upperBound, distinct) {
      let model = try KMeans(
        clusterCount: k, seed: seed, restarts: restarts, iterationLimit: iterationLimit,
        threads: threads, cancellation: cancellation
      ).fit(points, weights: weights)
      let quality = try ClusterQuality.evaluate(
        points, weights: weights, model: model, seed: seed, threads: threads,
        cancellation: cancellation)
      candidates.append(.init(clusterCount: k, model: model, quality: quality))
    }
    var chosen = 0
    for index in candidates.indices {
      let value = candidates[index].quality.silhouette ?? -.infinity
      if value > candidates[chosen].quality.silhouette ?? -.infinity { chosen = index }
    }
    return ClusterCountChoice(candidates: candidates, chosenIndex: chosen)
  }
}
