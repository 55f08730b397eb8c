/// Whole paths and where they lead: a hash table over their bytes.
private struct LiteralPaths: Sendable {
  private struct Entry: Sendable {
    let path: [UInt8]
    let place: RouteTree.Place
  }

  private var entries: [Entry] = []
  /// Indices of entries, −1 for none; a power of two of them, at most half of them used.
  private var slots = [Int](repeating: -1, count: 16)

  mutating func insert(_ path: [UInt8], _ place: RouteTree.Place) {
    guard find(path.span) == nil else { return }
    entries.append(Entry(path: path, place: place))
    if entries.count * 2 > slots.count {
      slots = [Int](repeating: -1, count: slots.count * 2)
      for index in entries.indices { put(index) }
    } else {
      put(entries.count - 1)
    }
  }

  private mutating func put(_ index: Int) {
    let path = entries[index].path
    var slot = Self.hash(path.span) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = index
  }

  func find(_ path: Span<UInt8>) -> RouteTree.Place? {
    var slot = Self.hash(path) & (slots.count - 1)
    while slots[slot] >= 0 {
      let entry = entries[slots[slot]]
      if path.equals(entry.path.span) { return entry.place }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// FNV-1a.
  ///
  /// The table is the program's own: nobody can choose paths that collide in it.
  private static func hash(_ path: Span<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in 0..<path.count { hash = (hash ^ UInt64(path[index])) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash >> 32)
  }
}

/// The paths of a route table as a tree of segments, walked over the bytes of a path.
struct RouteTree: Sendable {
  /// Where a path leads.
  ///
  /// A class, so that what is found refers to it and copies nothing.
  final class Place: Sendable {
    let node: Int
    /// The suffix that was taken off the last segment.
    let suffix: String?
    /// The values of the parameters on the way.
    let values: [String]
    /// The last parameter's value with its suffix; nil when the last segment is a literal.
    let wholeLastValue: String?

    init(node: Int, suffix: String?, values: [String], wholeLastValue: String?) {
      self.node = node
      self.suffix = suffix
      self.values = values
      self.wholeLastValue = wholeLastValue
    }

    /// The same place, with the suffix left on the last parameter; nil when that is a literal.
    var withoutSuffix: Place? {
      wholeLastValue.map {
        Place(
          node: node, suffix: nil, values: values.dropLast() + [$0], wholeLastValue: wholeLastValue)
      }
    }
  }

  private struct Literal: Sendable {
    let bytes: Range<Int>
    let node: Int
  }

  /// A path up to and including one segment.
  private struct Node: Sendable {
    var literals: [Literal] = []
    var parameter: Int?
    var routes: [Int] = []
    /// The suffixes of the routes that end here, longest first.
    var suffixes: [String] = []
  }

  private var nodes = [Node()]
  /// The bytes of all literals; one array, so that walking touches no other.
  private var text: [UInt8] = []

  /// The paths without parameters, whole: what is asked for most is found at once.
  private var exact = LiteralPaths()

  init(_ routes: [Route]) {
    for (index, route) in routes.enumerated() { insert(route, index, of: routes) }
    for route in routes where !route.pattern.utf8.contains(0x7B) {
      for path in [route.pattern] + route.suffixes.map({ "\(route.pattern).\($0)" }) {
        let bytes = Array(path.utf8)
        // Walked once, here: what is found later is what walking finds.
        if let place = walk(bytes.span), place.values.isEmpty { exact.insert(bytes, place) }
      }
    }
  }

  private mutating func insert(_ route: Route, _ index: Int, of routes: [Route]) {
    var node = 0
    for segment in route.segments { node = child(of: node, for: segment) }
    precondition(
      !nodes[node].routes.contains { routes[$0].method == route.method },
      "two routes for \(route.method) \(route.pattern)")
    nodes[node].routes.append(index)
    for suffix in route.suffixes where !nodes[node].suffixes.contains(suffix) {
      nodes[node].suffixes.append(suffix)
    }
    nodes[node].suffixes.sort { $0.utf8.count > $1.utf8.count }
  }

  private mutating func child(of node: Int, for segment: Route.Segment) -> Int {
    switch segment {
    case .literal(let bytes):
      if let found = nodes[node].literals.first(where: { text[$0.bytes].elementsEqual(bytes) }) {
        return found.node
      }
      let start = text.count
      text += bytes
      nodes.append(Node())
      nodes[node].literals.append(Literal(bytes: start..<text.count, node: nodes.count - 1))
    case .parameter:
      if let found = nodes[node].parameter { return found }
      nodes.append(Node())
      nodes[node].parameter = nodes.count - 1
    }
    return nodes.count - 1
  }

  /// The routes that end at a node.
  func routes(at node: Int) -> [Int] { nodes[node].routes }

  /// Follows a path, as it was sent; nil when no route has it.
  func find(_ path: Span<UInt8>) -> Place? {
    exact.find(path) ?? walk(path)
  }

  private func walk(_ path: Span<UInt8>) -> Place? {
    var values: [String] = []
    return find(path, from: 1, at: 0, values: &values)
  }

  /// Depth first, literals before the parameter.
  private func find(
    _ path: Span<UInt8>, from start: Int, at node: Int, values: inout [String]
  ) -> Place? {
    var end = start
    var isEscaped = false
    while end < path.count, path[end] != ASCII.slash {
      if path[end] == ASCII.percent { isEscaped = true }
      end += 1
    }
    if isEscaped {
      var copy: [UInt8] = []
      copy.append(copying: path.extracting(start..<end))
      let decoded = PercentCoding.decoded(copy[...], plusIsSpace: false)
      return find(path, segment: decoded.span, end: end, at: node, values: &values)
    }
    return find(path, segment: path.extracting(start..<end), end: end, at: node, values: &values)
  }

  private func find(
    _ path: Span<UInt8>, segment: Span<UInt8>, end: Int, at node: Int, values: inout [String]
  ) -> Place? {
    let isLast = end == path.count
    for literal in nodes[node].literals {
      if isLast {
        if let place = finish(segment, literal, values) { return place }
      } else if segment.equals(text.span.extracting(literal.bytes)),
        let place = find(path, from: end + 1, at: literal.node, values: &values)
      {
        return place
      }
    }
    guard let next = nodes[node].parameter, segment.count > 0 else { return nil }
    if isLast { return finish(parameter: segment, at: next, values) }
    values.append(Self.text(segment))
    if let place = find(path, from: end + 1, at: next, values: &values) { return place }
    values.removeLast()
    return nil
  }

  /// The last segment against a literal: equal, or equal but for a suffix.
  private func finish(_ segment: Span<UInt8>, _ literal: Literal, _ values: [String]) -> Place? {
    let length = literal.bytes.count
    guard segment.count >= length,
      segment.extracting(0..<length).equals(text.span.extracting(literal.bytes)),
      !nodes[literal.node].routes.isEmpty
    else { return nil }
    if segment.count == length {
      return Place(node: literal.node, suffix: nil, values: values, wholeLastValue: nil)
    }
    guard let suffix = suffix(of: segment, after: length, at: literal.node) else { return nil }
    return Place(node: literal.node, suffix: suffix, values: values, wholeLastValue: nil)
  }

  /// The last segment as a parameter, without the longest suffix it carries.
  private func finish(parameter segment: Span<UInt8>, at node: Int, _ values: [String]) -> Place? {
    guard !nodes[node].routes.isEmpty else { return nil }
    let whole = Self.text(segment)
    for suffix in nodes[node].suffixes {
      let start = segment.count - suffix.utf8.count - 1
      if start > 0, self.suffix(of: segment, after: start, at: node) == suffix {
        let value = Self.text(segment.extracting(0..<start))
        return Place(
          node: node, suffix: suffix, values: values + [value], wholeLastValue: whole)
      }
    }
    return Place(node: node, suffix: nil, values: values + [whole], wholeLastValue: whole)
  }

  /// The suffix that is all of a segment from some byte on, its dot included.
  private func suffix(of segment: Span<UInt8>, after start: Int, at node: Int) -> String? {
    guard segment[start] == ASCII.dot else { return nil }
    let rest = segment.extracting((start + 1)..<segment.count)
    return nodes[node].suffixes.first { suffix in
      guard suffix.utf8.count == rest.count else { return false }
      var index = 0
      for byte in suffix.utf8 {
        if byte != rest[index] { return false }
        index += 1
      }
      return true
    }
  }

  private static func text(_ bytes: Span<UInt8>) -> String {
    var copy: [UInt8] = []
    copy.append(copying: bytes)
    return String(decoding: copy, as: UTF8.self)
  }
}
