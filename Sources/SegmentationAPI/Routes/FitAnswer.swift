import Datasets
import HTTPServer
import Segmentation

/// From rows that have arrived to the answer of `POST /segments`.
struct FitAnswer {
  private let call: Call
  private let context: Context
  private let options: FitOptions
  /// The job that does it; nil while the client waits for the answer.
  private var job: Job?

  /// - Throws: a problem with the options.
  init(call: Call, context: Context) throws(ProblemDetails) {
    self.call = call
    self.context = context
    options = try FitOptions(call)
  }

  /// The fit as work that goes on by itself; nil for a dry run, which is quick, and for a form sent by
  /// hand.
  func work(on rows: ReceivedRows) throws(ProblemDetails) -> JobBoard.Work? {
    guard !options.isDryRun, call.form != .html else { return nil }
    guard rows.decoded != nil || call.query["dataset"] != nil else {
      throw ProblemDetails(DatasetError.emptyContent)
    }
    let stored = call.query["dataset"].flatMap { call.service.snapshot.datasets[$0] }
    let rowCount = rows.decoded?.table.rowCount ?? stored?.rowsRead ?? 0
    return JobBoard.Work(forecast: forecast(rowCount: rowCount)) { job in
      var fit = self
      fit.job = job
      return context.announcingChange { fit.outcome(of: rows) }
    }
  }

  private func outcome(of rows: ReceivedRows) -> Job.Outcome {
    do throws(ProblemDetails) {
      let (runID, answer) = try fitted(rows)
      return .succeeded(runID: runID, context.respond(to: call, answer))
    } catch {
      return error.type == .stopping ? .cancelled(error) : .failed(error)
    }
  }

  private func forecast(rowCount: Int) -> FitForecast.Request {
    FitForecast.Request(
      rowCount: rowCount, choosesK: options.segmentation.choosesClusterCount,
      bootstrapCount: options.segmentation.bootstrapCount)
  }

  func answer(to rows: ReceivedRows) throws(ProblemDetails) -> Answer {
    options.isDryRun ? try report(on: rows) : try fitted(rows).answer
  }

  /// What cleaning finds; nothing is fitted or stored.
  private func report(on rows: ReceivedRows) throws(ProblemDetails) -> Answer {
    guard let table = rows.decoded?.table else { throw ProblemDetails(DatasetError.emptyContent) }
    let dataset = try call.attempt { () throws(SegmentationError) in
      try call.service.clean(table, options: options.segmentation.cleaning)
    }
    let report = QualityPayload(dataset: dataset).json(findings: Page.standardLimit)
    var answering = call
    // A form sent by hand leads to the page of its run, and here there is none.
    if answering.form == .html { answering.form = .json }
    return answering.answer(
      options.isExplored ? adding("eda", exploration(of: dataset), to: report) : report)
  }

  /// The answer, and the run that it tells of.
  private func fitted(_ rows: ReceivedRows) throws(ProblemDetails) -> (
    runID: String, answer: Answer
  ) {
    let outcome = try fit(rows)
    if outcome.isNew {
      context.jobs.forecast.learn(
        outcome.timings, of: forecast(rowCount: outcome.run.dataset.table.rowCount))
    }
    if call.form == .html {
      // A form sent by hand leads to the page, which shows the run (RFC 9110 §15.4.4).
      var answer = Answer(.seeOther)
      answer.fields.append("Location", "/?series=\(PathSegment.encoded(outcome.run.series))")
      return (outcome.run.id, answer)
    }
    // Of transactions each row is handed back with the segment of its customer.
    let transactions = rows.decoded?.archive == nil ? nil : rows.decoded?.table
    let withheld = call.withheld(in: outcome.run)
    let customers =
      call.form == .csv
      ? transactions.flatMap {
        outcome.run.dataset.table.customerRows(
          of: $0, idHashing: call.service.configuration.idHashing)
      } : nil
    var timings = outcome.timings.map { ($0.name, $0.duration) }
    context.metrics?.note(phase: "parse", rows.duration)
    for (name, duration) in timings { context.metrics?.note(phase: name, duration) }
    var answer =
      if call.form == .csv {
        Answer(
          form: .csv,
          producer: AnnotatedFile(
            source: source(rows, run: outcome.run), columns: ScoreCells.columns(of: outcome.run),
            dialect: options.dialect
          ) { row in
            let own = customers.map { rows in
              row.flatMap { rows[$0] < 0 ? nil : Int(rows[$0]) }
            }
            return ScoreCells.cells(run: outcome.run, row: own ?? row, withheld: withheld)
          }, tag: nil)
      } else {
        call.answer(described(outcome.run, &timings))
      }
    answer.status = outcome.isNew ? .created : .ok
    answer.fields.append("Location", "/runs/\(outcome.run.id)")
    answer.fields.append("Server-Timing", timing(rows, timings))
    return (outcome.run.id, answer)
  }

