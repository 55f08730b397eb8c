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
  /// The same for finalists that are still to be compared.
  private static let heatTolerance = 1e-6

  init(_ levels: Levels, clusterCount: Int, seed: UInt64, iterationLimit: Int) {
    self.levels = levels
    self.clusterCount = clusterCount
    self.seed = seed
    self.iterationLimit = iterationLimit
  }

  /// Optima that go on from the core to all points.
  ///
  /// With few clusters the best one of the core is
  /// the best one; with many, optima differ by less than a core can tell.
  static func finalistCount(_ clusterCount: Int) -> Int { clusterCount > 16 ? 3 : 1 }

  /// Searches: see the type.
  ///
  /// - Parameter restarts: tries on the core; nil lets the search decide.
  mutating func run(restarts: Int?) throws(ClusteringError) -> Optimum {
    var tries = Tries(
      Ground(core: levels.core), clusterCount: clusterCount, seed: seed,
      iterationLimit: iterationLimit, keptCount: Self.finalistCount(clusterCount))
    if let restarts {
      try tries.run(clusterCount == 1 ? 1 : restarts)
    } else {
      try tries.runUntilSure()
    }
    return try goOn(from: tries)
  }

  /// The best of the optima found on the core, on all points.
  mutating func goOn(from tries: Tries) throws(ClusteringError) -> Optimum {
    var finalists = tries.optima
    tryCount = tries.count
    distanceComputations += tries.distanceComputations
    if let middle = levels.middle {
      for index in finalists.indices {
        finalists[index] = try polish(
          finalists[index], on: middle, tolerance: Self.tolerance, isCompared: false)
      }
    }
    var best = finalists[0]
    if finalists.count > 1 {
      // They go some way first, and the best of them on to the end.
      best.inertia = .infinity
      for optimum in finalists {
        let next = try polish(
          optimum, on: levels.full, tolerance: Self.heatTolerance, isCompared: true)
        if next.inertia < best.inertia { best = next }
      }
    }
    return try polish(best, on: levels.full, tolerance: Self.tolerance, isCompared: false)
  }

  /// Lloyd on all points of a level from an optimum of another.
  ///
  /// - Parameter isCompared: whether the inertia is asked for, which takes one more pass.
  private mutating func polish(
    _ optimum: Optimum, on level: Levels.Level, tolerance: Double, isCompared: Bool
  ) throws(ClusteringError) -> Optimum {
    let lloyd = FastLloyd(level.cloud, blocks: level.blocks, clusterCount: clusterCount)
    lloyd.setCentroids(optimum.centroids)
    let end = try lloyd.run(iterationLimit: iterationLimit, tolerance: tolerance)
    lloyd.sortCentroids()
    let inertia = isCompared ? lloyd.inertia() : optimum.inertia
    distanceComputations += lloyd.distanceComputations
    return Optimum(
      centroids: lloyd.centroids.array, inertia: inertia, iterationCount: end.iterationCount,
      hasConverged: end.hasConverged)
  }
}
