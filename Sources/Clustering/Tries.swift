import Synchronization

/// Makes independent tries and keeps the best optima.
///
/// Tries are numbered; each has its own random stream. They run in waves whose size is fixed, so
/// what was tried never depends on the number of threads.
struct Tries {
  let ground: Ground
  let clusterCount: Int
  let seed: UInt64
  let iterationLimit: Int
  /// Distinct optima kept.
  let keptCount: Int

  /// Tries made from fresh seeds.
  private(set) var count = 0
  /// Distances computed by all of them.
  private(set) var distanceComputations = 0
  /// The best distinct optima found, best first.
  private(set) var optima: [Optimum] = []
  /// How often the best inertia was reached.
  private(set) var bestHitCount = 0

  /// Where a try starts.
  enum Start: Sendable {
    /// The seeds of a numbered random stream.
    case seeds(UInt64)
    case centroids([Double])
  }

  init(
    _ ground: Ground, clusterCount: Int, seed: UInt64, iterationLimit: Int, keptCount: Int = 1
  ) {
    self.ground = ground
    self.clusterCount = clusterCount
    self.seed = seed
    self.iterationLimit = iterationLimit
    self.keptCount = keptCount
  }

  /// The best optimum so far; of equal ones the first.
  var best: Optimum? { optima.first }

  private var waveSize: Int { ground.isFew ? 16 : 8 }

  /// Makes tries until the best optimum has been found so often that a better one is unlikely.
  mutating func runUntilSure() throws(ClusteringError) {
    while !isSure { try run(clusterCount == 1 ? 1 : waveSize) }
  }

  /// Whether a better optimum is unlikely to be found.
  ///
  /// For few points, simulated on the 54 best known Mall figures: this finds each of them in at least
  /// 99.9 % of cases with 57 tries in the mean. On a core there is less to be sure of, since optima
  /// that differ by little will change places on all points.
  private var isSure: Bool {
    if clusterCount == 1 { return count >= 1 }
    if ground.isFew {
      return (count >= 16 && bestHitCount * 3 >= count * 2)
        || (count >= 48 && bestHitCount * 3 >= count)
        || (count >= 80 && bestHitCount * 6 >= count) || count >= 128
    }
    return (count >= 16 && bestHitCount * 2 >= count) || (count >= 24 && bestHitCount >= 4)
      || count >= (clusterCount > 16 ? 8 : 32)
  }

  /// Makes so many tries more.
  mutating func run(_ more: Int) throws(ClusteringError) {
    let first = UInt64(count)
    count += more
    for (optimum, distances) in try Self.descend(
      ground, (0..<UInt64(more)).map { (clusterCount, .seeds(first + $0)) }, seed: seed,
      iterationLimit: iterationLimit)
    {
      distanceComputations += distances
      consider(optimum)
    }
  }

  /// Where starts lead, in their order, and the distances it took.
  ///
  /// - Parameter starts: numbers of clusters and where to start with them.
  static func descend(
    _ ground: Ground, _ starts: [(clusterCount: Int, start: Start)], seed: UInt64,
    iterationLimit: Int
  ) throws(ClusteringError) -> [(Optimum, distances: Int)] {
    typealias Outcome = Result<(Optimum, distances: Int), ClusteringError>
    let outcomes = Mutex(Array<Outcome?>(repeating: nil, count: starts.count))
    ground.cloud.team.forEachWorker(starts.count) { claim in
      // One worker's memory for each number of clusters it meets.
      var searches: [Int: LocalSearch] = [:]
      while let index = claim() {
        let (clusterCount, start) = starts[index]
        var search =
          searches[clusterCount]
          ?? LocalSearch(ground, clusterCount: clusterCount, iterationLimit: iterationLimit)
        let before = search.distanceComputations
        let outcome: Outcome
        do throws(ClusteringError) {
          let optimum: Optimum
          switch start {
          case .seeds(let number):
            var random = RandomSource(seed: seed, stream: [UInt64(clusterCount), number])
            optimum = try search.tryFromSeeds(random: &random)
          case .centroids(let centroids):
            optimum = try search.descend(from: centroids)
          }
          outcome = .success((optimum, search.distanceComputations - before))
        } catch {
          outcome = .failure(error)
        }
        searches[clusterCount] = search
        outcomes.withLock { $0[index] = outcome }
      }
    }
    var found: [(Optimum, distances: Int)] = []
    for outcome in outcomes.withLock({ $0 }) {
      if let outcome { found.append(try outcome.get()) }
    }
    return found
  }

  /// Compares an optimum with the best ones.
  ///
  /// - Returns: whether it is better than all of them.
  @discardableResult
  mutating func consider(_ optimum: Optimum) -> Bool {
    let sameness = ground.sameness
    let isBest = optimum.inertia < (best?.inertia ?? .infinity) * (1 - sameness)
    if isBest {
      bestHitCount = 1
    } else if let best, optimum.inertia <= best.inertia * (1 + sameness) {
      bestHitCount += 1
    }
    let isNew = optima.allSatisfy {
      ($0.inertia - optimum.inertia).magnitude > sameness * $0.inertia
    }
    if isNew {
      let place = optima.firstIndex { optimum.inertia < $0.inertia } ?? optima.count
      optima.insert(optimum, at: place)
      if optima.count > keptCount { optima.removeLast() }
    }
    return isBest
  }
}
