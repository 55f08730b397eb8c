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
  public static func both<First: Sendable, Second: Sendable>(
    threads: Int, _ first: @Sendable () -> First, _ second: @Sendable () -> Second
  ) -> (First, Second) {
    guard threads > 1 else { return (first(), second()) }
    let one = Mutex<First?>(nil)
    let other = Mutex<Second?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { index in
      if index == 0 {
        let made = first()
        one.withLock { $0 = made }
      } else {
        let made = second()
        other.withLock { $0 = made }
      }
    }
    guard let one = one.withLock({ $0 }), let other = other.withLock({ $0 }) else {
      return (first(), second())
    }
    return (one, other)
  }
}
