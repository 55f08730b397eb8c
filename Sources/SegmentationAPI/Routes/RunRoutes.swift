import HTTPServer
import Segmentation

/// `/runs`: the fits there are, and which of them is current.
struct RunRoutes {
  let context: Context

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .get, "/runs", forms: [.json, .csv, .ndjson, .txt],
        parameters: [Parameter("series", "only the runs of this line", .string)] + Parameter.pages,
        summary: "The runs, the newest last.",
        answers: .list(of: RunPayload.rowSchema), problems: [.gone],
        .cached { call throws(ProblemDetails) in try list(call) }),
      Endpoint(
        .get, "/runs/{id}", forms: [.json, .txt],
        summary: "One run, as it was answered to its fit.",
        path: [.runInPath], answers: RunPayload.schema, problems: [.notFound],
        .cached { call throws(ProblemDetails) in
          let run = try run(call)
          return call.answer(RunPayload(run: run, withheld: call.withheld(in: run)).json)
        }),
      Endpoint(
        .delete, "/runs/{id}",
        summary: "Takes a run away; the one activated before becomes current.",
        path: [.runInPath], answers: DatasetRoutes.removed, problems: [.notFound],
        .computed { call throws(ProblemDetails) in try remove(call) }),
      Endpoint(
        .post, "/runs/{id}/activate", summary: "Makes a run the current one of its series.",
        path: [.runInPath], answers: RunPayload.schema, problems: [.notFound],
        .computed { call throws(ProblemDetails) in try activate(call) }),
    ]
  }

  private func run(_ call: Call) throws(ProblemDetails) -> Run {
    try call.attempt { () throws(SegmentationError) in
      try call.service.run(id: call.parameter("id"), series: "")
    }
  }

  private func list(_ call: Call) throws(ProblemDetails) -> Answer {
    let snapshot = call.service.snapshot
    let runs = snapshot.runIDs.compactMap { snapshot.runs[$0] }
      .filter { call.query["series"] == nil || $0.series == call.query["series"] }
    let (items, next) = try Page(call.query).bounds(
      of: runs.count, anchor: "v\(snapshot.version)")
    let rows = items.map { RunPayload(run: runs[$0]).row(isCurrent: snapshot.isCurrent(runs[$0])) }
    return try call.answer(
      RowSet(objects: rows, columns: RunPayload.columns, next: next))
  }

  private func remove(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.attempt { () throws(SegmentationError) in
      try call.service.removeRun(id: call.parameter("id"))
    }
    return call.answer(["removed": .array([.string(run.id)])])
  }

  private func activate(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.attempt { () throws(SegmentationError) in
      try call.service.activate(runID: call.parameter("id"))
    }
    return call.answer(RunPayload(run: run, withheld: call.withheld(in: run)).json)
  }
}
