extension EventLoop {
  /// Looks at received bytes, as far as the connection's state lets it.
  /// - Returns: the index behind the last byte that was used up.
  mutating func process(_ connection: Connection, _ input: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < input.count {
      switch connection.state.phase {
      case .idle, .head:
        if outbox.count >= limits.gatheredBytes { return index }
        if parser.isFresh, let known = remembered.find(input, from: index) {
          index += answerAgain(connection, known)
          continue
        }
        index = readHead(connection, input, from: index)
      case .exchange(.wanted, _):
        index = takeContent(connection, input, from: index)
      case .exchange(.unwanted, _):
        index = discardContent(connection, input, from: index)
      case .exchange(.complete, _), .exchange(.abandoned, _):
        return index
      case .finishing, .lingering, .closed:
        return input.count
      }
    }
    return index
  }

  // MARK: Heads

  private mutating func readHead(_ connection: Connection, _ input: Span<UInt8>, from start: Int)
    -> Int
  {
    do throws(HTTPFault) {
      let end = try parser.consume(input, from: start, limits: limits)
      guard parser.isComplete else {
        if connection.state.phase == .idle, parser.hasBegun {
          connection.headDeadline = now + headTime
          perform(connection.handle(.headBegan), on: connection)
        }
        return end
      }
      let next = begin(
        connection,
        Request(
          head: try parser.head(limits: limits), peer: connection.peer,
          cancellation: spareCancellation, requestID: requestIDs.make()),
        input, from: end)
      // Only now: as long as nobody else holds the head, its memory is used again.
      parser.reset()
      return next
    } catch {
      refuse(connection, error)
      parser.reset()
      return input.count
    }
  }

  /// Answers a head as it was answered before.
  /// - Returns: how many bytes the head has.
  private mutating func answerAgain(
    _ connection: Connection, _ known: RememberedAnswers.Entry
  ) -> Int {
    connection.requestCount += 1
    connection.probeDeadline = .max
    let persists = known.persists && connection.requestCount < limits.requestsPerConnection
    _ = connection.handle(.headCompleted(.complete, persists: persists))
    answerNow(
      connection, known.method, known.version, requestIDs.make(), known.route, known.response,
      shared.events == nil ? 0 : Clock.exact())
    return known.head.count
  }

  /// A head did not come in time.
  mutating func refuseSlow(_ connection: Connection) {
    refuse(connection, .requestTimeout(after: limits.headTime))
    parser.reset()
  }

  /// Answers a request that cannot be understood, as the last one.
  private mutating func refuse(_ connection: Connection, _ fault: HTTPFault) {
    connection.requestCount += 1
    let id = requestIDs.make()
    shared.events?(.requestRefused(fault: fault, requestID: id, peer: connection.peer))
    perform(connection.handle(.faulted), on: connection)
    connection.exchange = Exchange(
      id: id, method: .get, version: .http11, startTime: 0,
      content: ContentDecoder(.none, limit: 0), cancellation: spareCancellation)
    answer(connection, response(to: fault, id), isReported: false)
  }

  /// The application's words for a fault, and what the protocol adds to them.
  mutating func response(to fault: HTTPFault, _ id: RequestID) -> Response {
    var response = shared.handler.response(to: fault, requestID: id.description)
    if response.status == .serviceUnavailable, !response.fields.contains("Retry-After") {
      response.add("Retry-After", "\(max(1, limits.retryAfter.components.seconds))")
    }
    return response
  }

