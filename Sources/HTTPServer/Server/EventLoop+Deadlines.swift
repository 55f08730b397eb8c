extension EventLoop {
  /// The nearest of the deadlines that hold for a connection that is not idle.
  mutating func deadline(of connection: Connection) -> UInt64 {
    var deadline = UInt64.max
    if !connection.hasOutput {
      connection.writeDeadline = .max
    } else if connection.writeDeadline == .max {
      beginWriteWindow(connection)
    }
    switch connection.state.phase {
    case .idle, .finishing, .closed:
      break
    case .head:
      deadline = connection.headDeadline
    case .exchange(let intake, let answer):
      let isReading = intake == .wanted || intake == .unwanted
      // Who is kept from sending is not slow.
      let isHeldBack =
        (connection.exchange?.unconsumedBytes ?? 0) >= limits.unconsumedBytes
        || connection.outbox.count >= limits.unsentBytes
      if isReading, !isHeldBack { deadline = connection.contentDeadline }
      if answer == .pending {
        deadline = min(deadline, connection.answerDeadline, probeDeadline(of: connection, intake))
      } else if connection.exchange?.sourceIsAsked == true {
        deadline = min(deadline, connection.answerDeadline)
      }
    case .lingering:
      deadline = min(connection.lingerDeadline, now + limits.lingerQuietTime.nanoseconds)
    }
    return min(deadline, connection.writeDeadline)
  }

  /// When to ask a client that has closed its side whether it still reads.
  ///
  /// It may have closed all of the connection: the system does not tell the one from the other.
  /// Only what is sent to it does.
  private func probeDeadline(
    of connection: Connection, _ intake: ConnectionState.Intake
  ) -> UInt64 {
    // RFC 9110 §15.2: no interim answer for HTTP/1.0.
    guard intake == .complete, connection.peerEndIsNear,
      connection.exchange?.version == .http11
    else { return .max }
    if connection.probeDeadline == .max {
      connection.probeDeadline = now + limits.halfCloseTime.nanoseconds
    }
    return connection.probeDeadline == 0 ? .max : connection.probeDeadline
  }

  /// Does what has to be done when nothing else happened in time.
  mutating func deadlinePassed(_ connection: Connection) {
    if connection.writeDeadline <= now {
      guard hasProgress(connection) else {
        close(connection, .writeStalled)
        return
      }
      beginWriteWindow(connection)
    }
    switch connection.state.phase {
    case .idle:
      if !connection.hasOutput { close(connection, .clientGone) }
    case .head:
      if connection.headDeadline <= now {
        enter(connection)
        refuseSlow(connection)
        work(connection)
        leave(connection)
      }
    case .exchange(let intake, let answer):
      if answer == .pending, connection.probeDeadline != 0, connection.probeDeadline <= now {
        connection.probeDeadline = 0
        enter(connection)
        outbox.write { $0.append(contentsOf: ResponseSerializer.processingHead) }
        work(connection)
        leave(connection)
      } else if connection.answerDeadline <= now {
        enter(connection)
        fail(connection, .answerTimeout(after: limits.answerTime))
        work(connection)
        leave(connection)
      } else if intake == .wanted || intake == .unwanted, connection.contentDeadline <= now {
        checkContentRate(connection)
      }
    case .lingering:
      close(connection, .clientGone)
    case .finishing, .closed:
      break
    }
  }

  /// Whether enough content came since the window began.
  private mutating func checkContentRate(_ connection: Connection) {
    guard let exchange = connection.exchange else { return }
    let received = exchange.content.receivedBytes
    if received - connection.contentAtWindow >= limits.contentBytesPerWindow {
      connection.contentAtWindow = received
      connection.contentDeadline = now + contentWindow
      return
    }
    if case .exchange(_, .pending) = connection.state.phase {
      enter(connection)
      fail(connection, .requestTimeout(after: limits.contentWindow))
      work(connection)
      leave(connection)
    } else {
      close(connection, .requestTimeout)
    }
  }

  private mutating func beginWriteWindow(_ connection: Connection) {
    connection.writeDeadline = now + limits.writeStallTime.nanoseconds
    connection.acknowledgedAtWindow = acknowledgedBytes(connection)
  }

  /// Whether the client took anything since the window began.
  ///
  /// The system may still have taken nothing new, since it waits for a third of its buffer to be
  /// free; what the client has acknowledged tells.
  private mutating func hasProgress(_ connection: Connection) -> Bool {
    acknowledgedBytes(connection) > connection.acknowledgedAtWindow
  }

  private mutating func acknowledgedBytes(_ connection: Connection) -> Int {
    connection.sentBytes - (connection.socket.unacknowledgedBytes ?? 0)
  }
}
