import HTTPServer
import Segmentation

/// `/report`: a run as a document to hand over.
struct ReportRoutes {
  let context: Context

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .get, "/report", forms: [.html, .md], parameters: [.run, .series],
        summary: "The written report of a run: data, choice of k, segments, what to do, limits.",
        answers: nil, problems: .aboutRun,
        .cached { call throws(ProblemDetails) in try report(call) })
    ]
  }

  private func report(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.run()
    let cancellation = call.request.cancellation
    let comparison = comparison(of: run, call.service)
    let report = try call.attempt { () throws(SegmentationError) in
      try Report(
        run: run,
        charts: RunCharts(
          run: run, service: call.service, cancellation: { cancellation.isCancelled }),
        comparison: comparison)
    }
    guard call.form == .html else {
      return Answer(
        form: .md, bytes: MarkdownReport(report: report, baseURL: call.baseURL).bytes)
    }
    return Answer(
      form: .html, bytes: HTMLReport(report: report).bytes,
      fields: [
        "Content-Security-Policy": HTMLReport.policy, "Referrer-Policy": "no-referrer",
      ])
  }

  private func comparison(of run: Run, _ service: SegmentationService) -> ComparisonPayload? {
    let runs: (from: Run, to: Run)
    do {
      runs = try service.runs(from: nil, to: run.id, series: run.series)
    } catch {
      // The first run of a series has none before it.
      return nil
    }
    guard !runs.from.isRestored else { return nil }
    return ComparisonPayload(
      from: runs.from, to: runs.to,
      comparison: RunComparison(
        from: runs.from, to: runs.to, threads: service.configuration.threads))
  }
}
