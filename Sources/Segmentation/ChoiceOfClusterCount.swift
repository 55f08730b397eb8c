/// The table of k, and why one was chosen.
public struct ChoiceOfClusterCount: Sendable, Equatable {
  /// One number of clusters that was tried.
  public struct Candidate: Sendable, Equatable {
    /// The number of clusters.
    public let clusterCount: Int
    /// The sum of squared scaled distances to the own centroid.
    public let inertia: Double
    /// Mean silhouette; the higher the better, 1 at most.
    public let silhouette: Double?
    /// Mean simplified silhouette; the higher the better, 1 at most.
    public let simplifiedSilhouette: Double?
    /// Calinski–Harabasz index; the higher the better.
    public let calinskiHarabasz: Double?
    /// Davies–Bouldin index; the lower the better.
    public let daviesBouldin: Double?
    /// The gap to points without structure.
    public let gap: Double?
    /// The standard error of the gap.
    public let gapError: Double?
    /// The stability of each cluster, the largest first; empty when no bootstraps were made.
    public let stability: [Double]
    /// The size of the smallest cluster, in customers.
    public let smallestSize: Double
    /// Whether every cluster has the minimum size asked for.
    public let isFeasible: Bool

    /// The stability of the cluster that is found again least.
    public var minimumStability: Double? { stability.min() }
  }

  /// In ascending order of the number of clusters.
  public let candidates: [Candidate]
  /// The number of clusters chosen, and left after small ones were merged.
  public let chosen: Int
  /// The number of clusters of the chosen candidate; ``chosen`` is smaller if clusters were merged.
  public let best: Int
  /// What each index would answer alone.
  public let votes: ClusterCountVotes
  /// The gap of a single cluster, for comparison.
  public let singleGap: Double?
  /// The standard error of that gap.
  public let singleGapError: Double?

  /// The candidate that was chosen.
  public var bestCandidate: Candidate? { candidates.first { $0.clusterCount == best } }
}
