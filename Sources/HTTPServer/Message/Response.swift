/// An answer.
///
/// The server itself adds `Date`, `Content-Length` or `Transfer-Encoding`, `Connection` and
/// `X-Request-Id`; fields of these names given here are left out. To HEAD it sends the head alone.
public struct Response: Sendable {
  enum Form: Sendable {
    case composed(HeaderFields, Content)
    case prepared(PreparedResponse)
    /// The 304 of a prepared answer.
    case notModified(PreparedResponse)
  }

  /// The status.
  public let status: Status
  let form: Form
  /// Whether the content is made as it is read.
  ///
  /// Kept, since a look at ``form`` copies it.
  let isStream: Bool

  /// Makes an answer.
  public init(
    _ status: Status, fields: HeaderFields = HeaderFields(), content: Content = .empty
  ) {
    self.status = status
    form = .composed(fields, content)
    switch content {
    case .empty, .bytes: isStream = false
    case .stream, .feed: isStream = true
    }
  }

  /// An answer that is already bytes.
  public init(prepared: PreparedResponse) {
    status = prepared.status
    form = .prepared(prepared)
    isStream = false
  }

  init(notModified prepared: PreparedResponse) {
    status = .notModified
    form = .notModified(prepared)
    isStream = false
  }

  /// Content of a given type.
  public init(_ status: Status, contentType: String, content: Content) {
    self.init(status, fields: ["Content-Type": contentType], content: content)
  }

  /// The fields the handler gave.
  public var fields: HeaderFields {
    switch form {
    case .composed(let fields, _): fields
    case .prepared(let prepared): prepared.fields
    case .notModified(let prepared): prepared.notModifiedFields
    }
  }

  /// The content the handler gave.
  public var content: Content {
    switch form {
    case .composed(_, let content): content
    case .prepared(let prepared): .bytes(prepared.content)
    case .notModified: .empty
    }
  }
}
