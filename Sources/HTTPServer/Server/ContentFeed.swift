/// Content that is given piece by piece, whenever there is something: server-sent events.
///
/// Make one, answer with ``Content/feed(_:)``, and call ``send(_:)`` from any thread. Between
/// pieces the request costs its connection and nothing else. Something should be sent every now and
/// then, such as a comment every 15 seconds: only what is sent tells whether the client is still
/// there.
public final class ContentFeed: Sendable {
  /// What the server's end is told.
  enum Message {
    case piece([UInt8], isLast: Bool)
    /// The client fell too far behind.
    case cutOff
  }

  private enum Reader {
    /// Nobody reads yet: pieces are kept.
    case expected([[UInt8]])
    /// The server takes pieces.
    case present(@Sendable (Message) -> Void)
    /// Nobody reads any more.
    case gone
  }

  private struct State {
    var reader = Reader.expected([])
    /// Bytes that were given and not sent yet.
    var unsentBytes = 0
    var isFinished = false
  }

  /// How far a reader may fall behind.
  ///
  /// An event has some hundred bytes: a thousand of them.
  private static let unsentLimit = 1 << 18

  private let state = Guarded(State())

  /// A feed nobody reads yet.
  public init() {}

  /// Whether nobody reads any more: the client went away, or fell too far behind.
  public var isAbandoned: Bool {
    state.withLock { if case .gone = $0.reader { true } else { false } }
  }

  /// Gives the next piece.
  ///
  /// A client that does not read as fast as pieces come is cut off once 256 KiB wait for it.
  /// - Returns: false when nobody reads any more, or the feed is finished: nothing was given.
  @discardableResult
  public func send(_ bytes: [UInt8]) -> Bool {
    give(bytes, isLast: false)
  }

  /// Ends the content in good order.
  public func finish() {
    give([], isLast: true)
  }

  @discardableResult
  private func give(_ bytes: [UInt8], isLast: Bool) -> Bool {
    state.withLock { state in
      guard !state.isFinished else { return false }
      state.unsentBytes += bytes.count
      state.isFinished = isLast
      switch state.reader {
      case .expected(let pieces):
        state.reader = .expected(pieces + [bytes])
      case .present(let deliver):
        guard state.unsentBytes <= Self.unsentLimit else {
          state.reader = .gone
          deliver(.cutOff)
          return false
        }
        // Under the lock, so that pieces given by several threads keep their order.
        deliver(.piece(bytes, isLast: isLast))
      case .gone:
        return false
      }
      return true
    }
  }

  /// The server's end: takes what was given so far, and from now on each piece as it comes.
  func attach(_ deliver: @escaping @Sendable (Message) -> Void) {
    state.withLock { state in
      guard case .expected(let pieces) = state.reader else { return }
      for (index, piece) in pieces.enumerated() {
        deliver(.piece(piece, isLast: state.isFinished && index == pieces.count - 1))
      }
      state.reader = .present(deliver)
    }
  }

  /// The server's end: so much was sent.
  func sent(_ bytes: Int) {
    state.withLock { $0.unsentBytes -= bytes }
  }

  /// The server's end: nobody reads any more.
  func abandon() {
    state.withLock { $0.reader = .gone }
  }
}
