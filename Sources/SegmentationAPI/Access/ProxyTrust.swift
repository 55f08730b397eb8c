import HTTPServer

/// What a request says about where it came from, as far as that is believed.
///
/// Who is no trusted proxy can write `Forwarded` and `X-Forwarded-For` as it likes: nobody reads it.
public struct ProxyTrust: Sendable {
  /// The proxies whose word is taken.
  public let proxies: [AddressRange]
  /// Where clients find the service, whatever a request says; nil to go by the request.
  private let baseURL: String?

  /// What is wrong with a list of proxies.
  public static let rule =
    "takes addresses such as 127.0.0.1, 10.0.0.0/8 or ::1, or unix, separated by commas"
  /// What is wrong with a base URL.
  public static let baseRule = "takes scheme, host and port, such as https://segments.example.com"

  /// Trusts nobody, and goes by `Host`.
  public static let none = ProxyTrust(proxies: [], baseURL: nil)

  private init(proxies: [AddressRange], baseURL: String?) {
    self.proxies = proxies
    self.baseURL = baseURL
  }

  /// - Parameters:
  ///   - proxies: a comma list of address blocks; empty for none.
  ///   - baseURL: an origin; empty to go by the request.
  /// - Returns: nil when a part of either is not what it should be.
  public init?(proxies: String, baseURL: String) {
    var ranges: [AddressRange] = []
    for part in proxies.split(separator: ",") {
      guard let range = AddressRange(String(part.filter { $0 != " " })) else { return nil }
      ranges.append(range)
    }
    var base = baseURL
    if base.hasSuffix("/") { base.removeLast() }
    guard base.isEmpty || Self.isOrigin(base) else { return nil }
    self.init(proxies: ranges, baseURL: base.isEmpty ? nil : base)
  }

  private static func isOrigin(_ text: String) -> Bool {
    guard let end = text.firstRange(of: "://") else { return false }
    return ["http", "https"].contains(text[..<end.lowerBound].lowercased())
      && isAuthority(text[end.upperBound...])
  }

  private static func isAuthority(_ text: some StringProtocol) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
          UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
          true
        default: false
        }
      }
  }

  private func isTrusted(_ address: PeerAddress) -> Bool {
    proxies.contains { $0.contains(address) }
  }

  /// Whether what a proxy says matters to the answer to a request, so that the next request with the
  /// same head may get another answer.
  func concerns(_ request: Request) -> Bool {
    !proxies.isEmpty
      && ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"].contains {
        request.fields.contains($0)
      }
  }

  /// Where the client is, as far as trusted proxies tell: the last address that is none of theirs.
  func client(of request: Request) -> PeerAddress { origin(of: request).client }

  /// Scheme, host and port under which the client knows the service; empty when it named none.
  func url(of request: Request) -> String {
    if let baseURL { return baseURL }
    let origin = origin(of: request)
    let host = origin.host ?? request.authority
    return host.isEmpty ? "" : "\(origin.scheme ?? "http")://\(host)"
  }

  private struct Origin {
    var client: PeerAddress
    var scheme: String?
    var host: String?
  }

  private func origin(of request: Request) -> Origin {
    var origin = Origin(client: request.peer)
    guard isTrusted(request.peer) else { return origin }
    let fields = request.fields
    // Most proxies set these and let `Forwarded` pass as the client wrote it.
    if fields.contains("X-Forwarded-For") || fields.contains("X-Forwarded-Proto")
      || fields.contains("X-Forwarded-Host")
    {
      var hops = list(fields["X-Forwarded-For"])
      while isTrusted(origin.client), let hop = hops.popLast() {
        guard let address = Self.address(hop) else { break }
        origin.client = address
      }
      note(
        scheme: list(fields["X-Forwarded-Proto"]).last,
        host: list(fields["X-Forwarded-Host"]).last, in: &origin)
      return origin
    }
    var hops = list(fields["Forwarded"])
    while isTrusted(origin.client), let hop = hops.popLast() {
      let pairs = Self.pairs(hop)
      note(scheme: pairs["proto"], host: pairs["host"], in: &origin)
      guard let text = pairs["for"], let address = Self.address(text) else { break }
      origin.client = address
    }
    return origin
  }

  private func note(scheme: String?, host: String?, in origin: inout Origin) {
    if let scheme = scheme?.lowercased(), ["http", "https"].contains(scheme) {
      origin.scheme = scheme
    }
    if let host, Self.isAuthority(host) { origin.host = host }
  }

  private func list(_ value: String?) -> [String] {
    guard let value else { return [] }
    return value.split(separator: ",").map { part in
      String(
        part.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
      )
    }
  }

  private static func address(_ text: String) -> PeerAddress? {
    text == "unix:" || text == "unix" ? .unix : PeerAddress(text)
  }

  /// The pairs of an element of `Forwarded` (RFC 7239, section 4).
  ///
  /// No value that is of use here has a comma, semicolon or backslash in it, so quotes are taken off
  /// and that is all.
  private static func pairs(_ element: String) -> [String: String] {
    var pairs: [String: String] = [:]
    for pair in element.split(separator: ";") {
      guard let equals = pair.firstIndex(of: "=") else { continue }
      let name = pair[..<equals].filter { $0 != " " }.lowercased()
      pairs[name] = pair[pair.index(after: equals)...].filter { $0 != "\"" && $0 != " " }
    }
    return pairs
  }
}
