/// Finds the route of a request in one table.
///
/// A literal segment beats a parameter, a longer suffix a shorter one. HEAD is answered where GET is, OPTIONS
/// everywhere, and `Allow` names what a path can do.
public struct Router: Sendable {
  /// The table, in the order it was given.
  public let routes: [Route]
  private let parameterNames: [[String]]
  private let tree: RouteTree

  /// - Precondition: no two routes have one method and one path.
  public init(_ routes: [Route]) {
    self.routes = routes
    parameterNames = routes.map { route in
      route.segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }
    tree = RouteTree(routes)
  }

  /// Answers a request by its route.
  /// - Parameters:
  ///   - notFound: no route has this path.
  ///   - methodNotAllowed: the path has routes, none of this method; `allow` is the value of the `Allow` field that
  ///     the answer must carry.
  public func reply(
    to request: Request, notFound: (Request) -> Reply,
    methodNotAllowed: (_ request: Request, _ allow: String) -> Reply
  ) -> Reply {
    let target = request.target
    if target.isAsterisk { return Self.options(allow: allow(in: routes.map(\.method))) }
    guard let place = target.withPath({ tree.find($0) }) else { return notFound(request) }
    let method = request.method
    let candidates = tree.routes(at: place.node)
    // A GET route answers HEAD, unless HEAD has one of its own.
    for wanted in method == .head ? [.head, .get] : [method] {
      for index in candidates where routes[index].method == wanted {
        guard let match = match(request, routes[index], index, place) else { continue }
        return routes[index].handler(match).from(route: routes[index].pattern)
      }
    }
    let able = candidates.filter { match(request, routes[$0], $0, place) != nil }
    guard let first = able.first else { return notFound(request) }
    let allow = allow(in: able.map { routes[$0].method })
    let reply =
      method == .options ? Self.options(allow: allow) : methodNotAllowed(request, allow)
    return reply.from(route: routes[first].pattern)
  }

  /// The place as one route sees it: with the suffix taken off only if the route declares it.
  private func match(
    _ request: Request, _ route: Route, _ index: Int, _ place: RouteTree.Place
  ) -> RouteMatch? {
    var values = place.values
    var suffix = place.suffix
    if let carried = suffix, !route.suffixes.contains(carried) {
      guard let whole = place.wholeLastValue else { return nil }
      values[values.count - 1] = whole
      suffix = nil
    }
    return RouteMatch(
      request: request, pattern: route.pattern, suffix: suffix, names: parameterNames[index],
      values: values)
  }

  /// The value of `Allow` for a set of methods: those given, HEAD beside GET, and OPTIONS.
  private func allow(in methods: [Method]) -> String {
    Method.recognised.filter { method in
      method == .options || methods.contains(method)
        || (method == .head && methods.contains(.get))
    }.map(\.name).joined(separator: ", ")
  }

  private static func options(allow: String) -> Reply {
    .now(Response(.noContent, fields: ["Allow": allow]))
  }
}
