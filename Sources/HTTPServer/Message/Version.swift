/// The HTTP version of a request, as far as it changes how the server answers.
public enum Version: Hashable, Sendable {
  /// HTTP/1.0: no chunked coding, no interim answers, one request a connection unless asked for
  /// more.
  case http10
  /// HTTP/1.1 and any later minor version (RFC 9110 §2.5 asks to treat those as 1.1).
  case http11
}
