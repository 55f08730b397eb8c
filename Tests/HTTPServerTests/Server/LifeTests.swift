import Dispatch
import HTTPServer
import Testing

extension LiveTests {
  @Suite("The life of a connection, on the wire")
  struct LifeTests {
    static let get = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"

    // MARK: Persistence

    @Test("HTTP/1.0 is answered and closed, and told so")
    func http10() throws {
      let server = try TestServer()
      let client = try server.client()
      try client.send("GET /health HTTP/1.0\r\n\r\n")
      #expect(try client.answer()["Connection"] == "close")
      #expect(try client.readToEnd().isEmpty)
    }

    @Test("HTTP/1.0 that asks for it is kept, and told so")
    func http10KeepAlive() throws {
      let server = try TestServer()
      let client = try server.client()
      for _ in 0..<2 {
        try client.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(try client.answer()["Connection"] == "keep-alive")
      }
    }

    @Test("a stream to HTTP/1.0 is ended by closing")
    func http10Stream() throws {
      let server = try TestServer()
      let client = try server.client()
      try client.send("GET /lines/2000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      let answer = try client.answer()
      #expect(answer["Connection"] == "close")
      #expect(answer["Transfer-Encoding"] == nil)
      #expect(answer.text == (0..<2000).map { "\($0)\n" }.joined())
    }

    @Test("nothing behind Connection: close is answered")
    func closeStops() throws {
      let server = try TestServer()
      let client = try server.client()
      try client.send(
        "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + Self.get + Self.get)
      #expect(try client.answer()["Connection"] == "close")
      #expect(try client.readToEnd().isEmpty)
      #expect(!client.wasReset)
    }

    @Test("a client that closes its side still gets its answers")
    func halfClose() throws {
      var limits = Limits()
      limits.halfCloseTime = .seconds(60)
      let slow = DeferredResponse()
      let server = try TestServer(
        limits: limits,
        routes: TestApplication.routes + [Route(.get, "/slow") { _ in .deferred(slow) }])
      let client = try server.client()
      try client.send(Self.get + "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
      client.finish()
      #expect(try client.answer().text == "prepared")
      slow.fulfil(Response(.ok, content: .text("slow")))
      #expect(try client.answer().text == "slow")
      #expect(try client.readToEnd().isEmpty)
    }

    @Test("a client that closes its side in the same breath gets its answer")
    func halfCloseAtOnce() throws {
      let server = try TestServer()
      for _ in 0..<200 {
        let client = try server.client()
        try client.send(Self.get)
        client.finish()
        #expect(try client.answer().text == "prepared")
        #expect(try client.readToEnd().isEmpty)
      }
    }

    @Test("a client that closes its side is asked whether it is there, and still gets its answer")
    func halfCloseProbe() throws {
      var limits = Limits()
      limits.halfCloseTime = .milliseconds(100)
      let answer = DeferredResponse()
      let server = try TestServer(
        limits: limits, routes: [Route(.get, "/slow") { _ in .deferred(answer) }])
      let client = try server.client()
      try client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
      client.finish()
      #expect(try client.answer().status == 102)
      answer.fulfil(Response(.ok, content: .text("slow")))
      #expect(try client.answer().text == "slow")
    }

    // MARK: Content nobody wants

    @Test("little content nobody wants is read away, and the connection kept")
    func smallUnwanted() throws {
      let server = try TestServer()
      let client = try server.client()
      try client.send("POST /missing HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n")
      #expect(try client.answer().status == 404)
      try client.send([UInt8](repeating: 0x47, count: 65_536))
      try client.send(Self.get)
      #expect(try client.answer().status == 200)
    }

    @Test("one byte more ends the connection, and says so")
    func largeUnwanted() throws {
      let server = try TestServer()
      let client = try server.client()
      try client.send("POST /missing HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n")
      let answer = try client.answer()
      #expect(answer.status == 404)
      #expect(answer["Connection"] == "close")
    }

    @Test("chunked content nobody wants is read away if it is there, or ends the connection")
    func chunkedUnwanted() throws {
      let server = try TestServer()
      let head = "POST /missing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      let whole = try server.client()
      try whole.send(head + "3\r\nabc\r\n0\r\n\r\n" + Self.get)
      #expect(try whole.answer()["Connection"] == nil)
      #expect(try whole.answer().status == 200)

      let part = try server.client()
      try part.send(head + "3\r\nabc\r\n")
      #expect(try part.answer()["Connection"] == "close")
    }

    @Test("content without end that nobody wants ends the connection, though it was to be kept")
    func endlessUnwanted() throws {
      let answer = DeferredResponse()
      let server = try TestServer(routes: [Route(.post, "/later") { _ in .deferred(answer) }])
      let client = try server.client()
      try client.send("POST /later HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
      // What has come so far is no reason to close; what comes later is.
      nap(milliseconds: 50)
      answer.fulfil(Response(.ok, content: .text("later")))
      let piece = [UInt8]("8000\r\n".utf8) + [UInt8](repeating: 0x61, count: 0x8000) + [13, 10]
      for _ in 0..<40 { try client.send(piece) }
      #expect(try client.answer().text == "later")
      _ = try client.readToEnd()
      #expect(!client.wasReset)
    }

    @Test("malformed content nobody wants is refused all the same")
    func malformedUnwanted() throws {
      let server = try TestServer()
      let client = try server.client()
      try client.send(
        "POST /computed/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
      #expect(try client.answer().status == 400)
      #expect(try client.readToEnd().isEmpty)
    }

    @Test(
      "an early refusal is read by a client that sends on",
      arguments: [
        "Content-Length: 8388608", "Transfer-Encoding: chunked",
      ])
    func earlyRefusal(_ framing: String) throws {
      let server = try TestServer(
        routes: [Route(.post, "/small") { _ in .receive(CountingReceiver(), limit: 1000) }])
      let client = try server.client()
      try client.send("POST /small HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n")
      let piece = [UInt8](repeating: 0x41, count: 1 << 20)
      for _ in 0..<8 {
        if framing.hasPrefix("T") {
          try client.send("100000\r\n")
          try client.send(piece + [13, 10])
        } else {
          try client.send(piece)
        }
      }
      let answer = try client.answer()
      #expect(answer.status == 413)
      #expect(answer["Connection"] == "close")
      #expect(try client.readToEnd().isEmpty)
      #expect(!client.wasReset)
    }

    // MARK: Expectations

    @Test("content that is too large is refused before it is sent")
    func expectationRefused() throws {
      let server = try TestServer(
        routes: [Route(.post, "/small") { _ in .receive(CountingReceiver(), limit: 1000) }])
      let client = try server.client()
      try client.send(
        "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n")
      let answer = try client.answer()
      #expect(answer.status == 413)
      #expect(answer["Connection"] == "close")
    }

    @Test("no 100 is sent when content is there, or none will come, or nobody wants it")
    func noContinue() throws {
      let server = try TestServer()
      let expectation = "Expect: 100-continue\r\n\r\n"
      let there = try server.answer(
        to: "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\(expectation)ab")
      #expect(there.status == 201)
      let none = try server.answer(to: "POST /count HTTP/1.1\r\nHost: x\r\n\(expectation)")
      #expect(none.status == 201)
      let unwanted = try server.answer(
        to: "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\(expectation)")
      #expect(unwanted.status == 404)
      #expect(unwanted["Connection"] == "close")
    }

    // MARK: Answers

    @Test("HEAD gets the head of GET and no content")
    func head() throws {
      let server = try TestServer()
      let client = try server.client()
      for path in ["/health", "/computed/abc", "/lines/9"] {
        try client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        let get = try client.answer()
        try client.send("HEAD \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        let head = try client.answer(toHead: true)
        #expect(head.status == get.status)
        #expect(head["Content-Length"] == get["Content-Length"])
        #expect(head["Transfer-Encoding"] == get["Transfer-Encoding"])
      }
      try client.send(Self.get)
      #expect(try client.answer().text == "prepared")
    }

    @Test("every answer has one Date and an X-Request-Id of its own")
    func standingFields() throws {
      let server = try TestServer()
      let client = try server.client()
      var ids: Set<String> = []
      for target in ["/health", "/missing", "/computed/x", "/lines/5"] {
        try client.send("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = try client.answer()
        #expect(answer.fields.filter { $0.name == "date" }.count == 1)
        ids.insert(try #require(answer["X-Request-Id"]))
      }
      try client.send("nonsense\r\n\r\n")
      let refusal = try client.answer()
      #expect(refusal.status == 400)
      ids.insert(try #require(refusal["X-Request-Id"]))
      #expect(ids.count == 5)
    }

    @Test("fields the server writes are not taken from a handler")
    func ownFields() throws {
      let server = try TestServer(
        routes: [
          Route(.get, "/") { _ in
            .now(
              Response(
                .ok,
                fields: [
                  "Content-Length": "99", "Date": "today", "Connection": "x",
                  "Transfer-Encoding": "gzip", "X-Request-Id": "1", "X-Own": "kept",
                ], content: .text("abc")))
          }
        ])
      let answer = try server.answer(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.text == "abc")
      #expect(answer["X-Own"] == "kept")
      #expect(answer["Connection"] == nil)
      #expect(answer.fields.count == 4)
    }

    @Test("204 and 304 have neither content nor length")
    func noContent() throws {
      let server = try TestServer(
        routes: [
          Route(.get, "/{code}") { match in
            .now(Response(Status(Int(match.parameter("code")) ?? 500), content: .text("abc")))
          }
        ])
      let client = try server.client()
      for code in [204, 304] {
        try client.send("GET /\(code) HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = try client.answer()
        #expect(answer.status == code)
        #expect(answer["Content-Length"] == nil)
        #expect(answer["Transfer-Encoding"] == nil)
      }
    }

    @Test("an unknown method is 501, with the connection kept")
    func unknownMethod() throws {
      let server = try TestServer()
      let client = try server.client()
      try client.send("FROB /health HTTP/1.1\r\nHost: x\r\n\r\n" + Self.get)
      #expect(try client.answer().status == 501)
      #expect(try client.answer().status == 200)
    }

    @Test("a deferred answer may come first or last, once")
    func deferred() throws {
      let early = DeferredResponse()
      #expect(early.fulfil(Response(.ok, content: .text("early"))))
      #expect(!early.fulfil(Response(.ok, content: .text("again"))))
      let late = DeferredResponse()
      let server = try TestServer(
        routes: [
          Route(.get, "/early") { _ in .deferred(early) },
          Route(.get, "/late") { _ in .deferred(late) },
        ])
      #expect(try server.answer(to: "GET /early HTTP/1.1\r\nHost: x\r\n\r\n").text == "early")
      let client = try server.client()
      try client.send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(late.fulfil(Response(.ok, content: .text("late"))))
      #expect(try client.answer().text == "late")
    }
  }
}
