import Segmentation

/// `/clusters/k`: the table of k of a run.
struct ChoiceRoute {
  let call: Call

  func answer() throws(ProblemDetails) -> Answer {
    let run = try call.run()
    let cancellation = call.request.cancellation
    // A run whose k was given has no table yet; it is made for who asks.
    let choice = try call.attempt { () throws(SegmentationError) in
      try call.service.choice(of: run, cancellation: { cancellation.isCancelled })
    }
    let payload = ChoicePayload(run: run, choice: choice)
    // An array does not fit a cell.
    let isFlat = call.form == .csv || call.form == .txt
    let rows = choice.candidates.map { candidate in
      candidate.members.filter { !isFlat || $0.name != "stability" }
    }
    return try call.answer(
      RowSet(
        about: [
          .init(name: "run_id", value: .string(run.id)),
          .init(name: "series", value: .string(run.series)),
        ] + payload.about, objects: rows, columns: rows[0].map(\.name)))
  }
}
