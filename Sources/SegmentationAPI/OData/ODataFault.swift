import HTTPServer

/// An error as OData answers it: `{"error":{"code":…,"message":…}}` (OData v4 JSON, §19).
struct ODataFault: Error {
  let status: Status
  let code: String
  let message: String

  private init(_ status: Status, _ code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  /// A query option that cannot be understood.
  static func badRequest(_ message: String) -> ODataFault {
    ODataFault(.badRequest, "BadRequest", message)
  }

  /// There is no such entity set or entity.
  static func notFound(_ message: String) -> ODataFault {
    ODataFault(.notFound, "NotFound", message)
  }

  /// The run a page belongs to is no longer stored.
  static func gone(_ message: String) -> ODataFault { ODataFault(.gone, "Gone", message) }

  static func notAcceptable(_ message: String) -> ODataFault {
    ODataFault(.notAcceptable, "NotAcceptable", message)
  }

  /// Part of OData that this feed does not have (OData v4 Part 1, §12.1.1 item 7).
  static func notImplemented(_ message: String) -> ODataFault {
    ODataFault(.notImplemented, "NotImplemented", message)
  }

  /// A problem of the service, in OData's words.
  init(_ problem: ProblemDetails) {
    self.init(problem.type.status, problem.type.slug, problem.detail)
  }

  var answer: Answer {
    let error: JSON = ["error": ["code": .string(code), "message": .string(message)]]
    return Answer(
      status, form: .json, bytes: error.bytes,
      fields: [
        "Content-Type": "application/json;odata.metadata=minimal;charset=utf-8",
        "OData-Version": "4.0", "Cache-Control": "no-store",
      ])
  }
}

extension ODataFault {
  static let schema = Schema.object([
    "error": .object(["code": .string, "message": .string])
  ]).named("ODataError")
}
