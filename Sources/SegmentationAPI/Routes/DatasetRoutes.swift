import Datasets
import HTTPServer
import Segmentation

/// `/datasets`: the store of rows, with what cleaning found.
struct DatasetRoutes {
  let context: Context

  private static let options =
    Parameter.cleaning + [
      Parameter("dry_run", "true reads, cleans and reports, and stores nothing", .flag)
    ]
  /// What a removal answers: the ids of all that went.
  static let removed = Schema.object(["removed": .array(of: .string)])
  private static let forms: [Form] = [.json, .csv, .ndjson, .txt]

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .post, "/datasets",
        parameters: Self.options,
        summary: "Reads, cleans and stores rows, without a fit.",
        content: .rows(options: Self.options),
        answers: .any(of: [DatasetPayload.schema, QualityPayload.schema]),
        statuses: [.created, .ok], problems: .readingRows + .cleaning + [.storeFull],
        .upload { call throws(ProblemDetails) in try keep(call) }),
      Endpoint(
        .get, "/datasets", forms: Self.forms, parameters: Parameter.pages,
        summary: "The datasets in the store.",
        answers: .list(of: DatasetPayload.rowSchema), problems: [.gone],
        .cached { call throws(ProblemDetails) in try list(call) }),
      Endpoint(
        .get, "/datasets/{id}", forms: [.json, .txt],
        summary: "One dataset: its columns and counts.",
        path: [.datasetInPath], answers: DatasetPayload.schema, problems: [.notFound],
        .cached { call throws(ProblemDetails) in
          call.answer(DatasetPayload(dataset: try dataset(call)).json)
        }),
      Endpoint(
        .get, "/datasets/{id}/quality", forms: Self.forms, parameters: Parameter.pages,
        summary: "What cleaning found, dropped and filled, and why, with line numbers.",
        path: [.datasetInPath], answers: QualityPayload.listSchema, problems: [.notFound, .gone],
        .cached { call throws(ProblemDetails) in try quality(call) }),
      Endpoint(
        .get, "/datasets/{id}/eda", forms: Self.forms,
        parameters: [
          Parameter(
            "bins", "how many bins histograms have: 1 to 1000, 10 by default",
            .integer(in: 1...1000))
        ]
          + Parameter.list,
        summary: "What the columns look like, one by one and together.",
        path: [.datasetInPath], answers: ExplorationPayload.answerSchema, problems: [.notFound],
        .cached { call throws(ProblemDetails) in try explore(call) }),
      Endpoint(
        .delete, "/datasets/{id}", summary: "Takes a dataset away, with all runs over it.",
        path: [.datasetInPath], answers: Self.removed, problems: [.notFound],
        .computed { call throws(ProblemDetails) in try remove(call) }),
    ]
  }

  private func dataset(_ call: Call) throws(ProblemDetails) -> Dataset {
    try call.attempt { () throws(SegmentationError) in
      try call.service.dataset(id: call.parameter("id"))
    }
  }

  private func keep(_ call: Call) throws(ProblemDetails) -> RowUpload {
    RowUpload(parameters: Self.options, keepsText: false) {
      call, rows throws(ProblemDetails) in
      var reader = QueryReader(call.query)
      let options = CleaningOptions(&reader)
      let isDry = reader.flag("dry_run", default: false)
      try reader.finish()
      guard let table = rows.decoded?.table else { throw ProblemDetails(DatasetError.emptyContent) }
      let dataset = try call.attempt { () throws(SegmentationError) in
        try call.service.clean(table, options: options)
      }
      if isDry {
        return call.answer(QualityPayload(dataset: dataset).json(findings: Page.standardLimit))
      }
      let kept = try call.attempt { () throws(SegmentationError) in
        try call.service.keep(dataset)
      }
      var answer = call.answer(
        DatasetPayload(dataset: kept.dataset).json, status: kept.isNew ? .created : .ok)
      answer.fields.append("Location", "/datasets/\(kept.dataset.id)")
      return answer
    }
  }

  private func list(_ call: Call) throws(ProblemDetails) -> Answer {
    let snapshot = call.service.snapshot
    let datasets = snapshot.datasetIDs.compactMap { snapshot.datasets[$0] }
    let (items, next) = try Page(call.query).bounds(
      of: datasets.count, anchor: "v\(snapshot.version)")
    return try call.answer(
      RowSet(
        objects: items.map { datasets[$0].row },
        columns: DatasetPayload.columns, next: next))
  }

  private func quality(_ call: Call) throws(ProblemDetails) -> Answer {
    let dataset = try dataset(call)
    let payload = QualityPayload(dataset: dataset)
    let findings = dataset.report.findings
    let page = try Page(call.query)
    // As files they come whole.
    let isWhole =
      page.limit == nil && page.cursor == nil && (call.form == .csv || call.form == .ndjson)
    let (items, next) =
      isWhole ? (findings.indices, nil) : try page.bounds(of: findings.count, anchor: dataset.id)
    return try call.answer(
      RowSet(
        about: payload.about, objects: findings[items].map(\.members),
        columns: QualityPayload.columns, next: next))
  }

  private func explore(_ call: Call) throws(ProblemDetails) -> Answer {
    let dataset = try dataset(call)
    var reader = QueryReader(call.query)
    let binCount = reader.integer("bins", in: 1...1000) ?? 10
    let isFlat = reader.flag("flat", default: false)
    try reader.finish()
    let payload = ExplorationPayload(
      dataset: dataset, binCount: binCount, threads: call.service.configuration.threads)
    if call.form == .json, !isFlat { return call.answer(payload.json) }
    if call.form == .txt { return Answer(form: .txt, bytes: payload.text) }
    return try call.answer(RowSet(columns: ExplorationPayload.columns, rows: payload.rows))
  }

  private func remove(_ call: Call) throws(ProblemDetails) -> Answer {
    let id = call.parameter("id")
    let runs = try call.attempt { () throws(SegmentationError) in
      try call.service.removeDataset(id: id)
    }
    return call.answer(["removed": .array([.string(id)] + runs.map { .string($0.id) })])
  }
}
