extension Response {
  /// Whether the content is made as it is read.
  var isStream: Bool {
    if case .composed(_, .stream) = form { true } else { false }
  }

  /// The same answer with one more field.
  mutating func add(_ name: String, _ value: String) {
    var fields = fields
    fields.append(name, value)
    self = Response(status, fields: fields, content: content)
  }
}

extension EventLoop {
  // MARK: Heads and content that is there

  /// Answers a request of which nothing was kept.
  func answerNow(
    _ connection: Connection, _ head: RequestHead, _ id: RequestID, _ route: String?,
    _ response: Response, _ startTime: UInt64
  ) {
    _ = connection.state.handle(.answerBegan)
    let before = connection.outbox.count
    write(
      response, to: &connection.outbox, id: id, isHead: head.method == .head,
      version: head.version, persistence: persistence(connection, head.version))
    if let events = shared.events {
      events(
        .requestCompleted(
          ServerEvent.Completion(
            method: head.method, route: route, status: response.status, requestID: id,
            peer: connection.peer, requestBytes: 0,
            responseBytes: connection.outbox.count - before,
            duration: .nanoseconds(Int64(Clock.exact() - startTime)))))
    }
    perform(connection.state.handle(.answerCompleted), on: connection)
  }

  private func persistence(
    _ connection: Connection, _ version: Version
  ) -> ResponseSerializer.Persistence {
    if connection.state.closesAfterAnswer { return .close }
    return version == .http10 ? .keepAnnounced : .keep
  }

  /// Writes an answer whose content is there.
  func write(
    _ response: Response, to outbox: inout Outbox, id: RequestID, isHead: Bool, version: Version,
    persistence: ResponseSerializer.Persistence
  ) {
    switch response.form {
    case .prepared(let prepared):
      outbox.write {
        $0.append(contentsOf: prepared.head)
        ResponseSerializer.appendVariable(
          date: date, id: id, persistence: persistence, to: &$0)
      }
      if !isHead { outbox.append(prepared.content) }
    case .notModified(let prepared):
      outbox.write {
        $0.append(contentsOf: prepared.notModifiedHead)
        ResponseSerializer.appendVariable(
          date: date, id: id, persistence: persistence, to: &$0)
      }
    case .composed(let fields, let content):
      let framing: ResponseSerializer.Framing
      if response.status.forbidsContent {
        framing = .none
      } else if let length = content.length {
        framing = .length(length)
      } else {
        framing = version == .http11 ? .chunked : .close
      }
      outbox.write {
        ResponseSerializer.appendFixed(response.status, fields: fields, to: &$0)
        ResponseSerializer.appendFraming(framing, to: &$0)
        ResponseSerializer.appendVariable(
          date: date, id: id, persistence: persistence, to: &$0)
      }
      if !isHead, !response.status.forbidsContent, case .bytes(let bytes) = content {
        outbox.append(bytes)
      }
    }
  }

  // MARK: Answers to the request at hand

  /// Answers the request at hand.
  /// - Parameter isReported: whether an event tells of it; a refused head has an event of its own.
  func answer(_ connection: Connection, _ response: Response, isReported: Bool = true) {
    guard let exchange = connection.exchange,
      case .exchange(let intake, let answered) = connection.state.phase
    else { return }
    guard answered == .pending else {
      // Output has gone out already: cutting the connection is the only way left to tell.
      close(connection, .contentFailed("answered \(response.status) after output had begun"))
      return
    }
    if intake == .wanted { refuseContent(connection, isExpected: false) }
    connection.answerDeadline = .max
    connection.exchange?.work = nil
    connection.exchange?.deferred = nil
    connection.exchange?.status = response.status
    let isHead = exchange.method == .head
    if response.isStream, response.content.length == nil, exchange.version == .http10 {
      connection.state.endAfterAnswer()
    }
    perform(connection.state.handle(.answerBegan), on: connection)
    let before = connection.outbox.count
    write(
      response, to: &connection.outbox, id: exchange.id, isHead: isHead,
      version: exchange.version, persistence: persistence(connection, exchange.version))
    connection.exchange?.responseBytes = connection.outbox.count - before
    if case .stream(let length, let producer) = response.content, !isHead,
      !response.status.forbidsContent
    {
      connection.exchange?.responseIsChunked = length == nil && exchange.version == .http11
      connection.exchange?.responseRemaining = length
      connection.exchange?.source = ContentSource(
        producer, id: connection.exchangeID, loop: handle, pool: shared.pool)
      askForContent(connection)
      return
    }
    complete(connection, isReported: isReported)
  }

