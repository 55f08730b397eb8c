import Datasets
import HTTPServer

/// The system query options of a request for an entity set (OData v4 Part 1, §11.2).
struct ODataQuery: Sendable {
  /// A property that rows are ordered by.
  struct Order: Sendable {
    let property: Int
    let isDescending: Bool
  }

  private(set) var filter: FilterExpression?
  /// The properties to show, all when nil.
  private(set) var select: [Int]?
  private(set) var order: [Order] = []
  private(set) var top: Int?
  private(set) var skip = 0
  private(set) var wantsCount = false
  /// Where the page begins: how many rows of the answer went before.
  private(set) var offset = 0
  /// The texts that decide which rows come in which order.
  private(set) var selection = ""

  /// Options that are known to OData and not to this feed.
  private static let unsupported = [
    "$expand", "$apply", "$search", "$compute", "$levels", "$schemaversion", "$deltatoken", "$id",
  ]
  private static let supported = [
    "$filter", "$select", "$orderby", "$top", "$skip", "$count", "$skiptoken", "$format",
  ]

  /// Takes the options apart, each once: those of OData and the aliases.
  ///
  /// Custom options, without `$` or `@`, are for others and pass (§11.2.5).
  static func options(_ items: [RequestTarget.QueryItem], form: Form = .json) throws(ODataFault)
    -> [String: String]
  {
    var options: [String: String] = [:]
    for item in items {
      guard item.name.hasPrefix("$") || item.name.hasPrefix("@") else { continue }
      if unsupported.contains(item.name) {
        throw .notImplemented("\(item.name) is not supported here.")
      }
      guard item.name.hasPrefix("@") || supported.contains(item.name) else {
        let near = Spelling.nearest(to: item.name, in: supported).map { "; did you mean \($0)?" }
        throw .badRequest("There is no query option \(item.name)\(near ?? "").")
      }
      guard options.updateValue(item.value, forKey: item.name) == nil else {
        throw .badRequest("\(item.name) is given more than once.")
      }
    }
    if let format = options["$format"], !isJSON(format), form != .pmml || !isXML(format) {
      throw .notAcceptable("$format=\(format): this feed answers json, and its model as xml.")
    }
    return options
  }

  private static func isXML(_ format: String) -> Bool {
    format == "xml" || format.prefix { $0 != ";" }.lowercased() == "application/xml"
  }

  private static func isJSON(_ format: String) -> Bool {
    let type = format.prefix { $0 != ";" }.lowercased()
    return type == "json" || type == "application/json"
  }

  /// Reads the options of a request for a set.
  init(_ options: [String: String], of set: EntitySet) throws(ODataFault) {
    let aliases = options.filter { $0.key.hasPrefix("@") }
    if let text = options["$filter"] {
      filter = try FilterParser.parse(text, of: set, aliases: aliases)
    }
    if let text = options["$select"] { select = try Self.select(text, of: set) }
    if let text = options["$orderby"] { order = try Self.order(text, of: set) }
    top = try Self.count(options["$top"], "$top")
    skip = try Self.count(options["$skip"], "$skip") ?? 0
    switch options["$count"] {
    case nil, "false": wantsCount = false
    case "true": wantsCount = true
    default: throw .badRequest("$count takes true or false.")
    }
    let names = ["$filter", "$orderby"] + aliases.keys.sorted()
    selection = names.map { "\($0)=\(options[$0] ?? "")" }.joined(separator: "\n")
    if let token = options["$skiptoken"] {
      guard let cursor = Cursor(token) else {
        throw .badRequest("$skiptoken is not one that was given out here.")
      }
      offset = cursor.offset
    }
  }

  private static func count(_ text: String?, _ name: String) throws(ODataFault) -> Int? {
    guard let text else { return nil }
    guard let count = WholeNumber.parse(text), count >= 0 else {
      throw .badRequest("\(name) takes a whole number from 0.")
    }
    return count
  }

  private static func names(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let start = part.drop { $0 == " " }
      return String(
        start.prefix(
          (start.lastIndex { $0 != " " }).map {
            start.distance(from: start.startIndex, to: $0) + 1
          } ?? 0))
    }
  }

  private static func index(_ name: String, of set: EntitySet) throws(ODataFault) -> Int {
    guard let index = set.property(name) else {
      let known = set.properties.map(\.name)
      let near = Spelling.nearest(to: name, in: known).map { "; did you mean \($0)?" } ?? ""
      throw .badRequest("\(set.name) has no property \(name)\(near).")
    }
    return index
  }

  private static func select(_ text: String, of set: EntitySet) throws(ODataFault) -> [Int]? {
    var selected: [Int] = []
    for name in names(text) {
      if name == "*" { return nil }
      let index = try index(name, of: set)
      if !selected.contains(index) { selected.append(index) }
    }
    return selected
  }

  private static func order(_ text: String, of set: EntitySet) throws(ODataFault) -> [Order] {
    var order: [Order] = []
    for item in names(text) {
      let words = item.split(separator: " ")
      guard let name = words.first, words.count <= 2,
        words.count == 1 || words[1] == "asc" || words[1] == "desc"
      else {
        throw .badRequest("$orderby takes properties, each with asc or desc or nothing behind it.")
      }
      if name.hasSuffix(")"), let function = name.split(separator: "(").first.map(String.init),
        FilterExpression.Function(rawValue: function) != nil
          || FilterExpression.Function.unsupported.contains(function)
      {
        throw .notImplemented("$orderby takes properties, not functions.")
      }
      order.append(
        Order(property: try index(String(name), of: set), isDescending: words.last == "desc"))
    }
    return order
  }
}
