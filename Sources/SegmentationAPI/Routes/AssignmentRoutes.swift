import Datasets
import HTTPServer
import Segmentation

/// `/segments/assign`: scoring of customers that were not part of a fit; nothing is stored.
struct AssignmentRoutes {
  let context: Context

  private static let own: [Parameter] = [.run, .series]

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .get, "/segments/assign", forms: [.json, .csv, .txt], parameters: Self.own,
        others: .kept,
        summary:
          "The segment of one customer, whose figures stand in the query; as text the bare id.",
        answers: AssignmentCells.schema, problems: .aboutModel,
        .immediate { call throws(ProblemDetails) in try one(call) }),
      Endpoint(
        .post, "/segments/assign", forms: [.json, .csv, .ndjson, .txt],
        parameters: Self.own + Parameter.list,
        summary: "The same rows with their segments.",
        content: .rows(options: Self.own + Parameter.list), answers: AssignmentCells.listSchema,
        problems: .aboutModel + .readingRows + [.unknownColumn],
        .upload { call throws(ProblemDetails) in
          // Asked for now, so that a missing run is told before a large file is sent.
          let run = try call.model()
          var upload = RowUpload(
            parameters: Self.own + Parameter.list, keepsText: call.form == .csv
          ) { call, rows throws(ProblemDetails) in try many(call, run: run, rows: rows) }
          let dialect = try call.dialect(isHandedBack: true)
          if call.form == .csv, !dialect.isSpreadsheetSafe {
            upload.stream = { options in
              AssignmentStream(
                call: call, context: context, run: run, dialect: dialect, options: options)
            }
          }
          return upload
        }
      ).needing(.read),
    ]
  }

  private func one(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.model()
    let inputs = run.inputs
    let known = Self.own.map(\.name) + inputs.map(\.key)
    var faults: [ProblemDetails.Fault] = []
    for name in call.query.names.sorted()
    where !known.contains(name) && !inputs.contains(where: { $0.header == name }) {
      let near = Spelling.nearest(to: name, in: known)
      faults.append(
        .init(pointer: name, reason: "no such feature\(near.map { "; did you mean \($0)?" } ?? "")")
      )
    }
    guard faults.isEmpty else {
      throw ProblemDetails(
        .unknownParameter,
        "This run takes \(inputs.map(\.key).joined(separator: ", ")), and run, series.",
        faults: faults)
    }
    var values: [Double] = []
    for input in inputs {
      guard let text = call.query[input.key] ?? call.query[input.header] else {
        faults.append(.init(pointer: input.key, reason: "is missing"))
        continue
      }
      let names = run.features.compactMap(\.level).filter { $0.columnKey == input.key }.map(\.name)
      if !names.isEmpty, !text.isEmpty, !names.contains(text) {
        faults.append(
          .init(
            pointer: input.key, value: text,
            reason: "is none of \(names.joined(separator: ", "))"))
      }
    }
    for feature in run.features {
      if let level = feature.level {
        values.append(
          level.value(of: call.query[level.columnKey] ?? call.query[level.columnHeader]))
        continue
      }
      guard let text = call.query[feature.key] ?? call.query[feature.header] else { continue }
      guard let value = DecimalNumber.parse(text) else {
        faults.append(.init(pointer: feature.key, value: text, reason: "is not a number"))
        continue
      }
      values.append(value)
    }
    guard faults.isEmpty else {
      throw ProblemDetails(
        .invalidParameter,
        "A customer is assigned by a value for each of \(inputs.map(\.key).joined(separator: ", ")).",
        faults: faults)
    }
    guard let score = run.score(values) else {
      throw ProblemDetails(.invalidParameter, "A value is too large to have a distance.")
    }
    let segment = run.segments[score.cluster]
    if call.form == .txt { return Answer(form: .txt, bytes: Array("\(segment.id)\n".utf8)) }
    return call.answer(
      .object(
        [.init(name: "run_id", value: .string(run.id))]
          + zip(AssignmentCells.columns, AssignmentCells.cells(run: run, score: score)).map {
            .init(name: $0, value: $1)
          }))
  }

  private func many(_ call: Call, run: Run, rows: ReceivedRows) throws(ProblemDetails) -> Answer {
    guard let decoded = rows.decoded else { throw ProblemDetails(DatasetError.emptyContent) }
    let table = decoded.table
    if call.form == .csv, decoded.archive != nil {
      return Answer(
        form: .csv,
        producer: try AssignmentCells.file(
          run: run, decoded: decoded, dialect: try call.dialect(isHandedBack: true)),
        tag: nil)
    }
    let columns = try run.featureColumns(keys: table.columns.map(\.key)) {
      table.columnIndex(named: $0)
    }
    let assignment = Assignment(run: run, table: table, columns: columns)
    if call.form == .ndjson {
      return Answer(
        form: .ndjson, producer: AssignedRows(assignment: assignment), tag: nil)
    }
    return try call.answer(
      RowSet(
        about: [.init(name: "run_id", value: .string(run.id))],
        columns: table.columns.map(\.key) + AssignmentCells.columns,
        rows: (0..<table.rowCount).map { row in
          table.columns.map { CustomerTable.cell($0, row: row) }
            + AssignmentCells.cells(run: run, score: assignment.score(row: row))
        }))
  }
}

