import Dispatch
import Synchronization

/// Runs the parts of one pass, or independent tries, on a number of threads.
///
/// What a part is depends on the data alone, and its result goes to its own place; whoever adds
/// results up does so in the order of the parts. So every number of threads gives the same bits.
struct WorkTeam: Sendable {
  /// Threads used at most, the calling one among them.
  let threads: Int

  /// Calls `body` once for each index below `count`, several at a time when there are several
  /// threads.
  func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    forEachWorker(count) { claim in
      while let index = claim() { body(index) }
    }
  }

  /// Calls `body` on each thread; it claims indices below `count` until there are none left, and so
  /// can keep its own memory from one to the next.
  func forEachWorker(_ count: Int, _ body: @Sendable (_ claim: () -> Int?) -> Void) {
    let workers = min(threads, count)
    guard workers > 1 else {
      var next = 0
      body {
        defer { next += 1 }
        return next < count ? next : nil
      }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      body {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
      }
    }
  }

  /// The values of `body` for each index below `count`, in their order.
  func values<Answer: Sendable>(
    _ count: Int, _ body: @Sendable (Int) -> Answer
  ) -> [Answer] {
    let answers = Mutex(Array<Answer?>(repeating: nil, count: count))
    forEach(count) { index in
      let answer = body(index)
      answers.withLock { $0[index] = answer }
    }
    return answers.withLock { $0.compactMap(\.self) }
  }

  /// The results of `body` for each index below `count`, in their order; the first error of them.
  func results<Answer: Sendable>(
    _ count: Int, _ body: @Sendable (Int) throws(ClusteringError) -> Answer
  ) throws(ClusteringError) -> [Answer] {
    let outcomes = Mutex(Array<Result<Answer, ClusteringError>?>(repeating: nil, count: count))
    forEach(count) { index in
      let outcome: Result<Answer, ClusteringError>
      do throws(ClusteringError) {
        outcome = .success(try body(index))
      } catch {
        outcome = .failure(error)
      }
      outcomes.withLock { $0[index] = outcome }
    }
    var answers: [Answer] = []
    for outcome in outcomes.withLock({ $0 }) {
      if let outcome { answers.append(try outcome.get()) }
    }
    return answers
  }
}
