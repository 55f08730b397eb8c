/// Writes HTML that is escaped by construction.
///
/// Names of elements and attributes are literals of the program; texts and values may come from
/// anywhere and are always escaped. What is a column, a cell or a name from a file goes through
/// ``data(_:)``, which also keeps its direction from the text around it.
struct HTMLWriter {
  /// The attributes of an element in their order; one with nil is left out.
  typealias Attributes = KeyValuePairs<StaticString, String?>

  private(set) var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(1 << 16) }

  // MARK: Elements

  /// An element with what is written inside it.
  mutating func element(
    _ name: StaticString, _ attributes: Attributes = [:], _ content: (inout HTMLWriter) -> Void
  ) {
    open(name, attributes)
    content(&self)
    close(name)
  }

  /// An element without attributes around a text.
  mutating func element(_ name: StaticString, _ text: String) { element(name, [:], text) }

  /// An element around a text.
  mutating func element(_ name: StaticString, _ attributes: Attributes, _ text: String) {
    open(name, attributes)
    self.text(text)
    close(name)
  }

  /// An element that has no content: `input`, `img`, `link`.
  mutating func void(_ name: StaticString, _ attributes: Attributes = [:]) {
    open(name, attributes)
  }

  /// Markup of the program's own, as it stands.
  mutating func markup(_ literal: StaticString) { append(literal) }

  private mutating func open(_ name: StaticString, _ attributes: Attributes) {
    append("<")
    append(name)
    for (name, value) in attributes {
      guard let value else { continue }
      append(" ")
      append(name)
      guard !value.isEmpty else { continue }
      append("=\"")
      escaped(value)
      append("\"")
    }
    append(">")
  }

  private mutating func close(_ name: StaticString) {
    append("</")
    append(name)
    append(">")
  }

  // MARK: Text

  /// A text between elements.
  mutating func text(_ text: String) { escaped(text) }

  /// A text from a file, isolated from the direction of what stands around it (UAX #9).
  mutating func data(_ text: String) {
    append("<bdi>")
    escaped(text)
    append("</bdi>")
  }

  private mutating func append(_ literal: StaticString) {
    // A literal is ASCII or UTF-8 of the program; its text is taken over byte by byte.
    bytes.append(contentsOf: literal.description.utf8)
  }

  private mutating func escaped(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): append("&amp;")
      case UInt8(ascii: "<"): append("&lt;")
      case UInt8(ascii: ">"): append("&gt;")
      case UInt8(ascii: "\""): append("&quot;")
      case UInt8(ascii: "'"): append("&#39;")
      case 0x09, 0x0A, 0x0D: append(" ")
      // What HTML takes for an error, and may not stand in a document.
      case 0x00..<0x20, 0x7F: append("\u{FFFD}")
      default: bytes.append(byte)
      }
    }
  }
}
