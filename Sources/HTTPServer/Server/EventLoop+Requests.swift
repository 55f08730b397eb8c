extension EventLoop {
  /// Looks at received bytes, as far as the connection's state lets it.
  /// - Returns: the index behind the last byte that was used up.
  func process(_ connection: Connection, _ input: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < input.count {
      switch connection.state.phase {
      case .idle, .head:
        if connection.outbox.count >= limits.gatheredBytes { return index }
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

  private func readHead(_ connection: Connection, _ input: Span<UInt8>, from start: Int) -> Int {
    do throws(HTTPFault) {
      let end = try connection.parser.consume(input, from: start, limits: limits)
      guard connection.parser.isComplete else {
        if connection.state.phase == .idle, connection.parser.hasBegun {
          connection.headDeadline = now + headTime
          perform(connection.state.handle(.headBegan), on: connection)
        }
        return end
      }
      let head = try connection.parser.head(limits: limits)
      let next = begin(connection, head, input, from: end)
      connection.parser.reset()
      return next
    } catch {
      refuse(connection, error)
      connection.parser.reset()
      return input.count
    }
  }

  /// A head did not come in time.
  func refuseSlow(_ connection: Connection) {
    refuse(connection, .requestTimeout(after: limits.headTime))
    connection.parser.reset()
  }

  /// Answers a request that cannot be understood, as the last one.
  private func refuse(_ connection: Connection, _ fault: HTTPFault) {
    connection.requestCount += 1
    let id = requestIDs.make()
    shared.events?(.requestRefused(fault: fault, requestID: id, peer: connection.peer))
    perform(connection.state.handle(.faulted), on: connection)
    connection.exchange = Exchange(
      id: id, method: .get, version: .http11, startTime: 0,
      content: ContentDecoder(.none, limit: 0), cancellation: spareCancellation)
    answer(connection, response(to: fault, id), isReported: false)
  }

  /// The application's words for a fault, and what the protocol adds to them.
  func response(to fault: HTTPFault, _ id: RequestID) -> Response {
    var response = shared.handler.response(to: fault, requestID: id.description)
    switch fault {
    case .overloaded(let delay), .answerTimeout(let delay):
      if !response.fields.contains("Retry-After") {
        response.add("Retry-After", "\(max(1, delay.components.seconds))")
      }
    default:
      break
    }
    return response
  }

  /// A head is complete: asks the handler and begins to do as it says.
  /// - Returns: the index behind what was used up, content included.
  private func begin(
    _ connection: Connection, _ head: RequestHead, _ input: Span<UInt8>, from start: Int
  ) -> Int {
    connection.requestCount += 1
    let id = requestIDs.make()
    let startTime = shared.events == nil ? 0 : Clock.exact()
    let persists = head.persists && connection.requestCount < limits.requestsPerConnection
    let reply =
      head.isRecognised
      ? shared.handler.reply(
        to: Request(
          head: head, peer: connection.peer, cancellation: spareCancellation, requestID: id))
      : .fault(.methodNotImplemented)

    if head.framing == .none, case .now(let response) = reply.kind,
      !response.isStream
    {
      // The path of almost every request: nothing is kept of it.
      _ = connection.state.handle(.headCompleted(.complete, persists: persists))
      answerNow(connection, head, id, reply.routePattern, response, startTime)
      return start
    }

    connection.exchange = Exchange(
      id: id, method: head.method, version: head.version, route: reply.routePattern,
      startTime: startTime, content: ContentDecoder(head.framing, limit: limits.contentBytes),
      cancellation: spareCancellation)
    switch reply.kind {
    case .receive(let receiver, let limit):
      spareCancellation = Cancellation()
      return take(connection, head, .receiver(receiver), limit, persists, input, from: start)
    case .transform(let transformer, let limit):
      spareCancellation = Cancellation()
      return take(connection, head, .transformer(transformer), limit, persists, input, from: start)
    case .now, .compute, .deferred, .fault:
      return begin(connection, head, reply, persists, input, from: start)
    }
  }

  /// A request whose content nobody wants.
  private func begin(
    _ connection: Connection, _ head: RequestHead, _ reply: Reply, _ persists: Bool,
    _ input: Span<UInt8>, from start: Int
  ) -> Int {
    var end = start
    perform(
      connection.state.handle(
        .headCompleted(head.framing == .none ? .complete : .unwanted, persists: persists)),
      on: connection)
    if head.framing != .none {
      end = discardContent(connection, input, from: start)
      guard connection.exchange != nil else { return end }
      if case .exchange(.unwanted, _) = connection.state.phase {
        // Who waits for 100 may or may not send the content now; nobody can tell what comes next.
        let remaining = connection.exchange?.content.remainingBytes
        if head.expectsContinue || (remaining ?? .max) > limits.discardedBytes {
          perform(connection.state.handle(.contentRefused(isSmall: false)), on: connection)
        }
      }
    }
    guard let exchange = connection.exchange else { return end }
    switch reply.kind {
    case .now(let response):
      if response.isStream { spareCancellation = Cancellation() }
      answer(connection, response)
    case .fault(let fault):
      answer(connection, response(to: fault, exchange.id))
    case .compute(let work):
      spareCancellation = Cancellation()
      let exchangeID = connection.exchangeID
      let loop = handle
      let isTaken = shared.pool.submit {
        if exchange.cancellation.isCancelled { return }
        loop.post(.answer(exchangeID, work()))
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
      let exchangeID = connection.exchangeID
      let loop = handle
      deferred.await { response in loop.post(.answer(exchangeID, response)) }
    case .receive, .transform:
      break
    }
    return end
  }

  private func answerOverload(_ connection: Connection) {
    guard let exchange = connection.exchange else { return }
    answer(
      connection, response(to: .overloaded(retryAfter: limits.retryAfter), exchange.id))
  }

  // MARK: Content

  /// A request whose content somebody wants.
  private func take(
    _ connection: Connection, _ head: RequestHead, _ consumer: ContentWork.Consumer, _ limit: Int?,
    _ persists: Bool, _ input: Span<UInt8>, from start: Int
  ) -> Int {
    let limit = limit ?? limits.contentBytes
    connection.exchange?.content.limit = limit
    perform(
      connection.state.handle(.headCompleted(.wanted, persists: persists)), on: connection)
    if case .length(let length) = head.framing, length > limit {
      fail(connection, .contentTooLarge(limit: limit))
      return start
    }
    guard shared.pool.hasRoom else {
      refuseContent(connection, isExpected: head.expectsContinue)
      answerOverload(connection)
      return start
    }
    let work = ContentWork(
      consumer, id: connection.exchangeID, loop: handle, pool: shared.pool, limits: limits)
    connection.exchange?.work = work
    connection.answerDeadline = .max
    connection.contentDeadline = now + contentWindow
    connection.contentAtWindow = 0
    if head.framing == .none {
      endContent(connection)
      return start
    }
    // RFC 9110 §10.1.1: may be left out when content is there already.
    if head.expectsContinue, start == input.count {
      connection.outbox.write { $0.append(contentsOf: ResponseSerializer.continueHead) }
    }
    return start < input.count ? takeContent(connection, input, from: start) : start
  }

  /// Content that came in a buffer of the loop: copied, since the buffer is used again at once.
  private func takeContent(
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

  /// How large the buffers are that content is received into. At 4 GB/s a call moves one in 60 µs.
  private static let contentBufferBytes = 1 << 18
  /// Pieces below this size are copied, so that a slow client does not hold a large buffer.
  private static let copiedContentBytes = 1 << 14
  /// How many buffers are kept for later.
  private static let keptBuffers = 16

  /// Receives content into a buffer that is handed on as it is.
  func receiveContent(_ connection: Connection) {
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
      perform(connection.state.handle(.peerFinished), on: connection)
    case .failed:
      recycle(buffer)
      close(connection, .clientGone)
    }
  }

  /// Keeps a large buffer for later.
  func recycle(_ buffer: consuming [UInt8]) {
    if buffer.count == Self.contentBufferBytes, contentBuffers.count < Self.keptBuffers {
      contentBuffers.append(buffer)
    }
  }

  private func endContent(_ connection: Connection) {
    connection.contentDeadline = .max
    connection.answerDeadline = now + answerTime
    connection.exchange?.work?.end()
    perform(connection.state.handle(.contentEnded), on: connection)
  }

  /// Reads away content that nobody wants.
  private func discardContent(
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
        perform(connection.state.handle(.contentEnded), on: connection)
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
  func refuseContent(_ connection: Connection, isExpected: Bool) {
    guard let exchange = connection.exchange else { return }
    let remaining = exchange.content.remainingBytes ?? .max
    perform(
      connection.state.handle(
        .contentRefused(isSmall: !isExpected && remaining <= limits.discardedBytes)),
      on: connection)
  }

  /// The request turned out bad after its head was taken: says so if nothing was said yet.
  func fail(_ connection: Connection, _ fault: HTTPFault) {
    guard let exchange = connection.exchange,
      case .exchange(_, let answered) = connection.state.phase
    else { return }
    switch answered {
    case .pending:
      stopWork(exchange)
      connection.exchange?.work = nil
      connection.exchange?.deferred = nil
      perform(connection.state.handle(.faulted), on: connection)
      answer(connection, response(to: fault, exchange.id))
    case .begun, .complete:
      close(connection, .fault(fault))
    }
  }

  /// Tells everybody who works on a request that nobody waits.
  func stopWork(_ exchange: Exchange) {
    if exchange.cancellation !== spareCancellation { exchange.cancellation.cancel() }
    exchange.work?.stop()
    exchange.source?.stop()
    exchange.deferred?.abandon()
  }

  /// A request ends with its connection.
  func abandon(
    _ exchange: Exchange, _ connection: Connection, _ reason: ServerEvent.AbortReason
  ) {
    stopWork(exchange)
    shared.events?(
      .requestAborted(
        requestID: exchange.id, method: exchange.method, route: exchange.route, reason: reason))
  }
}
