import Dispatch
import HTTPServer
import Testing

extension LiveTests {
  @Suite("Limits and deadlines, on the wire")
  struct LimitTests {
    private func server(
      width: Int = 2, queue: Int = 16, routes: [Route] = TestApplication.routes,
      _ change: (inout Limits) -> Void
    ) throws -> TestServer {
      var limits = Limits()
      change(&limits)
      return try TestServer(
        limits: limits, computeWidth: width, computeQueueCount: queue, routes: routes)
    }

    // MARK: Time

    @Test("a head that does not come in time is answered with 408")
    func headTime() throws {
      let server = try server { $0.headTime = .milliseconds(200) }
      let client = try server.client()
      try client.send("GET /health HTTP/1.1\r\nHost: x\r\nX-Slow:")
      let answer = try client.answer()
      #expect(answer.status == 408)
      #expect(answer["Connection"] == "close")
      #expect(try client.readToEnd().isEmpty)
    }

    @Test("a head that drips does not win time")
    func headDrip() throws {
      let server = try server { $0.headTime = .milliseconds(300) }
      let client = try server.client()
      try client.send("GET /health HTTP/1.1\r\nHost: x\r\n")
      for _ in 0..<200 where !client.hasInput {
        try client.send("X: y\r\n")
        nap(milliseconds: 20)
      }
      #expect(try client.answer().status == 408)
    }

    @Test("content that stops is answered with 408")
    func contentStall() throws {
      let server = try server { $0.contentWindow = .milliseconds(200) }
      let client = try server.client()
      try client.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
      #expect(try client.answer().status == 408)
      #expect(try client.readToEnd().isEmpty)
    }

    @Test("content at the least rate is taken, below it is not")
    func contentRate() throws {
      let server = try server {
        $0.contentWindow = .milliseconds(400)
        $0.contentBytesPerWindow = 100
      }
      let steady = try server.client()
      try steady.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
      for _ in 0..<20 {
        try steady.send(String(repeating: "a", count: 50))
        nap(milliseconds: 50)
      }
      #expect(try steady.answer().status == 201)

      let slow = try server.client()
      try slow.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
      for _ in 0..<200 where !slow.hasInput {
        try slow.send("a")
        nap(milliseconds: 20)
      }
      #expect(try slow.answer().status == 408)
    }

