/// Reads the parts that structured field values are made of (RFC 9110 §5.6): tokens, quoted
/// strings, parameters.
struct FieldScanner {
  private let bytes: [UInt8]
  private var index = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  init(_ span: Span<UInt8>) {
    var copy: [UInt8] = []
    copy.append(copying: span)
    bytes = copy
  }

  var isAtEnd: Bool { index == bytes.count }

  /// The next byte, nil at the end.
  var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// Steps over one given byte; false, and nothing done, when another stands there.
  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    index += 1
    return true
  }

  mutating func skipSpace() {
    while let byte = next, byte == ASCII.space || byte == ASCII.tab { index += 1 }
  }

  /// Steps to the next byte that is given, or to the end.
  mutating func skip(to byte: UInt8) {
    while let other = next, other != byte { index += 1 }
  }

  /// A token, nil when none stands here.
  mutating func token() -> String? {
    let start = index
    while let byte = next, ASCII.isToken(byte) { index += 1 }
    return index > start ? String(decoding: bytes[start..<index], as: UTF8.self) : nil
  }

  /// A quoted string without its quotes and escapes, nil when none stands here or it does not end.
  mutating func quotedString() -> String? {
    guard take(ASCII.quote) else { return nil }
    var value: [UInt8] = []
    while let byte = next {
      index += 1
      switch byte {
      case ASCII.quote:
        return String(decoding: value, as: UTF8.self)
      case ASCII.backslash:
        guard let escaped = next else { return nil }
        index += 1
        value.append(escaped)
      default:
        value.append(byte)
      }
    }
    return nil
  }

  /// `*( OWS ";" OWS [ name "=" value ] )` up to a comma or the end; nil when something else stands
  /// there.
  mutating func parameters() -> [MediaType.Parameter]? {
    var parameters: [MediaType.Parameter] = []
    while true {
      skipSpace()
      guard take(ASCII.semicolon) else { break }
      skipSpace()
      guard let name = token() else { continue }
      guard take(ASCII.equals) else { return nil }
      guard let value = next == ASCII.quote ? quotedString() : token() else { return nil }
      parameters.append(MediaType.Parameter(name: name, value: value))
    }
    return isAtEnd || next == ASCII.comma ? parameters : nil
  }
}
