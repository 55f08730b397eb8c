/// A connection's turn: everything that can be done for it now.
extension EventLoop {
  /// One turn of a connection.
  mutating func serve(_ connection: Connection) {
    enter(connection)
    work(connection)
    leave(connection)
  }

  /// Begins a turn: gets out what the connection has kept.
  mutating func enter(_ connection: Connection) {
    current = connection.slot
    if connection.hasOutput {
      swap(&connection.outbox, &outbox)
      connection.hasOutput = false
    }
    if connection.hasPartialHead {
      swap(&connection.parser, &parser)
      connection.hasPartialHead = false
    }
  }

  /// Ends a turn: lets the connection keep what it still needs.
  mutating func leave(_ connection: Connection) {
    if !outbox.isEmpty {
      swap(&connection.outbox, &outbox)
      connection.hasOutput = true
    }
    if !parser.isFresh {
      swap(&connection.parser, &parser)
      connection.hasPartialHead = true
    }
    current = -1
    if connection.state.phase != .closed { schedule(connection) }
  }

  /// Does what can be done now: looks at what was received, receives, answers, sends.
  mutating func work(_ connection: Connection) {
    var round = 0
    while connection.state.phase != .closed {
      if connection.hasBacklog, mayProcess(connection) {
        processBacklog(connection)
      } else if mayReceive(connection) {
        round += 1
        if round > Self.rounds {
          enqueue(connection)
          break
        }
        receive(connection)
      } else if outbox.isEmpty, connection.state.phase == .finishing {
        perform(connection.handle(.flushed), on: connection)
      } else if outbox.isEmpty || !connection.isWritable {
        break
      } else {
        flush(connection)
      }
    }
  }

  /// Whether there is room to answer one more request, or to take more content.
  private func mayProcess(_ connection: Connection) -> Bool {
    guard connection.state.wantsInput else { return false }
    switch connection.state.phase {
    case .idle, .head:
      return outbox.count < limits.gatheredBytes
        && (connection.isWritable || outbox.isEmpty)
    case .exchange(.wanted, _):
      return (connection.exchange?.unconsumedBytes ?? 0) < limits.unconsumedBytes
        && outbox.count < limits.unsentBytes
    case .exchange, .finishing, .lingering:
      return true
    case .closed:
      return false
    }
  }

  private func mayReceive(_ connection: Connection) -> Bool {
    connection.isReadable && !connection.hasBacklog && mayProcess(connection)
  }

  private mutating func processBacklog(_ connection: Connection) {
    var backlog: [UInt8] = []
    swap(&backlog, &connection.backlog)
    let end = process(connection, backlog.span, from: connection.backlogStart)
    if end < backlog.count, connection.state.phase != .closed {
      connection.backlogStart = end
      swap(&backlog, &connection.backlog)
    } else {
      connection.backlogStart = 0
    }
  }

  private mutating func receive(_ connection: Connection) {
    if case .exchange(.wanted, _) = connection.state.phase {
      receiveContent(connection)
      return
    }
    // Taken out, so that it can be looked at while the loop changes.
    var buffer: [UInt8] = []
    swap(&buffer, &readBuffer)
    switch connection.socket.receive(into: &buffer) {
    case .moved(let count):
      noteReceived(connection, count, of: buffer.count)
      let end = process(connection, buffer.span.extracting(0..<count), from: 0)
      if end < count { connection.backlog.append(contentsOf: buffer[end..<count]) }
    case .wouldBlock:
      connection.isReadable = false
    case .ended:
      connection.isReadable = false
      perform(connection.handle(.peerFinished(outputWaits: !outbox.isEmpty)), on: connection)
    case .failed:
      close(connection, .clientGone)
    }
    swap(&buffer, &readBuffer)
  }

  /// A receive that did not fill its buffer took all there was: the next byte will be told.
  func noteReceived(_ connection: Connection, _ count: Int, of capacity: Int) {
    if count < capacity, !connection.peerEndIsNear { connection.isReadable = false }
  }

  // MARK: Sending

  private mutating func flush(_ connection: Connection) {
    switch connection.socket.send(outbox) {
    case .moved(let count):
      connection.sentBytes += count
      outbox.advance(by: count)
      if connection.exchange != nil { noteSent(connection) }
    case .wouldBlock:
      connection.isWritable = false
    case .ended, .failed:
      close(connection, .clientGone)
      return
    }
  }

  /// Does what the connection's state asks for.
  mutating func perform(_ actions: ConnectionState.Actions, on connection: Connection) {
    if actions.isEmpty { return }
    if actions.contains(.linger) {
      connection.socket.closeSending()
      connection.lingerDeadline = now + limits.lingerTime.nanoseconds
    }
    if actions.contains(.close) {
      close(connection, .clientGone)
    }
  }
}