  /// A head is complete: asks the handler and begins to do as it says.
  /// - Returns: the index behind what was used up, content included.
  private mutating func begin(
    _ connection: Connection, _ request: consuming Request, _ input: Span<UInt8>, from start: Int
  ) -> Int {
    connection.requestCount += 1
    connection.probeDeadline = .max
    let startTime = shared.events == nil ? 0 : Clock.exact()
    let persists = request.head.persists && connection.requestCount < limits.requestsPerConnection
    let reply =
      request.head.method.isRecognised
      ? shared.handler.reply(to: request) : .fault(.methodNotImplemented)
    let route = RouteName(
      pattern: reply.routePattern, index: reply.routeIndex,
      trace: shared.events == nil ? nil : request.trace)

    if case .now(let response) = reply.kind, request.head.framing == .none, !response.isStream {
      // The path of almost every request: nothing is kept of it.
      _ = connection.handle(.headCompleted(.complete, persists: persists))
      let response = response.adding(reply.fields)
      if let isCurrent = reply.isCurrent {
        remembered.offer(
          request.head, response, route: route, isCurrent: isCurrent)
      }
      answerNow(
        connection, request.head.method, request.head.version, request.requestID,
        route, response, startTime)
      return start
    }

    connection.exchange = Exchange(
      id: request.requestID, method: request.head.method, version: request.head.version,
      route: route, fields: reply.fields, startTime: startTime,
      content: ContentDecoder(request.head.framing, limit: limits.contentBytes),
      cancellation: request.cancellation)
    let framing = request.head.framing
    let expectsContinue = request.head.expectsContinue
    switch reply.kind {
    case .receive(let receiver, let limit):
      perform(connection.handle(.headCompleted(.wanted, persists: persists)), on: connection)
      return take(connection, .receiver(receiver), limit, framing, expectsContinue, input, start)
    case .transform(let transformer, let limit):
      perform(connection.handle(.headCompleted(.wanted, persists: persists)), on: connection)
      return take(
        connection, .transformer(transformer), limit, framing, expectsContinue, input, start)
    case .now, .compute, .deferred, .fault:
      let intake = framing == .none ? ConnectionState.Intake.complete : .unwanted
      perform(connection.handle(.headCompleted(intake, persists: persists)), on: connection)
      let end = discard(connection, expectsContinue, input, start)
      if connection.exchange != nil { answer(connection, as: reply) }
      return end
    }
  }

  /// Reads away what has come of content that nobody wants, and decides what to do about the rest.
  private mutating func discard(
    _ connection: Connection, _ expectsContinue: Bool, _ input: Span<UInt8>, _ start: Int
  ) -> Int {
    guard case .exchange(.unwanted, _) = connection.state.phase else { return start }
    let end = discardContent(connection, input, from: start)
    guard case .exchange(.unwanted, _) = connection.state.phase else { return end }
    // Who waits for 100 may or may not send the content now; nobody can tell what comes next.
    let remaining = connection.exchange?.content.remainingBytes ?? .max
    if expectsContinue || remaining > limits.discardedBytes {
      perform(connection.handle(.contentRefused(isSmall: false)), on: connection)
    }
    return end
  }

  /// Answers a request whose content nobody wants, or begins to.
  private mutating func answer(_ connection: Connection, as reply: Reply) {
    guard let exchange = connection.exchange else { return }
    switch reply.kind {
    case .now(let response):
      if response.isStream { spareCancellation = Cancellation() }
      answer(connection, response)
    case .fault(let fault):
      answer(connection, response(to: fault, exchange.id))
    case .compute(let work):
      spareCancellation = Cancellation()
      let id = connection.exchangeID
      let loop = handle
      let isTaken = shared.pool.submit {
        if !exchange.cancellation.isCancelled { loop.post(.answer(id, work())) }
      }
      if isTaken {
        connection.answerDeadline = now + answerTime
      } else {
        answerOverload(connection)
      }
    case .deferred(let deferred):
      spareCancellation = Cancellation()
      connection.exchange?.deferred = deferred
      connection.answerDeadline = now + answerTime
      let id = connection.exchangeID
      let loop = handle
      deferred.await { response in loop.post(.answer(id, response)) }
    case .receive, .transform:
      preconditionFailure("their content is wanted")
    }
  }

