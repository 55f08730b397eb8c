import HTTPServer
import Testing

extension LiveTests {
  @Suite("A server and its clients")
  struct ServerTests {
    @Test("answers pipelined requests in order, on one connection")
    func pipelining() throws {
      let server = try TestServer()
      let client = try server.client()
      try client.send(
        """
        GET /health HTTP/1.1\r\nHost: x\r\n\r\n\
        GET /computed/second HTTP/1.1\r\nHost: x\r\n\r\n\
        POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello\
        GET /missing HTTP/1.1\r\nHost: x\r\n\r\n
        """)
      #expect(try client.answer().text == "prepared")
      #expect(try client.answer().text == "second")
      #expect(try client.answer().text.hasPrefix("5 "))
      #expect(try client.answer().status == 404)
    }

    @Test("streams content of unknown length as chunks")
    func chunkedAnswer() throws {
      let answer = try TestServer().answer(to: "GET /lines/3000 HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer["Transfer-Encoding"] == "chunked")
      #expect(answer.text == (0..<3000).map { "\($0)\n" }.joined())
    }

    @Test("sends 100 Continue only when content is awaited")
    func expectation() throws {
      let client = try TestServer().client()
      try client.send(
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
      #expect(try client.answer().status == 100)
      try client.send("ab")
      #expect(try client.answer().status == 201)
    }

    @Test("answers If-None-Match with 304 and no content")
    func notModified() throws {
      let answer = try TestServer().answer(
        to: "GET /health HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v0\", W/\"v1\"\r\n\r\n")
      #expect(answer.status == 304)
      #expect(answer["Content-Length"] == nil)
      #expect(answer["ETag"] == "\"v1\"")
    }
  }
}
