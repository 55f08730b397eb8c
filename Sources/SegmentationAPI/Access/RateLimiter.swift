import HTTPServer
import Synchronization

/// How many requests a client may make in which time.
public struct RateLimit: Sendable, Equatable {
  /// Requests that a full bucket holds.
  public let count: Int
  /// In how many seconds an empty bucket is full again.
  public let seconds: Int

  /// What is wrong with a text that is no limit.
  public static let rule = "takes a number of requests and a time, such as 20/s, 600/min or 5000/h"

  /// Reads `20/s`, `600/min`, `5000/h`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty,
      parts[0].utf8.allSatisfy({ (48...57).contains($0) }),
      let count = Int(parts[0]), (1...1_000_000).contains(count)
    else { return nil }
    switch parts[1] {
    case "s", "second": seconds = 1
    case "min", "minute": seconds = 60
    case "h", "hour": seconds = 3600
    default: return nil
    }
    self.count = count
  }
}

/// Counts the requests of each client against a limit: a bucket that fills evenly, from which each
/// request takes one.
///
/// A bucket is kept as the time at which it will be full again (the generic cell rate algorithm): one
/// number a client. The table is bounded; when it is full of clients whose buckets are not, those
/// who come new share one bucket, so that many addresses cannot drive out the count of any.
final class RateLimiter: Sendable {
  /// Who is counted.
  enum Client: Hashable, Sendable {
    case key(String)
    case address(PeerAddress)
    /// Those for whom there is no room.
    case others
  }

  /// Whether a request may pass, and what to tell about it.
  struct Decision: Equatable {
    let isAllowed: Bool
    /// Requests that may follow at once.
    let remaining: Int
    /// Seconds until the bucket is full.
    let secondsToFull: Int
    /// Seconds until the next request may pass.
    let secondsToNext: Int
  }

  /// Some hundred kilobytes.
  static let capacity = 16_384

  let limit: RateLimit
  private let capacity: Int
  private let window: UInt64
  private let interval: UInt64
  private struct State: Sendable {
    /// When each bucket is full again, in nanoseconds.
    var fullTimes: [Client: UInt64] = [:]
    var nextSweep: UInt64 = 0
  }
  // Held for one look-up; once a second at most for a walk through the table.
  private let state = Mutex(State())

  init(_ limit: RateLimit, capacity: Int = RateLimiter.capacity) {
    self.limit = limit
    self.capacity = capacity
    window = UInt64(limit.seconds) * 1_000_000_000
    interval = max(1, window / UInt64(limit.count))
  }

  /// Takes one from a client's bucket.
  /// - Parameter now: nanoseconds of a clock that only goes forward.
  func take(_ client: Client, now: UInt64) -> Decision {
    state.withLock { state in
      var client = client
      if state.fullTimes[client] == nil, state.fullTimes.count >= capacity {
        if now >= state.nextSweep {
          state.nextSweep = now + 1_000_000_000
          state.fullTimes = state.fullTimes.filter { $0.value > now }
        }
        if state.fullTimes.count >= capacity { client = .others }
      }
      let full = max(state.fullTimes[client] ?? 0, now)
      let after = full + interval
      guard after - now <= window else {
        return decision(false, untilFull: full - now, untilNext: after - now - window)
      }
      state.fullTimes[client] = after
      return decision(true, untilFull: after - now, untilNext: 0)
    }
  }

  private func decision(_ isAllowed: Bool, untilFull: UInt64, untilNext: UInt64) -> Decision {
    Decision(
      isAllowed: isAllowed,
      remaining: isAllowed ? Int((window - untilFull) / interval) : 0,
      secondsToFull: Int((untilFull + 999_999_999) / 1_000_000_000),
      secondsToNext: Int((untilNext + 999_999_999) / 1_000_000_000))
  }

  /// How many clients are counted.
  var clientCount: Int { state.withLock { $0.fullTimes.count } }

  /// What an answer tells of the limit (draft-ietf-httpapi-ratelimit-headers-10).
  func fields(_ decision: Decision) -> HeaderFields {
    var fields = HeaderFields()
    fields.append("RateLimit-Policy", "\"requests\";q=\(limit.count);w=\(limit.seconds)")
    fields.append(
      "RateLimit", "\"requests\";r=\(decision.remaining);t=\(decision.secondsToFull)")
    return fields
  }
}
