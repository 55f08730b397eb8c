import Datasets
import HTTPServer
import Segmentation

/// Segments over time: what a person calls them, their history, and what changed between runs.
struct IdentityRoutes {
  let context: Context

  private static let forms: [Form] = [.json, .csv, .ndjson, .txt]
  private static let runs = [
    Parameter("from", "the id of the earlier run; the one before `to` by default", .runID),
    Parameter("to", "the id of the later run; the current run of the series by default", .runID),
    Parameter.series,
  ]

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .patch, "/segments/{sid}", parameters: [.series],
        summary: "Sets the name, description, colour or pinned of a segment; refits keep it.",
        path: [.segmentInPath], content: .json(SegmentPatch.schema, example: SegmentPatch.example),
        answers: .any(of: [SegmentPayload.pageSchema, SegmentPayload.chosenSchema]),
        problems: .aboutRun + [
          .preconditionFailed, .nameTaken, .malformedPatch, .malformedJSON, .contentTooLarge,
        ],
        .document { call, content throws(ProblemDetails) in try change(call, content) }),
      Endpoint(
        .get, "/segments/{sid}/history", forms: Self.forms, parameters: [.series] + Parameter.list,
        summary: "Size, share and centroid of a segment in each run of its series.",
        path: [.segmentInPath], answers: Self.historySchema, problems: [.notFound, .noRun],
        .cached { call throws(ProblemDetails) in try history(call) }),
      Endpoint(
        .get, "/runs/compare", forms: Self.forms, parameters: Self.runs + Parameter.list,
        summary: "What changed between two runs: segments, customers, features, and a verdict.",
        answers: ComparisonPayload.answerSchema, problems: .aboutRun,
        .cached { call throws(ProblemDetails) in try compare(call) }),
      Endpoint(
        .get, "/migrations", forms: Self.forms, parameters: Self.runs + Parameter.pages,
        summary: "Who moved from which segment to which, and the feature that moved most.",
        answers: MigrationPayload.listSchema, problems: .aboutRun + [.gone],
        .computed { call throws(ProblemDetails) in try migrations(call) }),
    ]
  }

  // MARK: What a person chooses

  private func change(_ call: Call, _ content: [UInt8]) throws(ProblemDetails) -> Answer {
    let patch = try SegmentPatch(content)
    let id = call.parameter("sid")
    let series = call.query["series"] ?? "default"
    while true {
      // Read first: what is decided for a state holds for no later one.
      let snapshot = call.service.snapshot
      let state = snapshot.series[series] ?? SeriesState()
      try checkCondition(call)
      let details = patch.applied(to: state.details[id] ?? SegmentDetails())
      try checkName(details.name, of: id, runs: state.runIDs.compactMap { snapshot.runs[$0] })
      do {
        try call.service.describe(
          segment: id, series: series, details, expecting: state.revision)
        break
      } catch .seriesChanged where !call.request.fields.contains("If-Match") {
        continue
      } catch {
        throw ProblemDetails(error)
      }
    }
    return try changed(call, id: id, series: series)
  }

  /// The segment as it is now; of one that the current run does not have, what was chosen for it.
  private func changed(_ call: Call, id: String, series: String) throws(ProblemDetails) -> Answer {
    let snapshot = call.service.snapshot
    let current = snapshot.current(series: series)
    guard let current, let index = current.segmentIndex(id: id),
      !call.withheld(in: current).contains(index)
    else {
      let details = snapshot.series[series]?.details[id] ?? SegmentDetails()
      return call.answer(
        .object(
          [
            .init(name: "segment_id", value: .string(id)),
            .init(name: "name", value: .string(details.name)),
          ] + details.members))
    }
    var answer = try SegmentRoutes(context: context).one(call)
    if let tag = context.tag(of: answer) { answer.fields.append("ETag", tag.description) }
    return answer
  }

  /// Holds the request to its `If-Match` (RFC 9110 §13.1.1): one of the representations of the
  /// segment as it is now.
  private func checkCondition(_ call: Call) throws(ProblemDetails) {
    let given = call.request.fields.values("If-Match").joined(separator: ",")
      .split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
    guard call.request.fields.contains("If-Match") else { return }
    var tags: [String] = []
    for form in SegmentRoutes.segmentForms {
      var asked = call
      asked.form = form
      let answer: Answer
      do {
        answer = try SegmentRoutes(context: context).one(asked)
      } catch {
        // A condition on something that is not there does not hold.
        throw ProblemDetails(
          .preconditionFailed,
          "The current run has no segment \(call.parameter("sid")) to compare with If-Match.")
      }
      if let tag = context.tag(of: answer) { tags.append(tag.description) }
    }
    guard given.contains("*") || given.contains(where: { tags.contains(Self.trimmed($0)) }) else {
      throw ProblemDetails(
        .preconditionFailed,
        "The segment is not as If-Match names it: somebody has changed it, or a new run is current. Its ETag is \(tags[0]) now.",
        fields: [("ETag", tags[0])])
    }
  }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }

  private func checkName(_ name: String?, of id: String, runs: [Run]) throws(ProblemDetails) {
    guard let name else { return }
    for run in runs {
      guard
        let other = run.segments.first(where: {
          $0.id != id && $0.name.lowercased() == name.lowercased()
        })
      else { continue }
      throw ProblemDetails(
        .nameTaken, "The segment \(other.id) has the name \(other.name) already.",
        faults: [.init(pointer: "/name", value: name, reason: "is the name of \(other.id)")])
    }
  }

  // MARK: Over time

  private func history(_ call: Call) throws(ProblemDetails) -> Answer {
    let id = call.parameter("sid")
    let series = call.query["series"] ?? "default"
    let runs = try call.attempt { () throws(SegmentationError) in
      try call.service.history(ofSegment: id, series: series)
    }
    var features: [String] = []
    for (run, _) in runs {
      for feature in run.features where !features.contains(feature.key) {
        features.append(feature.key)
      }
    }
    var rows: [[JSON]] = []
    var name = ""
    for (run, isCurrent) in runs {
      guard let segment = call.segments(of: run).first(where: { $0.id == id }) else { continue }
      let cluster = run.clusters[segment.cluster]
      name = segment.name
      rows.append(
        [
          .string(run.id), .string(Timestamp.text(run.createdAt)), .bool(isCurrent),
          .string(run.identity.verdict(ofSegment: id)?.rawValue), .integer(segment.cluster),
          .number(cluster.size), .number(cluster.share), .number(cluster.silhouette),
        ]
          + features.map { key in
            .number(run.features.firstIndex { $0.key == key }.map { cluster.centroid[$0] })
          })
    }
    return try call.answer(
      RowSet(
        about: [
          .init(name: "segment_id", value: .string(id)), .init(name: "name", value: .string(name)),
          .init(name: "series", value: .string(series)),
        ],
        columns: [
          "run_id", "created_at", "current", "verdict", "cluster", "size", "share", "silhouette",
        ] + features.map { "centroid_\($0)" }, rows: rows))
  }

  private func runs(_ call: Call) throws(ProblemDetails) -> (from: Run, to: Run) {
    let runs = try call.attempt { () throws(SegmentationError) in
      try call.service.runs(
        from: call.query["from"], to: call.query["to"], series: call.query["series"] ?? "default")
    }
    try call.checkDisclosure(of: runs.from)
    try call.checkDisclosure(of: runs.to)
    return runs
  }

  private func compare(_ call: Call) throws(ProblemDetails) -> Answer {
    let (from, to) = try runs(call)
    let payload = ComparisonPayload(
      from: from, to: to,
      comparison: RunComparison(
        from: from, to: to, threads: call.service.configuration.threads))
    let isFlat = call.query["flat"].flatMap(QueryReader.flag) ?? false
    if call.form == .json, !isFlat { return call.answer(payload.json) }
    return try call.answer(
      RowSet(objects: payload.rows, columns: ComparisonPayload.columns))
  }

  private func migrations(_ call: Call) throws(ProblemDetails) -> Answer {
    let (from, to) = try runs(call)
    let page = try Page(call.query)
    let payload = MigrationPayload(
      from: from, to: to, migration: call.service.migration(from: from, to: to))
    let count = payload.migration.movers.count
    if call.form == .csv || call.form == .ndjson, page.limit == nil, page.cursor == nil {
      var fingerprint = Fingerprint()
      // Names of segments do not stand in the rows, so the two runs say what the rows are.
      fingerprint.add("\(from.id) \(to.id) \(call.request.target.text)")
      return Answer(
        form: call.form,
        producer: RowProducer(
          columns: MigrationPayload.columns, count: count, form: call.form,
          dialect: try call.dialect()
        ) { payload.row($0) }, tag: fingerprint.hex)
    }
    let (items, next) = try page.bounds(of: count, anchor: "\(from.id)-\(to.id)")
    var rows = RowSet(
      about: payload.about, columns: MigrationPayload.columns, rows: items.map { payload.row($0) },
      next: next)
    rows.itemsName = "customers"
    return try call.answer(rows)
  }
}

extension IdentityRoutes {
  /// The rows have a `centroid_…` for each feature of the series.
  fileprivate static let historySchema = Schema.list(
    of: .object(
      [
        "run_id": .runID, "created_at": .time, "current": .boolean,
        "verdict": .words(SegmentVerdict.self).orNull, "cluster": .count, "size": .number,
        "share": .share, "silhouette": .number.orNull,
      ], others: .number.orNull
    ).named("SegmentHistory"),
    about: ["segment_id": .segmentID, "name": .string, "series": .string])
}
