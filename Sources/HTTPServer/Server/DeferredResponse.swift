/// An answer that is given later, by whoever knows it first.
///
/// Make one, return ``Reply/deferred(_:)``, and call ``fulfil(_:)`` from any thread. Until then the
/// request costs its connection and nothing else. The server answers 503 itself when
/// ``Limits/answerTime`` has passed.
public final class DeferredResponse: Sendable {
  private enum State {
    /// Neither answered nor waited for.
    case idle
    /// The answer came before anybody waited.
    case fulfilled(Response)
    /// The server waits.
    case awaited(@Sendable (Response) -> Void)
    /// Answer and server have met, or the server has given up.
    case settled
  }

  private let state = Guarded<State>(.idle)

  /// An answer nobody has given yet.
  public init() {}

  /// Gives the answer.
  ///
  /// Only the first call counts.
  /// - Returns: whether this was the first call and somebody may still read the answer.
  @discardableResult
  public func fulfil(_ response: Response) -> Bool {
    let (first, deliver) = state.withLock { state -> (Bool, (@Sendable (Response) -> Void)?) in
      switch state {
      case .idle:
        state = .fulfilled(response)
        return (true, nil)
      case .awaited(let deliver):
        state = .settled
        return (true, deliver)
      case .fulfilled, .settled:
        return (false, nil)
      }
    }
    deliver?(response)
    return first
  }

  /// The server's end: calls `deliver` once, at once if the answer is there.
  func await(_ deliver: @escaping @Sendable (Response) -> Void) {
    let ready = state.withLock { state -> Response? in
      switch state {
      case .idle:
        state = .awaited(deliver)
        return nil
      case .fulfilled(let response):
        state = .settled
        return response
      case .awaited, .settled:
        return nil
      }
    }
    if let ready { deliver(ready) }
  }

  /// The server's end: nobody waits any more.
  func abandon() {
    state.withLock { $0 = .settled }
  }
}
