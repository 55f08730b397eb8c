/// What a column is for.
public enum ColumnRole: Hashable, Sendable {
  /// Names the customer.
  case id
  /// A number the segmentation may look at.
  case feature
  /// Categories that describe the segments and do not form them.
  case descriptive
  /// How often the row counts.
  case weight
  case ignored(IgnoredReason)
}

/// Why a column is left out of everything by default.
public enum IgnoredReason: Hashable, Sendable {
  /// Nearly every row has its own value, and the name or the run of numbers says identifier.
  case idLike
  /// All rows have the same value, or none has any.
  case constant
  /// More than 99.5 % of the rows have the same value.
  case nearConstant
  /// The same as, or a straight line of, the column with this key.
  case duplicate(of: String)
  /// The label of an earlier clustering.
  case label
  /// Texts that are nearly all different.
  case freeText
  /// Days or times.
  case date
  /// Numbers that are names, such as a postal code.
  case code
  /// An unnamed column that counts the rows.
  case index
}
