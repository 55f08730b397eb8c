/// What came back from one request.
public struct CurlResponse: Sendable {
  /// The status code of the final answer; 0 when none came.
  public var status = 0
  /// The version in the answer's status line: `HTTP/1.1`.
  public var version = ""
  /// The status codes of the interim answers before it, such as 100.
  public var interimStatuses: [Int] = []
  public var headers = HeaderList()
  /// Fields that came after a chunked body.
  public var trailers = HeaderList()
  public var body: [UInt8] = []
  /// How many new connections this transfer opened: 0 when it used one that was there.
  public var connectCount = 0
  /// Body bytes sent.
  public var uploadedByteCount = 0
  /// From the start of the transfer to its end.
  public var duration: Duration = .zero
  /// From the start of the transfer to the first byte of the answer.
  public var timeToFirstByte: Duration = .zero
  /// The local port of the connection: equal ports mean the same connection.
  public var localPort = 0

  public init() {}

  /// The body read as UTF-8; what is not UTF-8 becomes U+FFFD.
  public var text: String { String(decoding: body, as: UTF8.self) }
}

/// Why libcurl gave a transfer up.
public struct CurlFailure: Error, Sendable, CustomStringConvertible {
  /// The failures that tests ask for by name.
  public enum Kind: Sendable, Equatable {
    case couldNotConnect
    case timedOut
    /// The connection ended before the first byte of an answer.
    case emptyReply
    /// The connection ended before the end of the body.
    case partialBody
    /// A closure of the request stopped it.
    case aborted
    case sendFailed
    case receiveFailed
    /// Any other, by libcurl's number.
    case other(Int)
  }

  public var kind: Kind
  /// libcurl's own words.
  public var message: String
  /// What had come by then.
  public var partial: CurlResponse

  public var description: String { "libcurl: \(message) (\(kind), status \(partial.status))" }
}
