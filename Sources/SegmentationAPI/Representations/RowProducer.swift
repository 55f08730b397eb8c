import HTTPServer

/// Writes rows as CSV or NDJSON a piece at a time, so that a list of any length costs a bounded
/// buffer.
struct RowProducer: ContentProducer {
  /// The size at which a piece is handed on, in bytes.
  private static let pieceSize = 64 << 10

  let columns: [String]
  let count: Int
  let form: Form
  let dialect: CSVDialect
  let row: @Sendable (Int) -> [JSON]
  private var position = 0
  private var hasBegun = false

  init(
    columns: [String], count: Int, form: Form, dialect: CSVDialect,
    row: @escaping @Sendable (Int) -> [JSON]
  ) {
    self.columns = columns
    self.count = count
    self.form = form
    self.dialect = dialect
    self.row = row
  }

  mutating func produce(into buffer: inout [UInt8]) -> Bool {
    if !hasBegun {
      hasBegun = true
      if form == .csv {
        dialect.writeMark(to: &buffer)
        dialect.writeRecord(columns.map { .string($0) }, to: &buffer)
      }
    }
    while position < count, buffer.count < RowProducer.pieceSize {
      let cells = row(position)
      if form == .csv {
        dialect.writeRecord(cells, to: &buffer)
      } else {
        JSON.object(zip(columns, cells).map { .init(name: $0, value: $1) }).write(to: &buffer)
        buffer.append(0x0A)
      }
      position += 1
    }
    return position < count
  }
}
