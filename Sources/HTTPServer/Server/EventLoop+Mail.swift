extension EventLoop {
  /// Does as a message says.
  mutating func read(_ mail: Mail) {
    switch mail {
    case .adopt(let socket, let peer):
      open(socket, peer)
    case .answer(let id, let response):
      guard let connection = connection(of: id) else { return }
      enter(connection)
      answer(connection, response)
      work(connection)
      leave(connection)
    case .taken(let id, let bytes, let buffer):
      recycle(buffer)
      guard let connection = connection(of: id) else { return }
      connection.exchange?.unconsumedBytes -= bytes
      // The client was kept waiting: its time starts anew.
      if connection.contentDeadline != .max { connection.contentDeadline = now + contentWindow }
      serve(connection)
    case .output(let id, let head, let bytes, let isLast):
      guard let connection = connection(of: id) else { return }
      enter(connection)
      write(connection, head, bytes, isLast: isLast)
      work(connection)
      leave(connection)
    case .outputFailed(let id, let reason):
      guard let connection = connection(of: id) else { return }
      close(connection, .contentFailed(reason))
    case .evictOldestIdle:
      evictOldestIdle()
    case .drain(let deadline):
      drain(until: deadline)
    }
  }

  /// The connection a message is for, if its request is still the one at hand.
  private mutating func connection(of id: ExchangeID) -> Connection? {
    guard let connection = connections[id.slot], connection.exchangeID == id,
      connection.exchange != nil
    else { return nil }
    return connection
  }
}
