/// The search for the best optimum of many points: on a weighted core, then on a larger one, then
/// on all points.
struct CoreSearch {
  let levels: Levels
  let clusterCount: Int
  let seed: UInt64
  let iterationLimit: Int

  /// Tries made on the core.
  private(set) var tryCount = 0
  /// Distances computed so far.
  private(set) var distanceComputations = 0

  /// What an iteration has to gain, relative to the scatter of the points, to be followed by
  /// another.
  private static let tolerance = 1e-8
  /// Tries made on another core.
  private static let secondTryCount = 8
  /// Optima that end on all points with inertias that differ relatively by less are the same one.
  private static let sameness = 1e-5

  init(_ levels: Levels, clusterCount: Int, seed: UInt64, iterationLimit: Int) {
    self.levels = levels
    self.clusterCount = clusterCount
    self.seed = seed
    self.iterationLimit = iterationLimit
  }

  /// Whether there are so many clusters that tries end in ever other optima, and improving one pays
  /// more than another try.
  static func isDeep(clusterCount: Int) -> Bool { clusterCount > 16 }

  /// Optima that go on from the core.
  static func candidateCount(_ clusterCount: Int) -> Int {
    isDeep(clusterCount: clusterCount) ? 3 : 4
  }

  /// Searches: see the type.
  ///
  /// - Parameter restarts: tries on the core; nil lets the search decide.
  mutating func run(restarts: Int?) throws(ClusteringError) -> Optimum {
    var tries = Tries(
      Ground(core: levels.core), clusterCount: clusterCount, seed: seed,
      iterationLimit: iterationLimit, keptCount: Self.candidateCount(clusterCount))
    if let restarts {
      try tries.run(clusterCount == 1 ? 1 : restarts)
      return try goOn(from: tries)
    }
    try tries.runUntilSure()
    return try goOn(from: tries, looksAgain: clusterCount > 1)
  }

  /// The best of the optima found on the core, on all points.
  ///
  /// - Parameter looksAgain: whether to try another core where this one has a single optimum: two
  ///   that differ by little on all points may be one on a sample.
  mutating func goOn(
    from tries: Tries, looksAgain: Bool = false
  ) throws(ClusteringError) -> Optimum {
    tryCount = tries.count
    distanceComputations += tries.distanceComputations
    var candidates = promising(tries.optima, pointCount: levels.core.cloud.sampleCount)
    if Self.isDeep(clusterCount: clusterCount) {
      // Where rounds cost more, one candidate has to do: the best on all points.
      if levels.full.cloud.featureCount > GridSummary.featureLimit && candidates.count > 1 {
        candidates = [best(of: candidates)]
      }
      candidates = try breathe(candidates, on: levels.middle ?? levels.full)
      if candidates.count > 1 { candidates = [best(of: candidates)] }
    } else if let middle = levels.middle {
      if looksAgain && candidates.count == 1 { candidates += try optimaOfAnotherCore(middle) }
      for index in candidates.indices {
        candidates[index] = try polish(
          candidates[index], on: middle, isMeasured: candidates.count > 1)
      }
      candidates = promising(candidates, pointCount: middle.cloud.sampleCount)
    }
    var found = try polish(candidates[0], on: levels.full, isMeasured: candidates.count > 1)
    for candidate in candidates.dropFirst() {
      let next = try polish(candidate, on: levels.full, isMeasured: true)
      if next.inertia < found.inertia { found = next }
    }
    return found
  }

  /// Tries on a core of a larger core.
  private mutating func optimaOfAnotherCore(
    _ middle: Levels.Level
  ) throws(ClusteringError) -> [Optimum] {
    let core = Core(
      middle.cloud,
      size: Core.size(clusterCount: clusterCount, of: middle.cloud.sampleCount),
      random: RandomSource(seed: seed, stream: [.max, 3]))
    let tries = try Cloud.withCloud(
      core.points, weights: core.weights, team: middle.cloud.team,
      cancellation: middle.cloud.cancellation
    ) { (cloud) throws(ClusteringError) in
      var tries = Tries(
        Ground(core: Levels.Level(cloud, isInRows: false)), clusterCount: clusterCount,
        seed: seed, iterationLimit: iterationLimit, keptCount: 2)
      try tries.run(Self.secondTryCount)
      return tries
    }
    tryCount += tries.count
    distanceComputations += tries.distanceComputations
    return promising(tries.optima, pointCount: core.weights.count)
  }

