import Synchronization

/// One of the services that may run at a time.
///
/// Tests run side by side, and each service keeps two threads that wait for it; Dispatch has 255 threads
/// in all, and beyond them everybody would wait for everybody.
final class LaunchSlot: Sendable {
  private struct State {
    var freeCount = 32
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private static let state = Mutex(State())

  private init() {}

  /// Waits for a slot; it is free again when the result is let go.
  static func take() async -> LaunchSlot {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.freeCount > 0 else {
          state.waiting.append(continuation)
          return false
        }
        state.freeCount -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
    return LaunchSlot()
  }

  deinit {
    let next = Self.state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.waiting.isEmpty else {
        state.freeCount += 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}
