/// What a request is for: a path and a query (RFC 9112 §3.2).
///
/// The parser has already refused targets that are not valid: broken percent escapes, escapes that
/// are not UTF-8, control characters in the path. Nothing is decoded before it is asked for.
public struct RequestTarget: Sendable {
  /// One `name=value` of a query, decoded; `+` stands for a space.
  public struct QueryItem: Hashable, Sendable {
    /// What stands before the first equals sign.
    public let name: String
    /// Empty for an item without an equals sign.
    public let value: String

    /// Makes an item.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The head the ranges point into.
  private let bytes: [UInt8]
  let path: Range<Int>
  /// Without its question mark; nil when there is no question mark.
  let query: Range<Int>?

  init(bytes: [UInt8], path: Range<Int>, query: Range<Int>?) {
    self.bytes = bytes
    self.path = path
    self.query = query
  }

  /// A target from text, for tests and links; nil unless it is a valid path and query.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    let question = bytes.firstIndex(of: ASCII.question)
    let path = 0..<(question ?? bytes.count)
    let query = question.map { ($0 + 1)..<bytes.count }
    guard bytes == [ASCII.asterisk] || bytes.first == ASCII.slash,
      bytes.allSatisfy({ ASCII.isTarget($0) || $0 == ASCII.percent }),
      TargetSyntax.isValid(bytes.span, path: path, query: query)
    else { return nil }
    self.init(bytes: bytes, path: path, query: query)
  }

  /// The path as it was sent, `*` for the asterisk-form.
  public var rawPath: String { String(decoding: bytes[path], as: UTF8.self) }

  /// The query as it was sent, without its question mark; nil when there is none.
  public var rawQuery: String? {
    query.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  /// Path and query as they were sent.
  public var text: String { rawQuery.map { "\(rawPath)?\($0)" } ?? rawPath }

  /// Whether this is `*`, the server as a whole (only OPTIONS may ask for it).
  public var isAsterisk: Bool {
    path.count == 1 && bytes[path.lowerBound] == ASCII.asterisk
  }

  /// Whether there is a question mark.
  public var hasQuery: Bool { query != nil }

  /// The parts between the slashes, each percent-decoded: `/a/b%20c` is `["a", "b c"]`, `/` is
  /// `[""]`.
  ///
  /// Decoded after the split: an escaped slash is part of its segment. Dot segments are left as
  /// they are; they match no route.
  public var pathSegments: [String] {
    if isAsterisk { return ["*"] }
    return bytes[path].dropFirst().split(
      separator: ASCII.slash, omittingEmptySubsequences: false
    ).map { PercentCoding.decode($0, plusIsSpace: false) }
  }

  /// The items of the query in order, decoded.
  ///
  /// Empty items (`a&&b`) are left out.
  public var queryItems: [QueryItem] {
    guard let query else { return [] }
    return bytes[query].split(separator: 0x26).map { item in
      let equals = item.firstIndex(of: ASCII.equals) ?? item.endIndex
      return QueryItem(
        name: PercentCoding.decode(item[..<equals], plusIsSpace: true),
        value: PercentCoding.decode(item[equals...].dropFirst(), plusIsSpace: true))
    }
  }
}
