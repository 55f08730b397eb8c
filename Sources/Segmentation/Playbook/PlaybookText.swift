/// A sentence of a playbook with places for the figures of a segment: `{size} customers`.
public struct PlaybookText: Sendable, Equatable {
  /// A figure of a segment.
  public enum Figure: Sendable, Equatable {
    /// The segment's name.
    case name
    /// How many customers it has.
    case size
    /// Its share of the customers.
    case share
    /// Its share of the value, or of the customers when no value column is known.
    case value
    /// The feature that sets it apart most, beside the figure of all customers.
    case strongest
    /// The category that stands out, with its share.
    case favourite
    /// The mean of the feature that plays a role.
    case role(String)
    /// The mean of that feature over all customers.
    case overall(String)
  }

  /// A piece of the sentence.
  enum Piece: Sendable, Equatable {
    case words(String)
    case figure(Figure)
  }

  /// Why a sentence cannot be used, and what would mend it.
  struct Fault: Error, Equatable {
    let reason: String
  }

  let pieces: [Piece]

  /// Reads a sentence.
  ///
  /// - Parameter roles: the roles whose figures are there whenever the sentence is used.
  init(_ text: String, roles: Set<String>) throws(Fault) {
    var pieces: [Piece] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw Fault(reason: "{ is not closed by }")
      }
      if open > rest.startIndex { pieces.append(.words(String(rest[..<open]))) }
      let name = String(rest[rest.index(after: open)..<close])
      pieces.append(.figure(try Self.figure(name, roles: roles)))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.words(String(rest))) }
    self.pieces = pieces
  }

  private static func figure(_ name: String, roles: Set<String>) throws(Fault) -> Figure {
    switch name {
    case "name": return .name
    case "size": return .size
    case "share": return .share
    case "value": return .value
    case "strongest": return .strongest
    case "favourite": return .favourite
    default:
      if roles.contains(name) { return .role(name) }
      if name.hasSuffix(".all"), roles.contains(String(name.dropLast(4))) {
        return .overall(String(name.dropLast(4)))
      }
      let own = roles.sorted().flatMap { [$0, "\($0).all"] }
      let known = ["name", "size", "share", "value", "strongest", "favourite"] + own
      throw Fault(
        reason: "{\(name)} is not a figure here; the figures are \(known.joined(separator: ", "))")
    }
  }

  /// Whether any figure stands in it.
  var hasFigure: Bool {
    pieces.contains { if case .figure = $0 { true } else { false } }
  }

  /// The sentence with its figures.
  func filled(_ figure: (Figure) -> String) -> String {
    let text = pieces.map { piece in
      switch piece {
      case .words(let words): words
      case .figure(let name): figure(name)
      }
    }.joined()
    return text.prefix(1).uppercased() + text.dropFirst()
  }
}
