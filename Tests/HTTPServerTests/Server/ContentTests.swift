import Dispatch
import HTTPServer
import Synchronization
import Testing

/// Refuses content once it has seen an X.
struct PickyReceiver: ContentReceiver {
  mutating func receive(_ bytes: Span<UInt8>) -> Response? {
    for index in bytes.indices where bytes[index] == 0x58 {
      return Response(.unprocessableContent, content: .text("no X"))
    }
    return nil
  }

  mutating func finish() -> Response { Response(.created) }
}

/// Needs a signal for each piece it takes.
struct SteppedReceiver: ContentReceiver {
  let gate: DispatchSemaphore

  mutating func receive(_ bytes: Span<UInt8>) -> Response? {
    gate.wait()
    return nil
  }

  mutating func finish() -> Response { Response(.created) }
}

/// Waits at a gate before it takes each piece.
struct GatedReceiver: ContentReceiver {
  let gate: DispatchSemaphore
  let taken: Counter
  private var count = 0

  init(gate: DispatchSemaphore, taken: Counter) {
    self.gate = gate
    self.taken = taken
  }

  mutating func receive(_ bytes: Span<UInt8>) -> Response? {
    gate.wait()
    gate.signal()
    count += bytes.count
    taken.value.add(bytes.count, ordering: .relaxed)
    return nil
  }

  mutating func finish() -> Response { Response(.created, content: .text("\(count)")) }
}

final class Counter: Sendable {
  let value = Atomic<Int>(0)
}

/// Promises a length and makes another, or fails.
struct FaultyProducer: ContentProducer {
  struct Failure: Error {}
  var pieces: Int
  let fails: Bool

  mutating func produce(into buffer: inout [UInt8]) throws -> Bool {
    if pieces == 0, fails { throw Failure() }
    buffer += [UInt8](repeating: 0x61, count: 100)
    pieces -= 1
    return pieces > 0 || fails
  }
}

/// Makes one piece, and learns only when it is asked again that there is no other.
struct HesitantProducer: ContentProducer {
  var isDone = false
  let gate: DispatchSemaphore

  mutating func produce(into buffer: inout [UInt8]) throws -> Bool {
    if isDone {
      gate.wait()
      return false
    }
    isDone = true
    buffer += [UInt8](repeating: 0x61, count: 65_536)
    return true
  }
}

/// Makes pieces without end, and counts them.
struct EndlessProducer: ContentProducer {
  let made: Counter

  mutating func produce(into buffer: inout [UInt8]) throws -> Bool {
    buffer += [UInt8](repeating: 0x61, count: 65_536)
    made.value.add(65_536, ordering: .relaxed)
    return true
  }
}

/// Doubles every byte; refuses content that begins with an X, breaks off at a Y.
struct DoublingTransformer: ContentTransformer {
  var hasBegun = false

  mutating func transform(_ bytes: Span<UInt8>, into output: inout [UInt8]) -> Response? {
    for index in bytes.indices {
      if bytes[index] == 0x58, !hasBegun { return Response(.badRequest) }
      if bytes[index] == 0x59 { return Response(.badRequest) }
      hasBegun = true
      output.append(bytes[index])
      output.append(bytes[index])
    }
    return nil
  }

  mutating func finish(into output: inout [UInt8]) -> Response? {
    output.append(0x2E)
    return nil
  }

  func head() -> (status: Status, fields: HeaderFields) {
    (.ok, ["Content-Type": "text/plain"])
  }
}

extension LiveTests {
  @Suite("Content")
  struct ContentTests {
    // MARK: Received

