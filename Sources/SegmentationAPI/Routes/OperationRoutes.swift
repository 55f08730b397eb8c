import HTTPServer

/// What keeps the service running: health, readiness, version, and the catalogue of problems.
struct OperationRoutes {
  let context: Context

  var endpoints: [Endpoint] {
    [
      metrics,
      Endpoint(
        .get, "/healthz", forms: [.json, .txt], others: .ignored,
        summary: "Whether the process is alive.",
        answers: .object(["status": .words(["ok"])]),
        .immediate { call throws(ProblemDetails) in call.answer(["status": "ok"]) }
      ).needing(nil),
      Endpoint(
        .get, "/readyz", forms: [.json, .txt], others: .ignored,
        summary: "Whether the service should be given work.",
        answers: .object([
          "status": .words(Readiness.State.self),
          "set_aside": .array(of: .object(["file": .string, "reason": .string])),
        ]),
        statuses: [.ok, .serviceUnavailable],
        .immediate { call throws(ProblemDetails) in
          let state = context.readiness.state
          let setAside = context.service.setAside
          return call.answer(
            [
              "status": .string(state.rawValue),
              "set_aside": .array(
                setAside.map { ["file": .string($0.name), "reason": .string($0.reason)] }),
            ],
            status: state == .ready ? .ok : .serviceUnavailable)
        }
      ).needing(nil),
      Endpoint(
        .get, "/version", forms: [.json, .txt], others: .ignored, summary: "Which version runs.",
        answers: .object(["name": .words(["segmentd"]), "version": .string]),
        .immediate { call throws(ProblemDetails) in
          call.answer([
            "name": "segmentd", "version": .string(context.configuration.version),
          ])
        }
      ).needing(nil),
      document.needing(nil),
      Endpoint(
        .get, "/problems", forms: [.json, .csv, .ndjson, .txt], parameters: Parameter.list,
        summary: "Every kind of problem that an answer can name.",
        answers: .list(of: ProblemType.rowSchema),
        .cached { call throws(ProblemDetails) in
          try call.answer(
            RowSet(
              columns: ["slug", "status", "title", "advice"],
              rows: ProblemType.all.map {
                [
                  .string($0.slug), .integer($0.status.code), .string($0.title),
                  .string($0.advice),
                ]
              }))
        }
      ).needing(nil),
      Endpoint(
        .get, "/problems/{slug}", forms: [.json, .txt],
        summary: "What a kind of problem means and how to mend it.",
        path: [
          Parameter("slug", "the last part of a problem's type", .part("unknown-column"))
        ], answers: ProblemType.schema, problems: [.notFound],
        .cached { call throws(ProblemDetails) in try problem(call) }
      ).needing(nil),
    ]
  }

  /// `/openapi.json`, whatever `Accept` says: tools that read it ask for types of their own.
  private var document: Endpoint {
    var endpoint = Endpoint(
      .get, "/openapi.json", summary: "This API as OpenAPI 3.1 describes it.",
      answers: .object(["openapi": .string, "info": .anything, "paths": .anything], others: .any),
      .cached { call throws(ProblemDetails) in
        let document = OpenAPIDocument(
          endpoints: Application.endpoints(context), version: context.configuration.version)
        return Answer(form: .json, bytes: document.json.bytes)
      })
    endpoint.negotiates = false
    return endpoint
  }

  private var metrics: Endpoint {
    var endpoint = Endpoint(
      .get, "/metrics", forms: [.txt], others: .ignored,
      summary: "Counters and gauges for Prometheus.", answers: nil, statuses: [.ok, .noContent],
      .computed { call throws(ProblemDetails) in
        guard let metrics = context.metrics else { return Answer(.noContent) }
        let accept = call.request.accept
        let text = metrics.text(
          service: context.service,
          isOpenMetrics: Self.quality(of: Self.openMetrics, accept)
            > Self.quality(of: Self.plainText, accept),
          disclosure: call.disclosure)
        return Answer(
          form: .txt, bytes: text.bytes, fields: ["Content-Type": text.contentType])
      })
    endpoint.negotiates = false
    return endpoint
  }

  /// A range with a version accepts that version only, one without accepts any.
  private static func quality(of forms: [MediaType], _ accept: Accept) -> Double {
    forms.map { accept.quality(of: $0) }.max() ?? 0
  }

  private static let openMetrics = [
    MediaType("application", "openmetrics-text"),
    MediaType(
      "application", "openmetrics-text", parameters: [.init(name: "version", value: "1.0.0")]),
  ]
  private static let plainText = [
    MediaType("text", "plain"),
    MediaType("text", "plain", parameters: [.init(name: "version", value: "0.0.4")]),
  ]

  private func problem(_ call: Call) throws(ProblemDetails) -> Answer {
    let slug = call.parameter("slug")
    guard let type = ProblemType.all.first(where: { $0.slug == slug }) else {
      throw ProblemDetails(
        .notFound, "There is no kind of problem \(slug); GET /problems lists those there are.")
    }
    return call.answer([
      "type": .string("/problems/\(type.slug)"), "title": .string(type.title),
      "status": .integer(type.status.code), "advice": .string(type.advice),
    ])
  }
}
