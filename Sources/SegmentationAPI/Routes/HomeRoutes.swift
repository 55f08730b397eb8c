import HTTPServer
import Segmentation

/// `/`: the first view for a person, and the list of entry points for a program.
struct HomeRoutes {
  let context: Context

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .get, "/", forms: [.html, .json, .txt], parameters: [.run, .series],
        summary: "The dashboard: a run as a page; as JSON the entry points.",
        answers: Self.schema, problems: [.notFound],
        .cached { call throws(ProblemDetails) in try home(call) })
    ]
  }

  /// Where a program begins.
  static let links: JSON = [
    "openapi": "/openapi.json", "summary": "/clusters/summary", "segments": "/segments",
    "customers": "/customers", "runs": "/runs", "datasets": "/datasets", "charts": "/charts",
    "report": "/report.html",
    "odata": "/odata/", "power_bi": "/powerbi/segments.pbids", "problems": "/problems",
  ]

  private func home(_ call: Call) throws(ProblemDetails) -> Answer {
    let entries = Application.endpoints(context).map { endpoint -> [JSON] in
      [
        .string(endpoint.method.name), .string(endpoint.pattern), .string(endpoint.summary),
        .array(endpoint.parameters.map { .string($0.name) }),
        .array(endpoint.forms.map { .string($0.suffix) }),
      ]
    }
    let list = RowSet(
      about: [
        .init(name: "name", value: "segmentd"),
        .init(name: "version", value: .string(context.configuration.version)),
        .init(name: "links", value: Self.links),
      ], columns: ["method", "path", "summary", "parameters", "forms"], rows: entries)
    guard call.form == .html else {
      return Answer(form: call.form, bytes: list.encoded(as: call.form))
    }
    return try DashboardRoutes(context: context).page(call)
  }
}

extension HomeRoutes {
  fileprivate static let schema = Schema.object([
    "name": .string, "version": .string, "links": .map(of: .link),
    "items": .array(
      of: .object([
        "method": .string, "path": .string, "summary": .string,
        "parameters": .array(of: .string), "forms": .array(of: .string),
      ])), "next": .string.orNull,
  ])
}
