/// Where a connection came from.
public enum PeerAddress: Hashable, Sendable, CustomStringConvertible {
  /// An IPv4 client: the address as a number (127.0.0.1 is `0x7f00_0001`) and the port.
  case ipv4(UInt32, port: UInt16)
  /// An IPv6 client: the eight groups as two numbers, high half first, and the port.
  case ipv6(UInt64, UInt64, port: UInt16)
  /// A client of the Unix-domain socket, which has no address.
  case unix

  /// The address without the port, as text: `127.0.0.1`, `::1`, `unix`.
  public var host: String {
    switch self {
    case .ipv4(let address, _):
      return "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    case .ipv6(let high, let low, _):
      return Self.text(high, low)
    case .unix:
      return "unix"
    }
  }

  /// The address with the port: `127.0.0.1:80`, `[::1]:80`, `unix`.
  public var description: String {
    switch self {
    case .ipv4(_, let port): "\(host):\(port)"
    case .ipv6(_, _, let port): "[\(host)]:\(port)"
    case .unix: "unix"
    }
  }

  /// The key under which connections are counted: the address itself, or for IPv6 its /64, since
  /// one client has a whole /64 to choose addresses from.
  public var countedAs: PeerAddress {
    switch self {
    case .ipv4(let address, _): .ipv4(address, port: 0)
    case .ipv6(let high, _, _): .ipv6(high, 0, port: 0)
    case .unix: .unix
    }
  }

  /// RFC 5952: lower-case, no leading zeros, the first longest run of two or more zero groups as
  /// `::`.
  private static func text(_ high: UInt64, _ low: UInt64) -> String {
    var groups: [UInt64] = []
    for half in [high, low] {
      for shift in [48, 32, 16, 0] as [UInt64] { groups.append(half >> shift & 0xffff) }
    }
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > best.count, end - start > 1 { best = start..<end }
      start = max(end, start + 1)
    }
    let hex = groups.map { String($0, radix: 16) }
    if best.isEmpty { return hex.joined(separator: ":") }
    return hex[..<best.lowerBound].joined(separator: ":") + "::"
      + hex[best.upperBound...].joined(separator: ":")
  }
}
