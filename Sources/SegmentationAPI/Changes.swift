import Dispatch
import Synchronization

/// Those who wait for something to be stored or removed.
///
/// A waiting request costs its connection and a closure, no thread.
final class Changes: Sendable {
  private struct State: Sendable {
    var next: UInt64 = 0
    var waiting: [UInt64: @Sendable () -> Void] = [:]
  }

  private let state = Mutex(State())
  private let hasChanged: @Sendable () -> Void

  /// - Parameter hasChanged: called at each change, and must be quick.
  init(hasChanged: @escaping @Sendable () -> Void = {}) {
    self.hasChanged = hasChanged
  }

  /// Calls `body` once: at the next change, or when the time is over.
  func await(for seconds: Int, _ body: @escaping @Sendable () -> Void) {
    let id = state.withLock { state in
      state.next += 1
      state.waiting[state.next] = body
      return state.next
    }
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { [self] in
      let body = state.withLock { $0.waiting.removeValue(forKey: id) }
      body?()
    }
  }

  /// Lets everybody who waits look again.
  func announce() {
    let bodies = state.withLock { state in
      defer { state.waiting = [:] }
      return state.waiting.sorted { $0.key < $1.key }.map(\.value)
    }
    for body in bodies { body() }
    hasChanged()
  }
}
