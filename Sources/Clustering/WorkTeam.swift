import Dispatch
import Synchronization

/// Runs the chunks of one pass on a number of threads.
///
/// What a chunk is depends on the data alone, and its results go to its own place; whoever adds
/// them up does so in chunk order. So a pass has the same bits on any number of threads.
struct WorkTeam: Sendable {
  /// Threads used at most, the calling one among them.
  let threads: Int

  /// Calls `body` once for each chunk index; several at a time when there are several threads.
  func forEach(chunkCount: Int, _ body: @Sendable (Int) -> Void) {
    let workers = min(threads, chunkCount)
    guard workers > 1 else {
      for chunk in 0..<chunkCount { body(chunk) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chunk < chunkCount else { return }
        body(chunk)
      }
    }
  }
}
