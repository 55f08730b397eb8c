import Glibc
import TestSupport
import Testing

@Suite("raw connections", .timeLimit(.minutes(2)))
struct RawConnectionTests {
  /// Two ends of one connection.
  func makePair(receiveBufferByteCount: Int? = nil) async throws -> (RawConnection, RawConnection) {
    let listener = try TestListener()
    async let accepted = listener.accept()
    let opened = try await RawConnection.open(
      port: listener.port, receiveBufferByteCount: receiveBufferByteCount)
    return (opened, try await accepted)
  }

  @Test("bytes are received up to a delimiter, by count and to the end, and none is lost between")
  func receives() async throws {
    let (client, server) = try await makePair()
    try await server.send("head\r\n\r\nbody and the rest")
    #expect(try await client.receive(until: "\r\n\r\n") == Array("head\r\n\r\n".utf8))
    #expect(try await client.receive(byteCount: 4) == Array("body".utf8))
    await server.close()
    #expect(try await client.receiveToEnd() == Array(" and the rest".utf8))
    #expect(try await client.receiveToEnd() == [])
  }

  @Test("a delimiter that comes in pieces is found")
  func splitDelimiter() async throws {
    let (client, server) = try await makePair()
    for piece in ["a\r", "\n", "\r", "\nb"] {
      try await server.send(piece)
      // Taken one at a time, so that the pieces do not arrive as one.
      _ = try await client.isSilent(for: .milliseconds(1))
    }
    #expect(try await client.receive(until: "\r\n\r\n") == Array("a\r\n\r\n".utf8))
    #expect(try await client.receive(byteCount: 1) == Array("b".utf8))
  }

  @Test("a wait ends at its deadline and keeps what had come")
  func deadline() async throws {
    let (client, server) = try await makePair()
    try await server.send("ab")
    await #expect(throws: SocketError.timedOut(received: Array("ab".utf8))) {
      try await client.receive(byteCount: 3, within: .milliseconds(50))
    }
    try await server.send("c")
    #expect(try await client.receive(byteCount: 3) == Array("abc".utf8))
  }

  @Test("an end before what was waited for is an error that holds what had come")
  func earlyEnd() async throws {
    let (client, server) = try await makePair()
    try await server.send("ab")
    await server.close()
    await #expect(throws: SocketError.ended(received: Array("ab".utf8))) {
      try await client.receive(until: "\n")
    }
  }

  @Test("after a half close the other direction stays open")
  func halfClose() async throws {
    let (client, server) = try await makePair()
    try await client.send("question")
    try await client.finishSending()
    #expect(try await server.receiveToEnd() == Array("question".utf8))
    try await server.send("answer")
    #expect(try await client.receive(byteCount: 6) == Array("answer".utf8))
  }

  @Test("a reset is seen as an error, not as an end")
  func reset() async throws {
    let (client, server) = try await makePair()
    try await client.reset()
    let error = await #expect(throws: SocketError.self) { try await server.receive(byteCount: 1) }
    guard case .system("recv", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("silence is silence, bytes and an end are not")
  func silence() async throws {
    let (client, server) = try await makePair()
    #expect(try await client.isSilent(for: .milliseconds(20)))
    try await server.send("a")
    #expect(try await !client.isSilent(for: .seconds(10)))
    #expect(try await client.receive(byteCount: 1) == Array("a".utf8))
    await server.close()
    #expect(try await !client.isSilent(for: .seconds(10)))
  }

  @Test("a slow reader holds the sender up")
  func backpressure() async throws {
    let (client, server) = try await makePair(receiveBufferByteCount: 4096)
    let bytes = [UInt8](repeating: 7, count: 64 << 20)
    let sent = try await server.sendWhatFits(bytes, patience: .milliseconds(100))
    #expect(sent > 0)
    #expect(sent < bytes.count)
    await server.close()
    #expect(try await client.receiveToEnd().count == sent)
  }

  @Test("IPv6 and a chosen local address connect")
  func addresses() async throws {
    let listener = try TestListener(host: "::1")
    let client = try await RawConnection.open(host: "::1", port: listener.port)
    try await client.send("six")
    #expect(try await listener.accept().receive(byteCount: 3) == Array("six".utf8))

    let other = try TestListener()
    let local = try await RawConnection.open(port: other.port, from: "127.0.0.2")
    try await local.send("two")
    #expect(try await other.accept().receive(byteCount: 3) == Array("two".utf8))
  }

  @Test("nobody listening is an error at once")
  func refused() async throws {
    let holder = try TestListener(refusing: true)
    await #expect(throws: SocketError.system(call: "connect", code: ECONNREFUSED)) {
      try await RawConnection.open(port: holder.port)
    }
  }

  static let responses: [(method: String, bytes: String, body: String, rest: String)] = [
    ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd", "abc", "d"),
    ("GET", "HTTP/1.1 200 OK\r\ncontent-length:3\r\n\r\nabc", "abc", ""),
    ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnext", "", "next"),
    ("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\nnext", "", "next"),
    ("GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP", "", "HTTP"),
    ("GET", "HTTP/1.0 200 OK\r\n\r\nto the end", "to the end", ""),
    (
      "GET",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA;x=y\r\n0123456789\r\n1\r\n!"
        + "\r\n0\r\nX-T: 1\r\n\r\nnext", "0123456789!", "next"
    ),
  ]

  @Test("an answer is read to its end and no further", arguments: responses)
  func response(method: String, bytes: String, body: String, rest: String) async throws {
    let (client, server) = try await makePair()
    // Byte by byte is the hardest way it can come.
    for byte in Array(bytes.utf8) { try await server.send([byte]) }
    await server.close()
    let response = try await client.receiveResponse(to: method)
    #expect(response.text == body)
    #expect(try await client.receiveToEnd() == Array(rest.utf8))
  }

  @Test("an answer's parts are kept apart")
  func responseParts() async throws {
    let (client, server) = try await makePair()
    try await server.send(
      "HTTP/1.1 404 Not Found\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "2\r\nab\r\n1\r\nc\r\n0\r\nB: 2\r\n\r\n")
    let response = try await client.receiveResponse()
    #expect(response.statusLine == "HTTP/1.1 404 Not Found")
    #expect(response.status == 404)
    #expect(response.headers["a"] == "1")
    #expect(response.chunkByteCounts == [2, 1])
    #expect(response.trailers["b"] == "2")
  }

  static let malformed = [
    "NOPE\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
  ]

  @Test("what is no HTTP answer is an error", arguments: malformed)
  func refusesMalformed(bytes: String) async throws {
    let (client, server) = try await makePair()
    try await server.send(bytes)
    let error = await #expect(throws: SocketError.self) { try await client.receiveResponse() }
    guard case .malformed = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
