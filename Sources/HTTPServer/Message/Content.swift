/// The content of an answer.
public enum Content: Sendable {
  /// None.
  case empty
  /// Bytes that are all there.
  case bytes([UInt8])
  /// Bytes made as the client reads them. With a length they are framed by it, and a producer that
  /// makes more or fewer ends the connection; without one they are chunked (HTTP/1.0: ended by
  /// closing).
  case stream(length: Int?, any ContentProducer)
  /// Bytes that are given from outside, whenever there are some; chunked.
  case feed(ContentFeed)

  /// Text in UTF-8.
  public static func text(_ text: String) -> Content { .bytes(Array(text.utf8)) }

  /// How many bytes there are, nil when nobody knows yet.
  var length: Int? {
    switch self {
    case .empty: 0
    case .bytes(let bytes): bytes.count
    case .stream(let length, _): length
    case .feed: nil
    }
  }
}

/// Makes long content a piece at a time.
///
/// The server asks for the next piece only when the client has read most of the earlier ones, so
/// that an answer of any length costs a bounded buffer.
public protocol ContentProducer: Sendable {
  /// Appends the next piece to `buffer`; about 64 KiB is a good size.
  ///
  /// Called on the compute pool, never by two threads at once. An error ends the connection in
  /// mid-answer, which is the only way left to tell the client.
  /// - Returns: false when the content is complete; `buffer` may hold its last piece all the same.
  mutating func produce(into buffer: inout [UInt8]) throws -> Bool
}
