/// An answer kept as the bytes it is sent as, for everything that is asked often and changes
/// rarely.
///
/// Status line, fields and content are serialised once, when this is made. An answer to a request
/// then adds `Date`, `X-Request-Id` and what the connection needs, and writes the content from
/// where it lies.
public final class PreparedResponse: Sendable {
  /// The status.
  public let status: Status
  /// Names this state of the representation; nil when there is none, and then no request gets a
  /// 304.
  public let etag: EntityTag?
  /// All fields but those the server adds.
  public let fields: HeaderFields
  /// The content.
  public let content: [UInt8]
  let notModifiedFields: HeaderFields
  /// Status line and all fields that do not change.
  let head: [UInt8]
  let notModifiedHead: [UInt8]

  /// - Parameters:
  ///   - fields: what the answer carries; `ETag` is added from `etag`.
  ///   - etag: the strong or weak tag of this content.
  public init(
    _ status: Status = .ok, fields: HeaderFields, content: [UInt8], etag: EntityTag? = nil
  ) {
    var fields = fields
    if let etag { fields.set("ETag", etag.description) }
    // RFC 9110 §15.4.5: a 304 carries the fields a cache needs and none that describe the content.
    var revalidated = HeaderFields()
    for (name, value) in fields.all where Self.keptBy304.contains(name.lowercased()) {
      revalidated.append(name, value)
    }
    self.status = status
    self.etag = etag
    self.fields = fields
    self.content = content
    notModifiedFields = revalidated
    head = ResponseSerializer.fixedHead(
      status, fields: fields, length: status.forbidsContent ? nil : content.count)
    notModifiedHead = ResponseSerializer.fixedHead(
      .notModified, fields: revalidated, length: nil)
  }

  private static let keptBy304: Set<String> = [
    "cache-control", "content-location", "etag", "expires", "vary", "link",
    "access-control-allow-origin", "access-control-expose-headers",
  ]

  /// The answer to one request: this, or its 304 when the request is a GET or HEAD whose
  /// `If-None-Match` matches.
  public func response(to request: Request) -> Response {
    if let etag, request.method == .get || request.method == .head, request.ifNoneMatch(etag) {
      return Response(notModified: self)
    }
    return Response(prepared: self)
  }
}
