import Dispatch
import Glibc
import HTTPServer
import Testing

extension LiveTests {
  @Suite("Starting and shutting down")
  struct ShutdownTests {
    @Test("requests under way are finished, idle connections closed, new ones refused")
    func graceful() throws {
      let answer = DeferredResponse()
      let server = try TestServer(
        routes: TestApplication.routes + [Route(.get, "/wait") { _ in .deferred(answer) }])
      let idle = try server.client()
      try idle.send(LiveTests.LifeTests.get)
      _ = try idle.answer()
      let waiting = try server.client()
      try waiting.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
      let uploading = try server.client()
      try uploading.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc")
      nap(milliseconds: 100)

      let done = DispatchSemaphore(value: 0)
      server.server.shutDown(grace: .seconds(20)) { done.signal() }
      #expect(try idle.readToEnd().isEmpty)
      #expect(!idle.wasReset)
      #expect(throws: RawClient.Failure.self) { try server.client() }
      answer.fulfil(Response(.ok, content: .text("waited")))
      let waited = try waiting.answer()
      #expect(waited.text == "waited")
      #expect(waited["Connection"] == "close")
      try uploading.send("def")
      #expect(try uploading.answer().status == 201)
      #expect(try waiting.readToEnd().isEmpty)
      #expect(try uploading.readToEnd().isEmpty)
      #expect(done.wait(timeout: .now() + 10) == .success)
    }

    @Test("a request that is on its way to an idle connection is answered")
    func lateRequest() throws {
      var limits = Limits()
      limits.drainTime = .seconds(5)
      let server = try TestServer(limits: limits)
      let client = try server.client()
      try client.send(LiveTests.LifeTests.get)
      _ = try client.answer()
      let done = DispatchSemaphore(value: 0)
      server.server.shutDown(grace: .seconds(10)) { done.signal() }
      nap(milliseconds: 100)
      try client.send(LiveTests.LifeTests.get)
      #expect(try client.answer()["Connection"] == "close")
      #expect(try client.readToEnd().isEmpty)
      #expect(done.wait(timeout: .now() + 4) == .success)
    }

    @Test("what is not done after the grace is cut off and cancelled")
    func grace() throws {
      let cancelled = DispatchSemaphore(value: 0)
      let started = DispatchSemaphore(value: 0)
      let server = try TestServer(
        routes: [
          Route(.get, "/work") { match in
            .compute {
              started.signal()
              while !match.request.cancellation.isCancelled { nap() }
              cancelled.signal()
              return Response(.ok)
            }
          }
        ])
      let client = try server.client()
      try client.send("GET /work HTTP/1.1\r\nHost: x\r\n\r\n")
      started.wait()
      let done = DispatchSemaphore(value: 0)
      server.server.shutDown(grace: .milliseconds(200)) { done.signal() }
      #expect(done.wait(timeout: .now() + 5) == .success)
      #expect(cancelled.wait(timeout: .now() + 5) == .success)
      #expect(try client.readToEnd().isEmpty)
    }

    @Test("no answer is lost under load", arguments: 0..<5)
    func underLoad(_ round: Int) throws {
      let server = try TestServer()
      let clients = try (0..<8).map { _ in try server.client() }
      let stop = DispatchSemaphore(value: 0)
      // Each client asks again as soon as it has its answer, until it is told to stop.
      for client in clients { try client.send(LiveTests.LifeTests.get) }
      var open = clients
      for turn in 0..<400 where !open.isEmpty {
        if turn == 20 + round * 7 {
          server.server.shutDown(grace: .seconds(20)) { stop.signal() }
        }
        for client in open {
          let answer = try client.answer()
          #expect(answer.text == "prepared")
          if answer["Connection"] == "close" {
            open.removeAll { $0 === client }
          } else {
            try client.send(LiveTests.LifeTests.get)
          }
        }
      }
      #expect(open.isEmpty)
      #expect(stop.wait(timeout: .now() + 10) == .success)
    }

