/// A request method (RFC 9110 §9).
///
/// Names are case-sensitive: `get` is not `GET`.
public struct Method: Hashable, Sendable, CustomStringConvertible {
  private enum Kind: Hashable, Sendable {
    case get, head, post, put, patch, delete, options
    /// Never the name of one of the others.
    case other(String)
  }

  private let kind: Kind

  /// Makes a method of any name.
  public init(_ name: String) {
    kind =
      switch name {
      case "GET": .get
      case "HEAD": .head
      case "POST": .post
      case "PUT": .put
      case "PATCH": .patch
      case "DELETE": .delete
      case "OPTIONS": .options
      default: .other(name)
      }
  }

  private init(_ kind: Kind) {
    self.kind = kind
  }

  /// Makes a method from a request line, without a string for those that are common.
  init(_ name: Span<UInt8>) {
    kind =
      switch name.count {
      case 3 where name.equals("GET"): .get
      case 3 where name.equals("PUT"): .put
      case 4 where name.equals("HEAD"): .head
      case 4 where name.equals("POST"): .post
      case 5 where name.equals("PATCH"): .patch
      case 6 where name.equals("DELETE"): .delete
      case 7 where name.equals("OPTIONS"): .options
      default: .other(String(copying: name))
      }
  }

  /// Reads a representation.
  public static var get: Method { Method(.get) }
  /// Reads a representation's head.
  public static var head: Method { Method(.head) }
  /// Has the resource process the content.
  public static var post: Method { Method(.post) }
  /// Replaces the resource's state.
  public static var put: Method { Method(.put) }
  /// Changes parts of the resource's state (RFC 5789).
  public static var patch: Method { Method(.patch) }
  /// Removes the resource.
  public static var delete: Method { Method(.delete) }
  /// Asks what the resource can do.
  public static var options: Method { Method(.options) }

  /// The methods the server hands to its handler; any other is answered with 501.
  ///
  /// TRACE and CONNECT are left out on purpose: the one echoes credentials, the other is for
  /// proxies.
  public static var recognised: [Method] {
    [.get, .head, .post, .put, .patch, .delete, .options]
  }

  var isRecognised: Bool {
    if case .other = kind { false } else { true }
  }

  /// The method's name as it stands in a request line.
  public var name: String {
    switch kind {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .patch: "PATCH"
    case .delete: "DELETE"
    case .options: "OPTIONS"
    case .other(let name): name
    }
  }

  /// Whether the method is defined as read-only (RFC 9110 §9.2.1).
  public var isSafe: Bool {
    switch kind {
    case .get, .head, .options: true
    case .post, .put, .patch, .delete, .other: false
    }
  }

  /// The name.
  public var description: String { name }
}
