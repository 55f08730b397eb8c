import Synchronization

/// Whether the service should be given work; told by `/readyz`.
public final class Readiness: Sendable {
  /// Where the service is in its life.
  public enum State: String, Sendable, CaseIterable {
    case starting, ready, draining
  }

  private let current = Mutex(State.ready)

  /// A service that is ready unless told otherwise.
  public init(_ state: State = .ready) {
    current.withLock { $0 = state }
  }

  /// Where the service is in its life.
  public var state: State {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }
}
