import Dispatch

/// Runs the jobs of one actor, one after another, on a thread of their own.
///
/// libcurl, `poll` and `waitpid` block. On the threads that all tests share, two blocked tests would hold up
/// every other one on a machine with two cores, and a server under test among them.
final class BlockingExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
