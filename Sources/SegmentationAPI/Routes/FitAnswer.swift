import Datasets
import HTTPServer
import Segmentation

/// From rows that have arrived to the answer of `POST /segments`.
struct FitAnswer {
  let call: Call
  let context: Context

  func answer(to rows: ReceivedRows) throws(ProblemDetails) -> Answer {
    let options = try SegmentationOptions(call.query)
    var reader = QueryReader(call.query)
    let isDry = reader.flag("dry_run", default: false)
    try reader.finish()
    let dialect = try call.dialect(isHandedBack: true)
    if isDry {
      guard let table = rows.decoded?.table else { throw ProblemDetails(DatasetError.emptyContent) }
      let dataset = try call.attempt { () throws(SegmentationError) in
        try call.service.clean(table, options: options.cleaning)
      }
      return call.answer(DatasetPayload(dataset: dataset).quality)
    }
    let outcome = try outcome(rows, options: options)
    // Of transactions each row is handed back with the segment of its customer.
    let transactions = rows.decoded?.archive == nil ? nil : rows.decoded?.table
    let customers =
      call.form == .csv
      ? transactions.flatMap { outcome.run.dataset.table.customerRows(of: $0) } : nil
    var answer =
      if call.form == .csv {
        Answer(
          form: .csv,
          producer: AnnotatedFile(
            source: source(rows, run: outcome.run), columns: ScoreCells.columns, dialect: dialect
          ) { row in
            let run = outcome.run
            let own = customers.map { rows in
              row.flatMap { rows[$0] < 0 ? nil : Int(rows[$0]) }
            }
            let score = (own ?? row).flatMap { run.dataset.standIn(forRow: $0) }.flatMap {
              run.score(row: $0)
            }
            return ScoreCells.cells(run: run, score: score)
          }, tag: nil)
      } else {
        call.answer(RunPayload(run: outcome.run).json)
      }
    answer.status = outcome.isNew ? .created : .ok
    answer.fields.append("Location", "/runs/\(outcome.run.id)")
    answer.fields.append("Server-Timing", timing(rows, outcome.timings))
    return answer
  }

  private func outcome(_ rows: ReceivedRows, options: SegmentationOptions)
    throws(ProblemDetails) -> SegmentationService.Outcome
  {
    let cancellation = call.request.cancellation
    let isCancelled: @Sendable () -> Bool = { cancellation.isCancelled }
    guard let table = rows.decoded?.table else {
      guard let id = call.query["dataset"] else { throw ProblemDetails(DatasetError.emptyContent) }
      return try call.attempt { () throws(SegmentationError) in
        try call.service.segment(datasetID: id, options: options, cancellation: isCancelled)
      }
    }
    guard call.query["dataset"] == nil else {
      throw ProblemDetails(
        .invalidParameter,
        "dataset= fits stored rows again and takes no content; send one of both.",
        faults: [.init(pointer: "dataset", reason: "given together with content")])
    }
    return try call.attempt { () throws(SegmentationError) in
      try call.service.segment(table, options: options, cancellation: isCancelled)
    }
  }

  private func source(_ rows: ReceivedRows, run: Run) -> AnnotatedFile.Source {
    if let decoded = rows.decoded, let archive = decoded.archive {
      return .archive(archive, decoded.table)
    }
    return .table(run.dataset.table)
  }

  private func timing(_ rows: ReceivedRows, _ phases: [SegmentationService.PhaseTiming]) -> String {
    let parts = [("parse", rows.duration)] + phases.map { ($0.name, $0.duration) }
    return parts.map { name, duration in
      "\(name);dur=\(TextTable.number(duration / .milliseconds(1)))"
    }.joined(separator: ", ")
  }
}
