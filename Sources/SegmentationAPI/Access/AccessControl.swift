import HTTPServer
import Synchronization

/// Who may do what, how often, and where they come from.
///
/// The keys can be exchanged while the service runs; everything else is as at its start.
public final class AccessControl: Sendable {
  private struct Keys: Sendable {
    var ring: KeyRing
    var generation: UInt64 = 0
  }

  // Held to copy a reference; never while a key is hashed.
  private let keys: Mutex<Keys>
  /// Grows with each exchange of the keys: what was decided with others does not hold any more.
  private let generation = Atomic<UInt64>(0)
  private let allowsQueryKey: Bool
  private let limiter: RateLimiter?
  private let smallestSegment: Int
  /// Whose word about clients is taken.
  public let proxies: ProxyTrust

  /// - Parameters:
  ///   - keys: who is known; with no key at all, everybody may do everything.
  ///   - allowsQueryKey: whether `?api_key=` is taken, which ends up in histories and logs of others.
  ///   - rateLimit: how much a client may ask; nil for as much as it likes.
  ///   - smallestSegment: the fewest customers of a segment that is told to keys without the scope
  ///     admin; 0 tells of all.
  public init(
    keys: KeyRing = KeyRing(), allowsQueryKey: Bool = false, rateLimit: RateLimit? = nil,
    smallestSegment: Int = 0, proxies: ProxyTrust = .none
  ) {
    self.keys = Mutex(Keys(ring: keys))
    self.allowsQueryKey = allowsQueryKey
    limiter = rateLimit.map { RateLimiter($0) }
    self.smallestSegment = smallestSegment
    self.proxies = proxies
  }

  /// Whether there are keys, so that one is needed.
  public var asksForKeys: Bool { keys.withLock { !$0.ring.isEmpty } }

  /// Takes other keys from now on; those that are not among them are refused at once.
  public func replaceKeys(_ ring: KeyRing) {
    keys.withLock { keys in
      keys.ring = ring
      generation.add(1, ordering: .sequentiallyConsistent)
      keys.generation = generation.load(ordering: .sequentiallyConsistent)
    }
  }

  /// A client as far as it is known.
  struct Caller: Sendable {
    /// The key it has shown; nil where no key is asked for.
    let key: AccessKey?
    /// Whether it may see what is kept from others.
    var isAdmin: Bool { key?.allows(.admin) ?? true }
  }

  /// What is kept from a client.
  func disclosure(to caller: Caller) -> Disclosure {
    caller.isAdmin ? .everything : Disclosure(smallest: smallestSegment)
  }

  /// Answers a request if its client may ask for it, and refuses it otherwise.
  ///
  /// - Parameters:
  ///   - scope: what the route needs; nil when it is open to everybody.
  ///   - answer: gets the request without any key in its target.
  func admit(
    _ request: Request, needing scope: AccessScope?, _ answer: (Request, Caller) -> Reply
  ) -> Reply {
    let known = keys.withLock { $0 }
    guard let scope else { return answer(cleaned(request), Caller(key: nil)) }
    if known.ring.isEmpty, limiter == nil {
      return finished(answer(cleaned(request), Caller(key: nil)), request, known.generation)
    }
    let credential = credential(of: request)
    let key = credential.flatMap { known.ring.key(matching: $0) }
    var fields = HeaderFields()
    if let limiter {
      let client =
        key.map { RateLimiter.Client.key($0.name) }
        ?? .address(proxies.client(of: request).countedAs)
      let decision = limiter.take(client, now: Self.nanoseconds())
      fields = limiter.fields(decision)
      guard decision.isAllowed else {
        return Reply.now(
          ProblemDetails(
            .tooManyRequests,
            "\(limiter.limit.count) requests in \(limiter.limit.seconds) seconds are allowed (rate_limit). Try again in \(decision.secondsToNext) s.",
            extensions: [.init(name: "setting", value: "rate_limit")],
            fields: [("Retry-After", "\(max(1, decision.secondsToNext))")]
          ).response(requestID: request.id)
        ).adding(fields)
      }
    }
    let reply: Reply
    if known.ring.isEmpty {
      reply = answer(cleaned(request), Caller(key: nil))
    } else if let key {
      reply =
        key.allows(scope)
        ? answer(cleaned(request), Caller(key: key)) : forbidden(key, scope, request)
    } else {
      reply = unauthorized(request, isShown: credential != nil)
    }
    return finished(fields.isEmpty ? reply : reply.adding(fields).once(), request, known.generation)
  }

  /// What the server must know to give an answer again.
  private func finished(_ reply: Reply, _ request: Request, _ generation: UInt64) -> Reply {
    if proxies.concerns(request) { return reply.once() }
    return reply.held(while: { [self] in
      self.generation.load(ordering: .acquiring) == generation
    })
  }

  // MARK: Refusals

  private func unauthorized(_ request: Request, isShown: Bool) -> Reply {
    .now(
      ProblemDetails(
        .unauthorized,
        isShown
          ? "The key is not known here."
          : "A key is needed: Authorization: Bearer KEY, X-API-Key: KEY, or KEY as the password of Basic.",
        fields: [
          (
            "WWW-Authenticate",
            "Bearer realm=\"segmentd\"" + (isShown ? ", error=\"invalid_token\"" : "")
          ),
          ("WWW-Authenticate", "Basic realm=\"segmentd\", charset=\"UTF-8\""),
        ]
      ).response(requestID: request.id))
  }

  private func forbidden(_ key: AccessKey, _ scope: AccessScope, _ request: Request) -> Reply {
    .now(
      ProblemDetails(
        .forbidden, "The key \(key.name) lacks the scope \(scope.rawValue), which this needs.",
        extensions: [.init(name: "scope", value: .string(scope.rawValue))],
        fields: [
          (
            "WWW-Authenticate",
            "Bearer realm=\"segmentd\", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\""
          )
        ]
      ).response(requestID: request.id))
  }

  // MARK: Credentials

  private func cleaned(_ request: Request) -> Request {
    allowsQueryKey ? request.removingQueryItems(named: Self.queryName) : request
  }

  private static let queryName = "api_key"

  /// The key that a request shows; the first of its places counts.
  private func credential(of request: Request) -> [UInt8]? {
    if let value = request.fields["Authorization"], let space = value.firstIndex(of: " ") {
      let rest = value[value.index(after: space)...].drop { $0 == " " }
      switch value[..<space].lowercased() {
      case "bearer": return Array(rest.utf8)
      case "basic": return Self.password(rest)
      default: break
      }
    }
    if let value = request.fields["X-API-Key"] { return Array(value.utf8) }
    guard allowsQueryKey, request.target.hasQuery else {
      return nil
    }
    return request.target.queryItems.first { $0.name == Self.queryName }.map {
      Array($0.value.utf8)
    }
  }

  /// The password of RFC 7617 credentials, or the name where there is no password.
  private static func password(_ text: Substring) -> [UInt8]? {
    guard let bytes = Base64.decode(text.utf8) else { return [] }
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return bytes }
    let password = bytes[(colon + 1)...]
    return Array(password.isEmpty ? bytes[..<colon] : password)
  }

  private static let start = ContinuousClock.now

  private static func nanoseconds() -> UInt64 {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds) / 1_000_000_000)
  }
}
