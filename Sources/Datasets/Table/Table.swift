/// Every well-formed record of some content, typed by column; immutable.
public struct Table: Sendable {
  /// The columns in the order of the header, each with a cell for every row.
  public let columns: [Column]
  /// Well-formed records: the rows of this table.
  public let rowCount: Int
  /// All records below the header, the ones set aside among them.
  public let recordsRead: Int
  /// How many records were set aside because they do not have the header's columns.
  public var setAsideCount: Int { setAsideCounts.values.reduce(0, +) }
  /// The same by reason.
  let setAsideCounts: [FindingReason: Int]
  /// The first of the records set aside, in order.
  public let setAside: [SetAsideRecord]
  /// How the content was written, as given or concluded.
  public let dialect: TableDialect
  /// How it was gathered, when its rows are customers made of transactions.
  var origin: TransactionOrigin?
  let lines: StepMap
  let records: StepMap

  /// How many records set aside are described one by one; all are counted.
  public static let setAsideDetailLimit = 1000

  init(
    columns: [Column], rowCount: Int, recordsRead: Int, setAsideCounts: [FindingReason: Int],
    setAside: [SetAsideRecord], dialect: TableDialect, lines: StepMap, records: StepMap
  ) {
    self.columns = columns
    self.rowCount = rowCount
    self.recordsRead = recordsRead
    self.setAsideCounts = setAsideCounts
    self.setAside = setAside
    self.dialect = dialect
    self.lines = lines
    self.records = records
  }

  /// An estimate of the memory this table holds, in bytes.
  public var byteCount: Int {
    columns.reduce(lines.byteCount + records.byteCount) { $0 + $1.byteCount }
  }

  /// The line of the content on which a row begins; the header is line 1.
  public func line(ofRow row: Int) -> Int { lines[row] }

  /// The number of the record, from 0, that a row was.
  public func recordIndex(ofRow row: Int) -> Int { records[row] }

  /// The row that a record became, or `nil` if it was set aside.
  public func row(ofRecord record: Int) -> Int? { records.index(of: record) }

  /// The column with this key or header, or `nil`.
  ///
  /// What fits exactly wins; else case and the blanks around a name do not count.
  public func columnIndex(named name: String) -> Int? {
    if let index = columns.firstIndex(where: { $0.key == name || $0.header == name }) {
      return index
    }
    let plain = Table.folded(name)
    return columns.firstIndex {
      $0.key == plain || (!$0.header.isEmpty && Table.folded($0.header) == plain)
    }
  }

  /// Appends a row's cells as RFC 4180 fields, without a line end.
  public func appendRow(_ row: Int, to output: inout [UInt8]) {
    guard let first = columns.first else { return }
    let (segment, offset) = first.locate(row)
    var text: [UInt8] = []
    for (index, column) in columns.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      text.removeAll(keepingCapacity: true)
      column.appendText(inSegment: segment, at: offset, to: &text)
      CSVWriter.appendField(text.span, to: &output)
    }
  }

  static func folded(_ name: String) -> String {
    var text = Substring(name)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text.lowercased()
  }
}

/// How content was written.
public struct TableDialect: Equatable, Sendable {
  /// Whether it is CSV or which kind of JSON.
  public var format: DatasetFormat
  /// The encoding the bytes were read as.
  public var encoding: TextEncoding
  /// Whether the encoding was concluded from bytes that are not UTF-8, rather than known.
  public var encodingIsGuessed: Bool
  /// The byte between fields; `nil` for JSON.
  public var delimiter: UInt8?
  /// Whether the first record named the columns; if not, they are `column_1`, `column_2` and so on.
  public var hasHeader: Bool
}

/// A record that does not have the columns of the header.
public struct SetAsideRecord: Equatable, Sendable {
  /// The record's number, from 0.
  public let recordIndex: Int
  /// The line it begins on; the header is line 1.
  public let line: Int
  /// In what way it differs from the header.
  public let reason: SetAsideReason
}

/// Why a record is no row.
public enum SetAsideReason: Hashable, Sendable {
  /// It has `count` fields and the header has `expected`.
  case fieldCount(count: Int, expected: Int)

  var findingReason: FindingReason {
    switch self {
    case .fieldCount(let count, let expected): count < expected ? .tooFewFields : .tooManyFields
    }
  }
}
