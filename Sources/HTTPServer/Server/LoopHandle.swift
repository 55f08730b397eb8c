import Synchronization

/// Names one request on one connection of one loop; stays wrong once that request is over.
struct ExchangeID: Sendable, Equatable {
  let slot: Int
  let generation: UInt32
  let request: Int
}

/// What an event loop is told from outside.
enum Mail: Sendable {
  /// A connection to look after.
  case adopt(Socket, PeerAddress)
  /// The answer to a request.
  case answer(ExchangeID, Response)
  /// Content was taken by its receiver; the buffer may be used again.
  case taken(ExchangeID, bytes: Int, buffer: [UInt8])
  /// The next piece of an answer's content, and before the first one, of a transformed answer, its
  /// head.
  case output(ExchangeID, head: OutputHead?, bytes: [UInt8], isLast: Bool)
  /// There will be no more of an answer's content, though it is not complete.
  case outputFailed(ExchangeID, reason: String)
  /// Make room for a new connection.
  case evictOldestIdle
  /// Finish what is under way, until a time of the monotonic clock.
  case drain(deadline: UInt64)
}

/// The head of an answer whose content is made as its request's content arrives.
struct OutputHead: Sendable {
  let status: Status
  let fields: HeaderFields
}

/// An event loop as other threads see it.
final class LoopHandle: Sendable {
  /// How many connections the loop looks after, or will as soon as it reads its mail.
  let connectionCount = Atomic<Int>(0)
  /// Whether the loop is ending, and takes no further connection.
  private let isClosed = Atomic<Bool>(false)
  /// Since when the loop's oldest idle connection has been idle; `.max` when none is.
  let oldestIdle = Atomic<UInt64>(.max)
  let wakeup: Wakeup
  private let mail = Guarded<[Mail]>([])

  init() throws(ServerError) {
    wakeup = try Wakeup()
  }

  /// Hands a connection over; false when the loop is ending.
  func adopt(_ socket: Socket, _ peer: PeerAddress) -> Bool {
    // Counted first, so that either this sees that the loop is ending or the loop sees the count.
    connectionCount.add(1, ordering: .sequentiallyConsistent)
    if isClosed.load(ordering: .sequentiallyConsistent) {
      connectionCount.subtract(1, ordering: .relaxed)
      return false
    }
    post(.adopt(socket, peer))
    return true
  }

  /// Takes no further connection; true when none is left and none is on its way.
  func close() -> Bool {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    return connectionCount.load(ordering: .sequentiallyConsistent) == 0
  }

  /// Leaves a message; the loop reads it soon.
  func post(_ message: Mail) {
    let wasEmpty = mail.withLock { mail in
      mail.append(message)
      return mail.count == 1
    }
    if wasEmpty { wakeup.signal() }
  }

  /// Everything that was left since the last call.
  func collect() -> [Mail] {
    mail.withLock { mail in
      var collected: [Mail] = []
      swap(&collected, &mail)
      return collected
    }
  }
}
