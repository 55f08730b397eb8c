import Datasets
import HTTPServer
import Segmentation

/// `/segments`: fitting, and the segments of the current run.
struct SegmentRoutes {
  let context: Context

  /// The forms of one segment by itself.
  static let segmentForms: [Form] = [.json, .csv, .txt]

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .post, "/segments", forms: [.json, .csv, .html],
        parameters: Parameter.cleaning + Parameter.fit + Parameter.list,
        summary:
          "Reads customers, finds segments, stores both; as CSV the same rows come back with their segment, as HTML it leads to the page.",
        content: .rows(options: Parameter.cleaning + Parameter.fit + Parameter.list),
        answers: .any(of: [RunPayload.fitSchema, QualityPayload.drySchema]),
        statuses: [.created, .ok, .seeOther], problems: .readingRows + .cleaning + .fitting,
        .upload { call throws(ProblemDetails) in try fit(call) }),
      Endpoint(
        .get, "/segments", forms: [.json, .csv, .ndjson, .txt],
        parameters: [
          .run, .series,
          Parameter("sort", "size, share, name or a feature; a leading - turns it round"),
        ] + Parameter.list,
        summary: "The named segments of a run.",
        answers: .list(of: SegmentPayload.rowSchema, about: Schema.ofRun + Schema.ofWithheld),
        problems: .aboutRun,
        .cached { call throws(ProblemDetails) in try list(call) }
      ).leavingOutSegments(),
      Endpoint(
        .get, "/segments/{sid}", forms: Self.segmentForms, parameters: [.run, .series],
        summary:
          "One segment: persona, profile, rule, categories, typical customers, goal and actions.",
        path: [.segmentInPath], answers: SegmentPayload.pageSchema, problems: .aboutRun,
        .cached { call throws(ProblemDetails) in try one(call) }
      ).leavingOutSegments(),
      Endpoint(
        .get, "/segments/{sid}/customers", forms: [.json, .csv, .ndjson, .txt],
        parameters: [
          .run, .series,
          Parameter("sort", "distance lists the typical customers first", .words(["distance"])),
          Parameter(
            "borderline", "true lists only those near the border to another segment", .flag),
          .search,
        ] + Parameter.pages,
        summary: "The customers of a segment: the mailing list.",
        path: [.segmentInPath], answers: CustomerTable.listSchema, problems: .aboutRun + [.gone],
        .computed { call throws(ProblemDetails) in try customers(call) }
      ).leavingOutSegments(),
    ]
  }

  private func fit(_ call: Call) throws(ProblemDetails) -> RowUpload {
    // Read now, so that a mistake in the query is told before a large file is sent.
    _ = try FitOptions(call)
    return RowUpload(
      parameters: Parameter.cleaning + Parameter.fit + Parameter.list,
      keepsText: call.form == .csv
    ) { call, rows throws(ProblemDetails) in
      try FitAnswer(call: call, context: context).answer(to: rows)
    } background: { call, rows throws(ProblemDetails) in
      try FitAnswer(call: call, context: context).work(on: rows)
    }
  }

  private func list(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.run()
    let segments = call.segments(of: run)
    let pinnedFirst =
      segments.filter(\.details.isPinned) + segments.filter { !$0.details.isPinned }
    var rows = pinnedFirst.map { SegmentPayload(run: run, segment: $0).row }
    let columns = SegmentPayload(run: run, segment: run.segments[0]).row.map(\.name)
    if let sort = call.query["sort"] {
      let isReversed = sort.hasPrefix("-")
      let name = isReversed ? String(sort.dropFirst()) : sort
      guard let index = columns.firstIndex(of: name) else {
        throw ProblemDetails(
          .invalidParameter, "sort takes one of: \(columns.joined(separator: ", ")).",
          faults: [.init(pointer: "sort", value: sort, reason: "no such column")])
      }
      rows.sort { $0[index].value.precedes($1[index].value) }
      if isReversed { rows.reverse() }
    }
    return try call.answer(
      RowSet(
        about: [
          .init(name: "run_id", value: .string(run.id)),
          .init(name: "series", value: .string(run.series)),
        ] + call.withheldMembers(of: run), objects: rows, columns: columns))
  }

  private func segment(_ call: Call, in run: Run) throws(ProblemDetails) -> Segment {
    let id = call.parameter("sid")
    guard let index = run.segmentIndex(id: id) else {
      let near = Spelling.nearest(to: id, in: run.segments.map(\.id))
      throw ProblemDetails(
        .notFound,
        "The run has no segment \(id)\(near.map { "; did you mean \($0)?" } ?? "; GET /segments lists those it has.")"
      )
    }
    let segment = run.segments[index]
    guard !call.withheld(in: run).contains(segment.cluster) else {
      throw call.disclosure.refusal("\(id) is of segments with")
    }
    return segment
  }

  /// One segment of the run that is asked about.
  func one(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.run()
    let payload = SegmentPayload(run: run, segment: try segment(call, in: run))
    switch call.form {
    case .csv:
      return try call.answer(RowSet(objects: [payload.row], columns: payload.row.map(\.name)))
    case .txt: return Answer(form: .txt, bytes: payload.text)
    default: return call.answer(payload.full)
    }
  }

  private func customers(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.run()
    let segment = try segment(call, in: run)
    var rows = run.rows(ofCluster: segment.cluster)
    var reader = QueryReader(call.query)
    let isBorderline = reader.flag("borderline", default: false)
    try reader.finish()
    if let text = call.query["search"] { rows = run.rows(rows, holding: text) }
    if isBorderline { rows = run.borderline(rows) }
    if let sort = call.query["sort"] {
      guard sort == "distance" else {
        throw ProblemDetails(
          .invalidParameter, "sort takes distance.",
          faults: [.init(pointer: "sort", value: sort, reason: "takes distance")])
      }
      rows = run.sortedByDistance(rows)
    }
    return try CustomerList(call: call, run: run).answer(rows)
  }
}

extension JSON {
  /// The order of a sorted column: numbers, then texts, then what is undefined.
  func precedes(_ other: JSON) -> Bool {
    switch (self, other) {
    case (.integer(let a), .integer(let b)): a < b
    case (.number(let a), .number(let b)): a < b
    case (.string(let a), .string(let b)): a < b
    case (.null, _): false
    case (_, .null): true
    default: false
    }
  }
}
