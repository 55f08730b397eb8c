/// The end of one try: where it got, not yet the whole model.
struct Optimum: Sendable {
  /// `k × d`, row-major.
  var centroids: [Double]
  var inertia: Double
  /// Lloyd iterations made.
  var iterationCount: Int
  /// Whether nothing moved any more at the end.
  var hasConverged: Bool
}

/// What tries are made on: few points with chains of moves in Float64, or a core of some thousand
/// in single precision.
struct Ground: Sendable {
  let cloud: Cloud
  /// The same points in single precision; nil for few points.
  let blocks: FloatBlocks?

  init(few cloud: Cloud) {
    self.cloud = cloud
    blocks = nil
  }

  init(core level: Levels.Level) {
    cloud = level.cloud
    blocks = level.blocks
  }

  /// Whether the points are few.
  var isFew: Bool { blocks == nil }

  /// Inertias that differ relatively by less are the same optimum: summed in another order, or
  /// ended a little before it.
  var sameness: Double { isFew ? 1e-9 : 1e-5 }
}

/// Memory and steps of one worker that makes tries, one after the other.
struct LocalSearch {
  let iterationLimit: Int
  private let engine: Engine
  private var seeding: Seeding
  private var chain: MoveChain?

  private enum Engine {
    case exact(Partition)
    case fast(FastLloyd)
  }

  /// The relative gain per iteration at which a try on a core ends.
  private static let coreTolerance = 1e-7

  init(_ ground: Ground, clusterCount: Int, iterationLimit: Int) {
    self.iterationLimit = iterationLimit
    seeding = Seeding(ground.cloud, clusterCount: clusterCount)
    if let blocks = ground.blocks {
      // The tries share the threads out, so a pass runs on one.
      engine = .fast(
        FastLloyd(
          ground.cloud, blocks: blocks, clusterCount: clusterCount, team: WorkTeam(threads: 1)))
    } else {
      engine = .exact(Partition(ground.cloud, clusterCount: clusterCount))
      chain = clusterCount > 1 ? MoveChain(ground.cloud, clusterCount: clusterCount) : nil
    }
  }

  /// Distances computed so far.
  var distanceComputations: Int {
    let ofEngine =
      switch engine {
      case .exact(let partition): partition.distanceComputations
      case .fast(let lloyd): lloyd.distanceComputations
      }
    return ofEngine + seeding.distanceComputations + (chain?.distanceComputations ?? 0)
  }

  /// A try from fresh seeds.
  mutating func tryFromSeeds(random: inout RandomSource) throws(ClusteringError) -> Optimum {
    switch engine {
    case .exact(let partition): seeding.seed(partition.centroids, random: &random)
    case .fast(let lloyd): seeding.seed(lloyd.centroids, random: &random)
    }
    return try descend()
  }

  /// A try from given centroids.
  mutating func descend(from centroids: [Double]) throws(ClusteringError) -> Optimum {
    switch engine {
    case .exact(let partition): partition.setCentroids(centroids)
    case .fast(let lloyd): lloyd.setCentroids(centroids)
    }
    return try descend()
  }

  /// Lloyd and chains of moves in turn, until neither finds anything.
  private mutating func descend() throws(ClusteringError) -> Optimum {
    switch engine {
    case .fast(let lloyd):
      return try lloyd.optimum(iterationLimit: iterationLimit, tolerance: Self.coreTolerance)
    case .exact(let partition):
      partition.labels.fill(with: -1)
      var result = try partition.lloyd(iterationLimit: iterationLimit)
      var iterationCount = result.iterationCount
      var inertia = partition.inertia
      while result.hasConverged, chain?.improve(partition) ?? false {
        result = try partition.lloyd(iterationLimit: iterationLimit)
        iterationCount += result.iterationCount
        // What a chain gains must survive rounding, or it could go round for ever.
        guard partition.inertia < inertia else { break }
        inertia = partition.inertia
      }
      return Optimum(
        centroids: partition.centroids.array, inertia: partition.inertia,
        iterationCount: iterationCount, hasConverged: result.hasConverged)
    }
  }
}
