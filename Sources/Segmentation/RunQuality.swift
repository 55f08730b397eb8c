/// The quality indices of a run; nil where an index is undefined.
public struct RunQuality: Sendable, Equatable {
  /// The sum of squared scaled distances to the own centroid.
  public let inertia: Double
  /// Mean silhouette (Rousseeuw 1987).
  public let silhouette: Double?
  /// The half-width of the 95 % interval when the silhouette was sampled; nil when exact.
  public let silhouetteError: Double?
  /// Calinski–Harabasz index (1974).
  public let calinskiHarabasz: Double?
  /// Davies–Bouldin index (1979).
  public let daviesBouldin: Double?
  /// Mean simplified silhouette, from distances to centroids.
  public let simplifiedSilhouette: Double?
  /// 1 − inertia / total sum of squares.
  public let explainedVariance: Double?
  /// How clear the groups are; nil for a single cluster.
  public let structure: StructureStrength?
  /// The stability of the cluster that is found again least; nil when no bootstraps were made.
  public let minimumStability: Double?
  /// The half-width of the widest 95 % interval among the stabilities.
  public let stabilityError: Double?
  /// Bootstraps made.
  public let bootstrapCount: Int
  /// Customers drawn in each bootstrap; fewer than there are when there are very many.
  public let bootstrapDrawCount: Int?
  /// Whether the last iteration moved nothing.
  public let hasConverged: Bool
  /// Lloyd iterations of the kept try.
  public let iterationCount: Int
  /// Independent tries that were made.
  public let restartCount: Int
  /// Point-to-centroid distances computed, a measure of work that does not depend on the machine.
  public let distanceComputations: Int
}
