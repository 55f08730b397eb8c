import Testing

/// A strict reader of the HTML that the service writes: what it opens it closes, every attribute is
/// quoted, nothing is left to a browser's mending.
struct HTMLTree {
  struct Element {
    let name: String
    let attributes: [String: String]
  }

  enum Fault: Error {
    case malformed(String)
  }

  /// In the order they open.
  private(set) var elements: [Element] = []
  /// The text between them, with references resolved.
  private(set) var text = ""

  private static let voids: Set<String> = ["meta", "link", "img", "input", "source", "br"]

  init(_ html: String) throws {
    var rest = Substring(html)
    let doctype = "<!doctype html>"
    guard rest.hasPrefix(doctype) else { throw Fault.malformed("no doctype") }
    rest = rest.dropFirst(doctype.count)
    var open: [String] = []
    while let sign = rest.firstIndex(where: { $0 == "<" || $0 == ">" }) {
      guard rest[sign] == "<" else { throw Fault.malformed("a lone > at \(rest.prefix(60))") }
      try take(rest[..<sign])
      rest = rest[rest.index(after: sign)...]
      if rest.hasPrefix("/") {
        guard let end = rest.firstIndex(of: ">") else { throw Fault.malformed("open end") }
        let name = String(rest[rest.index(after: rest.startIndex)..<end])
        guard open.popLast() == name else { throw Fault.malformed("</\(name)> closes nothing") }
        rest = rest[rest.index(after: end)...]
        continue
      }
      let element = try Self.element(&rest)
      elements.append(element)
      if !Self.voids.contains(element.name) { open.append(element.name) }
    }
    try take(rest)
    guard open.isEmpty else { throw Fault.malformed("left open: \(open)") }
  }

  private mutating func take(_ piece: Substring) throws { text += try Self.resolved(piece) }

  private static func element(_ rest: inout Substring) throws -> Element {
    let name = rest.prefix { $0.isLetter || $0.isNumber }
    guard !name.isEmpty, name.allSatisfy({ $0.isASCII }) else {
      throw Fault.malformed("a < at \(rest.prefix(60))")
    }
    rest = rest[name.endIndex...]
    var attributes: [String: String] = [:]
    while rest.first == " " {
      rest = rest.dropFirst()
      let key = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
      guard !key.isEmpty else { throw Fault.malformed("an attribute at \(rest.prefix(60))") }
      rest = rest[key.endIndex...]
      var value = ""
      if rest.hasPrefix("=\"") {
        rest = rest.dropFirst(2)
        guard let end = rest.firstIndex(of: "\"") else { throw Fault.malformed("an open quote") }
        value = try resolved(rest[..<end])
        rest = rest[rest.index(after: end)...]
      }
      guard attributes.updateValue(value, forKey: String(key)) == nil else {
        throw Fault.malformed("\(key) twice")
      }
    }
    guard rest.first == ">" else { throw Fault.malformed("a tag at \(rest.prefix(60))") }
    rest = rest.dropFirst()
    return Element(name: String(name), attributes: attributes)
  }

  private static let references = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'",
  ]

  /// A text with its references resolved; every `&` must begin one.
  private static func resolved(_ piece: Substring) throws -> String {
    var parts = piece.split(separator: "&", omittingEmptySubsequences: false)[...]
    var out = String(parts.removeFirst())
    for part in parts {
      guard let end = part.firstIndex(of: ";"), let sign = references[String(part[..<end])] else {
        throw Fault.malformed("&\(part.prefix(10))")
      }
      out += sign + part[part.index(after: end)...]
    }
    return out
  }

  /// The values of an attribute, wherever it stands.
  func values(_ attribute: String) -> [String] { elements.compactMap { $0.attributes[attribute] } }
}
