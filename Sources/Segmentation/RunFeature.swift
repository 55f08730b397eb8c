/// A feature of a run: the column it comes from and how it was scaled.
public struct RunFeature: Sendable, Equatable {
  /// Its position among the columns of the table.
  public let column: Int
  /// The column's key.
  public let key: String
  /// The column's header as the file has it.
  public let header: String
  /// The unit in parentheses in the header, such as `k$`.
  public let unit: String?
  /// The scaling that distances are taken in.
  public let scaling: FeatureScaling
  /// Mean over all customers, in the feature's own unit.
  public let mean: Double
  /// Population standard deviation over all customers.
  public let standardDeviation: Double
  /// The share of the feature's variance that lies between clusters (eta squared, 0...1).
  public let importance: Double?
  /// The share of all squared distances from the mean of all customers, in scaled units, that
  /// this feature makes up: all features together have 1; nil for a run restored from its model.
  public let distanceShare: Double?
  /// The category that the feature stands for; nil for a column of numbers.
  public var level: CategoryLevel?
}
