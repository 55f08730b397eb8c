import Dispatch
import Synchronization

/// Work on independent parts, such as the columns of a table.
public enum ParallelMap {
  /// The results of `work` for `0..<count`, in that order, made on up to `threads` threads.
  ///
  /// Which thread makes which result is open; what the results are is not.
  public static func map<Result: Sendable>(
    _ count: Int, threads: Int, _ work: @Sendable (Int) -> Result
  ) -> [Result] {
    guard threads > 1, count > 1 else { return (0..<count).map(work) }
    let next = Atomic<Int>(0)
    let results = Mutex<[Int: Result]>([:])
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        let result = work(index)
        results.withLock { $0[index] = result }
      }
    }
    let made = results.withLock { $0 }
    return (0..<count).compactMap { made[$0] }
  }

  /// Two results that do not depend on each other, made at the same time on two threads or more.
  ///
  /// The first is made on the calling thread, from which it may use others as well: work within
  /// `concurrentPerform` could not. The second is made wherever a thread is free, in the end on the
  /// calling one.
  ///
  /// - Parameter count: how many points both go through; few are not worth the start of a thread.
  public static func both<First: Sendable, Second: Sendable>(
    of count: Int, threads: Int, _ first: () -> First, _ second: @escaping @Sendable () -> Second
  ) -> (First, Second) {
    guard threads > 1, count >= 4096 else { return (first(), second()) }
    let other = Other(second)
    DispatchQueue.global(qos: .userInitiated).async { other.make() }
    let one = first()
    return (one, other.result())
  }
}

/// A result that one of two threads makes, whichever comes first.
private final class Other<Value: Sendable>: Sendable {
  private enum State: Sendable {
    case open
    case begun
    case made(Value)
  }

  private let work: @Sendable () -> Value
  private let state = Mutex(State.open)
  private let isMade = DispatchSemaphore(value: 0)

  init(_ work: @escaping @Sendable () -> Value) {
    self.work = work
  }

  private func begins() -> Bool {
    state.withLock { state in
      guard case .open = state else { return false }
      state = .begun
      return true
    }
  }

  /// Makes the result, unless that has begun elsewhere.
  func make() {
    guard begins() else { return }
    let value = work()
    state.withLock { $0 = .made(value) }
    isMade.signal()
  }

  /// The result, made here when nobody has begun with it.
  func result() -> Value {
    if begins() { return work() }
    isMade.wait()
    guard case .made(let value) = state.withLock({ $0 }) else { return work() }
    return value
  }
}
