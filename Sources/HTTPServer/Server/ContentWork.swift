import Synchronization

/// A piece of a request's content, in the buffer it was received in.
struct ContentPiece: Sendable {
  let buffer: [UInt8]
  /// Where in the buffer content lies.
  let ranges: [Range<Int>]

  var byteCount: Int { ranges.reduce(0) { $0 + $1.count } }
}

/// Hands the content of one request to its consumer on the compute pool, a piece at a time.
final class ContentWork: Sendable {
  /// Who takes the content.
  enum Consumer: Sendable {
    case receiver(any ContentReceiver)
    case transformer(any ContentTransformer)
  }

  private struct Inbox: Sendable {
    var pieces = Queue<ContentPiece>()
    var isEnded = false
    /// Whether a job is running or waits to run.
    var isScheduled = false
    var isStopped = false
    /// Bytes of output the loop has not written yet.
    var unsentBytes = 0
  }

  private let inbox = Guarded(Inbox())
  /// Used by the one job that runs; the lock only tells the compiler so.
  private let consumer: Guarded<Consumer?>
  private let hasBegun = Atomic<Bool>(false)
  private let id: ExchangeID
  private let loop: LoopHandle
  private let pool: ComputePool
  private let unsentLimit: Int

  init(
    _ consumer: Consumer, id: ExchangeID, loop: LoopHandle, pool: ComputePool, limits: Limits
  ) {
    self.consumer = Guarded(consumer)
    self.id = id
    self.loop = loop
    self.pool = pool
    unsentLimit = limits.unsentBytes
  }

  /// The next piece; called by the loop.
  func push(_ piece: ContentPiece) {
    schedule { $0.pieces.append(piece) }
  }

  /// The content is complete; called by the loop.
  func end() {
    schedule { $0.isEnded = true }
  }

  /// Nobody waits any more; called by the loop.
  func stop() {
    inbox.withLock {
      $0.isStopped = true
      $0.pieces = Queue()
    }
  }

  /// Output was written; called by the loop.
  func sent(_ bytes: Int) {
    schedule { $0.unsentBytes -= bytes }
  }

  private func schedule(_ change: (inout Inbox) -> Void) {
    let start = inbox.withLock { inbox in
      change(&inbox)
      guard !inbox.isScheduled, step(in: inbox) != .wait else { return false }
      inbox.isScheduled = true
      return true
    }
    if start { pool.proceed { self.run() } }
  }

  private enum Step { case piece, finish, wait }

  private func step(in inbox: Inbox) -> Step {
    if inbox.isStopped || inbox.unsentBytes > unsentLimit { return .wait }
    if !inbox.pieces.isEmpty { return .piece }
    return inbox.isEnded ? .finish : .wait
  }

  /// The job: takes what is there, then ends; the next piece starts another.
  private func run() {
    while true {
      var piece: ContentPiece?
      let step = inbox.withLock { inbox in
        let step = self.step(in: inbox)
        switch step {
        case .piece: piece = inbox.pieces.popFirst()
        case .finish: inbox.isStopped = true
        case .wait: inbox.isScheduled = false
        }
        return step
      }
      switch step {
      case .wait:
        return
      case .finish:
        finish()
        inbox.withLock { $0.isScheduled = false }
        return
      case .piece:
        guard let piece else { return }
        let early = take(piece)
        loop.post(.taken(id, bytes: piece.byteCount, buffer: piece.buffer))
        if let early {
          stop()
          loop.post(.answer(id, early))
          consumer.withLock { $0 = nil }
        } else if pool.isContended {
          // Still scheduled, but behind those who wait: an upload may have thousands of pieces.
          pool.proceed { self.run() }
          return
        }
      }
    }
  }

  private func take(_ piece: ContentPiece) -> Response? {
    consumer.withLock { consumer in
      switch consumer {
      case .receiver(var receiver):
        // Taken out while it changes, so that it is the only one to hold its buffers.
        consumer = nil
        defer { consumer = .receiver(receiver) }
        for range in piece.ranges {
          if let answer = receiver.receive(piece.buffer.span.extracting(range)) { return answer }
        }
        return nil
      case .transformer(var transformer):
        consumer = nil
        defer { consumer = .transformer(transformer) }
        var output: [UInt8] = []
        for range in piece.ranges {
          let bytes = piece.buffer.span.extracting(range)
          if let answer = transformer.transform(bytes, into: &output) { return answer }
        }
        if !output.isEmpty { send(output, of: transformer, isLast: false) }
        return nil
      case nil:
        return nil
      }
    }
  }

  private func finish() {
    let taken = consumer.withLock { consumer in
      let taken = consumer
      consumer = nil
      return taken
    }
    switch taken {
    case .receiver(var receiver):
      receiver.finish { [loop, id] in loop.post(.answer(id, $0)) }
    case .transformer(var transformer):
      var output: [UInt8] = []
      if let answer = transformer.finish(into: &output) {
        loop.post(.answer(id, answer))
      } else {
        send(output, of: transformer, isLast: true)
      }
    case nil:
      break
    }
  }

  private func send(_ output: [UInt8], of transformer: any ContentTransformer, isLast: Bool) {
    inbox.withLock { $0.unsentBytes += output.count }
    var head: OutputHead?
    if !hasBegun.exchange(true, ordering: .relaxed) {
      let (status, fields) = transformer.head()
      head = OutputHead(status: status, fields: fields)
    }
    loop.post(.output(id, head: head, bytes: output, isLast: isLast))
  }
}
