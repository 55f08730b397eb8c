import Synchronization
import TestSupport
import Testing

@Suite("libcurl", .timeLimit(.minutes(2)))
struct CurlTests {
  @Test("a GET brings status, headers in order, any case, and the body")
  func get() async throws {
    let response = try await SmallServer.run { connection in
      let head = try await connection.receiveHead()
      #expect(head.first == "GET /a/../b?c HTTP/1.1")
      #expect(head.contains("X-One: 1"))
      #expect(head.contains("X-Empty:"))
      #expect(!head.contains { $0.hasPrefix("Accept:") })
      try await connection.answer("418 Odd", headers: "Set-Cookie: a\r\nset-cookie:  b \r\n", "tea")
    } client: { server in
      var request = CurlRequest("GET", "/a/../b?c", headers: ["X-One": "1", "X-Empty": ""])
      request.withoutHeaders = ["Accept"]
      return try await Curl(base: server.url).send(request)
    }
    #expect(response.status == 418)
    #expect(response.version == "HTTP/1.1")
    #expect(response.headers["SET-COOKIE"] == "a")
    #expect(response.headers.values(of: "Set-Cookie") == ["a", "b"])
    #expect(response.headers.lines.map(\.name) == ["Content-Length", "Set-Cookie", "set-cookie"])
    #expect(response.text == "tea")
    #expect(response.connectCount == 1)
    #expect(response.interimStatuses == [])
  }

  @Test("bytes go out with a length and as a form, as curl --data-binary sends them")
  func bytes() async throws {
    let body: [UInt8] = [0, 13, 10, 255]
    let uploadedByteCount = try await SmallServer.run { connection in
      let head = try await connection.receiveHead()
      #expect(head.first == "POST /segments HTTP/1.1")
      #expect(head.contains("Content-Length: 4"))
      #expect(head.contains("Content-Type: application/x-www-form-urlencoded"))
      #expect(try await connection.receive(byteCount: 4) == body)
      try await connection.answer()
    } client: { server in
      try await Curl(base: server.url).post("/segments", .bytes(body)).uploadedByteCount
    }
    #expect(uploadedByteCount == 4)
  }

  @Test("no bytes are a length of 0, no body is no length")
  func emptyBodies() async throws {
    try await SmallServer.run { connection in
      #expect(try await connection.receiveHead().contains("Content-Length: 0"))
      try await connection.answer()
      let head = try await connection.receiveHead()
      #expect(head.first == "DELETE / HTTP/1.1")
      #expect(!head.contains { $0.hasPrefix("Content-Length") })
      try await connection.answer()
    } client: { server in
      let curl = Curl(base: server.url)
      _ = try await curl.post("/", .bytes([]))
      _ = try await curl.send(CurlRequest("DELETE", "/"))
    }
  }

  @Test("a stream without a count is chunked, and 100 Continue is reported")
  func stream() async throws {
    let response = try await SmallServer.run { connection in
      let head = try await connection.receiveHead()
      #expect(head.contains("Transfer-Encoding: chunked"))
      #expect(head.contains("Expect: 100-continue"))
      try await connection.send("HTTP/1.1 100 Continue\r\n\r\n")
      let body = try await connection.receive(until: "0\r\n\r\n")
      #expect(String(decoding: body, as: UTF8.self) == "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
      try await connection.answer("201 Created")
    } client: { server in
      try await Curl(base: server.url).post("/", .chunks([Array("abc".utf8), Array("de".utf8)]))
    }
    #expect(response.status == 201)
    #expect(response.interimStatuses == [100])
  }

  @Test("a stream gives all of its bytes, however many it gives at a time")
  func longStream() async throws {
    let piece = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try await SmallServer.run { connection in
      _ = try await connection.receiveHead()
      #expect(try await connection.receive(byteCount: 600_000) == piece + piece)
      try await connection.answer()
    } client: { server in
      let pieces = Mutex([piece, piece])
      let body = CurlRequest.Body.stream(byteCount: 600_000) { _ in pieces.withLock { $0.popLast() }
      }
      var request = CurlRequest("POST", "/", body: body)
      request.withoutHeaders = ["Expect"]
      _ = try await Curl(base: server.url).send(request)
    }
  }

