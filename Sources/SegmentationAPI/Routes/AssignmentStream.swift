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
      guard self.stream.blockCount >= self.options.threadCount else { return nil }
      return try self.write(to: &output)
    }
  }

  mutating func finish(into output: inout [UInt8]) -> Response? {
    attempt { (self) throws(DatasetError) in
      try self.stream.finish()
      guard self.stream.format == .csv else { return try self.writeTable(to: &output) }
      if let problem = try self.write(to: &output) { return problem }
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

  /// Writes the blocks that are complete.
  /// - Returns: a problem when the content lacks a feature.
  private mutating func write(to output: inout [UInt8]) throws(DatasetError) -> ProblemDetails? {
    guard let header = stream.header else { return nil }
    if readings.isEmpty {
      do throws(ProblemDetails) {
        let columns = try run.featureColumns(keys: header.keys) { header.columnIndex(named: $0) }
        readings = zip(columns, run.features).map { column, feature in
          feature.level.map { .category(column: column, name: $0.name) } ?? .number(column: column)
        }
      } catch {
        return error
      }
    }
    let run = run
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
        dialect.writeMark(to: &output)
        header.append(to: &output)
        AssignmentCells.writeHeader(dialect, to: &output)
      }
      if output.isEmpty { output = rows } else { output += rows }
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
