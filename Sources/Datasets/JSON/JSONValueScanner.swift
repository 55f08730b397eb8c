/// Finds where a JSON value ends in text that arrives in pieces, without reading it.
///
/// Whether what lies between is JSON is for ``JSONReader`` to say; this only keeps count of
/// brackets and strings, and goes on where it stopped.
struct JSONValueScanner: Sendable {
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var hasBegun = false
  private var stringLength = 0
  /// The longest string met, in bytes.
  private(set) var longestString = 0
  /// The deepest nesting met; 1 is an array or object of plain values.
  private(set) var deepest = 0

  /// The index after the value's last byte, or `nil` if it does not end before `end`.
  ///
  /// A bare word or number ends before the first byte that cannot be part of it.
  mutating func scan(_ bytes: [UInt8], from start: Int, to end: Int) -> Int? {
    var index = start
    while index < end {
      let byte = bytes[index]
      index += 1
      if isInString {
        stringLength += 1
        longestString = max(longestString, stringLength)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
          if depth == 0 { return index }
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        if depth == 0, hasBegun { return index - 1 }
        isInString = true
        stringLength = 0
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if depth == 0, hasBegun { return index - 1 }
        depth += 1
        deepest = max(deepest, depth)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return index - 1 }
        depth -= 1
        if depth == 0 { return index }
      case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
        if depth == 0 { return index - 1 }
      default: break
      }
      hasBegun = true
    }
    return nil
  }
}
