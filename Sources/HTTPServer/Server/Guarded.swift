import Synchronization

/// A value behind a lock: `Mutex`, made visible to ThreadSanitizer.
///
/// The sanitizer does not see into the library that `Mutex` waits in, and so takes two threads that
/// waited for each other for two that did not. Built with `THREAD_SANITIZER`, each use of the value
/// also passes an atomic on, which the sanitizer sees.
struct Guarded<Value: Sendable>: ~Copyable, Sendable {
  private let mutex: Mutex<Value>
  #if THREAD_SANITIZER
    private let order = Atomic<Int>(0)
  #endif

  init(_ value: Value) {
    mutex = Mutex(value)
  }

  /// Calls `body` while no other thread uses the value.
  @inline(__always)
  borrowing func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    mutex.withLock { value in
      #if THREAD_SANITIZER
        _ = order.load(ordering: .acquiring)
        defer { order.store(1, ordering: .releasing) }
      #endif
      return body(&value)
    }
  }

  /// Calls `body` unless another thread uses the value; nil when one does.
  @inline(__always)
  borrowing func withLockIfAvailable<Result: Sendable>(
    _ body: (inout Value) -> Result
  ) -> Result? {
    mutex.withLockIfAvailable { value in
      #if THREAD_SANITIZER
        _ = order.load(ordering: .acquiring)
        defer { order.store(1, ordering: .releasing) }
      #endif
      return body(&value)
    }
  }
}
