/// One connection: its socket, where it stands, and what waits.
///
/// Owned and used by one event loop.
final class Connection {
  // What every turn looks at lies together, the rest behind it.

  let socket: Socket
  /// The place in the loop's tables, and how often that place was used before.
  let slot: Int
  let generation: UInt32
  private(set) var state = ConnectionState()
  /// Whether the socket may have bytes.
  var isReadable = true
  /// Whether the system said that the peer has closed its side: it must be read to the very end.
  var peerEndIsNear = false
  /// Whether the socket may take bytes.
  var isWritable = true
  /// Whether the loop will look at it again without being asked.
  var isQueued = false
  /// Whether there is something in ``outbox``.
  var hasOutput = false
  /// Whether there is something in ``parser``.
  var hasPartialHead = false
  var requestCount = 0
  /// Bytes given to the socket.
  var sentBytes = 0
  /// Bytes from the socket that nobody has looked at yet.
  var backlog: [UInt8] = []
  var backlogStart = 0
  let peer: PeerAddress
  /// When a client that closed its side is asked whether it still reads; 0 when it was asked.
  var probeDeadline = UInt64.max

  /// The request at hand, unless it was answered at once.
  var exchange: Exchange?
  /// The head that is being read, between turns.
  var parser = RequestParser()
  /// Bytes for the socket, between turns.
  var outbox = Outbox()

  // Further deadlines of the monotonic clock; `.max` when there is none.

  /// When the head must be complete.
  var headDeadline = UInt64.max
  /// When the content's rate is looked at next, and how much had come before this window.
  var contentDeadline = UInt64.max
  var contentAtWindow = 0
  /// When the answer must be there.
  var answerDeadline = UInt64.max
  /// When the client must have taken some of what waits for it, and how much it had before.
  var writeDeadline = UInt64.max
  var acknowledgedAtWindow = 0
  /// When a closing connection is over in any case.
  var lingerDeadline = UInt64.max

  init(socket: Socket, slot: Int, generation: UInt32, peer: PeerAddress) {
    self.socket = socket
    self.slot = slot
    self.generation = generation
    self.peer = peer
  }

  /// Takes note of an event.
  func handle(_ event: ConnectionState.Event) -> ConnectionState.Actions {
    // On a copy: an access to a property of a class is checked at run time while it lasts.
    var state = state
    let actions = state.handle(event)
    self.state = state
    return actions
  }

  /// The answer at hand can only be framed by the end of the connection.
  func endAfterAnswer() {
    var state = state
    state.endAfterAnswer()
    self.state = state
  }

  var hasBacklog: Bool { backlogStart < backlog.count }

  /// Names the request at hand for other threads.
  var exchangeID: ExchangeID {
    ExchangeID(slot: slot, generation: generation, request: requestCount)
  }
}

/// A request that is being read or answered.
struct Exchange {
  let id: RequestID
  let method: Method
  let version: Version
  var route = RouteName()
  /// What the answer carries beside its own fields.
  var fields = HeaderFields()
  /// When its head was complete, by the exact clock; 0 when nobody wants to know.
  let startTime: UInt64
  var content: ContentDecoder
  let cancellation: Cancellation

  /// Who takes the content.
  var work: ContentWork?
  /// Content given to it and not taken yet.
  var unconsumedBytes = 0
  /// Who makes the answer's content.
  var source: ContentSource?
  var sourceIsAsked = false
  /// Who gives the answer's content, unasked.
  var feed: ContentFeed?
  /// Who will give the answer.
  var deferred: DeferredResponse?

  var status = Status.ok
  var responseBytes = 0
  var responseIsChunked = false
  /// How much of the promised content is still to come.
  var responseRemaining: Int?
  /// Output of the work or the feed that is in the outbox, and not reported to it as sent.
  var unsentOutput = 0
}
