/// k-means on a resample: the best end of a start from given centroids and some from fresh seeds.
///
/// A given start alone would find every cluster again; seeds alone would blame the data for what the
/// search missed. The best of both is close to the best there is, which is what is asked about.
struct ResampleFit {
  let cloud: Cloud
  /// Starts from fresh seeds.
  let seededCount: Int

  /// Iterations of one start; on a resample the last small shifts do not matter.
  private static let iterationLimit = 60
  /// Seeds that end in the best place known before it is taken for the best there is.
  private static let sureHitCount = 3
  /// Inertias closer than this are the same end.
  private static let sameness = 1e-6

  /// The centroids of the best end and its inertia; nil when there are fewer distinct points than
  /// clusters.
  func best(
    clusterCount: Int, from start: [Double]?, random: inout RandomSource
  ) throws(ClusteringError) -> (centroids: [Double], inertia: Double)? {
    guard cloud.sampleCount >= clusterCount else { return nil }
    let partition = Partition(cloud, clusterCount: clusterCount)
    var best: (centroids: [Double], inertia: Double)?
    var hitCount = 0
    /// Descends from the present centroids.
    func descend() throws(ClusteringError) {
      partition.labels.fill(with: -1)
      do throws(ClusteringError) {
        _ = try partition.lloyd(iterationLimit: Self.iterationLimit)
      } catch .clusterCountOutOfRange {
        return
      }
      let inertia = partition.inertia
      let known = best?.inertia ?? .infinity
      if inertia < known * (1 - Self.sameness) {
        best = (partition.centroids.array, inertia)
        hitCount = 1
      } else if inertia <= known * (1 + Self.sameness) {
        hitCount += 1
      }
    }
    var seeding = Seeding(cloud, clusterCount: clusterCount)
    let limit = clusterCount == 1 ? 1 : seededCount
    for _ in 0..<limit where hitCount < Self.sureHitCount {
      seeding.seed(partition.centroids, random: &random)
      try descend()
    }
    if let start {
      partition.setCentroids(start)
      try descend()
    }
    return best
  }
}
