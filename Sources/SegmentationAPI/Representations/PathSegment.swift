import HTTPServer

/// Writing of one segment of a path, or one part of a query (RFC 3986 §3.3, §3.4).
enum PathSegment {
  /// The text with everything but unreserved characters percent-encoded.
  static func encoded(_ text: String) -> String { PercentCoding.encode(text) }
}
