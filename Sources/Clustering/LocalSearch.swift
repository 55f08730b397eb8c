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

/// Memory and steps of one worker that makes tries, one after the other.
struct LocalSearch {
  let cloud: Cloud
  let clusterCount: Int
  let iterationLimit: Int
  let partition: Partition
  private var seeding: Seeding
  private var chain: MoveChain?

  init(_ cloud: Cloud, clusterCount: Int, iterationLimit: Int) {
    self.cloud = cloud
    self.clusterCount = clusterCount
    self.iterationLimit = iterationLimit
    partition = Partition(cloud, clusterCount: clusterCount)
    seeding = Seeding(cloud)
    chain =
      clusterCount > 1 && cloud.sampleCount <= MoveChain.sampleLimit
      ? MoveChain(cloud, clusterCount: clusterCount) : nil
  }

  /// Distances computed so far.
  var distanceComputations: Int {
    partition.distanceComputations + seeding.distanceComputations
      + (chain?.distanceComputations ?? 0)
  }

  /// A try from fresh seeds.
  mutating func tryFromSeeds(random: inout RandomSource) throws(ClusteringError) -> Optimum {
    seeding.seed(partition.centroids, clusterCount: clusterCount, random: &random)
    return try descend()
  }

  /// Lloyd and chains of moves in turn from the present centroids, until neither finds anything.
  mutating func descend() throws(ClusteringError) -> Optimum {
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
