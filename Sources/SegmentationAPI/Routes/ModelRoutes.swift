import HTTPServer
import Segmentation

/// `/runs/{id}/model`: a run as a model that scores elsewhere, and the way back.
struct ModelRoutes {
  let context: Context

  private static let dialect = Parameter(
    "dialect",
    "the database the SQL is for: \(SQLDialect.allCases.map(\.rawValue).joined(separator: ", ")); ansi by default",
    .words(SQLDialect.self))
  private static let table = Parameter(
    "table", "the table of customers there, such as shop.customers; `customers` by default",
    .string(pattern: "^[^\\u0000-\\u001f]+$", length: 1...1024).example("shop.customers"))

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .get, "/runs/{id}/model", forms: [.json, .sql, .pmml, .onnx],
        parameters: [
          Self.dialect, Self.table,
          Parameter(
            "columns", "what columns are called by: key or header; key by default",
            .words(ScoringModel.ColumnNames.self)),
        ],
        summary: "The run as a model: JSON to restore it, SQL, PMML or ONNX to score elsewhere.",
        path: [.runInPath], answers: ModelPayload.schema, problems: [.notFound],
        .cached { call throws(ProblemDetails) in try model(call) }),
      Endpoint(
        .post, "/runs",
        parameters: [
          Parameter(
            "series", "the line of runs it joins; that of the model by default", .seriesName),
          Parameter("activate", "false keeps the current run of the series current", .flag),
        ],
        summary: "Restores a run from its model.json: it assigns as before, without its customers.",
        content: .json(ModelPayload.takenSchema, example: ModelPayload.example),
        answers: RunPayload.schema, statuses: [.created, .ok],
        problems: [.malformedModel, .malformedJSON, .contentTooLarge, .storeFull],
        .document { call, content throws(ProblemDetails) in try restore(call, content) }),
      Endpoint(
        .get, "/pushdown", forms: [.sql, .json],
        parameters: [
          Parameter(
            "features",
            "the columns to group by, separated by commas, each with a :step if its values are continuous; those of the run by default"
          ), Self.table, Self.dialect, .run, .series,
        ],
        summary:
          "The GROUP BY that compresses customers where they live to weighted distinct rows.",
        answers: Self.pushdownSchema, problems: .aboutModel,
        .cached { call throws(ProblemDetails) in try pushdown(call) }
      ).leavingOutSegments(),
    ]
  }

  private func model(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.attempt { () throws(SegmentationError) in
      try call.service.run(id: call.parameter("id"), series: "")
    }
    try call.checkDisclosure(of: run)
    var reader = QueryReader(call.query)
    let dialect = reader.choice("dialect", default: SQLDialect.ansi)
    let names = reader.choice("columns", default: ScoringModel.ColumnNames.key)
    let table = reader.tableName()
    try reader.finish()
    let model = run.scoringModel
    let bytes =
      switch call.form {
      case .sql:
        Array(
          "\(SQLModel(model, dialect: dialect, table: table, names: names).text)\n".utf8)
      case .pmml: Array(PMMLModel(model, names: names).text.utf8)
      case .onnx: ONNXModel(model, names: names).bytes
      case .json, .csv, .ndjson, .txt, .html, .md, .svg, .vegaLite, .css, .js, .events:
        ModelPayload(run: run).json.bytes
      }
    return Answer(form: call.form, bytes: bytes)
  }

  private func restore(_ call: Call, _ content: [UInt8]) throws(ProblemDetails) -> Answer {
    var reader = QueryReader(call.query)
    let activates = reader.flag("activate", default: true)
    if let series = call.query["series"], !SeriesName.isValid(series) {
      reader.refuse("series", SeriesName.rule)
    }
    try reader.finish()
    var model = try ModelPayload.model(content)
    if let series = call.query["series"] { model.series = series }
    let (run, isNew) = try call.attempt { () throws(SegmentationError) in
      try call.service.restore(model, activates: activates)
    }
    var answer = call.answer(RunPayload(run: run).json, status: isNew ? .created : .ok)
    answer.fields.append("Location", "/runs/\(run.id)")
    return answer
  }

  // MARK: Push-down

  private func pushdown(_ call: Call) throws(ProblemDetails) -> Answer {
    var reader = QueryReader(call.query)
    let dialect = reader.choice("dialect", default: SQLDialect.ansi)
    let table = reader.tableName()
    try reader.finish()
    let features =
      if let list = call.query["features"] {
        try PushdownFeatures.read(list)
      } else {
        PushdownFeatures.of(try call.model())
      }
    let pushdown = Pushdown(features: features, table: table, dialect: dialect)
    let command = PushdownCommand(pushdown: pushdown, call: call)
    guard call.form == .sql else {
      return call.answer([
        "dialect": .string(dialect.rawValue), "table": .string(table),
        "features": .array(
          features.map { ["name": .string($0.name), "step": .number($0.step)] }),
        "weight": .string(pushdown.weightName), "sql": .string(pushdown.text),
        "command": .string(command.text),
      ])
    }
    let text = """
      -- Distinct customers with their number, to be posted with weight=\(pushdown.weightName):
      -- \(command.text)
      \(pushdown.text)

      """
    return Answer(form: .sql, bytes: Array(text.utf8))
  }
}

