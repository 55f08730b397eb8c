/// Collects the rows of one block of records after the other.
struct BlockWriter: Sendable {
  private var writers: [ColumnWriter]
  private var output = BlockOutput()
  private let keepsText: Bool

  init(columnCount: Int, keepsText: Bool) {
    writers = Array(repeating: ColumnWriter(), count: columnCount)
    self.keepsText = keepsText
  }

  /// Records met in the block, with the ones set aside.
  var recordCount: Int { output.recordCount }

  /// Begins a block.
  ///
  /// - Parameter pools: for each column, texts that it has had.
  mutating func begin(pools: [TextPool]) {
    output = BlockOutput()
    for (index, pool) in pools.enumerated() { writers[index].begin(known: pool) }
  }

  /// Appends a cell to a column.
  mutating func append(_ cell: Span<UInt8>, toColumn column: Int) {
    writers[column].append(cell)
  }

  /// Appends the cells of several rows to a column.
  mutating func append(_ batch: CellBatch, toColumn column: Int, _ room: inout BatchRoom) {
    writers[column].append(batch, &room)
  }

  /// Adds a column whose cells so far are empty.
  mutating func addColumn() {
    var writer = ColumnWriter()
    writer.pad(to: output.rowCount)
    writers.append(writer)
  }

  /// Ends rows, the first on a line that counts from the block's beginning, the next each one
  /// line further.
  mutating func endRows(_ count: Int, line: Int) {
    output.lines.append(line, count: count)
    output.records.append(output.recordCount, count: count)
    output.rowCount += count
    output.recordCount += count
  }

  /// Fills the columns that have no cell in the row just ended.
  mutating func padColumns() {
    for column in writers.indices where writers[column].rowCount < output.rowCount {
      writers[column].pad(to: output.rowCount)
    }
  }

  /// Records a record that is no row.
  mutating func setAside(line: Int, reason: SetAsideReason, fields: [[UInt8]]) {
    output.setAside.append(
      SetAsideRecord(recordIndex: output.recordCount, line: line, reason: reason))
    for field in fields where !UTF8Check.isValid(field.span) { output.isUTF8 = false }
    if keepsText { output.setAsideTexts.append(record: output.recordCount, fields: fields) }
    output.recordCount += 1
  }

  /// Ends the block.
  mutating func finish() -> BlockOutput {
    if output.rowCount > 0 {
      for column in writers.indices { output.columns.append(writers[column].finish()) }
      output.isUTF8 = output.isUTF8 && output.columns.allSatisfy(\.isUTF8)
    }
    return output
  }
}

/// The rows of a block of records; lines and records count from its beginning.
struct BlockOutput: Sendable {
  /// Empty when there are no rows.
  var columns: [ColumnWriter.Output] = []
  var rowCount = 0
  /// Rows and records set aside.
  var recordCount = 0
  /// For each row: its line and its record's number.
  var lines = StepMap()
  var records = StepMap()
  var setAside: [SetAsideRecord] = []
  var setAsideTexts = RaggedRecords()
  /// Whether all text of the block is UTF-8.
  var isUTF8 = true
}

/// Joins blocks into a table.
struct TableAssembler: Sendable {
  private var columns: [ColumnAssembler]
  private var starts: [Int] = []
  private(set) var rowCount = 0
  private(set) var recordCount = 0
  /// Whether all text is UTF-8.
  private(set) var isUTF8 = true
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

  /// For each column the texts that it has had.
  var pools: [TextPool] { columns.map(\.pool) }

  /// Appends a block whose first line is `line`, from 1.
  mutating func append(_ block: BlockOutput, line: Int) throws(DatasetError) {
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
    setAsideRecords.append(block.setAsideTexts, shift: recordCount)
    lines.append(block.lines, shift: line)
    records.append(block.records, shift: recordCount)
    recordCount += block.recordCount
    if !block.isUTF8 { isUTF8 = false }
    guard block.rowCount > 0 else { return }
    widen(to: block.columns.count)
    starts.append(rowCount)
    for index in columns.indices {
      if index < block.columns.count {
        columns[index].append(block.columns[index])
      } else {
        columns[index].appendEmpty(block.rowCount)
      }
    }
    rowCount += block.rowCount
  }

  /// Makes sure that there are so many columns; new ones are empty so far.
  private mutating func widen(to count: Int) {
    while columns.count < count {
      var column = ColumnAssembler()
      for (index, start) in starts.enumerated() {
        column.appendEmpty((index + 1 < starts.count ? starts[index + 1] : rowCount) - start)
      }
      columns.append(column)
    }
  }

  /// The table and, if texts are kept, the archive.
  consuming func finish(
    headers: [String], dialect: TableDialect, convertsFromWindows1252: Bool
  ) -> DecodedTable {
    let names = ColumnName.names(for: headers)
    // Where every record was set aside, columns have a name and never had a cell.
    widen(to: names.count)
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
