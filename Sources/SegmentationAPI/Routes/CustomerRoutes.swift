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
        .computed { call throws(ProblemDetails) in try list(call) }
      ).leavingOutSegments(),
      Endpoint(
        .get, "/customers/{cid}", forms: [.json, .csv, .txt], parameters: [.run, .series],
        summary: "One customer, with the reason for the segment.",
        path: [.customerInPath], answers: CustomerPayload.schema, problems: .aboutRun,
        .computed { call throws(ProblemDetails) in try one(call) }
      ).leavingOutSegments(),
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
      let cluster = run.segments[segment].cluster
      guard !call.withheld(in: run).contains(cluster) else {
        throw call.disclosure.refusal("\(id) is of segments with")
      }
      rows = run.rows(ofCluster: cluster)
    }
    if let text = call.query["search"] { rows = run.rows(rows, holding: text) }
    return try CustomerList(call: call, run: run).answer(rows)
  }

  private func one(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.run()
    let id = call.parameter("cid")
    // By what stands in its place, or by the id that the shop knows.
    let code = call.service.configuration.idHashing?.code(of: id)
    guard let row = run.row(ofCustomer: id) ?? code.flatMap({ run.row(ofCustomer: $0) }) else {
      throw ProblemDetails(.notFound, "The run has no customer \(call.parameter("cid")).")
    }
    return call.answer(
      CustomerPayload(run: run, row: row, withheld: call.withheld(in: run)).json)
  }
}
