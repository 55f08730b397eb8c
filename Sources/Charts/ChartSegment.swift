/// A segment as charts show it: its place in a list gives its mark, and its colour unless it has one.
public struct ChartSegment: Sendable, Equatable {
  /// What it is called in addresses.
  public let id: String
  /// What it is called on pictures; any text is safe.
  public let name: String
  /// A colour that a person chose, `#rrggbb`; anything else is left out.
  public let colour: String?

  /// A segment with a name, and maybe a colour.
  public init(id: String, name: String, colour: String? = nil) {
    self.id = id
    self.name = Label.clean(name).isEmpty ? "unnamed" : name
    self.colour = colour.flatMap { Palette.isColour($0) ? $0 : nil }
  }
}
