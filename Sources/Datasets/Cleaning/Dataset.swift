/// The rows as decoded and cleaned; immutable.
public struct Dataset: Sendable {
  /// `ds_` and the fingerprint of the content: columns, roles, selection and fills. Line ends,
  /// delimiter and format do not count.
  public let id: String
  public let table: Table
  /// The role of each column.
  public let roles: [ColumnRole]
  public let idColumn: Int?
  public let weightColumn: Int?
  public let valueColumn: Int?
  public let categoryColumn: Int?
  /// The columns a segmentation looks at, in the order asked for.
  public let features: [Int]
  /// The rows a fit looks at.
  public let rows: RowSelection
  /// Cells filled with a median, by row and column.
  public let fills: [FilledCell]
  /// Rows dropped as identical to an earlier row, in order.
  public let twins: [TwinRow]
  public let report: CleaningReport
  /// An estimate of the memory it holds, in bytes.
  public let byteCount: Int

  public var usedRowCount: Int { rows.count }

  /// Cleans a table: chooses roles and features, and sets aside what a fit cannot use.
  public static func clean(
    _ table: Table, options: CleaningOptions = .init(), aliases: ColumnAliases = .standard
  ) throws(DatasetError) -> Dataset {
    throw .tooFewRows(count: 0)
  }

  /// The numbers of a column in the used rows, medians filled in; NaN where there is none.
  public func numbers(ofColumn column: Int) -> [Double] { [] }

  /// How often each used row counts, or `nil` when all count once.
  public func weights() -> [Double]? { nil }

  /// The text of the id in a table row; the row's number from 1 if there is no id column.
  public func customerID(ofRow row: Int) -> String { "" }

  /// The used row that stands for a table row: itself, its twin, or `nil` if it is set aside.
  public func standIn(forRow row: Int) -> Int? { nil }
}

/// A missing cell that got a value.
public struct FilledCell: Equatable, Sendable {
  public let row: Int
  public let column: Int
  public let value: Double
}

/// A row dropped because an earlier one equals it.
public struct TwinRow: Equatable, Sendable {
  public let row: Int
  /// The earlier row that stands for it.
  public let standIn: Int
}
