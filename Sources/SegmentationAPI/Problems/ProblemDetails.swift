import HTTPServer

/// An error answer as RFC 9457 describes it: what went wrong, where, and how to mend it.
struct ProblemDetails: Error, Sendable, Equatable {
  /// One fault of a request; a request's faults are all listed at once.
  struct Fault: Sendable, Equatable {
    /// The query parameter, setting or JSON pointer at fault.
    var pointer: String?
    /// The line in the file, the header being line 1.
    var line: Int?
    /// The column's header or key.
    var column: String?
    /// The cell as it was given, cut to a readable length.
    var value: String?
    var reason: String
  }

  var type: ProblemType
  /// This case, in a sentence that tells how to mend it.
  var detail: String
  var faults: [Fault] = []
  /// How many faults there are when `faults` holds only the first ones.
  var faultCount: Int?
  /// Extension members (RFC 9457 §3.2), such as `did_you_mean`.
  var extensions: [JSON.Member] = []
  /// Further header fields of the answer, such as `Allow` or `Retry-After`.
  var fields: [(name: String, value: String)] = []

  init(
    _ type: ProblemType, _ detail: String, faults: [Fault] = [], faultCount: Int? = nil,
    extensions: [JSON.Member] = [], fields: [(name: String, value: String)] = []
  ) {
    self.type = type
    self.detail = detail
    self.faults = faults
    self.faultCount = faultCount
    self.extensions = extensions
    self.fields = fields
  }

  static func == (left: ProblemDetails, right: ProblemDetails) -> Bool {
    left.type == right.type && left.detail == right.detail && left.faults == right.faults
  }

  /// The JSON text (RFC 9457 §3).
  func json(requestID: String) -> JSON {
    var members: [JSON.Member] = [
      .init(name: "type", value: .string("/problems/\(type.slug)")),
      .init(name: "title", value: .string(type.title)),
      .init(name: "status", value: .integer(type.status.code)),
      .init(name: "detail", value: .string(detail)),
      .init(name: "instance", value: .string("/requests/\(requestID)")),
    ]
    members += extensions
    if !faults.isEmpty {
      members.append(.init(name: "error_count", value: .integer(faultCount ?? faults.count)))
      members.append(.init(name: "errors", value: .array(faults.map(\.json))))
    }
    return .object(members)
  }

  /// The answer to send.
  func response(requestID: String) -> Response {
    var header = HeaderFields()
    header.append("Content-Type", "application/problem+json")
    header.append("Cache-Control", "no-store")
    for field in fields { header.append(field.name, field.value) }
    return Response(
      type.status, fields: header, content: .bytes(json(requestID: requestID).bytes))
  }
}

extension ProblemDetails.Fault {
  var json: JSON {
    var members: [JSON.Member] = []
    if let pointer { members.append(.init(name: "pointer", value: .string(pointer))) }
    if let line { members.append(.init(name: "line", value: .integer(line))) }
    if let column { members.append(.init(name: "column", value: .string(column))) }
    if let value { members.append(.init(name: "value", value: .string(value))) }
    members.append(.init(name: "reason", value: .string(reason)))
    return .object(members)
  }
}

extension ProblemDetails {
  /// What every refusal answers (RFC 9457).
  static let schema = Schema.object(
    [
      "type": .link.example("/problems/unknown-parameter"), "title": .string,
      "status": .integer(in: 400...599), "detail": .string, "instance": .link,
    ]
      + .optional([
        "did_you_mean": .any(of: [.map(of: .string), .array(of: .string)]),
        "available": .array(of: .object(["media_type": .string, "suffix": .string])),
        "error_count": .count,
        "errors": .array(
          of: .object(
            ["reason": .string]
              + .optional([
                "pointer": .string, "line": .count, "column": .string, "value": .string,
              ]))),
      ])
  ).named("Problem")
}
