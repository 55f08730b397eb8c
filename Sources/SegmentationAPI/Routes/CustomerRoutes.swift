import HTTPServer
import Segmentation

/// `/customers`: the rows of a run with their segment.
struct CustomerRoutes {
  let context: Context

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .get, "/customers", forms: [.json, .csv, .ndjson, .txt],
        parameters: [
          .run, .series,
          Parameter("segment", "the id of a segment; all customers by default", .segmentID),
          .search,
        ] + Parameter.pages,
        summary: "Customers with their segment, in the order of the file.",
        answers: CustomerTable.listSchema, problems: .aboutRun + [.gone],
        .computed { call throws(ProblemDetails) in try list(call) }),
      Endpoint(
        .get, "/customers/{cid}", forms: [.json, .csv, .txt], parameters: [.run, .series],
        summary: "One customer, with the reason for the segment.",
        path: [.customerInPath], answers: CustomerPayload.schema, problems: .aboutRun,
        .computed { call throws(ProblemDetails) in try one(call) }),
    ]
  }

  private func list(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.run()
    var rows = run.allRows
    if let id = call.query["segment"] {
      guard let segment = run.segmentIndex(id: id) else {
        throw ProblemDetails(
          .notFound, "The run has no segment \(id); GET /segments lists those it has.")
      }
      rows = run.rows(ofCluster: run.segments[segment].cluster)
    }
    if let text = call.query["search"] { rows = run.rows(rows, holding: text) }
    return try CustomerList(call: call, run: run).answer(rows)
  }

  private func one(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.run()
    guard let row = run.row(ofCustomer: call.parameter("cid")) else {
      throw ProblemDetails(.notFound, "The run has no customer \(call.parameter("cid")).")
    }
    return call.answer(CustomerPayload(run: run, row: row).json)
  }
}
