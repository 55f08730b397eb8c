/// What is done about cells, rows and columns that a fit cannot use.
public struct CleaningOptions: Equatable, Sendable {
  /// What becomes of a row with a missing or bad cell in a feature.
  public enum Missing: String, CaseIterable, Sendable {
    /// The row is set aside.
    case drop
    /// The cell is filled with the median of its column.
    case median
    /// The content is refused.
    case error
  }

  /// What becomes of a number far from the middle of a feature.
  ///
  /// Far is beyond 3.5 robust deviations from the median (Iglewicz and Hoaglin 1993).
  public enum Outliers: String, CaseIterable, Sendable {
    /// Nothing.
    case keep
    /// It is moved to the end of that range.
    case clip
    /// Its row is kept out of the fit, and assigned after it.
    case setAside = "set_aside"
  }

  /// What becomes of a row that equals an earlier one.
  public enum Duplicates: String, CaseIterable, Sendable {
    case keep
    /// Dropped when every cell is equal, the id among them; a file without ids keeps all rows.
    case dropIdentical = "drop_identical"
  }

  /// What becomes of rows with a missing or bad cell in a feature.
  public var missing: Missing
  /// What becomes of numbers far from the middle of a feature.
  public var outliers: Outliers
  /// What becomes of rows that equal an earlier one.
  public var duplicates: Duplicates
  /// Any row set aside is an error.
  public var strict: Bool
  /// Keys or headers of the features; `nil` for all usable numeric columns.
  public var features: [String]?
  /// Key or header of the column that names the customer; `nil` to recognise it.
  public var id: String?
  /// Key or header of the column that says how often a row counts; `nil` for none.
  public var weight: String?
  /// Key or header of a revenue-like column; `nil` for none.
  public var value: String?
  /// Key or header of the descriptive column to look at first; `nil` to recognise it.
  public var category: String?
  /// Whether rows are transactions to be gathered into customers first.
  public var transactions: TransactionOptions

  /// Options; by default rows with gaps and twins go, and columns are recognised.
  public init(
    missing: Missing = .drop, outliers: Outliers = .keep, duplicates: Duplicates = .dropIdentical,
    strict: Bool = false, features: [String]? = nil, id: String? = nil, weight: String? = nil,
    value: String? = nil, category: String? = nil,
    transactions: TransactionOptions = TransactionOptions()
  ) {
    self.missing = missing
    self.outliers = outliers
    self.duplicates = duplicates
    self.strict = strict
    self.features = features
    self.id = id
    self.weight = weight
    self.value = value
    self.category = category
    self.transactions = transactions
  }
}