extension Run {
  /// The columns a customer is assigned by: those of the features, and once each those whose
  /// categories are features.
  var inputs: [(key: String, header: String)] {
    var inputs: [(key: String, header: String)] = []
    for feature in features {
      let key = feature.level?.columnKey ?? feature.key
      guard !inputs.contains(where: { $0.key == key }) else { continue }
      inputs.append((key, feature.level?.columnHeader ?? feature.header))
    }
    return inputs
  }
}

/// Rows of a table that are scored by a run.
private struct Assignment: Sendable {
  let run: Run
  let table: Table
  /// The table column of each feature of the run.
  let columns: [Int]

  /// The score of a row; nil when a feature has no value there.
  func score(row: Int) -> Score? {
    var values: [Double] = []
    for (feature, column) in zip(run.features, columns) {
      if let level = feature.level {
        values.append(level.value(of: table.columns[column].text(at: row)))
        continue
      }
      let style = run.numberStyle(of: feature)
      guard let value = table.columns[column].number(at: row, style: style) else { return nil }
      values.append(value)
    }
    return run.score(values)
  }
}

/// Rows with their segments as one JSON object a line, made as the client reads them.
private struct AssignedRows: ContentProducer {
  /// The size at which a piece is handed on, in bytes.
  private static let pieceSize = 64 << 10

  let assignment: Assignment
  private var position = 0

  init(assignment: Assignment) {
    self.assignment = assignment
  }

  mutating func produce(into buffer: inout [UInt8]) -> Bool {
    let table = assignment.table
    let names = table.columns.map(\.key) + AssignmentCells.columns
    while position < table.rowCount, buffer.count < Self.pieceSize {
      let cells =
        table.columns.map { CustomerTable.cell($0, row: position) }
        + AssignmentCells.cells(run: assignment.run, score: assignment.score(row: position))
      JSON.object(zip(names, cells).map { .init(name: $0, value: $1) }).write(to: &buffer)
      buffer.append(0x0A)
      position += 1
    }
    return position < table.rowCount
  }
}

extension Run {
  /// The place of each feature among the columns of some content.
  ///
  /// - Throws: a problem that names the features that are not there.
  func featureColumns(keys: [String], _ find: (String) -> Int?) throws(ProblemDetails) -> [Int] {
    var columns: [Int] = []
    var missing: [String] = []
    for feature in features {
      let key = feature.level?.columnKey ?? feature.key
      if let index = find(key) ?? find(feature.level?.columnHeader ?? feature.header) {
        columns.append(index)
      } else if !missing.contains(key) {
        missing.append(key)
      }
    }
    guard missing.isEmpty else {
      throw ProblemDetails(
        SegmentationError.missingFeatures(names: missing, available: keys))
    }
    return columns
  }
}

/// The columns that an assignment adds to a row.
enum AssignmentCells {
  static let columns = ScoreCells.columns + ["second_segment_id", "far"]

  static func cells(run: Run, score: Score?) -> [JSON] {
    ScoreCells.cells(run: run, score: score)
      + [
        .string(score?.secondCluster.map { run.segments[$0].id }),
        score.map { .bool($0.isFar) } ?? .null,
      ]
  }
  /// Appends the headers of the added columns and the line end.
  static func writeHeader(_ dialect: CSVDialect, to output: inout [UInt8]) {
    for column in columns {
      output.append(UInt8(ascii: ","))
      dialect.write(.string(column), to: &output)
    }
    output.append(contentsOf: [0x0D, 0x0A])
  }

  /// A file that is there whole, to be handed back with the added columns.
  static func file(run: Run, decoded: DecodedTable, dialect: CSVDialect) throws(ProblemDetails)
    -> AnnotatedFile
  {
    let table = decoded.table
    let columns = try run.featureColumns(keys: table.columns.map(\.key)) {
      table.columnIndex(named: $0)
    }
    let assignment = Assignment(run: run, table: table, columns: columns)
    let source: AnnotatedFile.Source =
      if let archive = decoded.archive { .archive(archive, table) } else { .table(table) }
    return AnnotatedFile(source: source, columns: Self.columns, dialect: dialect) { row in
      cells(run: run, score: row.flatMap { assignment.score(row: $0) })
    }
  }
}

extension AssignmentCells {
  private static let members: Schema.Members =
    ScoreCells.members + ["second_segment_id": .segmentID.orNull, "far": .boolean.orNull]

  static let schema = Schema.object(["run_id": .runID] + members).named("Assignment")

  static let listSchema = Schema.list(
    of: .object(members, others: .cell).named("AssignedRow"), about: ["run_id": .runID])
}