  private func described(_ run: Run, _ timings: inout [(String, Duration)]) -> JSON {
    var json = RunPayload(run: run, withheld: call.withheld(in: run)).json
    if options.isReported {
      // `quality` is how good the segments are.
      json = adding(
        "cleaning",
        QualityPayload(dataset: run.dataset).json(findings: Page.standardLimit), to: json)
    }
    guard options.isExplored else { return json }
    let start = ContinuousClock.now
    let exploration = exploration(of: run.dataset)
    timings.append(("explore", ContinuousClock.now - start))
    return adding("eda", exploration, to: json)
  }

  private func exploration(of dataset: Dataset) -> JSON {
    ExplorationPayload(dataset: dataset, threads: call.service.configuration.threads).json
  }

  private func adding(_ name: String, _ value: JSON, to json: JSON) -> JSON {
    guard case .object(let members) = json else { return json }
    return .object(members + [.init(name: name, value: value)])
  }

  private func fit(_ rows: ReceivedRows) throws(ProblemDetails) -> SegmentationService.Outcome {
    let options = options.segmentation
    let cancellation = call.request.cancellation
    let job = job
    let isCancelled: @Sendable () -> Bool = { job?.isCancelled ?? cancellation.isCancelled }
    let hasEnded = job.map { job in { @Sendable phase in job.ended(phase) } }
    guard let table = rows.decoded?.table else {
      guard let id = call.query["dataset"] else { throw ProblemDetails(DatasetError.emptyContent) }
      let sample = id == "sample" ? try FitAnswer.sample() : nil
      return try call.attempt { () throws(SegmentationError) in
        if let sample {
          return try call.service.segment(
            sample, options: options, cancellation: isCancelled, hasEnded: hasEnded)
        }
        return try call.service.segment(
          datasetID: id, options: options, cancellation: isCancelled, hasEnded: hasEnded)
      }
    }
    guard call.query["dataset"] == nil else {
      throw ProblemDetails(
        .invalidParameter,
        "dataset= fits stored rows again and takes no content; send one of both.",
        faults: [.init(pointer: "dataset", reason: "given together with content")])
    }
    return try call.attempt { () throws(SegmentationError) in
      try call.service.segment(
        table, options: options, cancellation: isCancelled, hasEnded: hasEnded)
    }
  }

  /// The generated customers that the service brings along.
  private static func sample() throws(ProblemDetails) -> Table {
    var decoder = TableDecoder()
    do {
      try decoder.consume(SampleCustomers.csv().span)
      return try decoder.finish().table
    } catch {
      throw ProblemDetails(error)
    }
  }

  private func source(_ rows: ReceivedRows, run: Run) -> AnnotatedFile.Source {
    if let decoded = rows.decoded, let archive = decoded.archive {
      return .archive(archive, decoded.table)
    }
    return .table(run.dataset.table)
  }

  private func timing(_ rows: ReceivedRows, _ phases: [(String, Duration)]) -> String {
    let parts = [("parse", rows.duration)] + phases
    return parts.map { name, duration in
      "\(name);dur=\(TextTable.number(duration / .milliseconds(1)))"
    }.joined(separator: ", ")
  }
}
