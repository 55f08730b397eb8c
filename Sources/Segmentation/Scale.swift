/// How features are made comparable before distances are taken.
public enum Scale: String, Sendable, CaseIterable {
  /// Mean 0, population standard deviation 1, as scikit-learn's `StandardScaler`.
  case zscore
  /// Smallest value 0, largest 1.
  case minmax
  /// Median 0, interquartile range 1.
  case robust
  /// log(1 + x), then as `zscore`.
  case log
  /// The values as they are.
  case none
}
