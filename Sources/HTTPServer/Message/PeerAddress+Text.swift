extension PeerAddress {
  /// Reads an address as it stands in `Forwarded` and `X-Forwarded-For`: `192.0.2.7`,
  /// `192.0.2.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; nil for anything else, names among it.
  ///
  /// IPv4 written as IPv6 (`::ffff:192.0.2.7`) is IPv4.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    if bytes.first == 0x5B {
      guard let end = bytes.firstIndex(of: 0x5D), let halves = Self.ipv6(bytes[1..<end]),
        let port = Self.port(bytes[(end + 1)...])
      else { return nil }
      self = Self.unmapped(halves, port)
      return
    }
    if bytes.filter({ $0 == ASCII.colon }).count > 1 {
      guard let halves = Self.ipv6(bytes[...]) else { return nil }
      self = Self.unmapped(halves, 0)
      return
    }
    let end = bytes.firstIndex(of: ASCII.colon) ?? bytes.endIndex
    guard let address = Self.ipv4(bytes[..<end]), let port = Self.port(bytes[end...]) else {
      return nil
    }
    self = .ipv4(address, port: port)
  }

  private static func unmapped(_ halves: (UInt64, UInt64), _ port: UInt16) -> PeerAddress {
    halves.0 == 0 && halves.1 >> 32 == 0xffff
      ? .ipv4(UInt32(truncatingIfNeeded: halves.1), port: port)
      : .ipv6(halves.0, halves.1, port: port)
  }

  /// A colon and a number, or nothing.
  private static func port(_ bytes: ArraySlice<UInt8>) -> UInt16? {
    guard let first = bytes.first else { return 0 }
    let digits = bytes.dropFirst()
    guard first == ASCII.colon, !digits.isEmpty, digits.allSatisfy(ASCII.isDigit) else {
      return nil
    }
    return UInt16(String(decoding: digits, as: UTF8.self))
  }

  private static func ipv4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    let parts = bytes.split(separator: ASCII.dot, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy(ASCII.isDigit),
        let number = UInt32(String(decoding: part, as: UTF8.self)), number <= 255
      else { return nil }
      address = address << 8 | number
    }
    return address
  }

  /// RFC 4291 §2.2: eight groups, of which one run may be left out, the last two perhaps as IPv4.
  private static func ipv6(_ bytes: ArraySlice<UInt8>) -> (UInt64, UInt64)? {
    func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
      if text.isEmpty { return [] }
      var groups: [UInt16] = []
      let parts = text.split(separator: ASCII.colon, omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        if index == parts.count - 1, part.contains(ASCII.dot) {
          guard let address = ipv4(part) else { return nil }
          groups += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
          continue
        }
        guard (1...4).contains(part.count), part.allSatisfy({ ASCII.hexValue($0) != nil }),
          let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
        else { return nil }
        groups.append(group)
      }
      return groups
    }
    let gap = bytes.indices.dropLast().first {
      bytes[$0] == ASCII.colon && bytes[$0 + 1] == ASCII.colon
    }
    var all: [UInt16]
    if let gap {
      guard let before = groups(bytes[..<gap]), let after = groups(bytes[(gap + 2)...]),
        before.count + after.count <= 7
      else { return nil }
      all = before + [UInt16](repeating: 0, count: 8 - before.count - after.count) + after
    } else {
      guard let whole = groups(bytes), whole.count == 8 else { return nil }
      all = whole
    }
    let words = all.map(UInt64.init)
    return (
      words[0] << 48 | words[1] << 32 | words[2] << 16 | words[3],
      words[4] << 48 | words[5] << 32 | words[6] << 16 | words[7]
    )
  }
}

/// A block of addresses: `10.0.0.0/8`, `2001:db8::/32`, a single address, or `unix`, the clients of
/// the Unix-domain socket.
public struct AddressRange: Sendable, Hashable {
  private let first: PeerAddress
  private let bitCount: Int

  /// Reads a block; nil when the text is none.
  public init?(_ text: some StringProtocol) {
    if text == "unix" {
      first = .unix
      bitCount = 0
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = PeerAddress(parts[0]) else { return nil }
    let width: Int
    switch address {
    case .ipv4(_, let port) where port == 0: width = 32
    case .ipv6(_, _, let port) where port == 0: width = 128
    case .ipv4, .ipv6, .unix: return nil
    }
    var bits = width
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy(ASCII.isDigit), let number = Int(parts[1]), number <= width
      else { return nil }
      bits = number
    }
    first = address
    bitCount = bits
  }

  /// Whether an address lies in the block.
  public func contains(_ address: PeerAddress) -> Bool {
    switch (first, address) {
    case (.unix, .unix): return true
    case (.ipv4(let base, _), .ipv4(let other, _)):
      return bitCount == 0 || (base ^ other) >> UInt32(32 - bitCount) == 0
    case (.ipv6(let high, let low, _), .ipv6(let otherHigh, let otherLow, _)):
      if bitCount == 0 { return true }
      if bitCount <= 64 { return (high ^ otherHigh) >> UInt64(64 - bitCount) == 0 }
      return high == otherHigh && (low ^ otherLow) >> UInt64(128 - bitCount) == 0
    case (.ipv4, _), (.ipv6, _), (.unix, _): return false
    }
  }
}
