/// A request whose head is complete; its content may still be on the way.
public struct Request: Sendable {
  let head: RequestHead
  /// Where the client is.
  public let peer: PeerAddress
  /// Set when nobody waits for the answer any more.
  ///
  /// Valid for requests answered by ``Reply/compute(_:)``, ``Reply/receive(_:limit:)`` and the
  /// other replies that take time; for ``Reply/now(_:)`` it is never set.
  public let cancellation: Cancellation
  let requestID: RequestID

  /// The method.
  public var method: Method { head.method }

  /// The version, as far as it matters.
  public var version: Version { head.version }

  /// The field lines.
  public var fields: HeaderFields { head.fields }

  /// Path and query.
  public var target: RequestTarget {
    RequestTarget(bytes: head.fields.bytes, path: head.path, query: head.query)
  }

  /// The host and port the client meant, as it wrote them: of the absolute-form target, otherwise
  /// of `Host` (RFC 9112 §3.3).
  ///
  /// Empty for an HTTP/1.0 request that names none.
  public var authority: String {
    String(decoding: head.fields.bytes[head.authority], as: UTF8.self)
  }

  /// The value of `X-Request-Id` on the answer.
  public var id: String { requestID.description }

  /// How the content is framed; `.none` when there is none.
  public var framing: Framing { head.framing }

  /// The media type of the content; nil when the field is absent or is not a media type.
  public var contentType: MediaType? {
    fields["Content-Type"].flatMap { MediaType($0) }
  }

  /// What the client accepts (RFC 9110 §12.5.1).
  public var accept: Accept { Accept(fields: fields) }

  /// Whether `If-None-Match` is there and matches, so that GET and HEAD are answered with 304 (RFC
  /// 9110 §13.1.2).
  /// - Parameter etag: the current entity tag of the answer, quotes included.
  public func ifNoneMatch(_ etag: EntityTag) -> Bool {
    guard let value = head.ifNoneMatch else { return false }
    if !head.hasSeveralIfNoneMatch {
      return etag.matchesAny(in: head.fields.bytes.span.extracting(value))
    }
    var matched = false
    head.fields.forEachValue(of: "If-None-Match") { value in
      if etag.matchesAny(in: value) { matched = true }
    }
    return matched
  }
}
