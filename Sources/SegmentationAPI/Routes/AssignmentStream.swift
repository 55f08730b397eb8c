import Datasets
import HTTPServer
import Segmentation

/// `POST /segments/assign.csv`: each row leaves with its segment while later ones still arrive, so
/// that a file of any length costs a few blocks of it.
struct AssignmentStream: ContentTransformer {
  private let call: Call
  private let context: Context
  private let run: Run
  private let dialect: CSVDialect
  private let options: DecodingOptions
  private var stream: RowStream
  /// For content that looks like JSON, which is a table only when all of it is there.
  private var decoder: TableDecoder?
  private var receivedBytes = 0
  /// Where each feature is read from the content.
  private var readings: [RowBatch.Reading] = []
  private var hasBegun = false
  /// Rows that are written and not handed on: one block's at a time, so that they are not copied
  /// into one long array.
  private var ready: [[UInt8]] = []
  private let cells: AssignmentTexts

  init(call: Call, context: Context, run: Run, dialect: CSVDialect, options: DecodingOptions) {
    self.call = call
    self.context = context
    self.run = run
    self.dialect = dialect
    self.options = options
    stream = RowStream(options)
    cells = AssignmentTexts(run: run, dialect: dialect)
  }

  func head() -> (status: Status, fields: HeaderFields) {
    (.ok, context.fields(of: Answer(form: .csv, bytes: [])))
  }

  mutating func transform(_ bytes: Span<UInt8>, into output: inout [UInt8]) -> Response? {
    attempt { (self) throws(DatasetError) in
      try self.consume(bytes)
      if self.stream.blockCount >= self.options.threadCount, let problem = try self.writeBlocks() {
        return problem
      }
      self.handOn(to: &output, keeping: self.options.threadCount)
      return nil
    }
  }

  mutating func finish(into output: inout [UInt8]) -> Response? {
    attempt { (self) throws(DatasetError) in
      try self.stream.finish()
      guard self.stream.format == .csv else { return try self.writeTable(to: &output) }
      if let problem = try self.writeBlocks() { return problem }
      self.handOn(to: &output, keeping: 0)
      if !self.hasBegun { throw .headerOnly }
      return nil
    }
  }

  private mutating func attempt(
    _ work: (inout AssignmentStream) throws(DatasetError) -> ProblemDetails?
  ) -> Response? {
    do {
      return try work(&self)?.response(requestID: call.request.id)
    } catch {
      return ProblemDetails(error).response(requestID: call.request.id)
    }
  }

  private mutating func consume(_ bytes: Span<UInt8>) throws(DatasetError) {
    try stream.consume(bytes)
    defer { receivedBytes += bytes.count }
    guard let format = stream.format, format != .csv else { return }
    if decoder != nil {
      try decoder?.consume(bytes)
    } else {
      var decoder = TableDecoder(options)
      let beginning = stream.content
      try decoder.consume(beginning.span)
      try decoder.consume(
        bytes.extracting(min(bytes.count, beginning.count - receivedBytes)..<bytes.count))
      self.decoder = decoder
    }
  }

  /// Gives the first rows that are ready, and more of them until at most `limit` blocks are left.
  private mutating func handOn(to output: inout [UInt8], keeping limit: Int) {
    var count = 0
    while count < ready.count, output.isEmpty || ready.count - count > limit {
      if output.isEmpty { output = ready[count] } else { output += ready[count] }
      count += 1
    }
    ready.removeFirst(count)
  }

  /// Writes the blocks that are complete.
  /// - Returns: a problem when the content lacks a feature.
  private mutating func writeBlocks() throws(DatasetError) -> ProblemDetails? {
    guard let header = stream.header else { return nil }
    let run = run
    if readings.isEmpty {
      do throws(ProblemDetails) {
        let columns = try run.featureColumns(keys: header.keys) { header.columnIndex(named: $0) }
        readings = zip(columns, run.features).map { column, feature in
          feature.level.map { .category(column: column, name: $0.name) }
            ?? .number(column: column, style: run.numberStyle(of: feature))
        }
      } catch {
        return error
      }
    }
    let readings = readings
    let cells = cells
    let pieces = RowStream.map(stream.takeBlocks(), threads: options.threadCount) { block in
      Result { () throws(DatasetError) in
        let batch = try block.read(readings)
        guard batch.count > 0 else { return [UInt8]() }
        return batch.written(with: cells.columns(run: run, batch.columns))
      }
    }
    for piece in pieces {
      let rows = try piece.get()
      guard !rows.isEmpty else { continue }
      if !hasBegun {
        hasBegun = true
        var beginning: [UInt8] = []
        dialect.writeMark(to: &beginning)
        header.append(to: &beginning)
        AssignmentCells.writeHeader(dialect, to: &beginning)
        ready.append(beginning + rows)
      } else {
        ready.append(rows)
      }
    }
    return nil
  }

  private mutating func writeTable(to output: inout [UInt8]) throws(DatasetError)
    -> ProblemDetails?
  {
    var decoder = decoder ?? TableDecoder(options)
    if self.decoder == nil {
      let beginning = stream.content
      try decoder.consume(beginning.span)
    }
    let decoded = try decoder.finish()
    do throws(ProblemDetails) {
      var file = try AssignmentCells.file(run: run, decoded: decoded, dialect: dialect)
      var continues = true
      while continues {
        var piece: [UInt8] = []
        continues = file.produce(into: &piece)
        output += piece
      }
      return nil
    } catch {
      return error
    }
  }
}

/// The texts that an assignment adds to a row, written once.
private struct AssignmentTexts: Sendable {
  /// `segment_id,segment_name,cluster` of each segment; the last are empty cells.
  private let segments: [[UInt8]]
  private let ids: [[UInt8]]
  private static let flags = [Array("false".utf8), Array("true".utf8), []]

  init(run: Run, dialect: CSVDialect) {
    segments =
      run.segments.map { segment in
        var text: [UInt8] = []
        for (index, cell) in [
          JSON.string(segment.id), .string(segment.name), .integer(segment.cluster),
        ].enumerated() {
          if index > 0 { text.append(UInt8(ascii: ",")) }
          dialect.write(cell, to: &text)
        }
        return text
      } + [[UInt8](repeating: UInt8(ascii: ","), count: 2)]
    ids =
      run.segments.map { segment in
        var text: [UInt8] = []
        dialect.write(.string(segment.id), to: &text)
        return text
      } + [[]]
  }

  /// The cells of ``AssignmentCells/columns`` for some rows.
  func columns(run: Run, _ values: [[Double]]) -> [CellColumn] {
    let scores: BatchScores
    do {
      scores = try run.scores(values)
    } catch {
      // Every value that has no distance was left out: only a fault of ours comes here.
      preconditionFailure("\(error)")
    }
    return [
      .texts(scores.clusters, segments), .numbers(scores.distances), .numbers(scores.margins),
      .texts(scores.secondClusters, ids), .texts(scores.far, Self.flags),
    ]
  }
}