  private mutating func answerOverload(_ connection: Connection) {
    guard let exchange = connection.exchange else { return }
    answer(
      connection, response(to: .overloaded(.queue, retryAfter: limits.retryAfter), exchange.id))
  }

  // MARK: Content

  /// A request whose content somebody wants.
  private mutating func take(
    _ connection: Connection, _ consumer: ContentWork.Consumer, _ limit: Int?, _ framing: Framing,
    _ expectsContinue: Bool, _ input: Span<UInt8>, _ start: Int
  ) -> Int {
    spareCancellation = Cancellation()
    let limit = limit ?? limits.contentBytes
    connection.exchange?.content.limit = limit
    if case .length(let length) = framing, length > limit {
      fail(connection, .contentTooLarge(limit: limit))
      return start
    }
    guard shared.pool.hasRoom else {
      refuseContent(connection, isExpected: expectsContinue)
      answerOverload(connection)
      return start
    }
    let work = ContentWork(
      consumer, id: connection.exchangeID, loop: handle, pool: shared.pool, limits: limits)
    connection.exchange?.work = work
    connection.answerDeadline = .max
    connection.contentDeadline = now + contentWindow
    connection.contentAtWindow = 0
    if framing == .none {
      endContent(connection)
      return start
    }
    // RFC 9110 §10.1.1: may be left out when content is there already.
    if expectsContinue, start == input.count {
      outbox.write { $0.append(contentsOf: ResponseSerializer.continueHead) }
    }
    return start < input.count ? takeContent(connection, input, from: start) : start
  }

  /// Content that came in a buffer of the loop: copied, since the buffer is used again at once.
  private mutating func takeContent(
    _ connection: Connection, _ input: Span<UInt8>, from start: Int
  ) -> Int {
    guard var exchange = connection.exchange, let work = exchange.work else { return start }
    var content: [UInt8] = []
    do throws(HTTPFault) {
      let end = try exchange.content.decode(input, from: start, limits: limits) { range in
        content.append(copying: input.extracting(range))
      }
      exchange.unconsumedBytes += content.count
      connection.exchange = exchange
      if !content.isEmpty {
        let count = content.count
        work.push(ContentPiece(buffer: content, ranges: [0..<count]))
      }
      if exchange.content.isComplete { endContent(connection) }
      return end
    } catch {
      connection.exchange = exchange
      fail(connection, error)
      return input.count
    }
  }

  /// How large the buffers are that content is received into.
  ///
  /// At 4 GB/s a call moves one in 60 µs.
  private static let contentBufferBytes = 1 << 18
  /// Pieces below this size are copied, so that a slow client does not hold a large buffer.
  private static let copiedContentBytes = 1 << 14
  /// How many buffers are kept for later.
  private static let keptBuffers = 16

  /// Receives content into a buffer that is handed on as it is.
  mutating func receiveContent(_ connection: Connection) {
    guard var exchange = connection.exchange, let work = exchange.work else { return }
    var buffer =
      contentBuffers.popLast() ?? [UInt8](repeating: 0, count: Self.contentBufferBytes)
    switch connection.socket.receive(into: &buffer) {
    case .moved(let count):
      noteReceived(connection, count, of: buffer.count)
      var ranges: [Range<Int>] = []
      do throws(HTTPFault) {
        let received = buffer.span.extracting(0..<count)
        let end = try exchange.content.decode(received, from: 0, limits: limits) {
          ranges.append($0)
        }
        if end < count { connection.backlog.append(contentsOf: buffer[end..<count]) }
      } catch {
        connection.exchange = exchange
        recycle(buffer)
        fail(connection, error)
        return
      }
      let piece: ContentPiece
      if count < Self.copiedContentBytes {
        var content: [UInt8] = []
        for range in ranges { content.append(contentsOf: buffer[range]) }
        recycle(buffer)
        let size = content.count
        piece = ContentPiece(buffer: content, ranges: size == 0 ? [] : [0..<size])
      } else {
        piece = ContentPiece(buffer: buffer, ranges: ranges)
      }
      exchange.unconsumedBytes += piece.byteCount
      let isComplete = exchange.content.isComplete
      connection.exchange = exchange
      if !piece.ranges.isEmpty { work.push(piece) }
      if isComplete { endContent(connection) }
    case .wouldBlock:
      recycle(buffer)
      connection.isReadable = false
    case .ended:
      recycle(buffer)
      connection.isReadable = false
      perform(connection.handle(.peerFinished(outputWaits: !outbox.isEmpty)), on: connection)
    case .failed:
      recycle(buffer)
      close(connection, .clientGone)
    }
  }

