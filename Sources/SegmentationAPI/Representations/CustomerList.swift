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
    let table = CustomerTable(run: run, withheld: call.withheld(in: run))
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
    fingerprint.add("\(run.id) \(call.request.target.text) \(call.disclosure.smallest)")
    return Answer(
      form: call.form,
      producer: RowProducer(
        columns: table.columns, count: rows.count, form: call.form, dialect: try call.dialect()
      ) { table.row(rows[$0]) }, tag: fingerprint.hex)
  }
}
