/// A request together with the route that was chosen for it.
public struct RouteMatch: Sendable {
  /// The request.
  public let request: Request
  private let entry: RouteEntry
  private let place: RouteTree.Place

  init(request: Request, entry: RouteEntry, place: RouteTree.Place) {
    self.request = request
    self.entry = entry
    self.place = place
  }

  /// The same match for a request that differs in nothing that routes look at.
  public func with(_ request: Request) -> RouteMatch {
    RouteMatch(request: request, entry: entry, place: place)
  }

  /// The suffix the path carried, without its dot; nil when it carried none.
  public var suffix: String? { place.suffix }

  /// The route's pattern.
  public var pattern: String { entry.route.pattern }

  /// The value of a parameter, percent-decoded.
  /// - Precondition: the pattern has a parameter of this name.
  public func parameter(_ name: String) -> String {
    guard let index = entry.parameterNames.firstIndex(of: name) else {
      preconditionFailure("\(pattern) has no parameter \(name)")
    }
    return place.values[index]
  }

  /// All parameters by name.
  public var parameters: [String: String] {
    Dictionary(zip(entry.parameterNames, place.values), uniquingKeysWith: { _, last in last })
  }
}

/// A route of a router, made ready for matching.
///
/// A class, so that a match refers to it and copies nothing.
final class RouteEntry: Sendable {
  let route: Route
  let parameterNames: [String]

  init(_ route: Route) {
    self.route = route
    parameterNames = route.segments.compactMap {
      if case .parameter(let name) = $0 { name } else { nil }
    }
  }
}
