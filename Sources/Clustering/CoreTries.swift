import Synchronization

/// Tries on a core of some thousand points, in single precision; the best of them.
struct CoreTries {
  let level: Levels.Level
  let clusterCount: Int
  let seed: UInt64
  let iterationLimit: Int

  /// Tries made.
  private(set) var count = 0
  /// Distances computed so far.
  private(set) var distanceComputations = 0

  private static let waveSize = 8
  /// Inertias of tries that differ by less count as the same optimum: tries end a little before it.
  private static let sameness = 1e-5
  private static let tolerance = 1e-7

  init(_ level: Levels.Level, clusterCount: Int, seed: UInt64, iterationLimit: Int) {
    self.level = level
    self.clusterCount = clusterCount
    self.seed = seed
    self.iterationLimit = iterationLimit
  }

  /// Makes tries until better ones are unlikely.
  ///
  /// - Returns: the best distinct optima found, at most `keeping`, best first.
  mutating func run(restarts: Int?, keeping: Int) throws(ClusteringError) -> [Optimum] {
    let blocks = level.blocks
    var best: [Optimum] = []
    var hitCount = 0
    while true {
      let more =
        clusterCount == 1 ? 1 : restarts.map { min($0 - count, Self.waveSize) } ?? Self.waveSize
      for optimum in try wave(more, blocks: blocks) {
        let limit = (best.first?.inertia ?? .infinity) * (1 - Self.sameness)
        if optimum.inertia < limit {
          hitCount = 1
        } else if optimum.inertia * (1 - Self.sameness) <= best[0].inertia {
          hitCount += 1
        }
        let isNew = best.allSatisfy {
          ($0.inertia - optimum.inertia).magnitude > Self.sameness * $0.inertia
        }
        if isNew {
          let place = best.firstIndex { optimum.inertia < $0.inertia } ?? best.count
          best.insert(optimum, at: place)
          if best.count > keeping { best.removeLast() }
        }
      }
      count += more
      let isSure: Bool
      if clusterCount == 1 {
        isSure = true
      } else if let restarts {
        isSure = count >= restarts
      } else {
        let limit = clusterCount > 16 ? 8 : 32
        isSure = hitCount * 2 >= count || (hitCount >= 4 && count >= 24) || count >= limit
      }
      if isSure { return best }
    }
  }

  private mutating func wave(
    _ more: Int, blocks: FloatBlocks
  ) throws(ClusteringError) -> [Optimum] {
    let (cloud, clusterCount, seed, iterationLimit) = (
      level.cloud, clusterCount, seed, iterationLimit
    )
    let first = count
    let outcomes = Mutex(Array<Result<Optimum, ClusteringError>?>(repeating: nil, count: more))
    let distances = Atomic<Int>(0)
    cloud.team.forEachWorker(more) { claim in
      // The tries share the threads out, so a pass runs on one.
      let lloyd = FastLloyd(
        cloud, blocks: blocks, clusterCount: clusterCount, team: WorkTeam(threads: 1))
      var seeding = Seeding(cloud)
      while let index = claim() {
        var random = RandomSource(
          seed: seed, stream: [UInt64(clusterCount), UInt64(first + index)])
        seeding.seed(lloyd.centroids, clusterCount: clusterCount, random: &random)
        let outcome: Result<Optimum, ClusteringError>
        do throws(ClusteringError) {
          outcome = .success(
            try lloyd.optimum(iterationLimit: iterationLimit, tolerance: Self.tolerance))
        } catch {
          outcome = .failure(error)
        }
        outcomes.withLock { $0[index] = outcome }
      }
      distances.wrappingAdd(
        lloyd.distanceComputations + seeding.distanceComputations, ordering: .relaxed)
    }
    distanceComputations += distances.load(ordering: .relaxed)
    var optima: [Optimum] = []
    // In the order of the tries, whoever finished first.
    for outcome in outcomes.withLock({ $0 }) {
      if let outcome { optima.append(try outcome.get()) }
    }
    return optima
  }
}
