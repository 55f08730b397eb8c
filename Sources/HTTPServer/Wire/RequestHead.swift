/// What the parser makes of a request line and its field lines.
package struct RequestHead: Sendable {
  var method: Method
  var version: Version
  package var fields: HeaderFields
  /// Where path, query and the effective authority lie in the bytes of ``fields``.
  var path: Range<Int>
  var query: Range<Int>?
  var authority: Range<Int>
  var framing: Framing
  /// Whether the client wants the connection kept after the answer.
  var persists: Bool
  /// Whether the client waits for `100 Continue` before it sends its content.
  var expectsContinue: Bool
  /// Where the values of `If-None-Match` lie: one line's, which is what clients send, and whether
  /// there are others.
  var ifNoneMatch: Range<Int>?
  var hasSeveralIfNoneMatch = false

  /// Calls `body` with the bytes of the path, as sent.
  @inline(__always)
  func withPath<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    body(fields.bytes.span.extracting(path))
  }

  /// Whether the target is `*`.
  var isAsterisk: Bool {
    path.count == 1 && fields.bytes[path.lowerBound] == ASCII.asterisk
  }
}

/// How the end of a request's content is found (RFC 9112 §6.3).
public enum Framing: Hashable, Sendable {
  /// No content follows the head.
  case none
  /// Exactly so many bytes follow; never 0.
  case length(Int)
  /// The content comes in chunks.
  case chunked
}
