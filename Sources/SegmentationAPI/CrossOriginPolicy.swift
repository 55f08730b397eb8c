import HTTPServer

/// Whose pages may read answers in a browser: the origins named, all, or none (Fetch standard, §3.2).
///
/// Without a policy no answer carries a field of it. Credentials of browsers (cookies) play no part:
/// the service has none.
public struct CrossOriginPolicy: Sendable, Equatable {
  private let allowsAll: Bool
  /// Scheme, host and port, in lower case, as browsers write them.
  private let origins: Set<String>

  /// What is wrong with a list of origins.
  public static let rule =
    "takes origins such as https://shop.example:8443, separated by commas, or *"

  /// Pages of no other origin.
  public static let none = CrossOriginPolicy(allowsAll: false, origins: [])

  private init(allowsAll: Bool, origins: Set<String>) {
    self.allowsAll = allowsAll
    self.origins = origins
  }

  /// Reads a comma list of origins, or `*` for all; nil when a part of it is neither.
  public init?(_ text: String) {
    let parts = text.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    if parts == ["*"] {
      self.init(allowsAll: true, origins: [])
      return
    }
    guard parts.allSatisfy(Self.isOrigin) else { return nil }
    self.init(allowsAll: false, origins: Set(parts.map { $0.lowercased() }))
  }

  /// RFC 6454 §6.2: scheme, host and perhaps a port, and nothing behind them, not even a slash.
  private static func isOrigin(_ text: String) -> Bool {
    guard let colon = text.firstRange(of: "://") else { return false }
    let authority = text[colon.upperBound...].utf8
    return ["http", "https"].contains(text[..<colon.lowerBound].lowercased())
      && !authority.isEmpty
      && authority.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
          UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
          true
        default: false
        }
      }
  }

  /// The answer's fields that scripts of another origin may read.
  static let exposed =
    "ETag, Link, Location, Content-Disposition, Retry-After, Server-Timing, Preference-Applied, OData-Version, RateLimit, RateLimit-Policy, traceresponse, WWW-Authenticate, X-Request-Id"
  /// The fields that such scripts may send.
  static let requestFields =
    "Accept, Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID, OData-MaxVersion, OData-Version, Prefer, traceparent, X-API-Key, Idempotency-Key"

  /// What an answer to a request carries because of where the asking page came from.
  func fields(for request: Request) -> HeaderFields {
    var fields = HeaderFields()
    guard allowsAll || !origins.isEmpty else { return fields }
    // A cache must not hand one origin what was made for another, or for none.
    if !allowsAll { fields.append("Vary", "Origin") }
    guard let origin = request.fields["Origin"], allowsAll || origins.contains(origin.lowercased())
    else { return fields }
    fields.append("Access-Control-Allow-Origin", allowsAll ? "*" : origin)
    guard request.method == .options, request.fields.contains("Access-Control-Request-Method")
    else {
      fields.append("Access-Control-Expose-Headers", Self.exposed)
      return fields
    }
    fields.append(
      "Access-Control-Allow-Methods", Method.recognised.map(\.name).joined(separator: ", "))
    fields.append("Access-Control-Allow-Headers", Self.requestFields)
    // The longest that browsers keep a preflight.
    fields.append("Access-Control-Max-Age", "7200")
    return fields
  }
}
