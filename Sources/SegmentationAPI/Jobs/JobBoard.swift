import Dispatch
import FoundationEssentials
import HTTPServer
import Segmentation
import Synchronization

/// The long work there is: so much at a time, so much waiting, and the latest that is over.
///
/// Work is begun in the order it came. A job that is over is forgotten when enough newer ones are.
final class JobBoard: Sendable {
  /// Work that goes on after its request was answered.
  struct Work: Sendable {
    let forecast: FitForecast.Request
    /// Does it; the job is told each phase and says when to stop.
    let run: @Sendable (Job) -> Job.Outcome
  }

  private struct State: Sendable {
    var jobs: [String: Job] = [:]
    /// The ids of all jobs, the oldest first.
    var order: [String] = []
    var waiting: [(job: Job, work: Work)] = []
    var runningCount = 0
    var isClosed = false
    var isTicking = false
  }

  /// Jobs that are remembered; those that wait or run come on top.
  private static let keptCount = 200
  /// How often those who watch are told the progress.
  private static let tick = DispatchTimeInterval.milliseconds(500)
  /// Ticks between two comments that keep a connection.
  private static let ticksOfComment = 30

  let forecast = FitForecast()
  private let waitingLimit: Int
  private let width: Int
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "segmentd.jobs", attributes: .concurrent)

  /// - Parameters:
  ///   - waitingLimit: how many jobs may wait.
  ///   - width: how many are worked on at once.
  init(waitingLimit: Int, width: Int = 1) {
    self.waitingLimit = waitingLimit
    self.width = width
  }

  /// Takes work on.
  ///
  /// - Parameter whenOver: called once the work is over.
  /// - Returns: nil when as much waits as may.
  func submit(_ work: Work, whenOver: Job.End? = nil) -> Job? {
    var random = SystemRandomNumberGenerator()
    let text = String(random.next() as UInt64, radix: 16)
    let job = Job(
      id: "job_" + String(repeating: "0", count: 16 - text.count) + text,
      createdAt: Int64((Date().timeIntervalSince1970 * 1000).rounded()),
      plan: forecast.plan(for: work.forecast), whenOver: whenOver)
    enum Admission { case refused, waits, starts }
    let admission = state.withLock { state -> Admission in
      state.waiting.removeAll { $0.job.status.state.isOver }
      let starts = state.runningCount < width
      guard !state.isClosed, starts || state.waiting.count < waitingLimit else { return .refused }
      state.jobs[job.id] = job
      state.order.append(job.id)
      JobBoard.forget(&state)
      if starts { state.runningCount += 1 } else { state.waiting.append((job, work)) }
      return starts ? .starts : .waits
    }
    switch admission {
    case .refused: return nil
    case .waits: break
    case .starts: queue.async { self.work(job, work) }
    }
    return job
  }

  /// Forgets the oldest jobs that are over.
  private static func forget(_ state: inout State) {
    guard state.order.count > keptCount else { return }
    var surplus = state.order.count - keptCount
    state.order.removeAll { id in
      guard surplus > 0, state.jobs[id]?.status.state.isOver ?? true else { return false }
      surplus -= 1
      state.jobs[id] = nil
      return true
    }
  }

  /// One worker: does a job, then what waits.
  private func work(_ first: Job, _ work: Work) {
    var next: (job: Job, work: Work)? = (first, work)
    while let (job, work) = next {
      if job.begin() { job.finish(work.run(job)) }
      next = state.withLock { state in
        if !state.waiting.isEmpty { return state.waiting.removeFirst() }
        state.runningCount -= 1
        return nil
      }
    }
  }

  /// A job by its id.
  func job(id: String) -> Job? { state.withLock { $0.jobs[id] } }

  /// All jobs, the newest last.
  var jobs: [Job] { state.withLock { state in state.order.compactMap { state.jobs[$0] } } }

  /// Forgets a job that is over.
  func remove(id: String) {
    state.withLock { state in
      state.jobs[id] = nil
      state.order.removeAll { $0 == id }
    }
  }

  /// Takes no more work, and takes back what there is: the service stops.
  func close() {
    let jobs = state.withLock { state in
      state.isClosed = true
      return Array(state.jobs.values)
    }
    let problem = ProblemDetails(.stopping, "The service is stopping; send the request again.")
    for job in jobs where !job.status.state.isOver { job.cancel(problem) }
  }

  // MARK: Those who watch

  /// Gives a feed what is known of a job, and each change from now on.
  func watch(
    _ job: Job, _ feed: ContentFeed, after sequence: Int,
    text: @escaping @Sendable (Job, Job.Status) -> [UInt8]
  ) {
    job.watch(feed, after: sequence, text: text)
    let starts = state.withLock { state in
      defer { state.isTicking = true }
      return !state.isTicking
    }
    if starts { tickLater(0) }
  }

  /// Tells progress again and again while somebody watches.
  private func tickLater(_ count: Int) {
    queue.asyncAfter(deadline: .now() + JobBoard.tick) { [self] in
      let watched = state.withLock { state in
        let watched = state.jobs.values.filter(\.isWatched)
        state.isTicking = !watched.isEmpty
        return watched
      }
      for job in watched {
        job.tick()
        if count % JobBoard.ticksOfComment == JobBoard.ticksOfComment - 1 { job.keepAlive() }
      }
      if !watched.isEmpty { tickLater(count + 1) }
    }
  }
}
