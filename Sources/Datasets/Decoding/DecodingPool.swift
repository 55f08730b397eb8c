import Dispatch
import Synchronization

/// Decodes blocks on several threads at once; they are handed back by their numbers.
///
/// The thread that feeds the pool works too, so a pool of two has one worker beside it.
final class DecodingPool: Sendable {
  /// A block to decode, or one that is.
  struct Job: Sendable {
    var number: Int
    var block: TextBlock
    var pools: [TextPool]
    var result: DecodedBlock?
  }

  private struct State {
    var waiting: [Job] = []
    var finished: [Int: Job] = [:]
    /// Decoders that no thread is using, with the memory they have.
    var decoders: [BlockDecoder] = []
    var workerCount = 0
    var runningCount = 0
  }

  private let state = Mutex(State())
  /// Told each time a worker has finished a block.
  private let finish = DispatchSemaphore(value: 0)
  private let prototype: BlockDecoder
  private let threadCount: Int

  init(_ prototype: BlockDecoder, threadCount: Int) {
    self.prototype = prototype
    self.threadCount = threadCount
  }

  /// A pool with the same blocks, all of them decoded.
  func copy() -> DecodingPool {
    while isBusy { runOneOrWait() }
    let copy = DecodingPool(prototype, threadCount: threadCount)
    let finished = state.withLock { $0.finished }
    copy.state.withLock { $0.finished = finished }
    return copy
  }

  private var isBusy: Bool {
    state.withLock { !$0.waiting.isEmpty || $0.runningCount > 0 }
  }

  /// Hands in a block.
  ///
  /// - Parameter isAlone: there is no other block yet, which is not worth another thread.
  func submit(_ job: Job, isAlone: Bool) {
    let needsWorker = state.withLock { state in
      state.waiting.append(job)
      guard !isAlone, state.workerCount < threadCount - 1 else { return false }
      state.workerCount += 1
      return true
    }
    if needsWorker {
      DispatchQueue.global(qos: .userInitiated).async { self.work() }
    }
  }

  /// Takes out a block if it is decoded.
  func take(_ number: Int) -> Job? {
    state.withLock { $0.finished.removeValue(forKey: number) }
  }

  /// Decodes one block on this thread, or waits until a worker has finished one.
  ///
  /// Decoding a block ends in any case, so this does.
  func runOneOrWait() {
    if !runOne() { finish.wait() }
  }

  private func work() {
    while runOne() { finish.signal() }
    // One more, so that nobody waits for a worker that is gone.
    state.withLock { $0.workerCount -= 1 }
    finish.signal()
  }

  /// Decodes the block that has waited longest, if there is one.
  private func runOne() -> Bool {
    // Each of these must have one owner, or changing it copies all of it.
    guard var job = takeJob() else { return false }
    var decoder = takeDecoder()
    job.result = decoder.decode(&job.block, pools: job.pools)
    job.pools = []
    giveBack(decoder, with: job)
    return true
  }

  private func takeJob() -> Job? {
    state.withLock { state in
      guard !state.waiting.isEmpty else { return nil }
      state.runningCount += 1
      return state.waiting.removeFirst()
    }
  }

  private func takeDecoder() -> BlockDecoder {
    state.withLock { $0.decoders.popLast() } ?? prototype
  }

  private func giveBack(_ decoder: consuming BlockDecoder, with job: consuming Job) {
    let decoder = decoder
    let job = job
    state.withLock { state in
      state.finished[job.number] = job
      state.decoders.append(decoder)
      state.runningCount -= 1
    }
  }
}