  /// Keeps a large buffer for later.
  mutating func recycle(_ buffer: consuming [UInt8]) {
    if buffer.count == Self.contentBufferBytes, contentBuffers.count < Self.keptBuffers {
      contentBuffers.append(buffer)
    }
  }

  private mutating func endContent(_ connection: Connection) {
    connection.contentDeadline = .max
    connection.answerDeadline = now + answerTime
    connection.exchange?.work?.end()
    perform(connection.handle(.contentEnded), on: connection)
  }

  /// Reads away content that nobody wants.
  private mutating func discardContent(
    _ connection: Connection, _ input: Span<UInt8>, from start: Int
  ) -> Int {
    guard var exchange = connection.exchange else { return start }
    exchange.content.limit = .max
    do throws(HTTPFault) {
      let end = try exchange.content.decode(input, from: start, limits: limits) { _ in }
      connection.exchange = exchange
      if exchange.content.isComplete {
        connection.contentDeadline = .max
        let isAnswered = connection.state.phase == .exchange(.unwanted, .complete)
        perform(connection.handle(.contentEnded), on: connection)
        if isAnswered { connection.exchange = nil }
      } else {
        if connection.contentDeadline == .max {
          connection.contentDeadline = now + contentWindow
          connection.contentAtWindow = exchange.content.receivedBytes
        }
        if exchange.content.receivedBytes > limits.discardedBytes {
          refuseContent(connection, isExpected: false)
        }
      }
      return end
    } catch {
      connection.exchange = exchange
      fail(connection, error)
      return input.count
    }
  }

  /// The rest of the content is not wanted; a little of it is read away to keep the connection.
  mutating func refuseContent(_ connection: Connection, isExpected: Bool) {
    guard let exchange = connection.exchange else { return }
    let remaining = exchange.content.remainingBytes ?? .max
    perform(
      connection.handle(
        .contentRefused(isSmall: !isExpected && remaining <= limits.discardedBytes)),
      on: connection)
  }

  /// The request turned out bad after its head was taken: says so if nothing was said yet.
  mutating func fail(_ connection: Connection, _ fault: HTTPFault) {
    guard let exchange = connection.exchange,
      case .exchange(_, let answered) = connection.state.phase
    else { return }
    switch answered {
    case .pending:
      stopWork(exchange)
      connection.exchange?.work = nil
      connection.exchange?.deferred = nil
      perform(connection.handle(.faulted), on: connection)
      answer(connection, response(to: fault, exchange.id))
    case .begun, .complete:
      close(connection, .fault(fault))
    }
  }

  /// Tells everybody who works on a request that nobody waits.
  mutating func stopWork(_ exchange: Exchange) {
    if exchange.cancellation !== spareCancellation { exchange.cancellation.cancel() }
    exchange.work?.stop()
    exchange.source?.stop()
    exchange.feed?.abandon()
    exchange.deferred?.abandon()
  }

  /// A request ends with its connection.
  mutating func abandon(
    _ exchange: Exchange, _ connection: Connection, _ reason: ServerEvent.AbortReason
  ) {
    stopWork(exchange)
    shared.events?(
      .requestAborted(
        requestID: exchange.id, method: exchange.method, route: exchange.route.pattern,
        trace: exchange.route.trace, reason: reason))
  }
}
