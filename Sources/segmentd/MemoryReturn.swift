import Dispatch
import Synchronization

/// Gives memory back to the system when work that needed much of it is over.
///
/// Ten seconds after the last of it, so that work which follows soon finds its memory in place; while
/// it goes on and on, once a minute.
final class MemoryReturn: Sendable {
  private struct State: Sendable {
    var isScheduled = false
    /// Whether there was work since the timer was set.
    var isBusy = false
    var waitedCount = 0
  }

  private static let pause = DispatchTimeInterval.seconds(10)
  private static let longestWait = 6

  private let state = Mutex(State())

  /// Takes note of work that is over; quick, from any thread.
  func note() {
    let begins = state.withLock { state in
      defer {
        state.isBusy = state.isScheduled
        state.isScheduled = true
      }
      return !state.isScheduled
    }
    if begins { wait() }
  }

  private func wait() {
    DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + Self.pause) { [self] in
      let waitsOn = state.withLock { state in
        if state.isBusy, state.waitedCount < Self.longestWait {
          state.isBusy = false
          state.waitedCount += 1
          return true
        }
        state = State()
        return false
      }
      if waitsOn { wait() } else { Process.returnFreeMemory() }
    }
  }
}
