/// The life of one connection, as a pure value: what happened goes in, what to do comes out.
struct ConnectionState: Sendable, Equatable {
  /// Where the connection is.
  enum Phase: Sendable, Equatable {
    /// Between requests: nothing of the next one has arrived.
    case idle
    /// Part of a head has arrived.
    case head
    /// A request is being read, or answered, or both.
    case exchange(Intake, Answer)
    /// The last answer is complete but not all written; what still comes in is thrown away.
    case finishing
    /// The sending side is closed; what still comes in is thrown away, so that the client can read
    /// its answer (RFC 9112 §9.6).
    case lingering
    /// Over.
    case closed
  }

  /// What becomes of the content of the request at hand.
  enum Intake: Sendable, Equatable {
    /// It goes to a receiver.
    case wanted
    /// It is read away, to get to the next request.
    case unwanted
    /// All of it was read.
    case complete
    /// It is not worth reading: the connection ends with this answer.
    case abandoned
  }

  /// How far the answer to the request at hand is.
  enum Answer: Sendable, Equatable {
    /// Nobody knows it yet.
    case pending
    /// Its head was written.
    case begun
    /// All of it was written, or waits for the socket.
    case complete
  }

  enum Event: Sendable, Equatable {
    /// The first byte of a head arrived.
    case headBegan
    /// A head arrived.
    /// - `persists`: the client wants to go on afterwards.
    case headCompleted(Intake, persists: Bool)
    /// The content was read to its end.
    case contentEnded
    /// Nobody wants the rest of the content; `isSmall` if it is worth reading to keep the
    /// connection.
    case contentRefused(isSmall: Bool)
    /// The request cannot be understood: its answer is the last one.
    case faulted
    case answerBegan
    case answerCompleted
    /// Everything was given to the socket.
    case flushed
    /// The client will send nothing more.
    /// - `outputWaits`: not all of the earlier answers were given to the socket.
    case peerFinished(outputWaits: Bool)
    /// The connection broke, or must be broken.
    case broke
    /// The server is shutting down.
    case drain
  }

  /// What to do now.
  struct Actions: OptionSet, Sendable, Equatable {
    let rawValue: UInt8

    /// The next request may be read.
    static let nextRequest = Actions(rawValue: 1)
    /// Close the sending side, and throw away what comes in.
    static let linger = Actions(rawValue: 2)
    /// Close the socket.
    static let close = Actions(rawValue: 4)
    /// Nobody will read the answer: stop the work.
    static let cancelWork = Actions(rawValue: 8)
  }

  private(set) var phase = Phase.idle
  /// Whether another request may follow the one at hand.
  private(set) var persists = true
  /// Whether the client has closed its sending side.
  private(set) var peerHasFinished = false
  private var isDraining = false

  /// Whether the answer at hand must say that it is the last one.
  var closesAfterAnswer: Bool { !persists || isDraining }

  /// Whether bytes from the socket have somewhere to go.
  ///
  /// While an answer is pending, they have not.
  var wantsInput: Bool {
    switch phase {
    case .idle, .head, .finishing, .lingering: !peerHasFinished
    case .exchange(let intake, _):
      switch intake {
      case .wanted, .unwanted: !peerHasFinished
      case .complete, .abandoned: false
      }
    case .closed: false
    }
  }

  /// Takes note of an event.
  mutating func handle(_ event: Event) -> Actions {
    switch event {
    case .headBegan:
      if phase == .idle { phase = .head }
      return []

    case .headCompleted(let intake, let persists):
      self.persists = persists
      phase = .exchange(intake, .pending)
      return []

    case .contentEnded:
      guard case .exchange(let intake, let answer) = phase else { return [] }
      guard intake == .wanted || intake == .unwanted else { return [] }
      phase = .exchange(.complete, answer)
      return answer == .complete ? finishExchange() : []

    case .contentRefused(let isSmall):
      guard case .exchange(let intake, let answer) = phase,
        intake == .wanted || intake == .unwanted
      else { return [] }
      if isSmall, persists {
        phase = .exchange(.unwanted, answer)
        return []
      }
      persists = false
      phase = .exchange(.abandoned, answer)
      return answer == .complete ? finishExchange() : []

    case .faulted:
      persists = false
      phase = .exchange(.abandoned, .pending)
      return []

    case .answerBegan:
      guard case .exchange(let intake, .pending) = phase else { return [] }
      phase = .exchange(intake, .begun)
      if intake == .abandoned { persists = false }
      return []

    case .answerCompleted:
      guard case .exchange(let intake, _) = phase else { return [] }
      switch intake {
      case .complete, .abandoned:
        phase = .exchange(intake, .complete)
        return finishExchange()
      case .wanted, .unwanted:
        phase = .exchange(intake, .complete)
        if closesAfterAnswer { return finishExchange() }
        return []
      }

    case .flushed:
      guard phase == .finishing else { return [] }
      // A client that has closed its side sends nothing a reset could answer.
      phase = peerHasFinished ? .closed : .lingering
      return peerHasFinished ? .close : .linger

    case .peerFinished(let outputWaits):
      return peerFinished(outputWaits)

    case .broke:
      let wasWorking = isWorking
      phase = .closed
      return wasWorking ? [.close, .cancelWork] : .close

    case .drain:
      isDraining = true
      return []
    }
  }

  /// The answer at hand can only be framed by the end of the connection.
  mutating func endAfterAnswer() {
    persists = false
  }

  private var isWorking: Bool {
    if case .exchange(_, let answer) = phase { answer != .complete } else { false }
  }

  private mutating func finishExchange() -> Actions {
    if closesAfterAnswer || peerHasFinished {
      phase = .finishing
      return []
    }
    phase = .idle
    return .nextRequest
  }

  private mutating func peerFinished(_ outputWaits: Bool) -> Actions {
    peerHasFinished = true
    switch phase {
    case .idle where outputWaits, .head where outputWaits:
      phase = .finishing
      return []
    case .idle, .head, .lingering:
      // A head that was cut off is not answered: there is no telling what it would have been.
      phase = .closed
      return .close
    case .exchange(.wanted, _), .exchange(.unwanted, .pending):
      // RFC 9112 §8: content that was cut off must not be taken as whole.
      phase = .closed
      return [.close, .cancelWork]
    case .exchange(.unwanted, let answer):
      persists = false
      phase = .exchange(.abandoned, answer)
      return answer == .complete ? finishExchange() : []
    case .exchange, .finishing:
      // A client may close its side and still read (RFC 9112 §9.6).
      return []
    case .closed:
      return []
    }
  }
}
