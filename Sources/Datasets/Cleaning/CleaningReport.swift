/// What cleaning found, dropped and filled, and why.
public struct CleaningReport: Equatable, Sendable {
  /// All records below the header.
  public internal(set) var rowsRead = 0
  /// Rows a fit looks at; `rowsRead` = `rowsUsed` + `rowsSetAside`.
  public internal(set) var rowsUsed = 0
  /// All the others, the dropped twins among them.
  public internal(set) var rowsSetAside = 0
  /// Rows dropped because an earlier one equals them.
  public internal(set) var duplicatesDropped = 0
  /// Rows set aside by the first reason found for each; they add up to ``rowsSetAside``.
  public internal(set) var setAsideByReason: [FindingReason: Int] = [:]
  /// Cells filled with a median.
  public internal(set) var filledCount = 0
  /// Cells moved to the end of the range that outliers begin at.
  public internal(set) var clippedCount = 0
  /// How often each reason was found, in all rows.
  public internal(set) var countsByReason: [FindingReason: Int] = [:]
  /// The first findings of each reason, by line; ``countsByReason`` counts all of them.
  public internal(set) var findings: [CleaningFinding] = []
  /// One entry for each column of the table, in its order.
  public internal(set) var columns: [ColumnReport] = []
  /// What the rows were gathered from, when the content held transactions; rows are customers then,
  /// and findings tell of transactions as well.
  public internal(set) var transactions: TransactionSummary?
  /// What the owner of the data should know beyond single rows.
  public internal(set) var warnings: [DatasetWarning] = []

  /// How many findings of each reason are described one by one; all are counted.
  public static let findingLimit = 1000

  init() {}
}

/// One thing found in the rows.
public struct CleaningFinding: Equatable, Sendable {
  /// The line of the content on which the record begins; the header is line 1.
  public let line: Int
  /// The key of the column, or `nil` if it is about the whole row.
  public let column: String?
  /// The text of the cell, or what sets the whole row apart: `12 of 13 fields`, `line 5`.
  public let value: String?
  /// What was found.
  public let reason: FindingReason
  /// What was done about it.
  public let action: FindingAction
  /// What was probably meant, where that can be told: another category.
  public var proposal: String? = nil
  /// The number that a fit sees instead.
  public var replacement: Double? = nil
  /// The line of the earlier row that it is about, for rows that repeat one.
  public var otherLine: Int? = nil
}

/// What was found.
public enum FindingReason: String, CaseIterable, Hashable, Sendable {
  case missing
  case notANumber = "not_a_number"
  /// No day that the calendar has, in a column of dates.
  case notADate = "not_a_date"
  /// NaN or infinity written out, or a number too large for a Double.
  case notFinite = "not_finite"
  case tooFewFields = "too_few_fields"
  case tooManyFields = "too_many_fields"
  case identicalRow = "identical_row"
  /// Another row has the same id and other cells.
  case repeatedID = "repeated_id"
  /// A row that counts zero times.
  case zeroWeight = "zero_weight"
  /// A number beyond what its column can hold: a negative age.
  case impossibleValue = "impossible_value"
  /// A number such as 666666 or −999, far from all others.
  case sentinelValue = "sentinel_value"
  /// A zero where all other numbers are far from it.
  case sentinelZero = "sentinel_zero"
  /// A rare category that is nearly a common one: `fle` beside `Female`.
  case nearMissCategory = "near_miss_category"
  /// A category that hardly anybody has.
  case rareCategory = "rare_category"
  /// A number far from the middle of its column, where outliers are not kept.
  case outlier
}

/// What was done about a finding.
public enum FindingAction: String, Hashable, Sendable {
  case setAside = "set_aside"
  case filled
  case clipped
  case dropped
  case reported
}

/// The role of a column and why.
public struct ColumnReport: Equatable, Sendable {
  /// The name by which requests and answers call the column, unique in its table.
  public let key: String
  /// The name as it stands in the content.
  public let header: String
  /// What stood in parentheses in the header, if it names a unit; else `nil`.
  public let unit: String?
  /// What the column is used for, or why it is ignored.
  public let role: ColumnRole
  /// Whether the segmentation looks at it.
  public let isFeature: Bool
  /// Cells, in any row of the table, that are empty, blank, or a word for nothing such as `NA`.
  public let missingCount: Int
  /// The same without the rows dropped as identical to an earlier one.
  public let missingCountWithoutTwins: Int
  /// Cells of a numeric column that are neither missing nor numbers.
  public let badCount: Int
  /// How the numbers are written, if not as programs write them.
  public let numberStyle: NumberStyle?
  /// What stands between the values of cells that hold several: `;` in `A;B`.
  public let valueSeparator: Character?
}

/// Something about a dataset that its owner should know.
public enum DatasetWarning: Equatable, Sendable {
  /// The bytes were not UTF-8 and were read as the encoding named.
  case encodingGuessed(TextEncoding)
  /// A column asked for as a feature would have been ignored.
  case ignoredColumnAsFeature(column: String, reason: IgnoredReason)
  /// A column's name says that it could be asked for with `weight=`.
  case looksLikeWeight(column: String)
  /// The first record was all numbers, so columns were named `column_1`, `column_2`, …
  case noHeader
  /// So many rows equal an earlier one in every cell but the id.
  case rowsAlikeExceptID(count: Int)
  /// Rows are not customers: most ids stand in several rows.
  case idsRepeat(column: String, distinct: Int)
  /// Rows were taken for transactions without being told to, and gathered into customers.
  case transactionsGathered(TransactionSummary)
  /// Day and month could be either way round in all dates of the column; `order` was taken.
  case dateOrderGuessed(column: String, order: String)
}
