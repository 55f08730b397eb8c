/// A listening socket and how its loop gets on with it.
struct ListenerState {
  let listener: ListeningSocket
  /// When to try again, after accepting failed for want of a resource.
  var resumeTime: UInt64?
  /// How long the next pause will be.
  var pause = Self.firstPause

  var isSuspended: Bool { resumeTime != nil }

  /// A resource comes back when some connection ends: soon on a busy server.
  static let firstPause = Duration.milliseconds(50)
  /// A second is soon enough to notice that somebody raised a limit.
  static let longestPause = Duration.seconds(1)
}

extension EventLoop {
  /// How many connections are accepted before others get their turn.
  private static let batch = 64

  /// How an attempt to take in all that wait has ended.
  enum Acceptance { case drained, full }

  /// Takes in the connections that wait, as many as one turn allows.
  @discardableResult
  mutating func accept(listener index: Int) -> Acceptance {
    var count = 0
    while count < Self.batch {
      switch listeners[index].listener.accept() {
      case .accepted(let socket, let peer):
        listeners[index].pause = ListenerState.firstPause
        admit(socket, peer)
        count += 1
      case .skipped:
        count += 1
      case .none:
        return .drained
      case .exhausted(let code):
        suspend(listener: index, code)
        return .drained
      }
    }
    return .full
  }

  /// Stops accepting for a while: the listener would be ready all the time, and nothing would come
  /// of it.
  private mutating func suspend(listener index: Int, _ code: Int32) {
    let pause = listeners[index].pause
    unwatch(listener: index)
    listeners[index].resumeTime = now + pause.nanoseconds
    listeners[index].pause = min(pause * 2, ListenerState.longestPause)
    shared.events?(
      .acceptSuspended(code: code, reason: systemReason(code), delay: pause))
  }

  private mutating func admit(_ socket: Socket, _ peer: PeerAddress) {
    if shared.population.count >= limits.connectionCount, !makeRoom() {
      refuse(socket, peer, .connectionLimit)
      return
    }
    guard shared.population.enter(peer) else {
      refuse(socket, peer, .addressLimit)
      return
    }
    // The loop with the fewest connections; this one when it is among them.
    var best = handle
    var fewest = handle.connectionCount.load(ordering: .relaxed)
    for loop in shared.loops {
      let count = loop.connectionCount.load(ordering: .relaxed)
      if count < fewest { (best, fewest) = (loop, count) }
    }
    if best !== handle, best.adopt(socket, peer) { return }
    handle.connectionCount.add(1, ordering: .relaxed)
    open(socket, peer)
  }

  /// Closes the oldest idle connection of all loops; false when none is idle.
  private mutating func makeRoom() -> Bool {
    handle.oldestIdle.store(idle.oldestTime, ordering: .relaxed)
    var oldest: LoopHandle?
    var time = UInt64.max
    for loop in shared.loops {
      let since = loop.oldestIdle.load(ordering: .relaxed)
      if since < time { (oldest, time) = (loop, since) }
    }
    guard let oldest else { return false }
    if oldest === handle { evictOldestIdle() } else { oldest.post(.evictOldestIdle) }
    return true
  }

  /// Turns a connection away with a word of why, as far as the socket takes it at once.
  private mutating func refuse(
    _ socket: Socket, _ peer: PeerAddress, _ reason: ServerEvent.RefusalReason
  ) {
    let id = requestIDs.make()
    let bound: HTTPFault.Bound =
      switch reason {
      case .connectionLimit: .connections
      case .addressLimit: .connectionsPerAddress
      }
    let fault = HTTPFault.overloaded(bound, retryAfter: limits.retryAfter)
    var outbox = Outbox()
    outbox.append(
      response(to: fault, id), date: date, id: id, isHead: false, version: .http11,
      persistence: .close)
    _ = socket.send(outbox)
    socket.closeSending()
    socket.close()
    shared.events?(.connectionRefused(peer, reason))
  }

  /// Stops listening.
  ///
  /// Who waits to be accepted is still let in.
  mutating func closeListeners() {
    for index in listeners.indices {
      listeners[index].listener.stopAdmitting()
      while accept(listener: index) == .full {}
      listeners[index].listener.close()
    }
    listeners = []
  }
}
