import Dispatch

/// Looks after many connections with one thread.
///
/// Everything here is used by the block that ``run()`` is called from, and by nobody else: no
/// locks. Other threads leave mail with the loop's ``LoopHandle``.
struct EventLoop: ~Copyable {
  /// What all loops of a server share.
  struct Shared: Sendable {
    let limits: Limits
    let handler: any RequestHandler
    let events: (@Sendable (ServerEvent) -> Void)?
    let pool: ComputePool
    let population: Population
    let loops: [LoopHandle]
    let requestIDKey: UInt64
  }

  /// How often deadlines are looked at.
  static let tick = Duration.milliseconds(100)
  /// How many times a busy connection is served before the others get their turn.
  static let rounds = 4
  /// Which events are not those of a connection.
  private static let wakeToken = UInt64.max
  private static let listenerToken = UInt64.max - 1024

  let shared: Shared
  let limits: Limits
  let handle: LoopHandle
  private var poller: Poller

  var connections: [Connection?] = []
  private var generations: [UInt32] = []
  private var freeSlots: [Int] = []
  /// When each slot's connection must be looked at.
  private var deadlines: [UInt64] = []
  private(set) var idle = IdleList()
  private(set) var connectionCount = 0
  /// Connections that have more to do than one turn allows.
  private var queued: [Connection] = []

  var listeners: [ListenerState]
  /// When this turn began, by the coarse clock.
  private(set) var now = Clock.coarse()
  private var nextTick: UInt64 = 0
  private var second = 0
  /// The lines with this second's date that end every head.
  private(set) var date: [UInt8] = []
  var requestIDs: RequestIDSource

  /// The deadline of a shutdown that has begun.
  private(set) var drainDeadline: UInt64?

  var readBuffer: [UInt8]
  /// The slot of the connection whose turn it is; −1 between turns.
  var current = -1
  /// The head that is being read and the bytes for the socket, of the connection whose turn it is.
  ///
  /// Between turns a connection keeps them only if there is something in them.
  var parser = RequestParser()
  var outbox = Outbox()
  /// Answers that are given again as long as they hold.
  var remembered = RememberedAnswers()
  /// Given to requests until one of them takes time, and so keeps it.
  var spareCancellation = Cancellation()
  /// Buffers for large content, to be used again.
  var contentBuffers: [[UInt8]] = []

  // Durations of the limits, in nanoseconds.
  private let idleTime: UInt64
  let headTime: UInt64
  let answerTime: UInt64
  let contentWindow: UInt64

  init(index: Int, shared: Shared, listeners: [ListeningSocket], poller: Int32) {
    self.shared = shared
    limits = shared.limits
    handle = shared.loops[index]
    self.poller = Poller(owning: poller, capacity: 256)
    self.listeners = listeners.map { ListenerState(listener: $0) }
    requestIDs = RequestIDSource(loop: index, key: shared.requestIDKey)
    readBuffer = [UInt8](repeating: 0, count: max(1, shared.limits.pipelinedBytes))
    idleTime = limits.idleTime.nanoseconds
    headTime = limits.headTime.nanoseconds
    answerTime = limits.answerTime.nanoseconds
    contentWindow = limits.contentWindow.nanoseconds
  }

  // MARK: Running

  /// Serves until a shutdown is complete.
  mutating func run() {
    _ = poller.add(handle.wakeup.descriptor, .readable, token: Self.wakeToken)
    for index in listeners.indices { watch(listener: index) }
    updateDate()
    while !isFinished {
      let count = poller.wait(milliseconds: waitMilliseconds)
      now = Clock.coarse()
      updateDate()
      for index in 0..<count {
        let (token, readiness) = poller.event(index)
        handle(token, readiness)
      }
      serveQueued()
      if now >= nextTick { checkDeadlines() }
      handle.oldestIdle.store(idle.oldestTime, ordering: .relaxed)
    }
  }

  private var isFinished: Bool {
    drainDeadline != nil && connectionCount == 0 && handle.close()
  }

  private var waitMilliseconds: Int32 {
    if !queued.isEmpty { return 0 }
    guard connectionCount > 0 || drainDeadline != nil || listeners.contains(where: \.isSuspended)
    else { return -1 }
    return nextTick > now ? Int32((nextTick - now) / 1_000_000) + 1 : 0
  }

  private mutating func updateDate() {
    let seconds = Clock.secondsSince1970()
    guard seconds != second else { return }
    second = seconds
    date = ResponseSerializer.dateLines(secondsSince1970: seconds)
    remembered.removeOutdated()
  }

