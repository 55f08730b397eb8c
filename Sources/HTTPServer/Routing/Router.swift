/// Finds the route of a request in one table.
///
/// A literal segment beats a parameter, a longer suffix a shorter one. HEAD is answered where GET
/// is, OPTIONS everywhere, and `Allow` names what a path can do.
public struct Router: Sendable {
  /// The table, in the order it was given.
  public let routes: [Route]
  private let entries: [RouteEntry]
  private let tree: RouteTree

  /// - Precondition: no two routes have one method and one path.
  public init(_ routes: [Route]) {
    self.routes = routes
    entries = routes.map { RouteEntry($0) }
    tree = RouteTree(routes)
  }

  /// Answers a request by its route.
  /// - Parameters:
  ///   - notFound: no route has this path.
  ///   - methodNotAllowed: the path has routes, none of this method; `allow` is the value of the
  ///     `Allow` field that the answer must carry.
  public func reply(
    to request: Request, notFound: (Request) -> Reply,
    methodNotAllowed: (_ request: Request, _ allow: String) -> Reply
  ) -> Reply {
    if request.head.isAsterisk {
      return Self.options(allow: allow(in: routes.map(\.method)))
    }
    guard let place = request.head.withPath({ tree.find($0) }) else { return notFound(request) }
    let method = request.method
    if let reply = reply(to: request, as: method, at: place) { return reply }
    // A GET route answers HEAD, unless HEAD has one of its own.
    if method == .head, let reply = reply(to: request, as: .get, at: place) { return reply }
    let able = tree.routes(at: place.node).filter { self.place(place, for: entries[$0]) != nil }
    guard let first = able.first else { return notFound(request) }
    let allow = allow(in: able.map { routes[$0].method })
    let reply =
      method == .options ? Self.options(allow: allow) : methodNotAllowed(request, allow)
    return reply.from(route: routes[first].pattern)
  }

  private func reply(
    to request: Request, as method: Method, at place: RouteTree.Place
  ) -> Reply? {
    for index in tree.routes(at: place.node) {
      let entry = entries[index]
      guard entry.route.method == method, let place = self.place(place, for: entry) else {
        continue
      }
      var reply = entry.route.handler(RouteMatch(request: request, entry: entry, place: place))
      reply.routePattern = entry.route.pattern
      reply.routeIndex = index
      return reply
    }
    return nil
  }

  /// The place as one route sees it: with the suffix taken off only if the route declares it.
  private func place(_ place: RouteTree.Place, for entry: RouteEntry) -> RouteTree.Place? {
    guard let suffix = place.suffix, !entry.route.suffixes.contains(suffix) else { return place }
    return place.withoutSuffix
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
