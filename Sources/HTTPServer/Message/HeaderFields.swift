/// The field lines of a message, in order (RFC 9110 §5).
///
/// Names are compared without regard to case and kept as they came. All text lies in one array of
/// bytes and is made into a `String` only when it is asked for: a request whose handler looks at no
/// field costs no allocation for any.
public struct HeaderFields: Sendable {
  /// Where one field line lies in ``bytes``.
  struct Entry: Sendable {
    var nameStart: UInt32
    var nameEnd: UInt32
    var valueStart: UInt32
    var valueEnd: UInt32

    var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
    var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
  }

  /// The text of all fields.
  ///
  /// Of a request: its whole head. Of an answer: `Name: value CRLF`, line after line.
  private(set) var bytes: [UInt8]
  private(set) var entries: [Entry]

  /// No fields.
  public init() {
    bytes = []
    entries = []
  }

  /// Fields of a request, as the parser found them.
  init(bytes: [UInt8], entries: [Entry]) {
    self.bytes = bytes
    self.entries = entries
  }

  /// How many field lines there are.
  public var count: Int { entries.count }

  /// Whether there is no field line.
  public var isEmpty: Bool { entries.isEmpty }

  /// The value of a field; nil when the field is absent.
  ///
  /// Several lines of one name are given as one comma-separated list, as RFC 9110 §5.3 allows for
  /// every field a server is sent.
  public subscript(name: String) -> String? {
    var combined: String?
    for entry in entries where matches(entry, name) {
      let value = text(entry.value)
      combined = combined.map { $0 + ", " + value } ?? value
    }
    return combined
  }

  /// The values of all lines of one name, in order.
  public func values(_ name: String) -> [String] {
    entries.filter { matches($0, name) }.map { text($0.value) }
  }

  /// Whether there is a field of this name.
  public func contains(_ name: String) -> Bool {
    entries.contains { matches($0, name) }
  }

  /// Calls `body` with the value of each line of one name, in order.
  ///
  /// Makes no string.
  public func forEachValue<Failure: Error>(
    of name: String, _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    for entry in entries where matches(entry, name) {
      try body(bytes.span.extracting(entry.value))
    }
  }

  /// All field lines in order, as text.
  public var all: [(name: String, value: String)] {
    entries.map { (text($0.name), text($0.value)) }
  }

  /// Adds a field line after the others.
  ///
  /// CR, LF, NUL and other control bytes in the value become spaces (RFC 9110 §5.5), so that no
  /// value can end its line early, wherever it came from.
  /// - Precondition: `name` is a token (RFC 9110 §5.6.2).
  public mutating func append(_ name: String, _ value: String) {
    let nameStart = UInt32(bytes.count)
    bytes.append(contentsOf: name.utf8)
    let nameEnd = UInt32(bytes.count)
    precondition(nameEnd > nameStart, "a field needs a name")
    for byte in name.utf8 { precondition(ASCII.isToken(byte), "a field name is a token") }
    bytes.append(ASCII.colon)
    bytes.append(ASCII.space)
    let valueStart = UInt32(bytes.count)
    for byte in value.utf8 { bytes.append(ASCII.isFieldValue(byte) ? byte : ASCII.space) }
    let valueEnd = UInt32(bytes.count)
    bytes.append(ASCII.cr)
    bytes.append(ASCII.lf)
    entries.append(
      Entry(
        nameStart: nameStart, nameEnd: nameEnd, valueStart: valueStart, valueEnd: valueEnd))
  }

  /// Makes this the one line of its name: the others are removed.
  public mutating func set(_ name: String, _ value: String) {
    remove(name)
    append(name, value)
  }

  /// Removes every line of a name.
  public mutating func remove(_ name: String) {
    guard contains(name) else { return }
    let old = self
    self = HeaderFields()
    for entry in old.entries where !old.matches(entry, name) {
      append(old.text(entry.name), old.text(entry.value))
    }
  }

  private func matches(_ entry: Entry, _ name: String) -> Bool {
    guard entry.name.count == name.utf8.count else { return false }
    return bytes.span.extracting(entry.name).equalsIgnoringCase(name)
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}

extension HeaderFields: ExpressibleByDictionaryLiteral {
  /// Fields in the order they are written: `["Content-Type": "text/plain", "Allow": "GET"]`.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init()
    for (name, value) in elements { append(name, value) }
  }
}