    @Test("a server starts once")
    func startsOnce() throws {
      let server = try TestServer()
      #expect(throws: ServerError.alreadyStarted) { try server.server.start() }
    }

    @Test("a port that is taken is refused, with the reason")
    func portTaken() throws {
      let server = try TestServer()
      let other = Server(
        configuration: ServerConfiguration(
          endpoints: [.tcp(host: "127.0.0.1", port: server.port)]),
        handler: TestApplication(TestApplication.routes))
      #expect {
        try other.start()
      } throws: { error in
        guard case ServerError.system(let call, let code, _, _) = error else { return false }
        return call == "bind" && code == EADDRINUSE
      }
    }

    @Test(
      "endpoints that cannot be are refused",
      arguments: [
        (ServerConfiguration.Endpoint?.none, "noEndpoint"),
        (.unix(path: String(repeating: "x", count: 200)), "pathTooLong"),
        (.tcp(host: "no such host", port: 0), "hostUnknown"),
        (.inherited(descriptor: 1_000_000), "system"),
      ])
    func badEndpoint(_ endpoint: ServerConfiguration.Endpoint?, _ name: String) {
      let server = Server(
        configuration: ServerConfiguration(endpoints: endpoint.map { [$0] } ?? []),
        handler: TestApplication([]))
      #expect { try server.start() } throws: { "\($0)".hasPrefix(name) }
    }

    @Test("IPv6 and a Unix-domain socket are served like IPv4")
    func otherFamilies() throws {
      let path = "/tmp/segmentd-test-\(getpid()).sock"
      let server = Server(
        configuration: ServerConfiguration(
          endpoints: [.tcp(host: "::1", port: 0), .unix(path: path)], loopCount: 2),
        handler: TestApplication(TestApplication.routes))
      let bound = try server.start()
      guard case .tcp("::1", let port) = bound.first else {
        Issue.record("bound to \(bound)")
        return
      }
      #expect(bound.last?.description == "unix:\(path)")
      for client in [try RawClient(ipv6Port: port), try RawClient(path: path)] {
        try client.send(LiveTests.LifeTests.get)
        #expect(try client.answer().text == "prepared")
      }
      let done = DispatchSemaphore(value: 0)
      server.shutDown(grace: .seconds(5)) { done.signal() }
      #expect(done.wait(timeout: .now() + 10) == .success)
      #expect(access(path, F_OK) != 0)
    }

    @Test("a socket file that a killed process left behind is replaced, one in use is not")
    func staleSocketFile() throws {
      let path = "/tmp/segmentd-stale-\(getpid()).sock"
      let left = RawClient.listen(path: path)
      close(left)
      let make = {
        Server(
          configuration: ServerConfiguration(endpoints: [.unix(path: path)]),
          handler: TestApplication(TestApplication.routes))
      }
      let server = make()
      try server.start()
      let client = try RawClient(path: path)
      try client.send(LiveTests.LifeTests.get)
      #expect(try client.answer().status == 200)
      #expect(throws: ServerError.self) { try make().start() }
      let done = DispatchSemaphore(value: 0)
      server.shutDown(grace: .zero) { done.signal() }
      done.wait()
    }

    @Test("a listening socket of another process is served")
    func inherited() throws {
      let path = "/tmp/segmentd-inherited-\(getpid()).sock"
      let server = Server(
        configuration: ServerConfiguration(
          endpoints: [.inherited(descriptor: RawClient.listen(path: path))]),
        handler: TestApplication(TestApplication.routes))
      try server.start()
      let client = try RawClient(path: path)
      try client.send(LiveTests.LifeTests.get)
      #expect(try client.answer().status == 200)
      let done = DispatchSemaphore(value: 0)
      server.shutDown(grace: .zero) { done.signal() }
      done.wait()
      unlink(path)
    }
  }
}
