import HTTPServer
import Segmentation
import Synchronization

/// One piece of long work: what it is doing, how far it is, and who watches.
final class Job: Sendable {
  /// Where a job stands.
  enum State: String, Sendable, CaseIterable {
    /// It waits for its turn.
    case queued
    /// It is at work.
    case running
    /// Its run is stored.
    case succeeded
    /// It ended with a problem, and nothing was stored.
    case failed
    /// It was taken back before it was done, and nothing was stored.
    case cancelled

    /// Whether nothing more will happen.
    var isOver: Bool { self != .queued && self != .running }
  }

  /// What the work came to.
  enum Outcome: Sendable {
    case succeeded(runID: String, Response)
    case failed(ProblemDetails)
    case cancelled(ProblemDetails)
  }

  /// Told how the work ended, once.
  typealias End = @Sendable (Outcome) -> Void

  /// A job as of one moment.
  struct Status: Sendable {
    let state: State
    /// The phase it is in, or ended in; nil while it waits.
    let phase: FitPhase?
    /// How much is done, in 0...1.
    let progress: Double
    /// Seconds until it is probably done; nil while it waits, and when it is over.
    let secondsLeft: Double?
    let runID: String?
    let problem: ProblemDetails?
    /// Counts what watchers were told: the id of the latest event.
    let sequence: Int
  }

  /// Somebody who is told each change.
  private struct Watcher: Sendable {
    let feed: ContentFeed
    let text: @Sendable (Job, Status) -> [UInt8]
  }

  private struct Core: Sendable {
    var state = State.queued
    var plan: FitForecast.Plan
    var runID: String?
    var problem: ProblemDetails?
    var sequence = 1
    var watchers: [Watcher] = []
    /// Who waits for the end; nil when it is over.
    var whenOver: End?
  }

  let id: String
  /// When it was taken on, in milliseconds since 1970.
  let createdAt: Int64
  private let cancellation = Cancellation()
  /// Tells that the one who waits for the answer, and knows no job, has gone away.
  private let client = Mutex<Cancellation?>(nil)
  private let core: Mutex<Core>

  /// - Parameter whenOver: called once the work is over.
  init(id: String, createdAt: Int64, plan: FitForecast.Plan, whenOver: End? = nil) {
    self.id = id
    self.createdAt = createdAt
    core = Mutex(Core(plan: plan, whenOver: whenOver))
  }

  /// Whether the work is to stop.
  var isCancelled: Bool {
    cancellation.isCancelled || client.withLock { $0?.isCancelled ?? false }
  }

  /// Makes the work hang on a client that waits for its answer, or on nobody.
  func hang(on client: Cancellation?) {
    self.client.withLock { $0 = client }
  }

  /// How it stands now.
  var status: Status { core.withLock { Job.status(of: $0) } }

  private static func status(of core: Core) -> Status {
    let isRunning = core.state == .running
    let estimate = core.plan.estimate
    return Status(
      state: core.state, phase: core.state == .queued ? nil : core.plan.phase,
      progress: core.state == .succeeded ? 1 : estimate.progress,
      secondsLeft: isRunning ? estimate.secondsLeft : nil, runID: core.runID,
      problem: core.problem, sequence: core.sequence)
  }

  /// The work begins.
  ///
  /// - Returns: false when it has been taken back.
  func begin() -> Bool {
    change { core in
      guard core.state == .queued else { return false }
      core.state = .running
      core.plan.begin()
      return true
    }
  }

  /// A phase of the work has ended.
  func ended(_ phase: FitPhase) {
    _ = change { core in
      core.plan.end(phase)
      return true
    }
  }

  /// Tells those who watch how far it is.
  func tick() {
    _ = change { core in core.state == .running && !core.watchers.isEmpty }
  }

  /// Tells those who watch that the connection lives, while there is nothing to tell.
  func keepAlive() {
    let watchers = core.withLock { $0.state == .queued ? $0.watchers : [] }
    for watcher in watchers { watcher.feed.send(JobEvents.comment) }
  }

  /// The work is over.
  ///
  /// - Returns: false when it was over before.
  @discardableResult
  func finish(_ outcome: Outcome) -> Bool {
    finish(outcome) { !$0.isOver }
  }

  private func finish(_ outcome: Outcome, if isFit: (State) -> Bool) -> Bool {
    let (isFirst, whenOver) = core.withLock { core -> (Bool, End?) in
      guard isFit(core.state) else { return (false, nil) }
      core.plan.stop()
      switch outcome {
      case .succeeded(let runID, _):
        core.state = .succeeded
        core.runID = runID
      case .failed(let problem):
        core.state = .failed
        core.problem = problem
      case .cancelled(let problem):
        core.state = .cancelled
        core.problem = problem
      }
      tell(&core)
      for watcher in core.watchers { watcher.feed.finish() }
      core.watchers = []
      defer { core.whenOver = nil }
      return (true, core.whenOver)
    }
    whenOver?(outcome)
    return isFirst
  }

  /// Changes what is known and tells it, if the change says that there is something to tell.
  private func change(_ body: (inout Core) -> Bool) -> Bool {
    core.withLock { core in
      guard body(&core) else { return false }
      tell(&core)
      return true
    }
  }

  /// Under the lock, so that everybody is told things in the order in which they happen.
  private func tell(_ core: inout Core) {
    core.sequence += 1
    core.watchers.removeAll(where: \.feed.isAbandoned)
    let status = Job.status(of: core)
    for watcher in core.watchers { watcher.feed.send(watcher.text(self, status)) }
  }

  /// Takes the job back: one that waits is over at once, one at work at its next look, which it
  /// takes every few milliseconds.
  func cancel(_ problem: ProblemDetails) {
    cancellation.cancel()
    _ = finish(.cancelled(problem)) { $0 == .queued }
  }

  /// Gives a feed what is known now, and each change from now on.
  ///
  /// - Parameters:
  ///   - sequence: the latest event that the client knows; what it knows is not told again.
  ///   - text: the event as it is sent.
  func watch(
    _ feed: ContentFeed, after sequence: Int,
    text: @escaping @Sendable (Job, Status) -> [UInt8]
  ) {
    core.withLock { core in
      let status = Job.status(of: core)
      if status.sequence > sequence { feed.send(text(self, status)) }
      if status.state.isOver {
        feed.finish()
      } else {
        core.watchers.append(Watcher(feed: feed, text: text))
      }
    }
  }

  /// Whether somebody watches.
  var isWatched: Bool { core.withLock { !$0.watchers.isEmpty } }
}
