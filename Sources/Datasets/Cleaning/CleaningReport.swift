/// What cleaning found, dropped and filled, and why.
public struct CleaningReport: Equatable, Sendable {
  public var rowsRead = 0
  /// Rows a fit looks at.
  public var rowsUsed = 0
  /// `rowsRead` = `rowsUsed` + `rowsSetAside` + `duplicatesDropped`.
  public var rowsSetAside = 0
  public var duplicatesDropped = 0
  /// Cells filled with a median.
  public var filledCount = 0
  /// How often each reason was found, in all rows.
  public var countsByReason: [FindingReason: Int] = [:]
  /// The first findings, by line; ``countsByReason`` counts all of them.
  public var findings: [CleaningFinding] = []
  public var columns: [ColumnReport] = []
  public var warnings: [DatasetWarning] = []

  /// How many findings are described one by one; all are counted.
  public static let findingLimit = 1000

  public init() {}
}

/// One thing found in the rows.
public struct CleaningFinding: Equatable, Sendable {
  public let line: Int
  /// The key of the column, or `nil` if it is about the whole row.
  public let column: String?
  /// The text of the cell.
  public let value: String?
  public let reason: FindingReason
  public let action: FindingAction
}

/// What was found.
public enum FindingReason: String, CaseIterable, Hashable, Sendable {
  case missing
  case notANumber = "not_a_number"
  /// NaN or infinity written out, or a number too large for a Double.
  case notFinite = "not_finite"
  case tooFewFields = "too_few_fields"
  case tooManyFields = "too_many_fields"
  case identicalRow = "identical_row"
  case repeatedID = "repeated_id"
  case badWeight = "bad_weight"
}

/// What was done about a finding.
public enum FindingAction: String, Hashable, Sendable {
  case setAside = "set_aside"
  case filled
  case dropped
  case reported
}

/// The role of a column and why.
public struct ColumnReport: Equatable, Sendable {
  public let key: String
  public let header: String
  public let unit: String?
  public let role: ColumnRole
  /// Whether the segmentation looks at it.
  public let isFeature: Bool
  public let missingCount: Int
  /// Cells of a numeric column that are neither missing nor numbers.
  public let badCount: Int
}

/// Something about a dataset that its owner should know.
public enum DatasetWarning: Equatable, Sendable {
  /// The bytes were not UTF-8 and were read as the encoding named.
  case encodingGuessed(TextEncoding)
  /// A column asked for as a feature would have been ignored.
  case ignoredColumnAsFeature(column: String, reason: IgnoredReason)
  /// A column's name says it could be asked for with `weight=`.
  case looksLikeWeight(column: String)
  /// The first record was all numbers, so columns were named `column_1`, `column_2`, …
  case noHeader
}
