/// A table as it stands in a file: what was read, and the columns in their order.
extension Table: Archivable {
  /// Writes all of it.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(rowCount)
    writer.put(recordsRead)
    writer.put(setAsideCounts)
    writer.put(setAside)
    writer.put(dialect)
    writer.put(origin)
    writer.put(lines)
    writer.put(records)
    writer.put(columns.count)
    for column in columns { writer.put(column) }
  }

  /// Reads a table whose columns all have its rows.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    let rowCount = try reader.integer(in: 0...Int(Int32.max))
    let recordsRead = try reader.integer(in: rowCount...(1 << 53))
    let setAsideCounts: [FindingReason: Int] = try reader.get()
    let setAside: [SetAsideRecord] = try reader.get()
    let dialect: TableDialect = try reader.get()
    let origin: TransactionOrigin? = try reader.get()
    let lines: StepMap = try reader.get()
    let records: StepMap = try reader.get()
    let columns: [Column] = try reader.get()
    // Rows are found in all columns by the segments of the first.
    let isEven = columns.allSatisfy {
      $0.rowCount == rowCount && $0.starts == columns.first?.starts
    }
    // A table without rows needs no lines.
    guard isEven, lines.count == rowCount, records.count == rowCount else {
      throw .damaged("the columns are not equally long")
    }
    self.init(
      columns: columns, rowCount: rowCount, recordsRead: recordsRead,
      setAsideCounts: setAsideCounts, setAside: setAside, dialect: dialect, lines: lines,
      records: records)
    self.origin = origin
  }
}

extension TableDialect: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(format.archiveWord)
    writer.put(encoding)
    writer.put(encodingIsGuessed)
    writer.put(delimiter.map { Int($0) })
    writer.put(hasHeader)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    let word: String = try reader.get()
    guard let format = DatasetFormat.allCases.first(where: { $0.archiveWord == word }) else {
      throw .damaged("a format is not known")
    }
    let encoding: TextEncoding = try reader.get()
    let isGuessed: Bool = try reader.get()
    let delimiter: Int? = try reader.get()
    guard delimiter.map({ UInt8(exactly: $0) != nil }) ?? true else {
      throw .damaged("a delimiter is no byte")
    }
    self.init(
      format: format, encoding: encoding, encodingIsGuessed: isGuessed,
      delimiter: delimiter.map { UInt8(truncatingIfNeeded: $0) }, hasHeader: try reader.get())
  }
}

extension DatasetFormat {
  fileprivate var archiveWord: String {
    switch self {
    case .csv: "csv"
    case .jsonRows: "json"
    case .ndjson: "ndjson"
    }
  }
}

extension TextEncoding: Archivable {}

extension SetAsideRecord: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(recordIndex)
    writer.put(line)
    switch reason {
    case .fieldCount(let count, let expected):
      writer.put(count)
      writer.put(expected)
    }
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      recordIndex: try reader.get(), line: try reader.get(),
      reason: .fieldCount(count: try reader.get(), expected: try reader.get()))
  }
}

extension TransactionOrigin: Archivable {
  func write(to writer: inout ArchiveWriter) {
    writer.put(summary)
    writer.put(findings)
    writer.put(countsByReason)
    writer.put(isDateOrderGuessed)
  }
  init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      summary: try reader.get(), findings: try reader.get(), countsByReason: try reader.get(),
      isDateOrderGuessed: try reader.get())
  }
}

extension TransactionSummary: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(id)
    writer.put(date)
    writer.put(amount)
    writer.put(category)
    writer.put(isRecognized)
    for day in [asOf, firstDay, lastDay] { writer.put(day) }
    writer.put(dateOrder)
    for count in [
      transactionsRead, transactionsUsed, transactionsSetAside, transactionsAfter, customers,
      returns,
    ] { writer.put(count) }
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      id: try reader.get(), date: try reader.get(), amount: try reader.get(),
      category: try reader.get(), isRecognized: try reader.get(), asOf: try reader.get(),
      firstDay: try reader.get(), lastDay: try reader.get(), dateOrder: try reader.get(),
      transactionsRead: try reader.get(), transactionsUsed: try reader.get(),
      transactionsSetAside: try reader.get(), transactionsAfter: try reader.get(),
      customers: try reader.get(), returns: try reader.get())
  }
}

/// Days since 1970-01-01, of the years 1 to 9999.
extension CalendarDay: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) { writer.put(number) }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(number: try reader.integer(in: -719_162...2_932_896))
  }
}
