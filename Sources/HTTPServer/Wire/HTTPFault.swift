/// Why the server itself refuses a request.
public enum HTTPFault: Error, Hashable, Sendable {
  /// The request line is not `method SP target SP HTTP/d.d CRLF` (RFC 9112 §3).
  case requestLineInvalid
  /// The request target has characters or escapes that no target may have, or a form its method
  /// forbids.
  case targetInvalid
  /// A field line is not `name ":" value CRLF`, or is folded (RFC 9112 §5).
  case fieldLineInvalid
  /// `Host` is missing, repeated, or not `host[:port]` (RFC 9112 §3.2).
  case hostInvalid
  /// `Content-Length` and `Transfer-Encoding` do not say clearly where the content ends (RFC 9112
  /// §6.3).
  case framingInvalid
  /// The content is not chunked as RFC 9112 §7.1 has it.
  case chunkInvalid
  /// The client stopped sending in the middle of a request.
  case requestTimeout(after: Duration)
  /// The handler demands a `Content-Length` or chunks. The server itself never does.
  case lengthRequired
  /// The content has more bytes than the limit.
  case contentTooLarge(limit: Int)
  /// The request target has more bytes than the limit.
  case targetTooLong(limit: Int)
  /// An expectation other than `100-continue` (RFC 9110 §10.1.1).
  case expectationUnknown
  /// One field line has more bytes than the limit.
  case fieldLineTooLong(limit: Int)
  /// The field section, or the trailer section, has more bytes than the limit.
  case fieldSectionTooLarge(limit: Int)
  /// There are more field lines, or trailer lines, than the limit.
  case tooManyFields(limit: Int)
  /// A method the server does not know, or will not do (TRACE, CONNECT).
  case methodNotImplemented
  /// A transfer coding other than `chunked` (RFC 9112 §6.1).
  case transferCodingNotImplemented
  /// One of the server's bounds is reached.
  case overloaded(Bound, retryAfter: Duration)
  /// The answer was not ready in time.
  case answerTimeout(after: Duration)
  /// The major version is not 1.
  case versionNotSupported

  /// What there is enough of.
  public enum Bound: Sendable, Hashable {
    /// Requests that wait for a thread.
    case queue
    /// Connections.
    case connections
    /// Connections from the client's address.
    case connectionsPerAddress
  }

  /// The status that says so.
  public var status: Status {
    switch self {
    case .requestLineInvalid, .targetInvalid, .fieldLineInvalid, .hostInvalid, .framingInvalid,
      .chunkInvalid:
      .badRequest
    case .requestTimeout: .requestTimeout
    case .lengthRequired: .lengthRequired
    case .contentTooLarge: .contentTooLarge
    case .targetTooLong: .uriTooLong
    case .expectationUnknown: .expectationFailed
    case .fieldLineTooLong, .fieldSectionTooLarge, .tooManyFields: .requestHeaderFieldsTooLarge
    case .methodNotImplemented, .transferCodingNotImplemented: .notImplemented
    case .overloaded, .answerTimeout: .serviceUnavailable
    case .versionNotSupported: .httpVersionNotSupported
    }
  }
}

extension HTTPFault: CustomStringConvertible {
  /// One sentence for the client: what is wrong and what mends it.
  public var description: String {
    switch self {
    case .requestLineInvalid:
      "The request line is not 'METHOD target HTTP/1.1' with single spaces and a CRLF."
    case .targetInvalid:
      "The request target is not a valid path and query; percent-encode special characters."
    case .fieldLineInvalid:
      "A header line is not 'name: value' on one line ended by CRLF."
    case .hostInvalid:
      "Exactly one valid Host header, a host name with an optional port, is needed."
    case .framingInvalid:
      "Content-Length and Transfer-Encoding do not say clearly where the content ends."
    case .chunkInvalid:
      "The chunked content is malformed."
    case .requestTimeout(let limit):
      "The request did not arrive within \(limit)."
    case .lengthRequired:
      "Send the content with a Content-Length or as chunks."
    case .contentTooLarge(let limit):
      "The content is larger than \(limit) bytes."
    case .targetTooLong(let limit):
      "The request target is longer than \(limit) bytes."
    case .expectationUnknown:
      "The only expectation that can be met is 100-continue."
    case .fieldLineTooLong(let limit):
      "A header line is longer than \(limit) bytes."
    case .fieldSectionTooLarge(let limit):
      "The header lines together are longer than \(limit) bytes."
    case .tooManyFields(let limit):
      "There are more than \(limit) header lines."
    case .methodNotImplemented:
      "This method is not implemented by the server."
    case .transferCodingNotImplemented:
      "The only transfer coding that is understood is chunked."
    case .overloaded(.queue, let delay):
      "The server has more work than it can queue; try again after \(delay)."
    case .overloaded(.connections, let delay):
      "The server has as many connections as it may; try again after \(delay)."
    case .overloaded(.connectionsPerAddress, let delay):
      "There are as many connections from this address as there may be; try again after \(delay)."
    case .answerTimeout(let limit):
      "The answer was not ready within \(limit)."
    case .versionNotSupported:
      "The server speaks HTTP/1.1 and HTTP/1.0."
    }
  }
}
