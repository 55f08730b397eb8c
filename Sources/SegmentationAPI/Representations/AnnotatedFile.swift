import Datasets
import HTTPServer

/// A file that was sent, each record followed by further cells, written as the client reads.
struct AnnotatedFile: ContentProducer {
  /// Where the records come from.
  enum Source: Sendable {
    /// The text of the content, and the table made of it.
    case archive(RecordArchive, Table)
    /// A stored table, whose text was not kept.
    case table(Table)
  }

  /// The size at which a piece is handed on, in bytes.
  private static let pieceSize = 64 << 10

  private let source: Source
  /// The headers of the further cells.
  private let columns: [String]
  private let dialect: CSVDialect
  /// The further cells of a row of the table; of a record that is no row when nil.
  private let cells: @Sendable (Int?) -> [JSON]
  private var position = 0
  private var hasBegun = false

  init(
    source: Source, columns: [String], dialect: CSVDialect,
    cells: @escaping @Sendable (Int?) -> [JSON]
  ) {
    self.source = source
    self.columns = columns
    self.dialect = dialect
    self.cells = cells
  }

  private var recordCount: Int {
    switch source {
    case .archive(let archive, _): archive.recordCount
    case .table(let table): table.rowCount
    }
  }

  mutating func produce(into buffer: inout [UInt8]) -> Bool {
    if !hasBegun {
      hasBegun = true
      dialect.writeMark(to: &buffer)
      writeHeader(to: &buffer)
    }
    while position < recordCount, buffer.count < Self.pieceSize {
      writeRecord(position, to: &buffer)
      position += 1
    }
    return position < recordCount
  }

  private func writeHeader(to buffer: inout [UInt8]) {
    switch source {
    case .archive(let archive, _):
      let start = buffer.count
      archive.appendHeader(to: &buffer)
      if dialect.isSpreadsheetSafe { CSVDialect.makeSafe(&buffer, from: start) }
    case .table(let table):
      for (index, column) in table.columns.enumerated() {
        if index > 0 { buffer.append(UInt8(ascii: ",")) }
        dialect.writeField(Array(column.header.utf8), to: &buffer)
      }
    }
    end(columns.map { .string($0) }, &buffer)
  }

  private func writeRecord(_ record: Int, to buffer: inout [UInt8]) {
    switch source {
    case .archive(let archive, let table):
      let start = buffer.count
      archive.appendRecord(record, to: &buffer)
      if dialect.isSpreadsheetSafe { CSVDialect.makeSafe(&buffer, from: start) }
      end(cells(table.row(ofRecord: record)), &buffer)
    case .table(let table):
      var cell: [UInt8] = []
      for (index, column) in table.columns.enumerated() {
        if index > 0 { buffer.append(UInt8(ascii: ",")) }
        cell.removeAll(keepingCapacity: true)
        column.appendText(at: record, to: &cell)
        dialect.writeField(cell, to: &buffer)
      }
      end(cells(record), &buffer)
    }
  }

  private func end(_ cells: [JSON], _ buffer: inout [UInt8]) {
    for cell in cells {
      buffer.append(UInt8(ascii: ","))
      dialect.write(cell, to: &buffer)
    }
    buffer.append(contentsOf: [0x0D, 0x0A])
  }
}
