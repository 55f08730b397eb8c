/// Collects the rows of one block of records.
struct BlockWriter: Sendable {
  private(set) var writers: [ColumnWriter]
  private(set) var rowCount = 0
  /// Records met, with the ones set aside.
  private(set) var recordCount = 0
  /// For each row: its line and its record's number, from the block's beginning.
  private(set) var lines = StepMap()
  private(set) var records = StepMap()
  private(set) var setAside: [SetAsideRecord] = []
  private(set) var setAsideRecords = RaggedRecords()
  private let keepsText: Bool

  init(columnCount: Int, keepsText: Bool) {
    writers = Array(repeating: ColumnWriter(), count: columnCount)
    self.keepsText = keepsText
  }

  /// Appends a cell to a column of the row being written.
  mutating func append(_ cell: Span<UInt8>, toColumn column: Int) {
    writers[column].append(cell)
  }

  /// Adds a column whose cells so far are empty.
  mutating func addColumn() {
    var writer = ColumnWriter()
    writer.pad(to: rowCount)
    writers.append(writer)
  }

  /// Ends a row; columns that got no cell get an empty one.
  mutating func endRow(line: Int) {
    lines.append(line)
    records.append(recordCount)
    rowCount += 1
    recordCount += 1
  }

  /// Fills the columns that have no cell in the row just ended.
  mutating func padColumns() {
    for column in writers.indices where writers[column].rowCount < rowCount {
      writers[column].pad(to: rowCount)
    }
  }

  /// Records a record that is no row.
  mutating func setAside(line: Int, reason: SetAsideReason, fields: [[UInt8]]) {
    setAside.append(SetAsideRecord(recordIndex: recordCount, line: line, reason: reason))
    if keepsText { setAsideRecords.append(record: recordCount, fields: fields) }
    recordCount += 1
  }
}

/// Joins blocks into a table.
struct TableAssembler: Sendable {
  private var columns: [ColumnAssembler]
  private var starts: [Int] = []
  private(set) var rowCount = 0
  private(set) var recordCount = 0
  private var lines = StepMap()
  private var records = StepMap()
  private var setAsideCounts: [FindingReason: Int] = [:]
  private var setAside: [SetAsideRecord] = []
  private var setAsideRecords = RaggedRecords()
  private let limits: DecodingLimits
  private let keepsText: Bool

  init(columnCount: Int, limits: DecodingLimits, keepsText: Bool) {
    columns = Array(repeating: ColumnAssembler(), count: columnCount)
    self.limits = limits
    self.keepsText = keepsText
  }

  /// Appends a block whose first line is `line`, from 1.
  mutating func append(_ block: consuming BlockWriter, line: Int) throws(DatasetError) {
    if recordCount + block.recordCount > limits.maxRows {
      throw .tooManyRows(limit: limits.maxRows)
    }
    for record in block.setAside {
      setAsideCounts[record.reason.findingReason, default: 0] += 1
      guard setAside.count < Table.setAsideDetailLimit else { continue }
      setAside.append(
        SetAsideRecord(
          recordIndex: record.recordIndex + recordCount, line: record.line + line,
          reason: record.reason))
    }
    setAsideRecords.append(block.setAsideRecords, shift: recordCount)
    lines.append(block.lines, shift: line)
    records.append(block.records, shift: recordCount)
    recordCount += block.recordCount
    guard block.rowCount > 0 else { return }
    while columns.count < block.writers.count {
      var column = ColumnAssembler()
      for (index, start) in starts.enumerated() {
        column.appendEmpty((index + 1 < starts.count ? starts[index + 1] : rowCount) - start)
      }
      columns.append(column)
    }
    starts.append(rowCount)
    for index in columns.indices {
      if index < block.writers.count {
        columns[index].append(block.writers[index].finish())
      } else {
        columns[index].appendEmpty(block.rowCount)
      }
    }
    rowCount += block.rowCount
  }

  /// The table and, if texts are kept, the archive.
  consuming func finish(
    headers: [String], dialect: TableDialect, convertsFromWindows1252: Bool
  ) -> DecodedTable {
    let names = ColumnName.names(for: headers)
    var finished: [Column] = []
    for (index, name) in names.enumerated() {
      finished.append(
        columns[index].finish(
          name: name, convertsFromWindows1252: convertsFromWindows1252, starts: starts))
    }
    let table = Table(
      columns: finished, rowCount: rowCount, recordsRead: recordCount,
      setAsideCounts: setAsideCounts, setAside: setAside, dialect: dialect, lines: lines,
      records: records)
    guard keepsText else { return DecodedTable(table: table, archive: nil) }
    if convertsFromWindows1252 { setAsideRecords.convertFromWindows1252() }
    return DecodedTable(
      table: table, archive: RecordArchive(table: table, ragged: setAsideRecords))
  }
}