    @Test(
      "content arrives whole, however it is framed and cut",
      arguments: [1, 7, 4096, 100_000, 1_000_000], [false, true])
    func received(_ piece: Int, _ isChunked: Bool) throws {
      let server = try TestServer()
      let client = try server.client()
      let size = piece < 100 ? 3000 : 3_000_000
      let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
      let sum = content.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
      let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(size)"
      try client.send("POST /count HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n")
      var start = 0
      while start < size {
        let end = min(size, start + piece)
        let bytes = Array(content[start..<end])
        let chunk = Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
        try client.send(isChunked ? chunk : bytes)
        start = end
      }
      if isChunked { try client.send("0\r\n\r\n") }
      try client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
      let answer = try client.answer()
      #expect(answer.status == 201)
      #expect(answer.text == "\(size) \(sum)")
      #expect(try client.answer().text == "prepared")
    }

    @Test("a receiver may end the request early; a short rest is read away")
    func earlyAnswer() throws {
      let server = try TestServer(
        routes: TestApplication.routes + [Route(.post, "/picky") { _ in .receive(PickyReceiver()) }]
      )
      let client = try server.client()
      try client.send("POST /picky HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabcX")
      #expect(try client.answer().text == "no X")
      try client.send(String(repeating: "z", count: 96) + LiveTests.LifeTests.get)
      #expect(try client.answer().text == "prepared")
    }

