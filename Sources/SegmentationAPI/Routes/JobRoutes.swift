import HTTPServer

/// `/jobs`: long work, how far it is, and a way to take it back.
struct JobRoutes {
  let context: Context

  private static let id = Parameter("id", "the id of a job", .part("job_1"))

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .get, "/jobs", forms: [.json, .csv, .ndjson, .txt], parameters: Parameter.list,
        summary: "The long work that waits, runs or was done lately, the newest last.",
        answers: .list(of: JobPayload.rowSchema),
        .immediate { call throws(ProblemDetails) in
          try call.answer(
            RowSet(
              objects: context.jobs.jobs.map { JobPayload($0, $0.status).row },
              columns: JobPayload.columns))
        }),
      Endpoint(
        .get, "/jobs/{id}", forms: [.json, .txt],
        summary: "One piece of long work: its state, phase, progress and time left.",
        path: [Self.id], answers: JobPayload.schema, problems: [.notFound],
        .immediate { call throws(ProblemDetails) in
          let job = try job(call)
          return answer(call, job, job.status)
        }),
      Endpoint(
        .delete, "/jobs/{id}",
        summary: "Takes long work back; of work that is over, forgets it.",
        path: [Self.id], answers: JobPayload.schema, statuses: [.ok, .accepted],
        problems: [.notFound],
        .immediate { call throws(ProblemDetails) in try cancel(call) }
      ).needing(.write),
      Endpoint(
        .get, "/jobs/{id}/events", forms: [.events, .txt],
        parameters: [
          Parameter(
            "after", "the id of the latest event known, as in Last-Event-ID",
            .integer(in: 0...Int.max))
        ],
        summary:
          "Progress as it happens, as server-sent events; as text, a line for a terminal: curl -N.",
        path: [Self.id], answers: nil, statuses: [.ok, .noContent], problems: [.notFound],
        .immediate { call throws(ProblemDetails) in try events(call) }),
    ]
  }

  private func job(_ call: Call) throws(ProblemDetails) -> Job {
    let id = call.parameter("id")
    guard let job = context.jobs.job(id: id) else {
      throw ProblemDetails(
        .notFound, "There is no job \(id); GET /jobs lists those that are remembered.")
    }
    return job
  }

  private func answer(_ call: Call, _ job: Job, _ status: Job.Status) -> Answer {
    var answer = call.answer(JobPayload(job, status).json)
    if !status.state.isOver { answer.fields.append("Retry-After", JobRoutes.retryAfter(status)) }
    return answer
  }

  /// The whole seconds after which looking again is worth it.
  static func retryAfter(_ status: Job.Status) -> String {
    String(min(60, max(1, Int((status.secondsLeft ?? 1).rounded(.up)))))
  }

  private func cancel(_ call: Call) throws(ProblemDetails) -> Answer {
    let job = try job(call)
    let before = job.status
    if before.state.isOver {
      context.jobs.remove(id: job.id)
      return call.answer(JobPayload(job, before).json)
    }
    job.cancel(ProblemDetails(.cancelled, "The job was taken back by DELETE /jobs/\(job.id)."))
    let status = job.status
    // Work that runs stops at its next look.
    var answer = answer(call, job, status)
    if !status.state.isOver { answer.status = .accepted }
    return answer
  }

  private func events(_ call: Call) throws(ProblemDetails) -> Answer {
    let job = try job(call)
    var reader = QueryReader(call.query)
    let after = reader.integer("after", in: 0...Int.max)
    try reader.finish()
    let known = call.request.fields["Last-Event-ID"].flatMap { Int($0) } ?? after ?? 0
    let status = job.status
    if status.state.isOver, known >= status.sequence {
      // A browser connects again until it is told that there is nothing more.
      return Answer(.noContent)
    }
    let feed = ContentFeed()
    var answer = Answer(form: call.form, bytes: [])
    answer.content = .feed(feed)
    answer.fields.append("Cache-Control", "no-store")
    answer.fields.append("X-Accel-Buffering", "no")
    if call.form == .events {
      feed.send(JobEvents.opening)
      context.jobs.watch(job, feed, after: known, text: JobEvents.event)
    } else {
      context.jobs.watch(job, feed, after: known, text: JobEvents.line)
    }
    return answer
  }
}
