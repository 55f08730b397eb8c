/// Every well-formed record of some content, typed by column; immutable.
public struct Table: Sendable {
  public let columns: [Column]
  /// Well-formed records: the rows of this table.
  public let rowCount: Int
  /// All records below the header, the ones set aside among them.
  public let recordsRead: Int
  /// How many records were set aside because they do not have the header's columns.
  public let setAsideCount: Int
  /// The first of the records set aside, in order.
  public let setAside: [SetAsideRecord]
  public let dialect: TableDialect
  /// An estimate of the memory this table holds, in bytes.
  public var byteCount: Int { 0 }

  /// How many records set aside are described one by one; all are counted.
  public static let setAsideDetailLimit = 1000

  /// The line of the content on which a row begins; the header is line 1.
  public func line(ofRow row: Int) -> Int { row + 2 }

  /// The number of the record, from 0, that a row was.
  public func recordIndex(ofRow row: Int) -> Int { row }

  /// The row that a record became, or `nil` if it was set aside.
  public func row(ofRecord record: Int) -> Int? { record }

  /// The column with this key or header, or `nil`; case counts in neither.
  public func columnIndex(named name: String) -> Int? { nil }
}

/// How content was written.
public struct TableDialect: Equatable, Sendable {
  public var format: DatasetFormat
  public var encoding: TextEncoding
  /// Whether the encoding was concluded from bytes that are not UTF-8, rather than known.
  public var encodingIsGuessed: Bool
  /// The byte between fields; `nil` for JSON.
  public var delimiter: UInt8?
  /// Whether the first record named the columns; if not, they are `column_1`, `column_2`, …
  public var hasHeader: Bool
}

/// A record that does not have the columns of the header.
public struct SetAsideRecord: Equatable, Sendable {
  /// The record's number, from 0.
  public let recordIndex: Int
  /// The line it begins on; the header is line 1.
  public let line: Int
  public let reason: SetAsideReason
}

/// Why a record is no row.
public enum SetAsideReason: Hashable, Sendable {
  /// It has `count` fields and the header has `expected`.
  case fieldCount(count: Int, expected: Int)
}