  /// The distinct optima that may be the best on all points, best first.
  ///
  /// What distinguishes two optima on a sample of `m` points is chance when it is below `1/√m` of
  /// the inertia.
  private func promising(_ optima: [Optimum], pointCount: Int) -> [Optimum] {
    let order = optima.indices.sorted {
      optima[$0].inertia != optima[$1].inertia ? optima[$0].inertia < optima[$1].inertia : $0 < $1
    }
    guard let first = order.first, pointCount < levels.full.cloud.sampleCount else {
      return order.prefix(1).map { optima[$0] }
    }
    let limit = optima[first].inertia * (1 + 1 / Double(pointCount).squareRoot())
    var kept: [Optimum] = []
    for index in order where optima[index].inertia <= limit {
      let isNew = kept.allSatisfy {
        optima[index].inertia - $0.inertia > Self.sameness * $0.inertia
      }
      if isNew { kept.append(optima[index]) }
    }
    return kept
  }

  /// The candidates improved on a level, one on each thread or each on all.
  private mutating func breathe(
    _ candidates: [Optimum], on level: Levels.Level
  ) throws(ClusteringError) -> [Optimum] {
    let ground = Ground(core: level)
    let (clusterCount, iterationLimit, seed) = (clusterCount, iterationLimit, seed)
    let team = ground.cloud.team
    let isAlone = candidates.count < team.threads
    let outer = isAlone ? WorkTeam(threads: 1) : team
    let found = try outer.results(candidates.count) {
      (index) throws(ClusteringError) -> (Optimum, Int) in
      var breathing = Breathing(
        ground, clusterCount: clusterCount, iterationLimit: iterationLimit,
        team: isAlone ? team : WorkTeam(threads: 1))
      var random = RandomSource(seed: seed, stream: [UInt64(clusterCount), .max, UInt64(index)])
      let optimum = try breathing.improve(candidates[index], random: &random)
      return (optimum, breathing.distanceComputations)
    }
    for (_, distances) in found { distanceComputations += distances }
    return found.map(\.0)
  }

  /// The candidate with the lowest inertia on all points.
  private mutating func best(of candidates: [Optimum]) -> Optimum {
    let lloyd = FastLloyd(
      levels.full.cloud, blocks: levels.full.blocks, clusterCount: clusterCount)
    var best = candidates[0]
    best.inertia = .infinity
    for candidate in candidates {
      lloyd.setCentroids(candidate.centroids)
      let inertia = lloyd.inertia()
      if inertia < best.inertia {
        best = candidate
        best.inertia = inertia
      }
    }
    distanceComputations += lloyd.distanceComputations
    return best
  }

  /// Lloyd on all points of a level from an optimum of another.
  ///
  /// - Parameter isMeasured: whether the inertia is asked for, which takes one more pass.
  private mutating func polish(
    _ optimum: Optimum, on level: Levels.Level, isMeasured: Bool
  ) throws(ClusteringError) -> Optimum {
    let lloyd = FastLloyd(level.cloud, blocks: level.blocks, clusterCount: clusterCount)
    lloyd.setCentroids(optimum.centroids)
    let end = try lloyd.run(iterationLimit: iterationLimit, tolerance: Self.tolerance)
    lloyd.sortCentroids()
    let inertia = isMeasured ? lloyd.inertia() : optimum.inertia
    distanceComputations += lloyd.distanceComputations
    return Optimum(
      centroids: lloyd.centroids.array, inertia: inertia, iterationCount: end.iterationCount,
      hasConverged: end.hasConverged)
  }
}