extension QueryReader {
  /// The table that SQL is written for.
  fileprivate mutating func tableName() -> String {
    let name = query["table"] ?? "customers"
    if name.isEmpty || name.unicodeScalars.count > 1024
      || name.unicodeScalars.contains(where: { $0.value < 32 })
    {
      refuse("table", "takes the name of a table")
    }
    return name
  }
}

/// The columns that a push-down groups by.
private enum PushdownFeatures {
  /// Reads a comma list of columns, each maybe with a step: `age,income:100`.
  static func read(_ list: String) throws(ProblemDetails) -> [Pushdown.Feature] {
    var faults: [ProblemDetails.Fault] = []
    let features = ColumnList.names(in: list).map { item -> Pushdown.Feature in
      guard let colon = item.lastIndex(of: ":") else { return .init(name: item) }
      let text = String(item[item.index(after: colon)...])
      // A colon that no number follows is part of the name.
      guard let step = DecimalNumber.parse(text) else { return .init(name: item) }
      if !(step > 0) {
        faults.append(.init(pointer: "features", value: item, reason: "a step is positive"))
      }
      return .init(name: String(item[..<colon]), step: step)
    }
    if features.isEmpty { faults.append(.init(pointer: "features", reason: "names no column")) }
    guard faults.isEmpty else {
      throw ProblemDetails(
        .invalidParameter,
        "features takes columns separated by commas, such as age,annual_income:500.",
        faults: faults)
    }
    return features
  }

  /// The features of a run; continuous ones in steps of about a hundredth of their deviation.
  static func of(_ run: Run) -> [Pushdown.Feature] {
    var features: [Pushdown.Feature] = []
    for feature in run.features {
      if let level = feature.level {
        // Of a column of categories each value counts, once for all of them.
        let column = Pushdown.Feature(name: level.columnKey, isCategory: true)
        if features.last != column { features.append(column) }
        continue
      }
      let isWhole =
        run.isRestored || run.dataset.table.columns[feature.column].isInteger
        || feature.standardDeviation == 0
      features.append(
        .init(name: feature.key, step: isWhole ? nil : roundStep(feature.standardDeviation / 100)))
    }
    return features
  }

  /// The largest of 1, 2 and 5 times a power of ten that is not above a number.
  private static func roundStep(_ value: Double) -> Double {
    var power = 1.0
    while power > value { power /= 10 }
    while power * 10 <= value { power *= 10 }
    return value >= 5 * power ? 5 * power : value >= 2 * power ? 2 * power : power
  }
}

/// The shell line that runs a push-down and posts what comes of it.
private struct PushdownCommand {
  let pushdown: Pushdown
  let call: Call

  var text: String {
    let host = call.request.fields["Host"] ?? "localhost:8080"
    let fetch = "curl -s '\(host)/pushdown.sql\(query)'"
    let post =
      "curl -X POST -T - -H 'Content-Type: text/csv' '\(host)/segments?weight=\(pushdown.weightName)'"
    let run =
      switch pushdown.dialect {
      case .ansi, .postgres: "psql --csv -c \"$(\(fetch))\""
      case .duckdb: "duckdb -csv customers.duckdb -c \"$(\(fetch))\""
      case .sqlite: "sqlite3 -csv -header customers.sqlite \"$(\(fetch))\""
      case .bigquery:
        "\(fetch) | bq query --quiet --format=csv --use_legacy_sql=false --max_rows=50000000"
      case .snowflake:
        "snowsql -o output_format=csv -o header=true -o timing=false -o friendly=false -q \"$(\(fetch))\""
      case .spark:
        "spark-sql --conf spark.sql.cli.print.header=true -e \"$(\(fetch))\""
      case .trino: "trino --output-format=CSV_HEADER --execute \"$(\(fetch))\""
      }
    return "\(run) | \(post)"
  }

  /// The query that asks for this push-down, safe within single quotes and within a comment.
  private var query: String {
    let items = call.request.target.queryItems.map {
      "\(PathSegment.encoded($0.name))=\(PathSegment.encoded($0.value))"
    }
    return items.isEmpty ? "" : "?\(items.joined(separator: "&"))"
  }
}

extension ModelRoutes {
  fileprivate static let pushdownSchema = Schema.object([
    "dialect": .words(SQLDialect.self), "table": .string,
    "features": .array(of: .object(["name": .string, "step": .number.orNull])),
    "weight": .string, "sql": .string, "command": .string,
  ]).named("Pushdown")
}
