/// One HTTP/1 answer, read without the server's own parser or libcurl.
public struct RawResponse: Sendable, Equatable {
  /// The first line, without its line end.
  public var statusLine: String
  public var status: Int
  public var headers: HeaderList
  public var body: [UInt8]
  /// The sizes of the chunks, when the body came in chunks.
  public var chunkByteCounts: [Int]
  public var trailers: HeaderList

  /// The body read as UTF-8.
  public var text: String { String(decoding: body, as: UTF8.self) }

  /// Cuts one answer from the front of what was received.
  ///
  /// It looks at everything again each time: plain, and fast enough for answers of some megabytes.
  struct Reader {
    enum Outcome {
      case complete(RawResponse)
      case needsMore
      /// The body lasts until the connection does.
      case needsEnd
    }

    var method: String

    func read(from received: inout [UInt8], atEnd: Bool) throws -> Outcome {
      guard let headEnd = received.firstEnd(of: Array("\r\n\r\n".utf8)) else { return .needsMore }
      var response = try RawResponse(head: received[..<(headEnd - 4)])
      var end = headEnd
      if method == "HEAD" || response.status < 200 || [204, 304].contains(response.status) {
        // No body, whatever the fields say (RFC 9112 §6.3).
      } else if response.headers["Transfer-Encoding"]?.lowercased() == "chunked" {
        guard let chunkedEnd = try response.readChunks(of: received, from: headEnd) else {
          return .needsMore
        }
        end = chunkedEnd
      } else if let text = response.headers["Content-Length"] {
        guard let length = Int(text), length >= 0 else {
          throw SocketError.malformed("Content-Length: \(text)")
        }
        guard received.count - headEnd >= length else { return .needsMore }
        end = headEnd + length
        response.body = Array(received[headEnd..<end])
      } else {
        guard atEnd else { return .needsEnd }
        end = received.count
        response.body = Array(received[headEnd...])
      }
      received.removeFirst(end)
      return .complete(response)
    }
  }

  private init(head: ArraySlice<UInt8>) throws {
    // `\r\n` is one Character.
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      throw SocketError.malformed("no status line: \(lines.first ?? "")")
    }
    statusLine = String(lines[0])
    self.status = status
    headers = HeaderList()
    body = []
    chunkByteCounts = []
    trailers = HeaderList()
    for line in lines.dropFirst() where !headers.add(line: line) {
      throw SocketError.malformed("no header line: \(line)")
    }
  }

  /// Reads chunks up to the end of the trailers, or returns nil when more has to come.
  private mutating func readChunks(of received: [UInt8], from start: Int) throws -> Int? {
    let lineEnd = Array("\r\n".utf8)
    var position = start
    while true {
      guard let end = received.firstEnd(of: lineEnd, from: position) else { return nil }
      let line = String(decoding: received[position..<(end - 2)], as: UTF8.self)
      guard let size = Int(line.prefix { $0 != ";" }, radix: 16), size >= 0 else {
        throw SocketError.malformed("chunk size: \(line)")
      }
      position = end
      if size == 0 { break }
      guard received.count >= position + size + 2 else { return nil }
      body += received[position..<(position + size)]
      chunkByteCounts.append(size)
      position += size
      guard Array(received[position..<(position + 2)]) == lineEnd else {
        throw SocketError.malformed("no line end after a chunk of \(size) bytes")
      }
      position += 2
    }
    while let end = received.firstEnd(of: lineEnd, from: position) {
      let line = String(decoding: received[position..<(end - 2)], as: UTF8.self)
      position = end
      if line.isEmpty { return position }
      if !trailers.add(line: line) { throw SocketError.malformed("no trailer line: \(line)") }
    }
    return nil
  }
}