    @Test("a receiver that is behind keeps the socket from being read")
    func backpressure() throws {
      let gate = DispatchSemaphore(value: 0)
      let taken = Counter()
      let server = try TestServer(
        routes: [
          Route(.post, "/gated") { _ in .receive(GatedReceiver(gate: gate, taken: taken)) }
        ])
      let client = try server.client()
      let size = 64 << 20
      try client.send("POST /gated HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
      let accepted = try client.sendWhatFits([UInt8](repeating: 0x61, count: 1 << 20), of: size)
      // One MiB waits for the receiver, the rest is in the system's own buffers.
      #expect(accepted < 32 << 20)
      #expect(taken.value.load(ordering: .relaxed) == 0)
      gate.signal()
      let rest = [UInt8](repeating: 0x61, count: size - accepted)
      try client.send(rest)
      #expect(try client.answer().text == "\(size)")
    }

    @Test("a long upload lets other work pass")
    func fairness() throws {
      let gate = DispatchSemaphore(value: 0)
      let server = try TestServer(
        computeWidth: 1,
        routes: TestApplication.routes + [
          Route(.post, "/stepped") { _ in .receive(SteppedReceiver(gate: gate)) }
        ])
      let upload = try server.client()
      try upload.send("POST /stepped HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<8 {
        try upload.send("1\r\na\r\n")
        nap(milliseconds: 20)
      }
      // The only worker is at the first piece, seven others wait behind it, and now a request.
      let other = try server.client()
      try other.send("GET /computed/passed HTTP/1.1\r\nHost: x\r\n\r\n")
      nap(milliseconds: 100)
      gate.signal()
      #expect(try other.answer().text == "passed")
      for _ in 0..<7 { gate.signal() }
      try upload.send("0\r\n\r\n")
      #expect(try upload.answer().status == 201)
    }

    @Test("work is cancelled when the client resets the connection")
    func cancelledByReset() throws {
      let (server, cancelled) = try cancellable()
      let client = try server.client()
      try client.send("GET /work HTTP/1.1\r\nHost: x\r\n\r\n")
      cancelled.started.wait()
      client.reset()
      #expect(cancelled.finished.wait(timeout: .now() + 5) == .success)
    }

    @Test("work is cancelled when the client closes the connection in good order")
    func cancelledByClose() throws {
      let (server, cancelled) = try cancellable()
      var client: RawClient? = try server.client()
      try client?.send("GET /work HTTP/1.1\r\nHost: x\r\n\r\n")
      cancelled.started.wait()
      client = nil
      #expect(cancelled.finished.wait(timeout: .now() + 5) == .success)
      withExtendedLifetime(server) {}
    }

    private struct Signals: Sendable {
      let started = DispatchSemaphore(value: 0)
      let finished = DispatchSemaphore(value: 0)
    }

    /// A server whose `/work` ends only when it is cancelled.
    private func cancellable() throws -> (TestServer, Signals) {
      var limits = Limits()
      limits.halfCloseTime = .milliseconds(200)
      let signals = Signals()
      let server = try TestServer(
        limits: limits,
        routes: [
          Route(.get, "/work") { match in
            .compute {
              signals.started.signal()
              while !match.request.cancellation.isCancelled { nap() }
              signals.finished.signal()
              return Response(.ok)
            }
          }
        ])
      return (server, signals)
    }

    // MARK: Produced

    @Test("a stream of 30 MB arrives whole, with other requests behind it")
    func longStream() throws {
      let server = try TestServer()
      let client = try server.client()
      try client.send("GET /lines/4000000 HTTP/1.1\r\nHost: x\r\n\r\n" + LiveTests.LifeTests.get)
      let answer = try client.answer()
      #expect(answer.content.count == 30_888_890)
      #expect(answer.content.suffix(8).elementsEqual("3999999\n".utf8))
      #expect(try client.answer().text == "prepared")
    }

    @Test("a stream is made only as far as the client reads")
    func pulledStream() throws {
      let made = Counter()
      let server = try TestServer(
        routes: [
          Route(.get, "/endless") { _ in
            .now(Response(.ok, content: .stream(length: nil, EndlessProducer(made: made))))
          }
        ])
      let client = try server.client(receiveBuffer: 65_536)
      try client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
      // Until two looks see no more being made.
      var seen = -1
      while seen != made.value.load(ordering: .relaxed) || seen == 0 {
        seen = made.value.load(ordering: .relaxed)
        nap(milliseconds: 300)
      }
      #expect(seen < 16 << 20)
    }

    @Test(
      "content that is not as promised cuts the connection",
      arguments: [(3, false, 200), (1, false, 200), (2, true, 200)])
    func faultyStream(_ pieces: Int, _ fails: Bool, _ length: Int) throws {
      let server = try TestServer(
        routes: [
          Route(.get, "/faulty") { _ in
            .now(
              Response(
                .ok, content: .stream(length: length, FaultyProducer(pieces: pieces, fails: fails)))
            )
          }
        ])
      let client = try server.client()
      try client.send("GET /faulty HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(throws: RawClient.Failure.self) {
        let answer = try client.answer()
        // What came is whole only if nothing was wrong.
        #expect(answer.content.count != length)
      }
    }

    @Test("content of a promised length is framed by it")
    func promisedLength() throws {
      let server = try TestServer(
        routes: [
          Route(.get, "/") { _ in
            .now(
              Response(.ok, content: .stream(length: 300, FaultyProducer(pieces: 3, fails: false))))
          }
        ])
      let answer = try server.answer(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer["Content-Length"] == "300")
      #expect(answer.content.count == 300)
    }

    @Test(
      "a last piece without bytes ends the answer",
      arguments: ["1.0\r\n", "1.1\r\nConnection: close\r\n", "1.1\r\n"])
    func emptyLastPiece(_ version: String) throws {
      let gate = DispatchSemaphore(value: 0)
      let server = try TestServer(
        routes: [
          Route(.get, "/") { _ in
            .now(Response(.ok, content: .stream(length: nil, HesitantProducer(gate: gate))))
          }
        ])
      let client = try server.client()
      try client.send("GET / HTTP/\(version)Host: x\r\n\r\n")
      _ = try client.head()
      // All of the first piece is sent before the last one comes.
      nap(milliseconds: 100)
      gate.signal()
      if version == "1.1\r\n" {
        #expect(try client.chunk().count == 65_536)
        #expect(try client.chunk().isEmpty)
      } else {
        #expect(try client.readToEnd().count >= 65_536)
      }
    }

    // MARK: Fed

    @Test("a feed gives pieces as they come, from before it is read to its end")
    func feed() throws {
      let feed = ContentFeed()
      let server = try TestServer(
        routes: TestApplication.routes + [
          Route(.get, "/events") { _ in
            .now(Response(.ok, contentType: "text/event-stream", content: .feed(feed)))
          }
        ])
      #expect(feed.send(Array("early".utf8)))
      let client = try server.client()
      try client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n" + LiveTests.LifeTests.get)
      #expect(try client.head()["Transfer-Encoding"] == "chunked")
      #expect(try client.chunk() == Array("early".utf8))
      feed.send(Array("late".utf8))
      #expect(try client.chunk() == Array("late".utf8))
      feed.finish()
      #expect(try client.chunk().isEmpty)
      #expect(!feed.send([1]))
      #expect(try client.answer().text == "prepared")
    }

    @Test("a feed learns that its reader has gone")
    func abandonedFeed() throws {
      let feed = ContentFeed()
      let server = try TestServer(
        routes: [Route(.get, "/events") { _ in .now(Response(.ok, content: .feed(feed))) }])
      var client: RawClient? = try server.client()
      try client?.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try client?.head()
      client = nil
      for _ in 0..<1000 where feed.send([0x2E]) { nap() }
      #expect(feed.isAbandoned)
      withExtendedLifetime(server) {}
    }

    @Test("a reader that falls behind is cut off")
    func slowFeed() throws {
      let feed = ContentFeed()
      let server = try TestServer(
        routes: [Route(.get, "/events") { _ in .now(Response(.ok, content: .feed(feed))) }])
      let client = try server.client(receiveBuffer: 65_536)
      try client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try client.head()
      let piece = [UInt8](repeating: 0x61, count: 65_536)
      var given = 0
      while given < 64 << 20, feed.send(piece) {
        given += piece.count
        nap(milliseconds: 1)
      }
      #expect(given < 32 << 20)
      #expect(feed.isAbandoned)
      try server.wait { if case .requestAborted = $0 { true } else { false } }
    }

    // MARK: Transformed

    private func doubling() throws -> TestServer {
      try TestServer(
        routes: TestApplication.routes + [
          Route(.post, "/double") { _ in .transform(DoublingTransformer()) }
        ])
    }

    @Test("output comes while input is still being sent")
    func duplex() throws {
      let server = try doubling()
      let client = try server.client()
      try client.send("POST /double HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
      let head = try client.head()
      #expect(head.status == 200)
      #expect(try client.chunk() == Array("aabb".utf8))
      try client.send("cd" + LiveTests.LifeTests.get)
      #expect(try client.chunk() == Array("ccdd".utf8))
      #expect(try client.chunk() == Array(".".utf8))
      #expect(try client.chunk().isEmpty)
      #expect(try client.answer().text == "prepared")
    }

    @Test("a large transformation is bounded by what the client reads")
    func largeDuplex() throws {
      let server = try doubling()
      let client = try server.client()
      let size = 48 << 20
      try client.send("POST /double HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
      let piece = [UInt8](repeating: 0x61, count: 1 << 20)
      let accepted = try client.sendWhatFits(piece, of: size)
      #expect(accepted < 40 << 20)
      let sender = try client.sendInBackground([UInt8](repeating: 0x61, count: size - accepted))
      let answer = try client.answer()
      sender.wait()
      #expect(answer.content.count == 2 * size + 1)
    }

    @Test("a transformer may refuse before its first output")
    func refusedTransformation() throws {
      let server = try doubling()
      let client = try server.client()
      try client.send("POST /double HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nXabc")
      #expect(try client.answer().status == 400)
    }

    @Test("a transformer that fails behind its first output cuts the answer off")
    func brokenTransformation() throws {
      let server = try doubling()
      let client = try server.client()
      try client.send("POST /double HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\na")
      _ = try client.head()
      #expect(try client.chunk() == Array("aa".utf8))
      try client.send("Y")
      #expect(throws: RawClient.Failure.self) { try client.chunk() }
    }

    @Test("an empty transformation is an answer, too")
    func emptyTransformation() throws {
      let server = try doubling()
      let answer = try server.answer(to: "POST /double HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.text == ".")
    }
  }
}