  /// The answer is complete, though not all of it may be sent yet.
  private func complete(_ connection: Connection, isReported: Bool = true) {
    if isReported { report(connection) }
    perform(connection.state.handle(.answerCompleted), on: connection)
    switch connection.state.phase {
    case .exchange(.unwanted, .complete):
      // Its content still has to be read away.
      connection.exchange?.source = nil
    case .idle, .head, .exchange, .finishing, .lingering, .closed:
      connection.exchange = nil
      connection.contentDeadline = .max
    }
  }

  private func report(_ connection: Connection) {
    guard let events = shared.events, let exchange = connection.exchange else { return }
    events(
      .requestCompleted(
        ServerEvent.Completion(
          method: exchange.method, route: exchange.route, status: exchange.status,
          requestID: exchange.id, peer: connection.peer,
          requestBytes: exchange.content.receivedBytes, responseBytes: exchange.responseBytes,
          duration: .nanoseconds(Int64(Clock.exact() - exchange.startTime)))))
  }

  // MARK: Content that is made as it is read

  /// Asks for the next piece, unless enough waits for the client.
  private func askForContent(_ connection: Connection) {
    guard let exchange = connection.exchange, let source = exchange.source,
      !exchange.sourceIsAsked, connection.outbox.count <= limits.unsentBytes / 2
    else { return }
    connection.exchange?.sourceIsAsked = true
    source.request()
  }

  /// Some of the outbox was sent.
  func noteSent(_ connection: Connection) {
    askForContent(connection)
    guard let exchange = connection.exchange, exchange.unsentOutput > 0,
      connection.outbox.count <= limits.unsentBytes / 2
    else { return }
    connection.exchange?.unsentOutput = 0
    exchange.work?.sent(exchange.unsentOutput)
  }

  /// The next piece of the answer's content has come.
  func write(
    _ connection: Connection, _ head: OutputHead?, _ bytes: [UInt8], isLast: Bool
  ) {
    guard connection.exchange != nil else { return }
    connection.exchange?.sourceIsAsked = false
    if let head { beginOutput(connection, head) }
    guard let exchange = connection.exchange else { return }
    let before = connection.outbox.count
    if let remaining = exchange.responseRemaining {
      guard bytes.count <= remaining, !isLast || bytes.count == remaining else {
        let reason = bytes.count > remaining ? "longer than promised" : "shorter than promised"
        close(connection, .contentFailed(reason))
        return
      }
      connection.exchange?.responseRemaining = remaining - bytes.count
      connection.outbox.append(bytes)
    } else if exchange.responseIsChunked {
      if !bytes.isEmpty {
        connection.outbox.write {
          $0.append(hexadecimal: bytes.count)
          $0.append("\r\n")
        }
        connection.outbox.append(bytes)
        connection.outbox.write { $0.append("\r\n") }
      }
      if isLast { connection.outbox.write { $0.append(contentsOf: ResponseSerializer.lastChunk) } }
    } else {
      connection.outbox.append(bytes)
    }
    connection.exchange?.responseBytes += connection.outbox.count - before
    if exchange.work != nil { connection.exchange?.unsentOutput += bytes.count }
    if isLast { complete(connection) } else { askForContent(connection) }
  }

  /// Begins the answer of a transformer. Its content may still be coming in.
  private func beginOutput(_ connection: Connection, _ head: OutputHead) {
    guard let exchange = connection.exchange else { return }
    connection.answerDeadline = .max
    connection.exchange?.status = head.status
    connection.exchange?.responseIsChunked = exchange.version == .http11
    if exchange.version == .http10 { connection.state.endAfterAnswer() }
    perform(connection.state.handle(.answerBegan), on: connection)
    connection.outbox.write {
      ResponseSerializer.appendFixed(head.status, fields: head.fields, to: &$0)
      ResponseSerializer.appendFraming(
        exchange.version == .http11 ? .chunked : .close, to: &$0)
      ResponseSerializer.appendVariable(
        date: date, id: exchange.id, persistence: persistence(connection, exchange.version),
        to: &$0)
    }
  }
}
