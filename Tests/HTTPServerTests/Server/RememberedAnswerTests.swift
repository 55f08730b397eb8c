import Synchronization
import Testing

@testable import HTTPServer

extension LiveTests {
  @Suite("Answers that are given again")
  struct RememberedAnswerTests {
    /// What a route may tell, and how often its handler was asked.
    final class Source: Sendable {
      let version = Atomic<Int>(0)
      let asked = Atomic<Int>(0)

      var route: Route {
        Route(.get, "/polled") { [self] match in
          asked.add(1, ordering: .relaxed)
          let made = version.load(ordering: .acquiring)
          let answer = PreparedResponse(
            fields: ["Content-Type": "text/plain"], content: Array("version \(made)".utf8),
            etag: EntityTag("v\(made)"))
          return Reply.now(answer.response(to: match.request)).repeatable { [self] in
            version.load(ordering: .acquiring) == made
          }
        }
      }
    }

    static let get = "GET /polled HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("the handler is asked a few times, not each time, and the answers are alike")
    func asksSeldom() throws {
      let source = Source()
      let server = try TestServer(routes: [source.route])
      let client = try server.client()
      var ids: Set<String> = []
      for _ in 0..<200 {
        try client.send(Self.get)
        let answer = try client.answer()
        #expect(answer.text == "version 0")
        #expect(answer["ETag"] == "\"v0\"")
        ids.insert(answer["X-Request-Id"] ?? "")
      }
      #expect(source.asked.load(ordering: .relaxed) < 20)
      #expect(ids.count == 200)
      try server.wait(for: 200) {
        guard case .requestCompleted(let completion) = $0 else { return false }
        return completion.route == "/polled" && completion.method == .get
          && completion.status == .ok && completion.responseBytes > 9
      }
    }

    @Test("a change is seen by the very next request")
    func seesChanges() throws {
      let source = Source()
      let server = try TestServer(routes: [source.route])
      let client = try server.client()
      for version in 0..<50 {
        source.version.store(version, ordering: .releasing)
        for _ in 0..<20 {
          try client.send(Self.get)
          #expect(try client.answer().text == "version \(version)")
        }
      }
    }

    @Test("heads that differ in one byte have answers of their own")
    func tellsHeadsApart() throws {
      let source = Source()
      let server = try TestServer(routes: [source.route, TestApplication.routes[0]])
      let client = try server.client()
      for _ in 0..<40 {
        try client.send(Self.get)
        #expect(try client.answer().status == 200)
        try client.send("GET /polled HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v0\"\r\n\r\n")
        #expect(try client.answer().status == 304)
        try client.send("GET /polled HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v1\"\r\n\r\n")
        #expect(try client.answer().status == 200)
        try client.send("HEAD /polled HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try client.answer(toHead: true)["Content-Length"] == "9")
        try client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try client.answer().text == "prepared")
        try client.send("GET /polled HTTP/1.1\r\nHost: y\r\n\r\n")
        #expect(try client.answer().status == 200)
      }
    }

    @Test("many requests in one piece are answered in order, whatever was remembered of them")
    func pipelines() throws {
      let source = Source()
      let server = try TestServer(routes: [source.route, TestApplication.routes[0]])
      let client = try server.client()
      let other = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
      for _ in 0..<10 {
        try client.send(
          String(repeating: Self.get + other + Self.get, count: 30) + Self.get.dropLast(7))
        for _ in 0..<30 {
          #expect(try client.answer().text == "version 0")
          #expect(try client.answer().text == "prepared")
          #expect(try client.answer().text == "version 0")
        }
        try client.send(String(Self.get.suffix(7)))
        #expect(try client.answer().text == "version 0")
      }
    }

    @Test("Connection: close and the limit of requests hold for them, too")
    func closes() throws {
      var limits = Limits()
      limits.requestsPerConnection = 50
      let source = Source()
      let server = try TestServer(limits: limits, routes: [source.route])
      let long = try server.client()
      for count in 1...50 {
        try long.send(Self.get)
        #expect(try long.answer()["Connection"] == (count == 50 ? "close" : nil))
      }
      #expect(try long.readToEnd().isEmpty)
      for _ in 0..<30 {
        let client = try server.client()
        try client.send("GET /polled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(try client.answer()["Connection"] == "close")
        #expect(try client.readToEnd().isEmpty)
        let old = try server.client()
        try old.send("GET /polled HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(try old.answer()["Connection"] == "keep-alive")
      }
    }

    @Test("a target without a path is not mistaken for one with the next byte")
    func targetWithoutPath() throws {
      let source = Source()
      let route = Route(.get, "/") { match in source.route.handler(match) }
      let server = try TestServer(routes: [route])
      for _ in 0..<30 {
        let client = try server.client()
        try client.send("GET http://x HTTP/1.1\r\nHost: x\r\n\r\n/")
        #expect(try client.answer().text == "version 0")
        #expect(try client.answer().status == 400)
      }
    }

    @Test("no more heads are kept than were agreed, and none that is long or outdated")
    func isBounded() throws {
      var remembered = RememberedAnswers()
      func offer(_ path: String, isCurrent: Bool = true) throws {
        let text = Array("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        var parser = RequestParser()
        _ = try parser.consume(text.span, from: 0, limits: Limits())
        let head = try parser.head(limits: Limits())
        for _ in 0..<8 {
          remembered.offer(head, Response(.ok), route: RouteName()) { isCurrent }
        }
      }
      func isKept(_ path: String) -> Bool {
        let text = Array("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\nGET".utf8)
        return remembered.find(text.span, from: 0) != nil
      }
      for index in 0..<20 { try offer("/\(index)") }
      #expect((0..<20).count { isKept("/\($0)") } == 8)
      #expect(isKept("/19"))
      try offer("/" + String(repeating: "x", count: RememberedAnswers.longestHead))
      #expect(isKept("/19"))
      try offer("/outdated", isCurrent: false)
      #expect(!isKept("/outdated"))
      remembered.removeOutdated()
      #expect((0..<20).count { isKept("/\($0)") } == 7)
    }
  }
}
