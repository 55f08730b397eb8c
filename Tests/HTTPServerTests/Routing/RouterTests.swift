import Testing

@testable import HTTPServer

@Suite("Routing")
struct RouterTests {
  /// Answers with the route it was chosen for, as text in a field.
  static func route(_ method: Method, _ pattern: String, _ suffixes: [String] = []) -> Route {
    Route(method, pattern, suffixes: suffixes) { match in
      let parameters = match.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      let parts =
        ["\(method) \(match.pattern)"] + parameters + (match.suffix.map { [".\($0)"] } ?? [])
      return .now(Response(.ok, fields: ["X-Chosen": parts.joined(separator: " ")]))
    }
  }

  static let router = Router([
    route(.get, "/"),
    route(.get, "/segments", ["json", "csv"]),
    route(.post, "/segments", ["csv"]),
    route(.get, "/segments/assign", ["txt"]),
    route(.post, "/segments/assign"),
    route(.get, "/segments/{sid}", ["json", "vl.json"]),
    route(.patch, "/segments/{sid}"),
    route(.get, "/segments/{sid}/customers", ["csv"]),
    route(.get, "/charts/{name}", ["svg", "vl.json", "json"]),
    route(.delete, "/datasets/{id}"),
  ])

  static func request(_ method: Method, _ target: String) throws -> Request {
    var parser = RequestParser()
    let text = "\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n"
    _ = try parser.consume(Array(text.utf8).span, from: 0, limits: Limits())
    return Request(
      head: try parser.head(limits: Limits()), peer: .unix, cancellation: Cancellation(),
      requestID: RequestID(value: 0))
  }

  static func chosen(_ method: Method, _ target: String) throws -> String {
    let reply = router.reply(to: try request(method, target)) { _ in
      .now(Response(.notFound, fields: ["X-Chosen": "404"]))
    } methodNotAllowed: { _, allow in
      .now(Response(.methodNotAllowed, fields: ["X-Chosen": "405 \(allow)"]))
    }
    guard case .now(let response) = reply.kind else { return "no answer at once" }
    if response.status == .noContent { return "204 \(response.fields["Allow"] ?? "")" }
    return response.fields["X-Chosen"] ?? ""
  }

  @Test(
    "a path finds its route",
    arguments: [
      (Method.get, "/", "GET /"),
      (.get, "/?a=/segments", "GET /"),
      (.get, "/segments", "GET /segments"),
      (.get, "/segments.csv", "GET /segments .csv"),
      (.get, "/segments.txt", "404"),
      (.get, "/segments/", "404"),
      (.get, "/segments/a", "GET /segments/{sid} sid=a"),
      (.get, "/segments/a%20b%2Fc", "GET /segments/{sid} sid=a b/c"),
      (.get, "/segments/a.json", "GET /segments/{sid} sid=a .json"),
      (.get, "/segments/a.vl.json", "GET /segments/{sid} sid=a .vl.json"),
      (.get, "/segments/a.b", "GET /segments/{sid} sid=a.b"),
      (.get, "/segments/.json", "GET /segments/{sid} sid=.json"),
      (.patch, "/segments/a.json", "PATCH /segments/{sid} sid=a.json"),
      (.get, "/segments/assign", "GET /segments/assign"),
      (.get, "/segments/assign.txt", "GET /segments/assign .txt"),
      (.get, "/segments/assign.json", "GET /segments/{sid} sid=assign .json"),
      (.get, "/segments/assignx", "GET /segments/{sid} sid=assignx"),
      (.get, "/segments/a/customers.csv", "GET /segments/{sid}/customers sid=a .csv"),
      (.get, "/segments/assign/customers", "GET /segments/{sid}/customers sid=assign"),
      (.get, "/segments//customers", "404"),
      (.get, "/charts/elbow.vl.json", "GET /charts/{name} name=elbow .vl.json"),
      (.get, "/%73egments", "GET /segments"),
      (.get, "/Segments", "404"),
      (.get, "//", "404"),
      (.get, "/segments/a/b/c", "404"),
      (.head, "/segments", "GET /segments"),
      (.post, "/segments.csv", "POST /segments .csv"),
      (.post, "/segments.json", "405 GET, HEAD, OPTIONS"),
      (.put, "/segments", "405 GET, HEAD, POST, OPTIONS"),
      (.patch, "/segments/assign", "405 GET, HEAD, POST, OPTIONS"),
      (.get, "/datasets/x", "405 DELETE, OPTIONS"),
      (.head, "/datasets/x", "405 DELETE, OPTIONS"),
      (.options, "/segments/a", "204 GET, HEAD, PATCH, OPTIONS"),
      (.options, "*", "204 GET, HEAD, POST, PATCH, DELETE, OPTIONS"),
      (.options, "/nowhere", "404"),
    ])
  func matching(_ method: Method, _ target: String, _ expected: String) throws {
    #expect(try Self.chosen(method, target) == expected)
  }

  @Test("the reply names the route's pattern, never the path")
  func pattern() throws {
    let request = try Self.request(.get, "/segments/secret")
    let reply = Self.router.reply(to: request) { _ in
      .now(Response(.notFound))
    } methodNotAllowed: { _, _ in
      .now(Response(.methodNotAllowed))
    }
    #expect(reply.routePattern == "/segments/{sid}")
  }

  @Test("two routes of one method and path are a mistake")
  func duplicates() async {
    await #expect(processExitsWith: .failure) {
      _ = Router([RouterTests.route(.get, "/a/{b}"), RouterTests.route(.get, "/a/{c}")])
    }
  }
}
