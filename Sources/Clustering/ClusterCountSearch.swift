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
    try DistinctPoints.check(weights, sampleCount: points.sampleCount)
    let distinct = points.distinctRowCount(atMost: range.upperBound)
    guard distinct >= range.lowerBound else {
      throw .clusterCountOutOfRange(requested: range.lowerBound, distinctPoints: distinct)
    }
    let counts = range.lowerBound...min(range.upperBound, distinct)
    return try Cloud.withCloud(
      points, weights: weights, team: WorkTeam(threads: threads), cancellation: cancellation
    ) { (cloud) throws(ClusteringError) in
      if restarts != nil { return try runEach(cloud, counts) }
      return points.sampleCount <= KMeans.fewLimit
        ? try runFew(cloud, counts) : try runMany(cloud, counts)
    }
  }

  /// Few points: the numbers of clusters help each other, and the chosen one is made sure of.
  private func runFew(
    _ cloud: Cloud, _ counts: ClosedRange<Int>
  ) throws(ClusteringError) -> ClusterCountChoice {
    var ladder = Ladder(
      Ground(few: cloud), range: counts, seed: seed, iterationLimit: iterationLimit)
    try ladder.climb()
    var models: [KMeansModel] = []
    for rung in ladder.rungs { models.append(try finish(rung, cloud: cloud)) }
    var choice = try choose(models, cloud: cloud)
    let chosen = choice.chosenIndex
    let before = ladder.rungs[chosen].best?.inertia
    try ladder.makeSure(of: chosen)
    if ladder.rungs[chosen].best?.inertia != before {
      models[chosen] = try finish(ladder.rungs[chosen], cloud: cloud)
      choice = try choose(models, cloud: cloud)
    }
    return choice
  }

  private func finish(_ rung: Tries, cloud: Cloud) throws(ClusteringError) -> KMeansModel {
    guard let best = rung.best else { throw .cancelled }
    return try fit(rung.clusterCount).finishFew(best, cloud: cloud, tries: rung)
  }

  /// Many points: the numbers of clusters share the cores, and help each other there.
  private func runMany(
    _ cloud: Cloud, _ counts: ClosedRange<Int>
  ) throws(ClusteringError) -> ClusterCountChoice {
    let models = try Levels.withLevels(cloud, clusterCount: counts.upperBound, seed: seed) {
      (levels) throws(ClusteringError) in
      var ladder = Ladder(
        Ground(core: levels.core), range: counts, seed: seed, iterationLimit: iterationLimit,
        keptCount: CoreSearch.candidateCount)
      try ladder.climb()
      var models: [KMeansModel] = []
      for rung in ladder.rungs {
        models.append(try fit(rung.clusterCount).finishMany(rung, levels: levels))
      }
      return models
    }
    return try choose(models, cloud: cloud)
  }

  /// As many tries as the caller named, for each number of clusters on its own.
  private func runEach(
    _ cloud: Cloud, _ counts: ClosedRange<Int>
  ) throws(ClusteringError) -> ClusterCountChoice {
    var models: [KMeansModel] = []
    if cloud.sampleCount <= KMeans.fewLimit {
      for k in counts { models.append(try fit(k).fitFew(cloud)) }
    } else {
      models = try Levels.withLevels(cloud, clusterCount: counts.upperBound, seed: seed) {
        (levels) throws(ClusteringError) in
        var models: [KMeansModel] = []
        for k in counts { models.append(try fit(k).fit(levels)) }
        return models
      }
    }
    return try choose(models, cloud: cloud)
  }

  private func fit(_ clusterCount: Int) throws(ClusteringError) -> KMeans {
    try KMeans(
      clusterCount: clusterCount, seed: seed, restarts: restarts, iterationLimit: iterationLimit,
      threads: threads, cancellation: cancellation)
  }

  private func choose(
    _ models: [KMeansModel], cloud: Cloud
  ) throws(ClusteringError) -> ClusterCountChoice {
    let qualities = try ClusterQuality.evaluate(
      cloud, models: models, exactLimit: ClusterQuality.exactPointLimit, seed: seed)
    let candidates = zip(models, qualities).map { model, quality in
      ClusterCountChoice.Candidate(
        clusterCount: model.clusterCount, model: model, quality: quality)
    }
    var chosen = 0
    for index in candidates.indices {
      let value = candidates[index].quality.silhouette ?? -.infinity
      if value > candidates[chosen].quality.silhouette ?? -.infinity { chosen = index }
    }
    return ClusterCountChoice(candidates: candidates, chosenIndex: chosen)
  }
}
