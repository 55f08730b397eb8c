/// An entity tag (RFC 9110 §8.8.3): names one state of one representation.
public struct EntityTag: Hashable, Sendable, CustomStringConvertible {
  /// The tag as it stands in the field: `"abc"` or `W/"abc"`.
  let bytes: [UInt8]
  private let opaque: Range<Int>

  /// A strong tag, or a weak one.
  /// - Precondition: `value` holds visible ASCII other than the double quote.
  public init(_ value: String, isWeak: Bool = false) {
    for byte in value.utf8 {
      precondition(byte > 0x20 && byte < 0x7F && byte != ASCII.quote, "not a character of a tag")
    }
    var bytes: [UInt8] = []
    if isWeak { bytes.append("W/") }
    let start = bytes.count
    bytes.append(ASCII.quote)
    bytes.append(contentsOf: value.utf8)
    bytes.append(ASCII.quote)
    self.bytes = bytes
    opaque = start..<bytes.count
  }

  /// The tag as it stands in a field.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether a list as `If-None-Match` has it is `*` or names this tag, compared weakly: `W/` does
  /// not matter.
  func matchesAny(in list: Span<UInt8>) -> Bool {
    // What a client sends that has got this tag from here.
    if list.equals(bytes.span) { return true }
    var index = 0
    while index < list.count {
      while index < list.count, Self.isSeparator(list[index]) { index += 1 }
      guard index < list.count else { return false }
      if list[index] == ASCII.asterisk { return list.count == 1 }
      if index + 1 < list.count, list[index] == 0x57, list[index + 1] == ASCII.slash { index += 2 }
      guard index < list.count, list[index] == ASCII.quote else { return false }
      let start = index
      index += 1
      while index < list.count, list[index] != ASCII.quote { index += 1 }
      guard index < list.count else { return false }
      index += 1
      if bytes.span.extracting(opaque).equals(list.extracting(start..<index)) { return true }
    }
    return false
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == ASCII.space || byte == ASCII.tab || byte == ASCII.comma
  }
}
