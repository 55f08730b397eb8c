/// Header lines in the order they came, found by name in any case.
public struct HeaderList: Sendable, Equatable, CustomStringConvertible {
  /// One line.
  public struct Line: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public private(set) var lines: [Line]

  public init(_ lines: [Line] = []) { self.lines = lines }

  /// The first value of `name`.
  public subscript(name: String) -> String? { values(of: name).first }

  /// Every value of `name`, in order.
  public func values(of name: String) -> [String] {
    let wanted = name.lowercased()
    return lines.filter { $0.name.lowercased() == wanted }.map(\.value)
  }

  public var description: String { lines.map { "\($0.name): \($0.value)\n" }.joined() }

  /// Adds `name: value` as it came from the wire; false when it has no colon.
  mutating func add(line: some StringProtocol) -> Bool {
    guard let colon = line.firstIndex(of: ":") else { return false }
    let value = line[line.index(after: colon)...]
    lines.append(Line(name: String(line[..<colon]), value: trimmed(value)))
    return true
  }

  private func trimmed(_ text: some StringProtocol) -> String {
    let isSpace = { (character: Character) in character.isWhitespace }
    let start = text.drop(while: isSpace)
    return String(start.reversed().drop(while: isSpace).reversed())
  }
}

extension HeaderList: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements.map { Line(name: $0.0, value: $0.1) })
  }
}
