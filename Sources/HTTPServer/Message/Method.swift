/// A request method (RFC 9110 §9). Names are case-sensitive: `get` is not `GET`.
public struct Method: Hashable, Sendable, CustomStringConvertible {
  /// The method's name as it stands in a request line.
  public let name: String

  /// Makes a method of any name.
  public init(_ name: String) {
    self.name = name
  }

  // Computed rather than stored: a small string is a constant, a stored global is a lock.
  public static var get: Method { Method("GET") }
  public static var head: Method { Method("HEAD") }
  public static var post: Method { Method("POST") }
  public static var put: Method { Method("PUT") }
  public static var patch: Method { Method("PATCH") }
  public static var delete: Method { Method("DELETE") }
  public static var options: Method { Method("OPTIONS") }

  /// The methods the server hands to its handler; any other is answered with 501.
  ///
  /// TRACE and CONNECT are left out on purpose: the one echoes credentials, the other is for proxies.
  public static var recognised: [Method] {
    [.get, .head, .post, .put, .patch, .delete, .options]
  }

  /// Whether the method is defined as read-only (RFC 9110 §9.2.1).
  public var isSafe: Bool {
    self == .get || self == .head || self == .options
  }

  public var description: String { name }
}