  private mutating func handle(_ token: UInt64, _ readiness: Poller.Readiness) {
    if token == Self.wakeToken {
      handle.wakeup.clear()
      for mail in handle.collect() { read(mail) }
      return
    }
    if token >= Self.listenerToken {
      let index = Int(token - Self.listenerToken)
      // Listeners that were closed earlier in this turn may still have events.
      if listeners.indices.contains(index) { accept(listener: index) }
      return
    }
    let slot = Int(token & 0xFFFF_FFFF)
    // A connection that was closed earlier in this turn may still have events.
    guard let connection = connections[slot],
      connection.generation == UInt32(truncatingIfNeeded: token >> 32)
    else { return }
    if readiness.contains(.failed) || readiness.contains(.hungUp) {
      // Both sides are closed, or the connection was reset: nobody is there to read an answer.
      if readiness.contains(.failed) || connection.state.phase == .lingering {
        close(connection, .clientGone)
        return
      }
    }
    if !readiness.isDisjoint(with: [.readable, .peerFinished, .hungUp]) {
      connection.isReadable = true
    }
    if readiness.contains(.peerFinished) { connection.peerEndIsNear = true }
    if readiness.contains(.writable) { connection.isWritable = true }
    serve(connection)
  }

  /// Marks a connection to be served again in this or the next turn.
  mutating func enqueue(_ connection: Connection) {
    guard !connection.isQueued else { return }
    connection.isQueued = true
    queued.append(connection)
  }

  private mutating func serveQueued() {
    guard !queued.isEmpty else { return }
    var batch: [Connection] = []
    swap(&batch, &queued)
    for connection in batch {
      connection.isQueued = false
      if connection.state.phase != .closed { serve(connection) }
    }
  }

  // MARK: Opening and closing

  /// Begins to look after a connection.
  mutating func open(_ socket: Socket, _ peer: PeerAddress) {
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = free
    } else {
      slot = connections.count
      connections.append(nil)
      generations.append(0)
      deadlines.append(.max)
      idle.grow(to: connections.count)
    }
    generations[slot] &+= 1
    let connection = Connection(
      socket: socket, slot: slot, generation: generations[slot], peer: peer)
    let token = UInt64(generations[slot]) << 32 | UInt64(slot)
    guard
      poller.add(
        socket.descriptor, [.readable, .writable, .peerFinished, .edges], token: token)
    else {
      socket.close()
      freeSlots.append(slot)
      countOut(peer)
      return
    }
    connections[slot] = connection
    connectionCount += 1
    if drainDeadline != nil { _ = connection.handle(.drain) }
    shared.events?(.connectionOpened(peer))
    schedule(connection)
  }

  /// Ends a connection, and with it the request at hand.
  mutating func close(_ connection: Connection, _ reason: ServerEvent.AbortReason) {
    guard connections[connection.slot] === connection else { return }
    _ = connection.handle(.broke)
    if let exchange = connection.exchange { abandon(exchange, connection, reason) }
    connection.exchange = nil
    if connection.slot == current {
      outbox.reset()
      parser.reset()
    }
    connection.outbox = Outbox()
    connection.hasOutput = false
    connection.backlog = []
    connections[connection.slot] = nil
    deadlines[connection.slot] = .max
    idle.remove(connection.slot)
    freeSlots.append(connection.slot)
    connectionCount -= 1
    connection.socket.close()
    countOut(connection.peer)
    shared.events?(
      .connectionClosed(connection.peer, requestCount: connection.requestCount))
  }

  private mutating func countOut(_ peer: PeerAddress) {
    handle.connectionCount.subtract(1, ordering: .relaxed)
    shared.population.leave(peer)
  }

  mutating func watch(listener index: Int) {
    listeners[index].resumeTime = nil
    _ = poller.add(
      listeners[index].listener.socket.descriptor, .readable,
      token: Self.listenerToken + UInt64(index))
  }

  mutating func unwatch(listener index: Int) {
    poller.remove(listeners[index].listener.socket.descriptor)
  }

  // MARK: Time

  /// Notes when the connection must be looked at again, though nothing happens.
  mutating func schedule(_ connection: Connection) {
    let slot = connection.slot
    if connection.state.phase == .idle, !connection.hasOutput {
      deadlines[slot] = now + (drainDeadline == nil ? idleTime : limits.drainTime.nanoseconds)
      idle.append(slot, since: now)
      return
    }
    idle.remove(slot)
    deadlines[slot] = deadline(of: connection)
  }

  private mutating func checkDeadlines() {
    nextTick = now + Self.tick.nanoseconds
    for index in listeners.indices {
      if let time = listeners[index].resumeTime, time <= now { watch(listener: index) }
    }
    for slot in deadlines.indices where deadlines[slot] <= now {
      guard let connection = connections[slot] else { continue }
      deadlinePassed(connection)
      if connection.state.phase != .closed { schedule(connection) }
    }
    if let drainDeadline, drainDeadline <= now {
      for case let connection? in connections { close(connection, .shutDown) }
    }
  }

  /// Begins to shut down.
  mutating func drain(until deadline: UInt64) {
    guard drainDeadline == nil else { return }
    drainDeadline = deadline
    nextTick = 0
    closeListeners()
    for case let connection? in connections {
      _ = connection.handle(.drain)
      schedule(connection)
    }
  }

  /// Closes the connection that has been idle for longest.
  mutating func evictOldestIdle() {
    guard let slot = idle.oldest, let connection = connections[slot] else { return }
    shared.events?(.idleConnectionEvicted(connection.peer))
    close(connection, .clientGone)
  }
}
