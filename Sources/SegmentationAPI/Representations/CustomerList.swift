import Datasets
import HTTPServer
import Segmentation

/// A list of customers of a run, in pages or, as CSV and NDJSON, whole as the client reads.
struct CustomerList {
  let call: Call
  let run: Run

  /// Answers with some rows of the run's table.
  func answer(_ rows: RowIndices) throws(ProblemDetails) -> Answer {
    let page = try Page(call.query)
    let table = CustomerTable(run: run)
    let isWhole = page.limit == nil && page.cursor == nil
    guard isWhole, call.form == .csv || call.form == .ndjson else {
      let (items, next) = try page.bounds(of: rows.count, anchor: run.id)
      return try call.answer(
        RowSet(
          about: [
            .init(name: "run_id", value: .string(run.id)),
            .init(name: "series", value: .string(run.series)),
            .init(name: "count", value: .integer(rows.count)),
          ], columns: table.columns, rows: items.map { table.row(rows[$0]) }, next: next))
    }
    var fingerprint = Fingerprint()
    fingerprint.add("\(run.id) \(call.request.target.text)")
    return Answer(
      form: call.form,
      producer: CustomerProducer(
        table: table, rows: rows, form: call.form, dialect: try call.dialect()),
      tag: fingerprint.hex)
  }
}

/// Writes customers a piece at a time, so that a list of any length costs a bounded buffer.
private struct CustomerProducer: ContentProducer {
  /// The size at which a piece is handed on, in bytes.
  private static let pieceSize = 64 << 10

  let table: CustomerTable
  let rows: RowIndices
  let form: Form
  let dialect: CSVDialect
  private var position = 0
  private var hasBegun = false

  init(table: CustomerTable, rows: RowIndices, form: Form, dialect: CSVDialect) {
    self.table = table
    self.rows = rows
    self.form = form
    self.dialect = dialect
  }

  mutating func produce(into buffer: inout [UInt8]) -> Bool {
    if !hasBegun {
      hasBegun = true
      if form == .csv {
        dialect.writeMark(to: &buffer)
        dialect.writeRecord(table.columns.map { .string($0) }, to: &buffer)
      }
    }
    while position < rows.count, buffer.count < Self.pieceSize {
      let cells = table.row(rows[position])
      if form == .csv {
        dialect.writeRecord(cells, to: &buffer)
      } else {
        JSON.object(zip(table.columns, cells).map { .init(name: $0, value: $1) })
          .write(to: &buffer)
        buffer.append(0x0A)
      }
      position += 1
    }
    return position < rows.count
  }
}
