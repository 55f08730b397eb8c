/// The grammar of request targets and authorities (RFC 3986, RFC 9112 §3.2), as far as a server
/// must refuse what is not in it.
enum TargetSyntax {
  /// Whether the escapes of a target, made of legal characters, are well formed and mean text.
  ///
  /// A path must decode to UTF-8 without control characters: no file name or key has any, and a NUL
  /// or line break in a path is an attack on whatever lies behind. A query may hold line breaks (a
  /// form's text area) but no NUL.
  static func isValid(_ bytes: Span<UInt8>, path: Range<Int>, query: Range<Int>?) -> Bool {
    guard isText(bytes.extracting(path), allowsControls: false) else { return false }
    guard let query else { return true }
    return isText(bytes.extracting(query), allowsControls: true)
  }

  private static func isText(_ bytes: Span<UInt8>, allowsControls: Bool) -> Bool {
    var text = UTF8Check()
    var index = 0
    while index < bytes.count {
      var byte = bytes[index]
      if byte == ASCII.percent {
        guard index + 2 < bytes.count,
          let high = ASCII.hexValue(bytes[index + 1]), let low = ASCII.hexValue(bytes[index + 2])
        else { return false }
        byte = high << 4 | low
        guard byte != 0, allowsControls || (byte >= 0x20 && byte != 0x7F) else { return false }
        index += 3
      } else {
        index += 1
      }
      guard text.accept(byte) else { return false }
    }
    return text.isComplete
  }

  /// Whether this is `uri-host [":" port]` with a host that is not empty (RFC 9110 §7.2, §4.2.1).
  static func isAuthority(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count > 0 else { return false }
    if bytes[0] == 0x5B {  // [
      var close = 1
      while close < bytes.count, bytes[close] != 0x5D { close += 1 }
      guard close < bytes.count, isIPLiteral(bytes.extracting(1..<close)) else { return false }
      return isPort(bytes.extracting((close + 1)..<bytes.count))
    }
    var end = 0
    while end < bytes.count, bytes[end] != ASCII.colon {
      guard ASCII.isRegisteredName(bytes[end]) else { return false }
      if bytes[end] == ASCII.percent {
        guard end + 2 < bytes.count, ASCII.hexValue(bytes[end + 1]) != nil,
          ASCII.hexValue(bytes[end + 2]) != nil
        else { return false }
      }
      end += 1
    }
    return end > 0 && isPort(bytes.extracting(end..<bytes.count))
  }

  /// Nothing, or a colon and a decimal port; RFC 3986 §3.2.3 lets the number be left out.
  private static func isPort(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count > 0 else { return true }
    guard bytes[0] == ASCII.colon else { return false }
    var port = 0
    for index in 1..<bytes.count {
      guard ASCII.isDigit(bytes[index]) else { return false }
      port = port * 10 + Int(bytes[index] & 15)
      guard port <= 65535 else { return false }
    }
    return true
  }

  /// What may stand between square brackets: an IPv6 address or `v1.x` (RFC 3986 §3.2.2).
  private static func isIPLiteral(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count > 0 else { return false }
    if bytes[0] | 0x20 == 0x76 {  // v
      var index = 1
      while index < bytes.count, ASCII.hexValue(bytes[index]) != nil { index += 1 }
      guard index > 1, index + 1 < bytes.count, bytes[index] == ASCII.dot else { return false }
      for rest in (index + 1)..<bytes.count {
        let byte = bytes[rest]
        guard byte != ASCII.percent, byte == ASCII.colon || ASCII.isRegisteredName(byte) else {
          return false
        }
      }
      return true
    }
    return isIPv6(bytes)
  }

  /// Eight groups of one to four hexadecimal digits, one run of them possibly as `::`, the last two
  /// possibly as an IPv4 address.
  private static func isIPv6(_ bytes: Span<UInt8>) -> Bool {
    var groups = 0
    var hasGap = false
    var index = 0
    if bytes.count >= 2, bytes[0] == ASCII.colon, bytes[1] == ASCII.colon {
      hasGap = true
      index = 2
    }
    while index < bytes.count {
      let start = index
      while index < bytes.count, index - start < 4, ASCII.hexValue(bytes[index]) != nil {
        index += 1
      }
      guard index > start else { return false }
      if index < bytes.count, bytes[index] == ASCII.dot {
        guard isIPv4(bytes.extracting(start..<bytes.count)) else { return false }
        groups += 2
        index = bytes.count
        break
      }
      groups += 1
      if index == bytes.count { break }
      guard bytes[index] == ASCII.colon else { return false }
      index += 1
      if index < bytes.count, bytes[index] == ASCII.colon {
        guard !hasGap else { return false }
        hasGap = true
        index += 1
      } else if index == bytes.count {
        return false
      }
    }
    return hasGap ? groups <= 7 : groups == 8
  }

  private static func isIPv4(_ bytes: Span<UInt8>) -> Bool {
    var parts = 0
    var index = 0
    while true {
      let start = index
      var value = 0
      while index < bytes.count, index - start < 3, ASCII.isDigit(bytes[index]) {
        value = value * 10 + Int(bytes[index] & 15)
        index += 1
      }
      guard index > start, value <= 255, bytes[start] != 0x30 || index == start + 1 else {
        return false
      }
      parts += 1
      if index == bytes.count { return parts == 4 }
      guard parts < 4, bytes[index] == ASCII.dot else { return false }
      index += 1
    }
  }
}

/// Checks a run of bytes for well-formed UTF-8, a byte at a time (Unicode 15, table 3-7).
struct UTF8Check {
  private var pending = 0
  private var lowest: UInt8 = 0x80
  private var highest: UInt8 = 0xBF

  /// Takes the next byte; false when no well-formed text continues so.
  mutating func accept(_ byte: UInt8) -> Bool {
    if pending > 0 {
      guard byte >= lowest, byte <= highest else { return false }
      lowest = 0x80
      highest = 0xBF
      pending -= 1
      return true
    }
    switch byte {
    case 0..<0x80: return true
    case 0xC2...0xDF: pending = 1
    case 0xE0: (pending, lowest) = (2, 0xA0)
    case 0xED: (pending, highest) = (2, 0x9F)
    case 0xE1...0xEF: pending = 2
    case 0xF0: (pending, lowest) = (3, 0x90)
    case 0xF1...0xF3: pending = 3
    case 0xF4: (pending, highest) = (3, 0x8F)
    default: return false
    }
    return true
  }

  /// Whether no character is left unfinished.
  var isComplete: Bool { pending == 0 }
}
