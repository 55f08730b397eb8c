/// Writes the heads of answers.
package enum ResponseSerializer {
  /// How the content of an answer is framed.
  enum Framing: Equatable {
    /// No content and no field that speaks of it: 204, 304.
    case none
    case length(Int)
    case chunked
    /// By the end of the connection: HTTP/1.0, when the length is not known.
    case close
  }

  /// What `Connection` says.
  package enum Persistence: Equatable {
    /// Nothing: HTTP/1.1 goes on by itself.
    case keep
    /// `keep-alive`: an HTTP/1.0 client needs to be told.
    case keepAnnounced
    case close
  }

  /// Fields the server writes itself; the same names from a handler are left out.
  private static func isOwn(_ name: Span<UInt8>) -> Bool {
    switch name.count {
    case 4: name.spells("date")
    case 10: name.spells("connection") || name.spells("keep-alive")
    case 12: name.spells("x-request-id")
    case 14: name.spells("content-length")
    case 17: name.spells("transfer-encoding")
    default: false
    }
  }

  /// Status line and the fields that are the same for every request.
  static func fixedHead(_ status: Status, fields: HeaderFields, length: Int?) -> [UInt8] {
    var head: [UInt8] = []
    appendFixed(status, fields: fields, to: &head)
    if let length { appendLength(length, to: &head) }
    return head
  }

  /// Appends status line and the handler's fields.
  package static func appendFixed(_ status: Status, fields: HeaderFields, to head: inout [UInt8]) {
    head.append("HTTP/1.1 ")
    head.append(decimal: status.code)
    head.append(ASCII.space)
    head.append(contentsOf: status.reasonPhrase.utf8)
    head.append("\r\n")
    let bytes = fields.bytes.span
    for entry in fields.entries {
      let name = bytes.extracting(entry.name)
      if isOwn(name) { continue }
      head.append(copying: name)
      head.append(": ")
      head.append(copying: bytes.extracting(entry.value))
      head.append("\r\n")
    }
  }

  package static func appendLength(_ length: Int, to head: inout [UInt8]) {
    head.append("Content-Length: ")
    head.append(decimal: length)
    head.append("\r\n")
  }

  static func appendFraming(_ framing: Framing, to head: inout [UInt8]) {
    switch framing {
    case .none, .close: break
    case .length(let length): appendLength(length, to: &head)
    case .chunked: head.append("Transfer-Encoding: chunked\r\n")
    }
  }

  /// Appends the fields that change from request to request, and the empty line.
  /// - Parameter date: what ``dateLines(secondsSince1970:)`` made.
  @inline(__always)
  package static func appendVariable(
    date: [UInt8], id: RequestID, persistence: Persistence, to head: inout [UInt8]
  ) {
    switch persistence {
    case .keep: break
    case .keepAnnounced: head.append("Connection: keep-alive\r\n")
    case .close: head.append("Connection: close\r\n")
    }
    head.append(copying: date)
    id.writeDigits(over: &head, endingAt: head.count - 4)
  }

  /// The lines that end every head: the date, and an id to be written over.
  package static func dateLines(secondsSince1970 seconds: Int) -> [UInt8] {
    var lines: [UInt8] = []
    lines.append("Date: ")
    HTTPDate.append(secondsSince1970: seconds, to: &lines)
    lines.append("\r\nX-Request-Id: 0000000000000000\r\n\r\n")
    return lines
  }

  /// `100 Continue`, whole.
  static let continueHead: [UInt8] = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

  /// `102 Processing`, whole: asks a client that closed its sending side whether it is still there
  /// to read.
  static let processingHead: [UInt8] = Array("HTTP/1.1 102 Processing\r\n\r\n".utf8)

  /// The last chunk and an empty trailer section.
  static let lastChunk: [UInt8] = Array("0\r\n\r\n".utf8)
}
