/// One finished k-means: centroids, the labels that belong to them, and how it went.
///
/// Clusters are ordered by total weight, largest first, ties by centroid in lexicographic order, so
/// equal clusterings compare equal. Each label is the nearest of the returned centroids (a tie goes
/// to the lower index), and inertia is summed from those labels by exact differences.
public struct KMeansModel: Sendable, Equatable {
  /// `k × d` cluster means.
  public let centroids: FeatureMatrix
  /// `n` cluster indices in `0..<k`.
  public let labels: [Int32]
  /// `k` sums of the weights of the members.
  public let weightOfCluster: [Double]
  /// The weighted sum of squared Euclidean distances from each sample to its centroid.
  public let inertia: Double
  /// `k` parts of the inertia.
  public let inertiaOfCluster: [Double]
  /// Lloyd iterations of the try that won.
  public let iterationCount: Int
  /// Whether the try that won ended because nothing moved any more.
  public let hasConverged: Bool
  /// Tries made; the best of them is this one.
  public let restartCount: Int
  /// Point-to-centroid distances computed over all tries: a measure of work that does not depend
  /// on the machine.
  public let distanceComputations: Int

  /// `k`.
  public var clusterCount: Int { centroids.sampleCount }
}