    @Test("a client that is kept waiting is not slow")
    func heldBackIsNotSlow() throws {
      let gate = DispatchSemaphore(value: 0)
      let server = try server(
        routes: [
          Route(.post, "/gated") { _ in .receive(GatedReceiver(gate: gate, taken: Counter())) }
        ]
      ) { $0.contentWindow = .milliseconds(200) }
      let client = try server.client()
      let size = 64 << 20
      try client.send("POST /gated HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
      // Fills all buffers, then waits a second: five windows.
      let accepted = try client.sendWhatFits([UInt8](repeating: 0x61, count: 1 << 20), of: size)
      gate.signal()
      try client.send([UInt8](repeating: 0x61, count: size - accepted))
      #expect(try client.answer().status == 201)
    }

    @Test("idle connections are closed, silent ones too", arguments: [false, true])
    func idleTime(_ speaks: Bool) throws {
      let server = try server { $0.idleTime = .milliseconds(300) }
      let client = try server.client()
      if speaks {
        try client.send(LiveTests.LifeTests.get)
        _ = try client.answer()
      }
      #expect(try client.readToEnd().isEmpty)
      #expect(!client.wasReset)
    }

    @Test("a client that reads nothing loses its connection")
    func writeStall() throws {
      let server = try server(
        routes: [
          Route(.get, "/endless") { _ in
            .now(Response(.ok, content: .stream(length: nil, EndlessProducer(made: Counter()))))
          }
        ]
      ) { $0.writeStallTime = .milliseconds(500) }
      let client = try server.client(receiveBuffer: 65_536)
      try client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
      try server.wait { event in
        if case .requestAborted(_, _, _, _, .writeStalled) = event { true } else { false }
      }
    }

    @Test("work that takes too long is cancelled and answered with 503")
    func answerTime() throws {
      let cancelled = DispatchSemaphore(value: 0)
      let server = try server(
        routes: [
          Route(.get, "/work") { match in
            .compute {
              while !match.request.cancellation.isCancelled { nap() }
              cancelled.signal()
              return Response(.ok)
            }
          },
          Route(.get, "/never") { _ in .deferred(DeferredResponse()) },
        ]
      ) { $0.answerTime = .milliseconds(200) }
      for path in ["/work", "/never"] {
        let answer = try server.answer(to: "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.status == 503)
        #expect(answer["Retry-After"] == "2")
      }
      #expect(cancelled.wait(timeout: .now() + 5) == .success)
    }

    @Test("a closing connection is read for a while, not for ever")
    func lingerTime() throws {
      let server = try server {
        $0.lingerTime = .milliseconds(600)
        $0.lingerQuietTime = .milliseconds(200)
      }
      let client = try server.client()
      try client.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      _ = try client.answer()
      try server.wait { if case .connectionClosed = $0 { true } else { false } }
    }

    // MARK: Counts

    @Test("above the limit the connection that has been idle for longest goes")
    func eviction() throws {
      let server = try server { $0.connectionCount = 4 }
      var clients: [RawClient] = []
      for _ in 0..<4 {
        let client = try server.client()
        try client.send(LiveTests.LifeTests.get)
        _ = try client.answer()
        clients.append(client)
        // The coarse clock must tell them apart.
        nap(milliseconds: 20)
      }
      // The first one has just spoken: the second is the oldest now.
      try clients[0].send(LiveTests.LifeTests.get)
      _ = try clients[0].answer()
      nap(milliseconds: 50)
      #expect(try server.answer(to: LiveTests.LifeTests.get).status == 200)
      #expect(try clients[1].readToEnd().isEmpty)
      try clients[0].send(LiveTests.LifeTests.get)
      #expect(try clients[0].answer().status == 200)
      try clients[2].send(LiveTests.LifeTests.get)
      #expect(try clients[2].answer().status == 200)
    }

    @Test("when none is idle a new connection is refused with 503")
    func refusal() throws {
      let server = try server(routes: [Route(.get, "/never") { _ in .deferred(DeferredResponse()) }]
      ) { $0.connectionCount = 2 }
      let busy = try (0..<2).map { _ in try server.client() }
      for client in busy { try client.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n") }
      try server.wait(for: 2) { if case .connectionOpened = $0 { true } else { false } }
      nap(milliseconds: 250)
      let refused = try server.client()
      let answer = try refused.answer()
      #expect(answer.status == 503)
      #expect(answer["Connection"] == "close")
      #expect(answer["Retry-After"] == "2")
    }

    @Test("one address has so many connections, and gets a place back when one ends")
    func perAddress() throws {
      let server = try server { $0.connectionsPerAddress = 2 }
      var clients = try (0..<2).map { _ in try server.client() }
      for client in clients {
        try client.send(LiveTests.LifeTests.get)
        #expect(try client.answer().status == 200)
      }
      #expect(try server.client().answer().status == 503)
      clients.removeLast()
      try server.wait { if case .connectionClosed = $0 { true } else { false } }
      #expect(try server.answer(to: LiveTests.LifeTests.get).status == 200)
    }

    @Test("a connection answers so many requests; the last one says so")
    func requestsPerConnection() throws {
      let server = try server { $0.requestsPerConnection = 3 }
      let client = try server.client()
      try client.send(
        LiveTests.LifeTests.get + LiveTests.LifeTests.get + LiveTests.LifeTests.get
          + LiveTests.LifeTests.get)
      #expect(try client.answer()["Connection"] == nil)
      #expect(try client.answer()["Connection"] == nil)
      #expect(try client.answer()["Connection"] == "close")
      #expect(try client.readToEnd().isEmpty)
    }

    @Test("a full queue of work answers 503 at once")
    func queue() throws {
      let gate = DispatchSemaphore(value: 0)
      let server = try server(
        width: 1, queue: 1,
        routes: TestApplication.routes + [
          Route(.get, "/gated") { _ in
            .compute {
              gate.wait()
              return Response(.ok, content: .text("done"))
            }
          }
        ]
      ) { _ in }
      let request = "GET /gated HTTP/1.1\r\nHost: x\r\n\r\n"
      let waiting = try (0..<2).map { _ in try server.client() }
      try waiting[0].send(request)
      nap(milliseconds: 100)
      try waiting[1].send(request)
      nap(milliseconds: 100)
      for path in ["GET /gated", "GET /computed/x"] {
        let answer = try server.answer(to: "\(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.status == 503)
        #expect(answer["Retry-After"] == "2")
        #expect(answer["Connection"] == nil)
      }
      let upload = "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
      #expect(try server.answer(to: upload).status == 503)
      // What needs no work is answered all the same.
      #expect(try server.answer(to: LiveTests.LifeTests.get).status == 200)
      gate.signal()
      gate.signal()
      for client in waiting { #expect(try client.answer().text == "done") }
    }

    @Test("requests behind one that is pending wait in bounded memory")
    func pipelinedBytes() throws {
      let answer = DeferredResponse()
      let server = try server(
        routes: TestApplication.routes + [Route(.get, "/wait") { _ in .deferred(answer) }]
      ) { _ in }
      let client = try server.client()
      try client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
      nap(milliseconds: 50)
      let requests = [UInt8]((0..<2000).map { _ in LiveTests.LifeTests.get }.joined().utf8)
      let accepted = try client.sendWhatFits(requests, of: 64 << 20)
      #expect(accepted < 32 << 20)
      answer.fulfil(Response(.ok, content: .text("waited")))
      #expect(try client.answer().text == "waited")
      for _ in 0..<100 { #expect(try client.answer().status == 200) }
    }

    @Test("a route may allow less content than the server", arguments: [(1000, 201), (1001, 413)])
    func contentLimit(_ size: Int, _ status: Int) throws {
      let server = try server(
        routes: [Route(.post, "/small") { _ in .receive(CountingReceiver(), limit: 1000) }]
      ) { _ in }
      let content = String(repeating: "a", count: size)
      let length = try server.answer(
        to: "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n\(content)")
      #expect(length.status == status)
      let chunked = try server.answer(
        to: "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "\(String(size, radix: 16))\r\n\(content)\r\n0\r\n\r\n")
      #expect(chunked.status == status)
    }
  }
}
