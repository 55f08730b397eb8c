/// One line of the route table.
public struct Route: Sendable {
  /// The method.
  public let method: Method
  /// `/segments/{sid}/customers`: literal segments and parameters in braces.
  public let pattern: String
  /// Representation suffixes the last segment may carry: `json`, `csv`, `vl.json`.
  public let suffixes: [String]
  let handler: @Sendable (RouteMatch) -> Reply

  /// - Precondition: `pattern` begins with a slash; each segment is a literal of unreserved
  ///   characters or a whole parameter in braces.
  public init(
    _ method: Method, _ pattern: String, suffixes: [String] = [],
    handler: @escaping @Sendable (RouteMatch) -> Reply
  ) {
    precondition(pattern.utf8.first == ASCII.slash, "a pattern begins with a slash")
    self.method = method
    self.pattern = pattern
    self.suffixes = suffixes
    self.handler = handler
  }

  /// The pattern's segments.
  enum Segment: Hashable {
    case literal([UInt8])
    case parameter(String)
  }

  var segments: [Segment] {
    pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { part in
      if part.utf8.first == 0x7B {
        precondition(part.utf8.last == 0x7D && part.utf8.count > 2, "a parameter is {name}")
        return .parameter(String(part.dropFirst().dropLast()))
      }
      precondition(
        part.utf8.allSatisfy { $0 != 0x7B && $0 != 0x7D && $0 != ASCII.percent },
        "a literal has neither braces nor escapes")
      return .literal(Array(part.utf8))
    }
  }
}
