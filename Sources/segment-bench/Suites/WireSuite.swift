import HTTPServer

/// Request heads in, answer heads out: bytes and values, no sockets.
enum WireSuite {
  private static let requestCount = 100_000

  /// Heads as clients send them.
  private static let heads: [(name: String, lines: [String])] = [
    (
      "curl",
      [
        "GET /clusters/summary HTTP/1.1", "Host: localhost:8080", "User-Agent: curl/8.5.0",
        "Accept: */*",
      ]
    ),
    (
      "poll",
      [
        "GET /clusters/summary?series=default HTTP/1.1", "Host: segments.example:8080",
        "User-Agent: python-requests/2.32.3", "Accept-Encoding: gzip, deflate",
        "Accept: application/json", "Connection: keep-alive",
        "If-None-Match: \"7f0e7bbd9f2c4a1e8d5b6c3a2f1e0d9c-json\"",
      ]
    ),
    (
      "browser",
      [
        "GET / HTTP/1.1", "Host: localhost:8080", "Connection: keep-alive",
        "Cache-Control: max-age=0",
        "sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"", "sec-ch-ua-mobile: ?0",
        "sec-ch-ua-platform: \"Linux\"", "Upgrade-Insecure-Requests: 1",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-User: ?1",
        "Sec-Fetch-Dest: document", "Accept-Encoding: gzip, deflate, br, zstd",
        "Accept-Language: en-GB,en;q=0.9,sv;q=0.8",
      ]
    ),
    (
      "upload",
      [
        "POST /segments?k=5&features=age%2Cannual_income HTTP/1.1", "Host: localhost:8080",
        "User-Agent: curl/8.5.0", "Accept: */*", "Content-Type: text/csv",
        "Content-Length: 230486597", "Expect: 100-continue",
      ]
    ),
  ]

  static func benchmarks() -> [Benchmark] {
    heads.flatMap { name, lines in
      [
        parsing("parse \(name)", lines, pieceBytes: nil),
        parsing("parse \(name) in pieces of 16", lines, pieceBytes: 16),
      ]
    } + [serializing]
  }

  /// Nanoseconds a head, many of them on one connection.
  private static func parsing(_ name: String, _ lines: [String], pieceBytes: Int?) -> Benchmark {
    Benchmark(suite: .wire, name: name, metric: "ns_request") { _ in
      let head = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
      return {
        var parser = RequestParser()
        let limits = Limits()
        var fieldCount = 0
        let start = ContinuousClock.now
        for _ in 0..<requestCount {
          var index = 0
          while index < head.count {
            let end = min(head.count, index + (pieceBytes ?? head.count))
            index = try parser.consume(
              head.span.extracting(0..<end), from: index, limits: limits)
          }
          fieldCount += try parser.head(limits: limits).fields.count
          parser.reset()
        }
        let nanoseconds = (ContinuousClock.now - start) / .nanoseconds(1) / Double(requestCount)
        return Benchmark.Outcome(
          value: nanoseconds,
          figures: [Field("mb_s", Double(head.count) / nanoseconds * 1e3)],
          counters: [
            Field("requests", requestCount), Field("bytes", head.count * requestCount),
            Field("fields", fieldCount),
          ])
      }
    }
  }

  /// Nanoseconds for the head of an answer whose content is new.
  private static var serializing: Benchmark {
    Benchmark(suite: .wire, name: "serialize", metric: "ns_request") { _ in
      let fields: HeaderFields = [
        "Content-Type": "application/json", "Vary": "Accept", "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
        "ETag": "\"7f0e7bbd9f2c4a1e8d5b6c3a2f1e0d9c-json\"",
      ]
      let date = ResponseSerializer.dateLines(secondsSince1970: 1_795_000_000)
      return {
        var head: [UInt8] = []
        var byteCount = 0
        let start = ContinuousClock.now
        for request in 0..<requestCount {
          head.removeAll(keepingCapacity: true)
          ResponseSerializer.appendFixed(.ok, fields: fields, to: &head)
          ResponseSerializer.appendLength(1200 + request % 100, to: &head)
          ResponseSerializer.appendVariable(
            date: date, id: RequestID(value: UInt64(request)), persistence: .keep, to: &head)
          byteCount += head.count
        }
        let nanoseconds = (ContinuousClock.now - start) / .nanoseconds(1) / Double(requestCount)
        return Benchmark.Outcome(
          value: nanoseconds,
          figures: [Field("mb_s", Double(byteCount) / Double(requestCount) / nanoseconds * 1e3)],
          counters: [Field("requests", requestCount), Field("bytes", byteCount)])
      }
    }
  }
}
