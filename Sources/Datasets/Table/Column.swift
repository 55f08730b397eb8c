/// One column: its names, and its cells both as numbers and as the text that was given.
public struct Column: Sendable {
  /// The header in snake_case without what stands in parentheses; unique within the table.
  public let key: String
  /// The header as given; empty for an unnamed column.
  public let header: String
  /// What stood in parentheses in the header: `k$`.
  public let unit: String?
  public let rowCount: Int

  /// Cells that are empty, blank, or a word for nothing such as `NA`, `null` or `-`.
  public var missingCount: Int { 0 }
  /// Cells that are neither missing nor a number; in a numeric column they are bad cells.
  public var textCount: Int { 0 }
  /// Cells that are numbers.
  public var numberCount: Int { 0 }
  /// Whether more than half of the cells that are not missing are numbers.
  public var isNumeric: Bool { false }
  /// Whether it is numeric and all its numbers are whole.
  public var isInteger: Bool { false }
  /// An estimate of the memory it holds, in bytes.
  public var byteCount: Int { 0 }

  /// The number in a row; `nil` when the cell is missing or not a number.
  public func number(at row: Int) -> Double? { nil }

  /// All numbers in row order; NaN where ``number(at:)`` is `nil`.
  public func numbers() -> [Double] { [] }

  /// Writes the numbers of `rows` to the beginning of `output`; NaN where there is none.
  public func copyNumbers(_ rows: Range<Int>, into output: inout MutableSpan<Double>) {}

  /// The text of a cell as it was given, or `nil` when the cell is missing.
  public func text(at row: Int) -> String? { nil }

  /// Appends the text of a cell, byte for byte as given (also a missing one's: `NA`).
  public func appendText(at row: Int, to output: inout [UInt8]) {}

  /// What a cell holds.
  public func cellKind(at row: Int) -> CellKind { .missing }

  /// The distinct texts of the column and which row has which.
  public func categories() -> Categories { Categories(names: [], counts: [], codes: []) }

  /// Count, extremes, mean and deviation of the numbers.
  public func statistics() -> NumberStatistics? { nil }
}

/// What a cell holds.
public enum CellKind: Sendable {
  case missing, number, text
}

/// The distinct texts of a column, in order of first appearance.
public struct Categories: Sendable {
  public let names: [String]
  /// How many rows have each name.
  public let counts: [Int]
  /// For each row the index of its name; −1 for a missing cell.
  public let codes: [Int32]
}

/// Moments and extremes of a column's numbers.
public struct NumberStatistics: Equatable, Sendable {
  public let count: Int
  public let minimum: Double
  public let maximum: Double
  public let mean: Double
  /// With n−1; `nil` for a single number.
  public let standardDeviation: Double?
}
