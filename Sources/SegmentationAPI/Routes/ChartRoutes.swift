import Charts
import HTTPServer
import Segmentation

/// `/charts`: every picture of a run, as SVG and as Vega-Lite.
struct ChartRoutes {
  let context: Context

  private static let width = Parameter(
    "width",
    "how wide the SVG is, \(ChartWidth.range.lowerBound) to \(ChartWidth.range.upperBound) pixels; \(ChartWidth.standard.pixels) by default",
    .integer(in: ChartWidth.range))
  private static let name = Parameter("name", "the name of a chart", .words(ChartName.self))
  /// One chart in the list.
  private static let schema = Schema.object([
    "name": .words(ChartName.self), "title": .string, "svg": .link, "vega_lite": .link,
  ])

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .get, "/charts", forms: [.json, .csv, .ndjson, .txt],
        parameters: [.run, .series] + Parameter.list,
        summary: "The charts of a run, with what one sees on each.",
        answers: .list(of: Self.schema, about: Schema.ofRun), problems: .aboutRun,
        .cached { call throws(ProblemDetails) in try list(call) }),
      Endpoint(
        .get, "/charts/{name}", forms: [.svg, .vegaLite],
        parameters: [
          .run, .series,
          Parameter("x", "the feature along the scatter; one that matters most by default"),
          Parameter("y", "the feature up the scatter; one that matters most by default"),
          Self.width,
        ],
        summary: "One chart: `.svg` to show, `.vl.json` to restyle.",
        path: [Self.name], answers: nil, problems: .aboutRun,
        .cached { call throws(ProblemDetails) in try chart(call) }),
    ]
  }

  private func list(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.run()
    let cancellation = call.request.cancellation
    var charts = RunCharts(
      run: run, service: call.service, cancellation: { cancellation.isCancelled })
    charts.exploration = charts.explored()
    var rows: [[JSON]] = []
    for name in charts.names {
      let chart = try call.attempt { () throws(SegmentationError) in try charts.chart(name) }
      guard let chart else { continue }
      let path = "/charts/\(name.rawValue)"
      rows.append([
        .string(name.rawValue), .string(chart.title), .string("\(path).svg?run=\(run.id)"),
        .string("\(path).vl.json?run=\(run.id)"),
      ])
    }
    return try call.answer(
      RowSet(
        about: [
          .init(name: "run_id", value: .string(run.id)),
          .init(name: "series", value: .string(run.series)),
        ], columns: ["name", "title", "svg", "vega_lite"], rows: rows))
  }

  private func chart(_ call: Call) throws(ProblemDetails) -> Answer {
    guard let name = ChartName(rawValue: call.parameter("name")) else {
      throw ProblemDetails(
        .notFound,
        "There is no chart of this name; GET /charts lists them: \(ChartName.allCases.map(\.rawValue).joined(separator: ", "))."
      )
    }
    let run = try call.run()
    var reader = QueryReader(call.query)
    let width =
      reader.integer("width", in: ChartWidth.range).map { ChartWidth($0) } ?? .standard
    let axes = (x: feature("x", of: run, &reader), y: feature("y", of: run, &reader))
    if name != .scatter {
      for axis in ["x", "y"] where call.query[axis] != nil {
        reader.refuse(axis, "is for the scatter only")
      }
    }
    try reader.finish()
    let cancellation = call.request.cancellation
    let charts = RunCharts(
      run: run, service: call.service, axes: axes, cancellation: { cancellation.isCancelled })
    let chart = try call.attempt { () throws(SegmentationError) in try charts.chart(name) }
    guard let chart else {
      throw ProblemDetails(
        .notFound,
        "\(run.id) has no chart of \(name.summary); GET /charts?run=\(run.id) lists those it has.")
    }
    guard call.form == .svg else { return Answer(form: .vegaLite, bytes: chart.vegaLite()) }
    return Answer(
      form: .svg, bytes: chart.svg(width: width),
      // Its own style sheet and nothing else, when it is opened by itself.
      fields: ["Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"])
  }

  /// The position of the feature that a parameter names by key or header.
  private func feature(_ parameter: String, of run: Run, _ reader: inout QueryReader) -> Int? {
    guard let name = reader.query[parameter] else { return nil }
    if let index = run.features.firstIndex(where: { $0.key == name || $0.header == name }) {
      return index
    }
    let keys = run.features.map(\.key).joined(separator: ", ")
    reader.refuse(parameter, "takes a feature of the run: \(keys)")
    return nil
  }
}
