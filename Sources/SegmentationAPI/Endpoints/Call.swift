import HTTPServer
import Segmentation

/// One request on its way to an answer.
struct Call: Sendable {
  let request: Request
  let service: SegmentationService
  /// What the path holds in place of the pattern's names.
  let parameters: [String: String]
  var query: Query
  /// The representation that was negotiated.
  var form: Form
  /// Who asks, as far as it is known.
  let caller: AccessControl.Caller
  /// What is kept from them.
  let disclosure: Disclosure
  /// Whether the route leaves out segments that are withheld.
  let leavesOutSegments: Bool
  let proxies: ProxyTrust

  /// A part of the path by its name in the pattern.
  func parameter(_ name: String) -> String { parameters[name] ?? "" }

  /// Where the client found the service: scheme, host and port, for links that must be absolute.
  var baseURL: String { proxies.url(of: request) }

  /// The run that is asked about: `?run=`, or the current one of `?series=`.
  ///
  /// - Throws: a problem for a restored run, which holds no customers to tell about.
  func run() throws(ProblemDetails) -> Run {
    let run = try model()
    guard !run.isRestored else {
      throw ProblemDetails(
        .restoredRun, "\(run.id) was restored from its model and holds no customers.")
    }
    return run
  }

  /// The run that is asked about, be it one that was restored and only has its model.
  func model() throws(ProblemDetails) -> Run {
    let run = try attempt { () throws(SegmentationError) in
      try service.run(id: query["run"], series: query["series"] ?? "default")
    }
    if !leavesOutSegments { try checkDisclosure(of: run) }
    return run
  }

  /// A use case, with its errors as problems.
  func attempt<Value>(_ work: () throws(SegmentationError) -> Value) throws(ProblemDetails)
    -> Value
  {
    do {
      return try work()
    } catch {
      throw ProblemDetails(error)
    }
  }

  /// How CSV is to be written.
  func dialect(isHandedBack: Bool = false) throws(ProblemDetails) -> CSVDialect {
    var reader = QueryReader(query)
    let dialect = CSVDialect(
      hasByteOrderMark: reader.flag("bom", default: false),
      isSpreadsheetSafe: reader.flag("excel_safe", default: !isHandedBack))
    try reader.finish()
    return dialect
  }

  /// A list in the form that was asked for.
  func answer(_ rows: RowSet) throws(ProblemDetails) -> Answer {
    var reader = QueryReader(query)
    let isFlat = reader.flag("flat", default: false)
    try reader.finish()
    var answer = Answer(
      form: form, bytes: rows.encoded(as: form, flat: isFlat, dialect: try dialect()))
    if let next = rows.next {
      var items = request.target.queryItems.filter { $0.name != "cursor" }
      items.append(.init(name: "cursor", value: next))
      let query = items.map {
        "\(PathSegment.encoded($0.name))=\(PathSegment.encoded($0.value))"
      }.joined(separator: "&")
      answer.fields.append("Link", "<\(request.target.rawPath)?\(query)>; rel=\"next\"")
    }
    return answer
  }

  /// A single thing: its JSON, or a table of one row.
  func answer(_ json: JSON, status: Status = .ok) -> Answer {
    guard case .object(let members) = json, form != .json else {
      return Answer(status, form: .json, bytes: json.bytes)
    }
    switch form {
    case .json, .sql, .pmml, .onnx, .svg, .vegaLite, .css, .js, .events:
      return Answer(status, form: .json, bytes: json.bytes)
    case .ndjson: return Answer(status, form: .ndjson, bytes: json.bytes + [0x0A])
    case .csv:
      let rows = RowSet(columns: members.map(\.name), rows: [members.map(\.value)])
      return Answer(status, form: .csv, bytes: rows.encoded(as: .csv))
    case .txt, .html, .md:
      // One member a line reads better than one very wide row.
      let rows = RowSet(
        columns: ["field", "value"], rows: members.map { [.string($0.name), $0.value] })
      return Answer(status, form: .txt, bytes: rows.encoded(as: .txt))
    }
  }
}
