import Dispatch

/// Runs work off the event loops, so much at a time and so much waiting.
///
/// Dispatch owns the threads; this counts them. Work is begun in the order it came.
final class ComputePool: Sendable {
  typealias Job = @Sendable () -> Void

  private struct State: Sendable {
    var waiting = Queue<Job>()
    var runningCount = 0
  }

  private let state = Guarded(State())
  private let width: Int
  private let bound: Int
  private let queue = DispatchQueue(
    label: "segmentd.compute", qos: .userInitiated, attributes: .concurrent)

  /// - Parameters:
  ///   - width: how many jobs run at once.
  ///   - bound: how many may wait.
  init(width: Int, bound: Int) {
    self.width = max(1, width)
    self.bound = max(0, bound)
  }

  /// Whether work of a new request would be taken.
  var hasRoom: Bool {
    state.withLock { $0.runningCount < width || $0.waiting.count < bound }
  }

  /// Whether others wait: long work that comes in steps lets them pass between two.
  var isContended: Bool {
    state.withLock { !$0.waiting.isEmpty }
  }

  /// How many jobs run and how many wait.
  var counts: (running: Int, waiting: Int) {
    state.withLock { ($0.runningCount, $0.waiting.count) }
  }

  /// Runs the work of a new request; false when the queue is full.
  func submit(_ job: @escaping Job) -> Bool {
    enter(job, always: false)
  }

  /// Runs a further step of a request that was let in.
  func proceed(_ job: @escaping Job) {
    _ = enter(job, always: true)
  }

  private func enter(_ job: @escaping Job, always: Bool) -> Bool {
    enum Outcome { case start, wait, refused }
    let outcome = state.withLock { state -> Outcome in
      if state.runningCount < width {
        state.runningCount += 1
        return .start
      }
      guard always || state.waiting.count < bound else { return .refused }
      state.waiting.append(job)
      return .wait
    }
    if outcome == .start { queue.async { self.work(job) } }
    return outcome != .refused
  }

  /// One worker: does a job, then what waits.
  private func work(_ first: Job) {
    first()
    while let job = next() { job() }
  }

  private func next() -> Job? {
    state.withLock { state in
      if let job = state.waiting.popFirst() { return job }
      state.runningCount -= 1
      return nil
    }
  }
}

extension Queue: Sendable where Element: Sendable {}

/// First in, first out.
struct Queue<Element> {
  private var elements: [Element?] = []
  private var start = 0

  init() {}

  var count: Int { elements.count - start }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) {
    elements.append(element)
  }

  mutating func popFirst() -> Element? {
    guard start < elements.count else { return nil }
    let element = elements[start]
    elements[start] = nil
    start += 1
    if start == elements.count {
      elements.removeAll(keepingCapacity: true)
      start = 0
    } else if start > 64, start * 2 > elements.count {
      elements.removeFirst(start)
      start = 0
    }
    return element
  }
}
