extension Response {
  /// The same answer with one more field.
  mutating func add(_ name: String, _ value: String) {
    var fields = fields
    fields.append(name, value)
    self = Response(status, fields: fields, content: content)
  }

  /// The same answer with more fields; itself when there are none.
  func adding(_ more: HeaderFields) -> Response {
    guard !more.isEmpty else { return self }
    var fields = fields
    for (name, value) in more.all { fields.append(name, value) }
    return Response(status, fields: fields, content: content)
  }
}

extension EventLoop {
  // MARK: Heads and content that is there

  /// Answers a request of which nothing was kept.
  mutating func answerNow(
    _ connection: Connection, _ method: Method, _ version: Version, _ id: RequestID,
    _ route: RouteName, _ response: Response, _ startTime: UInt64
  ) {
    _ = connection.handle(.answerBegan)
    let before = outbox.count
    outbox.append(
      response, date: date, id: id, isHead: method == .head, version: version,
      persistence: persistence(connection, version))
    if let events = shared.events {
      events(
        .requestCompleted(
          ServerEvent.Completion(
            method: method, route: route.pattern, routeIndex: route.index, trace: route.trace,
            status: response.status, requestID: id, peer: connection.peer, requestBytes: 0,
            responseBytes: outbox.count - before,
            duration: .nanoseconds(Int64(Clock.exact() - startTime)))))
    }
    perform(connection.handle(.answerCompleted), on: connection)
  }

  private func persistence(
    _ connection: Connection, _ version: Version
  ) -> ResponseSerializer.Persistence {
    if connection.state.closesAfterAnswer { return .close }
    return version == .http10 ? .keepAnnounced : .keep
  }

  // MARK: Answers to the request at hand

  /// Answers the request at hand.
  /// - Parameter isReported: whether an event tells of it; a refused head has an event of its own.
  mutating func answer(_ connection: Connection, _ response: Response, isReported: Bool = true) {
    guard let exchange = connection.exchange,
      case .exchange(let intake, let answered) = connection.state.phase
    else { return }
    let response = response.adding(exchange.fields)
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
      connection.endAfterAnswer()
    }
    perform(connection.handle(.answerBegan), on: connection)
    let before = outbox.count
    outbox.append(
      response, date: date, id: exchange.id, isHead: isHead,
      version: exchange.version, persistence: persistence(connection, exchange.version))
    connection.exchange?.responseBytes = outbox.count - before
    if isHead || response.status.forbidsContent {
      complete(connection, isReported: isReported)
      return
    }
    connection.exchange?.responseIsChunked =
      response.content.length == nil && exchange.version == .http11
    let id = connection.exchangeID
    switch response.content {
    case .empty, .bytes:
      complete(connection, isReported: isReported)
    case .stream(let length, let producer):
      connection.exchange?.responseRemaining = length
      connection.exchange?.source = ContentSource(
        producer, id: id, loop: handle, pool: shared.pool)
      askForContent(connection)
    case .feed(let feed):
      connection.exchange?.feed = feed
      let loop = handle
      feed.attach { message in
        switch message {
        case .piece(let bytes, let isLast):
          loop.post(.output(id, head: nil, bytes: bytes, isLast: isLast))
        case .cutOff:
          loop.post(.outputFailed(id, reason: "the client fell behind"))
        }
      }
    }
  }

  /// The answer is complete, though not all of it may be sent yet.
  private mutating func complete(_ connection: Connection, isReported: Bool = true) {
    if isReported { report(connection) }
    perform(connection.handle(.answerCompleted), on: connection)
    switch connection.state.phase {
    case .exchange(.unwanted, .complete):
      // Its content still has to be read away.
      connection.exchange?.source = nil
    case .idle, .head, .exchange, .finishing, .lingering, .closed:
      connection.exchange = nil
      connection.contentDeadline = .max
    }
  }

  private mutating func report(_ connection: Connection) {
    guard let events = shared.events, let exchange = connection.exchange else { return }
    events(
      .requestCompleted(
        ServerEvent.Completion(
          method: exchange.method, route: exchange.route.pattern,
          routeIndex: exchange.route.index, trace: exchange.route.trace,
          status: exchange.status, requestID: exchange.id, peer: connection.peer,
          requestBytes: exchange.content.receivedBytes, responseBytes: exchange.responseBytes,
          duration: .nanoseconds(Int64(Clock.exact() - exchange.startTime)))))
  }

  // MARK: Content that is made as it is read

  /// Asks for the next piece, unless enough waits for the client.
  private mutating func askForContent(_ connection: Connection) {
    guard let exchange = connection.exchange, let source = exchange.source,
      !exchange.sourceIsAsked, outbox.count <= limits.unsentBytes / 2
    else { return }
    connection.exchange?.sourceIsAsked = true
    connection.answerDeadline = now + answerTime
    source.request()
  }

  /// Some of the outbox was sent.
  mutating func noteSent(_ connection: Connection) {
    askForContent(connection)
    guard let exchange = connection.exchange, exchange.unsentOutput > 0,
      outbox.count <= limits.unsentBytes / 2
    else { return }
    connection.exchange?.unsentOutput = 0
    exchange.work?.sent(exchange.unsentOutput)
    exchange.feed?.sent(exchange.unsentOutput)
  }

  /// The next piece of the answer's content has come.
  mutating func write(
    _ connection: Connection, _ head: OutputHead?, _ bytes: [UInt8], isLast: Bool
  ) {
    guard connection.exchange != nil else { return }
    connection.exchange?.sourceIsAsked = false
    connection.answerDeadline = .max
    if let head { beginOutput(connection, head) }
    guard let exchange = connection.exchange else { return }
    let before = outbox.count
    if let remaining = exchange.responseRemaining {
      guard bytes.count <= remaining, !isLast || bytes.count == remaining else {
        let reason = bytes.count > remaining ? "longer than promised" : "shorter than promised"
        close(connection, .contentFailed(reason))
        return
      }
      connection.exchange?.responseRemaining = remaining - bytes.count
      outbox.append(bytes)
    } else if exchange.responseIsChunked {
      if !bytes.isEmpty {
        outbox.write {
          $0.append(hexadecimal: bytes.count)
          $0.append("\r\n")
        }
        outbox.append(bytes)
        outbox.write { $0.append("\r\n") }
      }
      if isLast { outbox.write { $0.append(contentsOf: ResponseSerializer.lastChunk) } }
    } else {
      outbox.append(bytes)
    }
    connection.exchange?.responseBytes += outbox.count - before
    if exchange.work != nil || exchange.feed != nil {
      connection.exchange?.unsentOutput += bytes.count
    }
    if isLast { complete(connection) } else { askForContent(connection) }
  }

  /// Begins the answer of a transformer.
  ///
  /// Its content may still be coming in.
  private mutating func beginOutput(_ connection: Connection, _ head: OutputHead) {
    guard let exchange = connection.exchange else { return }
    connection.answerDeadline = .max
    connection.exchange?.status = head.status
    connection.exchange?.responseIsChunked = exchange.version == .http11
    if exchange.version == .http10 { connection.endAfterAnswer() }
    perform(connection.handle(.answerBegan), on: connection)
    let keeps = persistence(connection, exchange.version)
    let date = date
    let fields = Response(head.status, fields: head.fields).adding(exchange.fields).fields
    outbox.write {
      ResponseSerializer.appendFixed(head.status, fields: fields, to: &$0)
      ResponseSerializer.appendFraming(
        exchange.version == .http11 ? .chunked : .close, to: &$0)
      ResponseSerializer.appendVariable(
        date: date, id: exchange.id, persistence: keeps, to: &$0)
    }
  }
}
