import Synchronization

/// Tells long work that nobody waits for its answer any more.
///
/// Set once, when the client is gone or the server has given up on the request; never taken back.
/// Work on the compute pool looks at it between its steps and stops early; what it returns then is
/// dropped.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)

  /// Not asked for yet.
  public init() {}

  /// Whether the work may stop.
  public var isCancelled: Bool {
    flag.load(ordering: .relaxed)
  }

  /// Asks the work to stop.
  public func cancel() {
    flag.store(true, ordering: .relaxed)
  }
}
