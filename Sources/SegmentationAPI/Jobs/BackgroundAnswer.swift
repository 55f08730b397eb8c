import Dispatch
import HTTPServer
import Synchronization

/// Answers a client that does not want to wait for long work (RFC 7240 §4.1).
struct BackgroundAnswer {
  let call: Call
  let context: Context

  /// Who is answered, once: by the end of the work or by the end of the wait.
  private final class Client: Sendable {
    private let deliver: Mutex<(@Sendable (Response) -> Void)?>

    init(_ deliver: @escaping @Sendable (Response) -> Void) {
      self.deliver = Mutex(deliver)
    }

    func answer(_ response: () -> Response) {
      let deliver = deliver.withLock { deliver in
        defer { deliver = nil }
        return deliver
      }
      deliver?(response())
    }
  }

  /// Starts the work; answers 202 and where to look, or after a wait the work's own answer when it is
  /// done by then.
  ///
  /// A client that goes away while it waits has not been told where to look, so its work is taken
  /// back.
  func start(
    _ work: JobBoard.Work, wait: Int, _ deliver: @escaping @Sendable (Response) -> Void
  ) throws(ProblemDetails) {
    let (call, context) = (call, context)
    let client = Client(deliver)
    // Told before the work begins, which may be over at once.
    let ended: Job.End = { outcome in
      client.answer {
        switch outcome {
        case .succeeded(_, let response): response
        case .failed(let problem), .cancelled(let problem): problem.response(to: call)
        }
      }
    }
    guard let job = context.jobs.submit(work, whenOver: wait > 0 ? ended : nil) else {
      throw ProblemDetails(
        .overloaded,
        "As many fits wait as may (max_jobs). Send the request again later, or look at GET /jobs.",
        limit: "max_jobs",
        fields: [("Retry-After", "5")])
    }
    if wait > 0 { job.hang(on: call.request.cancellation) }
    let accepted: @Sendable () -> Response = {
      job.hang(on: nil)
      let status = job.status
      var answer = call.answer(JobPayload(job, status).json, status: .accepted)
      answer.fields.append("Location", "/jobs/\(job.id)")
      answer.fields.append("Preference-Applied", "respond-async")
      answer.fields.append("Vary", "Prefer")
      answer.fields.append("Retry-After", JobRoutes.retryAfter(status))
      return context.respond(to: call, answer)
    }
    guard wait > 0 else { return client.answer(accepted) }
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(wait)) {
      client.answer(accepted)
    }
  }
}
