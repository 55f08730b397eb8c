/// The words by which columns are recognised.
public struct ColumnAliases: Sendable {
  /// For each meaning, the keys that have it; keys are compared without underscores.
  private var meanings: [String: ColumnMeaning]

  /// The words the service knows by itself.
  public static let standard = ColumnAliases()

  /// The standard words and others beside them.
  ///
  /// - Parameter additions: for each meaning, names of columns, as they stand in headers.
  public init(adding additions: [ColumnMeaning: [String]] = [:]) {
    meanings = [:]
    for (meaning, names) in additions {
      for name in names { meanings[name] = meaning }
    }
  }

  /// What a column of this key is taken to mean, if anything.
  public func meaning(ofKey key: String) -> ColumnMeaning? { meanings[key] }
}

/// Meanings that matter to a segmentation of customers.
public enum ColumnMeaning: String, CaseIterable, Hashable, Sendable {
  case id, gender, age, income, score, weight, value, category, label, code, date
}
