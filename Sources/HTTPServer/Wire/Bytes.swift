/// ASCII as HTTP's grammar sees it, and the few byte operations the parsers share.
enum ASCII {
  static let tab: UInt8 = 0x09
  static let lf: UInt8 = 0x0A
  static let cr: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let percent: UInt8 = 0x25
  static let comma: UInt8 = 0x2C
  static let dash: UInt8 = 0x2D
  static let dot: UInt8 = 0x2E
  static let slash: UInt8 = 0x2F
  static let colon: UInt8 = 0x3A
  static let semicolon: UInt8 = 0x3B
  static let equals: UInt8 = 0x3D
  static let question: UInt8 = 0x3F
  static let backslash: UInt8 = 0x5C
  static let asterisk: UInt8 = 0x2A

  /// The set of all bytes for which a predicate holds, as four words; looked up without a branch on
  /// memory.
  struct Set: Sendable {
    private let low: UInt64
    private let high: UInt64

    /// A set of ASCII characters; bytes from 0x80 are never members.
    init(_ members: StaticString) {
      var low: UInt64 = 0
      var high: UInt64 = 0
      members.withUTF8Buffer {
        for byte in $0 {
          if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
      }
      self.low = low
      self.high = high
    }

    fileprivate init(low: UInt64, high: UInt64) {
      self.low = low
      self.high = high
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
      byte < 128 && (byte < 64 ? low : high) &>> UInt64(byte & 63) & 1 == 1
    }
  }

  /// `tchar` (RFC 9110 §5.6.2): what method and field names are made of.
  @inline(__always)
  static func isToken(_ byte: UInt8) -> Bool {
    Set(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE).contains(byte)
  }

  /// `unreserved / sub-delims / ":" / "@" / "/" / "?"`: all that a path or query may hold as it is
  /// (RFC 3986 §3.3, §3.4).
  @inline(__always)
  static func isTarget(_ byte: UInt8) -> Bool {
    Set(low: 0xAFFF_FFD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF).contains(byte)
  }

  /// `unreserved / sub-delims / "%"`: what a registered name may hold (RFC 3986 §3.2.2).
  @inline(__always)
  static func isRegisteredName(_ byte: UInt8) -> Bool {
    Set(low: 0x2BFF_7FF2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE).contains(byte)
  }

  /// `VCHAR / obs-text / SP / HTAB` (RFC 9110 §5.5): what a field value may hold.
  ///
  /// CR, LF and NUL are not among them.
  @inline(__always)
  static func isFieldValue(_ byte: UInt8) -> Bool {
    byte >= 0x20 ? byte != 0x7F : byte == tab
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  @inline(__always)
  static func isAlpha(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  /// The value of a hexadecimal digit, nil for any other byte.
  @inline(__always)
  static func hexValue(_ byte: UInt8) -> UInt8? {
    if byte &- 0x30 < 10 { return byte &- 0x30 }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? letter + 10 : nil
  }

  /// A to Z made a to z; every other byte as it is.
  @inline(__always)
  static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
  }
}

extension [UInt8] {
  /// Appends what a span holds.
  @inline(__always)
  mutating func append(copying bytes: Span<UInt8>) {
    // Safety: the pointer does not leave the closure, which only reads `count` bytes from it.
    bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
  }

  /// Appends other bytes.
  ///
  /// Unlike `append(contentsOf:)`, this does not hold the other array.
  @inline(__always)
  mutating func append(copying bytes: borrowing [UInt8]) {
    // Safety: the pointer does not leave the closure, which only reads `count` bytes from it.
    bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
  }

  /// Appends text that is known when the program is compiled.
  @inline(__always)
  mutating func append(_ text: StaticString) {
    // Safety: a static string lives as long as the program.
    append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends a number in decimal.
  mutating func append(decimal number: Int) {
    if number < 0 { append(ASCII.dash) }
    var rest = number.magnitude
    let start = count
    repeat {
      append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
      rest /= 10
    } while rest > 0
    self[start...].reverse()
  }

  /// Appends a number in lower-case hexadecimal, without leading zeros.
  mutating func append(hexadecimal number: Int) {
    var rest = UInt(bitPattern: number)
    let start = count
    repeat {
      let digit = UInt8(truncatingIfNeeded: rest & 15)
      append(digit < 10 ? 0x30 + digit : 0x57 + digit)
      rest >>= 4
    } while rest > 0
    self[start...].reverse()
  }
}

extension Span<UInt8> {
  /// Whether this and other bytes are the same.
  @inline(__always)
  func equals(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }

  /// Whether other bytes stand here at an index; they are compared eight at a time.
  func has(_ other: borrowing [UInt8], at start: Int) -> Bool {
    guard start >= 0, count - start >= other.count else { return false }
    // Safety: the pointers do not leave the closures, and every read lies within both counts.
    return withUnsafeBytes { own in
      other.withUnsafeBytes { other in
        var index = 0
        while index + 8 <= other.count {
          let left = own.loadUnaligned(fromByteOffset: start + index, as: UInt64.self)
          let right = other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          if left != right { return false }
          index += 8
        }
        while index < other.count {
          if own[start + index] != other[index] { return false }
          index += 1
        }
        return true
      }
    }
  }

  /// Whether this is exactly the given text.
  @inline(__always)
  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    // Safety: a static string lives as long as the program; the reads are within its count.
    let other = text.utf8Start
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }

  /// Whether this is the given lower-case text, but for the case of its letters (ASCII only).
  @inline(__always)
  func spells(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    // Safety: a static string lives as long as the program; the reads are within its count.
    let other = text.utf8Start
    for index in 0..<count where ASCII.lowercased(self[index]) != other[index] { return false }
    return true
  }

  /// Whether this is the given text, but for the case of letters (ASCII only).
  func equalsIgnoringCase(_ text: String) -> Bool {
    var text = text
    // Safety: the pointer is used within the closure and its count is checked.
    return text.withUTF8 { other in
      guard count == other.count else { return false }
      for index in 0..<count
      where ASCII.lowercased(self[index]) != ASCII.lowercased(other[index]) {
        return false
      }
      return true
    }
  }

  /// Where the part between leading and trailing spaces and tabs lies.
  func trimmed() -> Range<Int> {
    var start = 0
    var end = count
    while start < end, self[start] == ASCII.space || self[start] == ASCII.tab { start += 1 }
    while end > start, self[end - 1] == ASCII.space || self[end - 1] == ASCII.tab { end -= 1 }
    return start..<end
  }
}

extension String {
  /// The text of a span in UTF-8.
  init(copying bytes: Span<UInt8>) {
    // Safety: the pointer does not leave the closure, which only reads `count` bytes from it.
    self = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
