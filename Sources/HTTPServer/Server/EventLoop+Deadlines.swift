extension EventLoop {
  /// The nearest of the deadlines that hold for a connection that is not idle.
  func deadline(of connection: Connection) -> UInt64 {
    var deadline = UInt64.max
    if connection.outbox.isEmpty {
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
      if answer == .pending { deadline = min(deadline, connection.answerDeadline) }
    case .lingering:
      deadline = min(connection.lingerDeadline, now + limits.lingerQuietTime.nanoseconds)
    }
    return min(deadline, connection.writeDeadline)
  }

  /// Does what has to be done when nothing else happened in time.
  func deadlinePassed(_ connection: Connection) {
    if connection.writeDeadline <= now {
      guard hasProgress(connection) else {
        close(connection, .writeStalled)
        return
      }
      beginWriteWindow(connection)
    }
    switch connection.state.phase {
    case .idle:
      if connection.outbox.isEmpty { close(connection, .clientGone) }
    case .head:
      if connection.headDeadline <= now {
        refuseSlow(connection)
        serve(connection)
      }
    case .exchange(let intake, let answer):
      if answer == .pending, connection.answerDeadline <= now {
        fail(connection, .answerTimeout(after: limits.answerTime))
        serve(connection)
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
  private func checkContentRate(_ connection: Connection) {
    guard let exchange = connection.exchange else { return }
    let received = exchange.content.receivedBytes
    if received - connection.contentAtWindow >= limits.contentBytesPerWindow {
      connection.contentAtWindow = received
      connection.contentDeadline = now + contentWindow
      return
    }
    if case .exchange(_, .pending) = connection.state.phase {
      fail(connection, .requestTimeout(after: limits.contentWindow))
      serve(connection)
    } else {
      close(connection, .requestTimeout)
    }
  }

  private func beginWriteWindow(_ connection: Connection) {
    connection.writeDeadline = now + limits.writeStallTime.nanoseconds
    connection.acknowledgedAtWindow = acknowledgedBytes(connection)
  }

  /// Whether the client took anything since the window began. The system may still have taken
  /// nothing new, since it waits for a third of its buffer to be free; what the client has
  /// acknowledged tells.
  private func hasProgress(_ connection: Connection) -> Bool {
    acknowledgedBytes(connection) > connection.acknowledgedAtWindow
  }

  private func acknowledgedBytes(_ connection: Connection) -> Int {
    connection.sentBytes - (connection.socket.unacknowledgedBytes ?? 0)
  }
}