  @Test("a stream that throws aborts the transfer, and the server sees the end")
  func abortedStream() async throws {
    struct Stop: Error {}
    try await SmallServer.run { connection in
      _ = try await connection.receiveHead()
      #expect(try await connection.receive(byteCount: 8) == Array("3\r\nabc\r\n".utf8))
      #expect(try await connection.receiveToEnd() == [])
    } client: { server in
      let pieces = Mutex([Array("abc".utf8)])
      let body = CurlRequest.Body.stream(byteCount: nil) { _ in
        guard let piece = pieces.withLock({ $0.popLast() }) else { throw Stop() }
        return piece
      }
      var request = CurlRequest("POST", "/", body: body)
      request.withoutHeaders = ["Expect"]
      let failure = await #expect(throws: CurlFailure.self) {
        try await Curl(base: server.url).send(request)
      }
      #expect(failure?.kind == .aborted)
    }
  }

  @Test("parts go out as multipart/form-data")
  func multipart() async throws {
    try await SmallServer.run { connection in
      let head = try await connection.receiveHead()
      let type = try #require(head.first { $0.hasPrefix("Content-Type: multipart/form-data") })
      let boundary = try #require(type.split(separator: "boundary=").last)
      let expected = """
        --\(boundary)\r
        Content-Disposition: form-data; name="file"; filename="a.csv"\r
        Content-Type: text/csv\r
        \r
        x,y\r
        --\(boundary)\r
        Content-Disposition: form-data; name="k"\r
        \r
        5\r
        --\(boundary)\r
        Content-Disposition: form-data; name="empty"\r
        \r
        \r
        --\(boundary)--\r\n
        """
      let body = try await connection.receive(byteCount: expected.utf8.count)
      #expect(String(decoding: body, as: UTF8.self) == expected)
      try await connection.answer()
    } client: { server in
      let parts = [
        CurlRequest.Part("file", Array("x,y".utf8), filename: "a.csv", contentType: "text/csv"),
        CurlRequest.Part("k", "5"), CurlRequest.Part("empty", ""),
      ]
      _ = try await Curl(base: server.url).post("/", .multipart(parts))
    }
  }

  @Test("HEAD has a length and no body, and the connection is used again")
  func headAndReuse() async throws {
    let (first, second) = try await SmallServer.run { connection in
      #expect(try await connection.receiveHead().first == "HEAD / HTTP/1.1")
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
      #expect(try await connection.receiveHead().first == "GET / HTTP/1.1")
      try await connection.answer("200 OK", "hello")
    } client: { server in
      let curl = Curl(base: server.url)
      return (try await curl.send(CurlRequest("HEAD", "/")), try await curl.get("/"))
    }
    #expect(first.headers["content-length"] == "5")
    #expect(first.body == [])
    #expect(second.text == "hello")
    #expect([first.connectCount, second.connectCount] == [1, 0])
    #expect(first.localPort == second.localPort)
  }

  @Test("options of one request do not reach the next")
  func optionsAreReset() async throws {
    try await SmallServer.run(connectionCount: 2) { connection in
      let head = try await connection.receiveHead()
      if head.first == "OPTIONS * HTTP/1.0" {
        #expect(head.contains("X-One: 1"))
      } else {
        #expect(head.first == "GET / HTTP/1.1")
        #expect(!head.contains("X-One: 1"))
      }
      try await connection.answer()
    } client: { server in
      let curl = Curl(base: server.url)
      var request = CurlRequest("OPTIONS", "/", headers: ["X-One": "1"])
      request.requestTarget = "*"
      request.version = .http1_0
      request.forbidsReuse = true
      _ = try await curl.send(request)
      _ = try await curl.get("/")
    }
  }

  @Test("chunks and trailers of an answer are read")
  func trailers() async throws {
    let response = try await SmallServer.run { connection in
      _ = try await connection.receiveHead()
      try await connection.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n")
    } client: { server in
      try await Curl(base: server.url).get("/")
    }
    #expect(response.text == "abc")
    #expect(response.headers["X-Sum"] == nil)
    #expect(response.trailers["X-Sum"] == "7")
  }

  /// What a server does instead of answering, and what libcurl calls it.
  static let failures: [(kind: CurlFailure.Kind, bytes: String, status: Int, body: String)] = [
    (.emptyReply, "", 0, ""),
    (.partialBody, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", 200, "ab"),
    (.other(1), "SIP/2.0 200 OK\r\n\r\n", 0, ""),
  ]

  @Test("a bad answer is a failure that holds what had come", arguments: failures)
  func failure(kind: CurlFailure.Kind, bytes: String, status: Int, body: String) async throws {
    try await SmallServer.run { connection in
      _ = try await connection.receiveHead()
      try await connection.send(bytes)
    } client: { server in
      let failure = await #expect(throws: CurlFailure.self) {
        try await Curl(base: server.url).get("/")
      }
      #expect(failure?.kind == kind)
      #expect(failure?.partial.status == status)
      #expect(failure?.partial.text == body)
    }
  }

  @Test("an answer that does not come is given up at the deadline")
  func timeout() async throws {
    try await SmallServer.run { connection in
      _ = try await connection.receiveHead()
      #expect(try await connection.receiveToEnd() == [])
    } client: { server in
      var request = CurlRequest("GET", "/")
      request.timeout = .milliseconds(100)
      let failure = await #expect(throws: CurlFailure.self) {
        try await Curl(base: server.url).send(request)
      }
      #expect(failure?.kind == .timedOut)
    }
  }

  @Test("nobody listening is said so")
  func refused() async throws {
    let holder = try TestListener(refusing: true)
    let failure = await #expect(throws: CurlFailure.self) {
      try await Curl().get("http://127.0.0.1:\(holder.port)/")
    }
    #expect(failure?.kind == .couldNotConnect)
  }

  @Test("the one who receives can stop, and the server sees the end")
  func stopsReceiving() async throws {
    try await SmallServer.run { connection in
      _ = try await connection.receiveHead()
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nfirst")
      #expect(try await connection.receiveToEnd() == [])
    } client: { server in
      var request = CurlRequest("GET", "/")
      request.onReceive = { $0.elementsEqual("first".utf8) ? false : true }
      let failure = await #expect(throws: CurlFailure.self) {
        try await Curl(base: server.url).send(request)
      }
      #expect(failure?.kind == .aborted)
      #expect(failure?.partial.text == "first")
    }
  }

  @Test("a socket file and a local address are used")
  func otherWays() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s"
    let listener = try TestListener(unixSocketPath: path)
    async let served: Void = {
      let connection = try await listener.accept()
      #expect(try await connection.receiveHead().contains("Host: shop"))
      try await connection.answer("200 OK", "by file")
    }()
    var request = CurlRequest("GET", "http://shop/")
    request.unixSocketPath = path
    #expect(try await Curl().send(request).text == "by file")
    try await served
  }

  @Test("many requests go out at the same time, and the answers keep their order")
  func many() async throws {
    let count = 200
    let waiting = Mutex(0)
    // No connection is answered before all have come: one after another would never end.
    let (allHaveCome, gate) = AsyncStream<Never>.makeStream()
    let results = try await SmallServer.run(connectionCount: count) { connection in
      let head = try await connection.receiveHead()
      let isLast = waiting.withLock {
        $0 += 1
        return $0 == count
      }
      if isLast { gate.finish() }
      for await _ in allHaveCome {}
      try await connection.answer("200 OK", String(head.first?.split(separator: " ")[1] ?? ""))
    } client: { server in
      let requests = (0..<count).map { CurlRequest("GET", "/\($0)") }
      return try await Curl(base: server.url).sendAll(requests)
    }
    #expect(try results.map { try $0.get().text } == (0..<count).map { "/\($0)" })
  }

  @Test("a limit of connections makes requests share them")
  func connectionLimit() async throws {
    let results = try await SmallServer.run(connectionCount: 2) { connection in
      // Each connection serves until the client has no more.
      while let head = try? await connection.receiveHead() {
        try await connection.answer("200 OK", String(head.first?.split(separator: " ")[1] ?? ""))
      }
    } client: { server in
      let requests = (0..<20).map { CurlRequest("GET", "/\($0)") }
      return try await Curl(base: server.url).sendAll(requests, connectionLimit: 2)
    }
    #expect(try results.map { try $0.get().text } == (0..<20).map { "/\($0)" })
    #expect(try results.map { try $0.get().connectCount }.reduce(0, +) == 2)
  }

  @Test("one failure among many is that one's alone")
  func failureAmongMany() async throws {
    let holder = try TestListener(refusing: true)
    let results = try await SmallServer.run { connection in
      _ = try await connection.receiveHead()
      try await connection.answer("200 OK", "well")
    } client: { server in
      try await Curl().sendAll([
        CurlRequest("GET", "http://127.0.0.1:\(holder.port)/"), CurlRequest("GET", server.url),
      ])
    }
    #expect(results.count == 2)
    #expect(throws: CurlFailure.self) { try results[0].get() }
    #expect(try results[1].get().text == "well")
  }
}
