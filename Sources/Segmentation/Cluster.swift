/// What a run found: a centroid and the statistics of the customers nearest to it.
public struct Cluster: Sendable, Equatable {
  /// Its position, the largest first.
  public let index: Int
  /// The number of customers: the sum of their sample weights.
  public let size: Double
  /// `size` over all customers.
  public let share: Double
  /// The centroid in scaled units, one value a feature.
  public let scaledCentroid: [Double]
  /// The centroid in the features' own units.
  public let centroid: [Double]
  /// The mean of each feature in its own unit.
  public let means: [Double]
  /// (mean − overall mean) / overall standard deviation, one value a feature.
  public let z: [Double]
  /// The sum of squared scaled distances to the centroid.
  public let inertia: Double
  /// The mean silhouette of its customers; nil when undefined.
  public let silhouette: Double?
  /// The 99th percentile of its customers' distances, in scaled units; who is beyond is far.
  public let farDistance: Double
  /// How many of its customers stand near the border to another: those with a margin below
  /// ``Run/borderlineMargin``; nil for a single cluster, and for a run restored from its model.
  public let borderlineSize: Double?
  /// How surely it is found again when the customers are drawn anew: the mean Jaccard coefficient
  /// over bootstraps, 0...1; nil when none were made.
  public let stability: Double?
}
