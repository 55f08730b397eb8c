import Segmentation
/// What those who watch a job are sent.
enum JobEvents {
  /// Keeps proxies from closing a connection on which nothing happens.
  static let comment = Array(": waiting\n\n".utf8)

  /// What a stream begins with: how long a browser waits before it connects again.
  static let opening = Array("retry: 3000\n\n".utf8)

  /// One server-sent event (WHATWG HTML §9.2).
  static func event(_ job: Job, _ status: Job.Status) -> [UInt8] {
    let name = status.state.isOver ? "done" : "progress"
    var bytes = Array("id: \(status.sequence)\nevent: \(name)\ndata: ".utf8)
    bytes += JobPayload(job, status).json.bytes.filter { $0 != 0x0A }
    bytes += [0x0A, 0x0A]
    return bytes
  }

  /// The line of a terminal, written over the one before.
  static func line(_ job: Job, _ status: Job.Status) -> [UInt8] {
    let width = 30
    let filled = Int((status.progress * Double(width)).rounded())
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    var text = "\r[\(bar)] \(Int((status.progress * 100).rounded(.down))) %  "
    text +=
      status.phase.map { status.state.isOver ? status.state.rawValue : $0.rawValue } ?? "queued"
    if let seconds = status.secondsLeft {
      text += "  \(seconds < 1 ? "less than a second" : "\(Int(seconds.rounded(.up))) s") left"
    }
    // What is left of a longer line before.
    text += String(repeating: " ", count: max(0, 72 - text.count))
    if status.state.isOver {
      text += "\n"
      if let run = status.runID { text += "/runs/\(run)\n" }
      if let problem = status.problem { text += "\(problem.type.title): \(problem.detail)\n" }
    }
    return Array(text.utf8)
  }
}

/// A job as JSON.
struct JobPayload {
  let job: Job
  let status: Job.Status

  init(_ job: Job, _ status: Job.Status) {
    self.job = job
    self.status = status
  }

  /// The columns of a list of jobs.
  static let columns = [
    "job_id", "state", "phase", "progress", "seconds_left", "run_id", "created_at", "url",
  ]

  /// One row of a list.
  var row: [JSON.Member] {
    [
      .init(name: "job_id", value: .string(job.id)),
      .init(name: "state", value: .string(status.state.rawValue)),
      .init(name: "phase", value: status.phase.map { .string($0.rawValue) } ?? .null),
      .init(name: "progress", value: .number((status.progress * 1000).rounded() / 1000)),
      .init(
        name: "seconds_left",
        value: status.secondsLeft.map { .number(($0 * 10).rounded() / 10) } ?? .null),
      .init(name: "run_id", value: status.runID.map { .string($0) } ?? .null),
      .init(name: "created_at", value: .string(Timestamp.text(job.createdAt))),
      .init(name: "url", value: .string("/jobs/\(job.id)")),
    ]
  }

  /// The job with its problem and what there is to follow.
  var json: JSON {
    var members = row
    members.append(
      .init(
        name: "problem",
        value: status.problem.map { $0.json(requestID: job.id) } ?? .null))
    var links: [JSON.Member] = [.init(name: "events", value: .string("/jobs/\(job.id)/events"))]
    if let run = status.runID { links.append(.init(name: "run", value: .string("/runs/\(run)"))) }
    members.append(.init(name: "links", value: .object(links)))
    return .object(members)
  }
}

extension JobPayload {
  private static let members: Schema.Members = [
    "job_id": .string, "state": .words(Job.State.self), "phase": .words(FitPhase.self).orNull,
    "progress": .share, "seconds_left": .number.orNull, "run_id": .runID.orNull,
    "created_at": .time, "url": .link,
  ]

  static let rowSchema = Schema.object(members).named("JobRow")

  static let schema = Schema.object(
    members + ["problem": ProblemDetails.schema.orNull, "links": .map(of: .link)]
  ).named("Job")
}
