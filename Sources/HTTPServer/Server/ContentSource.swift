/// Makes the content of one answer on the compute pool, a piece whenever the loop asks for one.
final class ContentSource: Sendable {
  /// How large a piece is made before it is sent.
  private static let pieceBytes = 65_536

  /// Used by the one job that runs; the lock only tells the compiler so.
  private let producer: Guarded<(any ContentProducer)?>
  private let id: ExchangeID
  private let loop: LoopHandle
  private let pool: ComputePool

  init(_ producer: any ContentProducer, id: ExchangeID, loop: LoopHandle, pool: ComputePool) {
    self.producer = Guarded(producer)
    self.id = id
    self.loop = loop
    self.pool = pool
  }

  /// Asks for the next piece.
  ///
  /// The loop asks again only when it has come.
  func request() {
    pool.proceed { self.produce() }
  }

  /// Nobody waits any more.
  func stop() {
    // A job that runs holds the lock; it ends with its piece, which nobody will take.
    _ = producer.withLockIfAvailable { $0 = nil }
  }

  private func produce() {
    producer.withLock { slot in
      // Taken out while it changes, so that it is the only one to hold its buffers.
      guard var producer = slot else { return }
      slot = nil
      var piece: [UInt8] = []
      piece.reserveCapacity(Self.pieceBytes + Self.pieceBytes / 4)
      var continues = true
      do {
        while continues, piece.count < Self.pieceBytes {
          continues = try producer.produce(into: &piece)
        }
      } catch {
        loop.post(.outputFailed(id, reason: "\(error)"))
        return
      }
      if continues { slot = producer }
      loop.post(.output(id, head: nil, bytes: piece, isLast: !continues))
    }
  }
}
