import HTTPServer
import Synchronization

/// Answers that are already bytes, kept until something is stored or removed.
///
/// Dashboards poll the same few addresses; from here their answers go out from the event loop with
/// neither a copy nor an encoding.
final class AnswerCache: Sendable {
  private struct State: Sendable {
    /// The version of the store that the answers were made from.
    var version: UInt64 = 0
    var answers: [Key: PreparedResponse] = [:]
    var byteCount = 0
  }

  struct Key: Hashable, Sendable {
    /// Path and query as they were sent.
    let target: String
    let form: Form
    /// Below which size segments are left out.
    let smallest: Int
  }

  /// The most memory that kept answers may take, in bytes.
  static let byteLimit = 32 << 20
  /// An answer above this size is made anew each time.
  static let answerLimit = 1 << 20

  // Held for a look-up or an insertion, never while an answer is made.
  private let state = Mutex(State())

  /// The answer kept for this version of the store.
  func answer(_ key: Key, version: UInt64) -> PreparedResponse? {
    state.withLock { $0.version == version ? $0.answers[key] : nil }
  }

  /// Keeps an answer made from this version of the store.
  func keep(_ answer: PreparedResponse, for key: Key, version: UInt64) {
    let bytes = answer.content.count + key.target.utf8.count
    guard bytes <= AnswerCache.answerLimit else { return }
    state.withLock { state in
      guard version >= state.version else { return }
      if version > state.version || state.byteCount + bytes > AnswerCache.byteLimit {
        state = State(version: version)
      }
      if state.answers.updateValue(answer, forKey: key) == nil { state.byteCount += bytes }
    }
  }
}
