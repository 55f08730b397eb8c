import Datasets
import HTTPServer
import Segmentation

/// From rows that have arrived to the answer of `POST /segments`.
struct FitAnswer {
  let call: Call
  let context: Context

  func answer(to rows: ReceivedRows) throws(ProblemDetails) -> Answer {
    let options = try SegmentationOptions(call.query)
    var reader = QueryReader(call.query)
    let isDry = reader.flag("dry_run", default: false)
    try reader.finish()
    let dialect = try call.dialect(isHandedBack: true)
    if isDry {
      guard let table = rows.decoded?.table else { throw ProblemDetails(DatasetError.emptyContent) }
      let dataset = try call.attempt { () throws(SegmentationError) in
        try call.service.clean(table, options: options.cleaning)
      }
      return call.answer(DatasetPayload(dataset: dataset).quality)
    }
    let outcome = try outcome(rows, options: options)
    var answer =
      if call.form == .csv {
        Answer(
          form: .csv,
          producer: HandedBackFile(
            source: source(rows, run: outcome.run), run: outcome.run, dialect: dialect), tag: nil)
      } else {
        call.answer(RunPayload(run: outcome.run).json)
      }
    answer.status = outcome.isNew ? .created : .ok
    answer.fields.append("Location", "/runs/\(outcome.run.id)")
    answer.fields.append("Server-Timing", timing(rows, outcome.timings))
    return answer
  }

  private func outcome(_ rows: ReceivedRows, options: SegmentationOptions)
    throws(ProblemDetails) -> SegmentationService.Outcome
  {
    let cancellation = call.request.cancellation
    let isCancelled: @Sendable () -> Bool = { cancellation.isCancelled }
    guard let table = rows.decoded?.table else {
      guard let id = call.query["dataset"] else { throw ProblemDetails(DatasetError.emptyContent) }
      return try call.attempt { () throws(SegmentationError) in
        try call.service.segment(datasetID: id, options: options, cancellation: isCancelled)
      }
    }
    guard call.query["dataset"] == nil else {
      throw ProblemDetails(
        .invalidParameter,
        "dataset= fits stored rows again and takes no content; send one of both.",
        faults: [.init(pointer: "dataset", reason: "given together with content")])
    }
    return try call.attempt { () throws(SegmentationError) in
      try call.service.segment(table, options: options, cancellation: isCancelled)
    }
  }

  private func source(_ rows: ReceivedRows, run: Run) -> HandedBackFile.Source {
    if let decoded = rows.decoded, let archive = decoded.archive {
      return .archive(archive, decoded.table)
    }
    return .table(run.dataset.table)
  }

  private func timing(_ rows: ReceivedRows, _ phases: [SegmentationService.PhaseTiming]) -> String {
    let parts = [("parse", rows.duration)] + phases.map { ($0.name, $0.duration) }
    return parts.map { name, duration in
      "\(name);dur=\(TextTable.number(duration / .milliseconds(1)))"
    }.joined(separator: ", ")
  }
}

/// The file that was sent, each record followed by its segment.
struct HandedBackFile: ContentProducer {
  /// Where the records come from.
  enum Source: Sendable {
    /// The text of the content, and the table made of it.
    case archive(RecordArchive, Table)
    /// A stored table, whose text was not kept.
    case table(Table)
  }

  private static let pieceSize = 64 << 10

  let source: Source
  let run: Run
  let dialect: CSVDialect
  private var position = 0
  private var hasBegun = false

  init(source: Source, run: Run, dialect: CSVDialect) {
    self.source = source
    self.run = run
    self.dialect = dialect
  }

  private var recordCount: Int {
    switch source {
    case .archive(let archive, _): archive.recordCount
    case .table(let table): table.rowCount
    }
  }

  mutating func produce(into buffer: inout [UInt8]) -> Bool {
    if !hasBegun {
      hasBegun = true
      dialect.writeMark(to: &buffer)
      writeHeader(to: &buffer)
    }
    while position < recordCount, buffer.count < Self.pieceSize {
      writeRecord(position, to: &buffer)
      position += 1
    }
    return position < recordCount
  }

  private func writeHeader(to buffer: inout [UInt8]) {
    switch source {
    case .archive(let archive, _):
      let start = buffer.count
      archive.appendHeader(to: &buffer)
      if dialect.isSpreadsheetSafe { CSVDialect.makeSafe(&buffer, from: start) }
    case .table(let table):
      for (index, column) in table.columns.enumerated() {
        if index > 0 { buffer.append(UInt8(ascii: ",")) }
        dialect.writeField(Array(column.header.utf8), to: &buffer)
      }
    }
    for column in ScoreCells.columns {
      buffer.append(UInt8(ascii: ","))
      buffer.append(contentsOf: column.utf8)
    }
    buffer.append(contentsOf: [0x0D, 0x0A])
  }

  private func writeRecord(_ record: Int, to buffer: inout [UInt8]) {
    let row: Int?
    switch source {
    case .archive(let archive, let table):
      let start = buffer.count
      archive.appendRecord(record, to: &buffer)
      if dialect.isSpreadsheetSafe { CSVDialect.makeSafe(&buffer, from: start) }
      row = table.row(ofRecord: record)
    case .table(let table):
      var cell: [UInt8] = []
      for (index, column) in table.columns.enumerated() {
        if index > 0 { buffer.append(UInt8(ascii: ",")) }
        cell.removeAll(keepingCapacity: true)
        column.appendText(at: record, to: &cell)
        dialect.writeField(cell, to: &buffer)
      }
      row = record
    }
    let score = row.flatMap { run.dataset.standIn(forRow: $0) }.flatMap { run.score(row: $0) }
    for cell in ScoreCells.cells(run: run, score: score) {
      buffer.append(UInt8(ascii: ","))
      dialect.write(cell, to: &buffer)
    }
    buffer.append(contentsOf: [0x0D, 0x0A])
  }
}
