import Charts
import HTTPServer
import Segmentation

/// The dashboard that `GET /` shows to a person, and what it loads.
struct DashboardRoutes {
  let context: Context

  private static let version = Parameter("v", "the fingerprint that the page names", .string)

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .get, "/assets/dashboard", forms: [.css, .js, .svg], parameters: [Self.version],
        summary: "The style, the script and the icon of the page.", answers: nil,
        .immediate { call throws(ProblemDetails) in
          asset(call, DashboardAssets.bytes(call.form))
        }),
      Endpoint(
        .get, "/assets/details", forms: [.js], parameters: [Self.version],
        summary: "The part of the page's script that is loaded when it is needed.", answers: nil,
        .immediate { call throws(ProblemDetails) in asset(call, DashboardAssets.details) }),
    ]
  }

  /// What the page may do: its own style, script, pictures and requests; nothing inline, nothing from
  /// elsewhere, and no text becomes markup or script (Trusted Types).
  static let policy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    "require-trusted-types-for 'script'", "trusted-types 'none'",
  ].joined(separator: "; ")

  /// The fields that keep a page to itself.
  static let fields: HeaderFields = [
    "Content-Security-Policy": policy, "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
  ]

  // MARK: The page

  /// How many runs the page lists.
  private static let runLimit = 6

  /// The dashboard as `GET /` answers it.
  func page(_ call: Call) throws(ProblemDetails) -> Answer {
    Answer(form: .html, bytes: try content(call).bytes, fields: Self.fields)
  }

  private func content(_ call: Call) throws(ProblemDetails) -> DashboardPage {
    let snapshot = call.service.snapshot
    let series = call.query["series"] ?? "default"
    var run = snapshot.current(series: series)
    if call.query["run"] != nil {
      run = try call.model()
    } else if let id = run?.id {
      // With its rows, which may still be on the disk.
      run = try call.attempt { () throws(SegmentationError) in
        try call.service.run(id: id, series: series)
      }
    }
    let names = snapshot.series.keys.sorted()
    guard let run else {
      return DashboardPage(view: .empty, seriesNames: names, series: series)
    }
    try call.checkDisclosure(of: run)
    let runs = (snapshot.series[run.series]?.runIDs ?? []).compactMap { snapshot.runs[$0] }
    let cancellation = call.request.cancellation
    let pictures = try call.attempt { () throws(SegmentationError) in
      run.isRestored
        ? [:]
        : try DashboardPicture.all(
          of: RunCharts(
            run: run, service: call.service, cancellation: { cancellation.isCancelled }))
    }
    return DashboardPage(
      view: .run(
        .init(
          run: run, isCurrent: snapshot.isCurrent(run), pictures: pictures,
          comparison: comparison(of: run, call.service),
          runs: runs.suffix(Self.runLimit).reversed().map {
            .init(run: $0, isCurrent: snapshot.isCurrent($0))
          }, runCount: runs.count)),
      seriesNames: names, series: run.series)
  }

  private func comparison(of run: Run, _ service: SegmentationService) -> ComparisonPayload? {
    guard !run.isRestored else { return nil }
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

  // MARK: What it loads

  private func asset(_ call: Call, _ bytes: [UInt8]) -> Answer {
    var fields: HeaderFields = ["Cross-Origin-Resource-Policy": "same-origin"]
    // Under its fingerprint it never changes; under another, or none, it has to be asked for again.
    if call.query["v"] == DashboardAssets.version {
      fields.append("Cache-Control", "public, max-age=31536000, immutable")
    }
    if call.form == .svg { fields.append("Content-Security-Policy", "default-src 'none'") }
    return Answer(form: call.form, bytes: bytes, fields: fields)
  }
}
