/// Joins the blocks of one column.
struct ColumnAssembler: Sendable {
  private(set) var rowCount = 0
  var segments: [ColumnSegment] = []
  /// Texts that cells of several blocks share; grows up to a limit.
  var pool = TextPool()
  var tally = CellTally()

  /// Beyond so many texts a column's new ones are kept beside its cells.
  private static let poolLimit = 1 << 16

  /// Appends a block's cells.
  mutating func append(_ block: ColumnWriter.Output) {
    var segment = block.segment
    rowCount += segment.rowCount
    tally.add(block.tally)
    if block.fresh.count > 0 {
      if pool.count + block.fresh.count > ColumnAssembler.poolLimit {
        segment = unpooled(segment, block)
      } else {
        renumber(&segment, block)
      }
    }
    segments.append(segment)
  }

  /// Gives a block's new texts their numbers in the pool.
  private mutating func renumber(_ segment: inout ColumnSegment, _ block: ColumnWriter.Output) {
    var numbers: [UInt32] = []
    numbers.reserveCapacity(block.fresh.count)
    for index in 0..<block.fresh.count {
      let text = block.fresh.bytes.span.extracting(block.fresh.range(index))
      numbers.append(UInt32(pool.intern(text)))
    }
    func number(_ code: UInt32) -> UInt32 {
      let code = Int(code)
      return code < block.knownCount ? UInt32(code) : numbers[code - block.knownCount]
    }
    for index in segment.exceptionTexts.indices {
      segment.exceptionTexts[index] = number(segment.exceptionTexts[index])
    }
    if case .pooled(let codes) = segment.cells {
      segment.cells = .pooled(
        PackedIntegers(codes: (0..<segment.rowCount).map { number(UInt32(codes[$0])) }))
    }
  }

  /// The same cells, each with its own text.
  private func unpooled(_ segment: ColumnSegment, _ block: ColumnWriter.Output) -> ColumnSegment {
    var run = TextRun()
    func append(_ code: Int) {
      if code < block.knownCount {
        run.append(pool.bytes.span.extracting(pool.range(code)))
      } else {
        run.append(block.fresh.bytes.span.extracting(block.fresh.range(code - block.knownCount)))
      }
    }
    var text: [UInt8] = []
    for row in 0..<segment.rowCount {
      switch segment.cells {
      case .numerals(let numerals):
        if let code = segment.exception(at: row) {
          append(code)
        } else {
          let numeral = numerals[row]
          text.removeAll(keepingCapacity: true)
          Numeral.append(mantissa: numeral.mantissa, decimals: numeral.decimals, to: &text)
          run.append(text.span)
        }
      case .pooled(let codes): append(Int(codes[row]))
      case .plain: return segment
      }
    }
    return ColumnSegment(rowCount: segment.rowCount, cells: .plain(run))
  }

  /// Appends a block of empty cells, for a column that the block does not have.
  mutating func appendEmpty(_ count: Int) {
    guard count > 0 else { return }
    var writer = ColumnWriter()
    writer.begin(known: pool)
    writer.pad(to: count)
    append(writer.finish())
  }

  /// The column, its texts changed from the encoding they were read in.
  consuming func finish(name: ColumnName, convertsFromWindows1252: Bool, starts: [Int])
    -> Column
  {
    if convertsFromWindows1252 {
      pool.rewrite { Windows1252.append($0, to: &$1) }
      for index in segments.indices {
        guard case .plain(let run) = segments[index].cells else { continue }
        var converted = TextRun()
        var text: [UInt8] = []
        for row in 0..<segments[index].rowCount {
          text.removeAll(keepingCapacity: true)
          Windows1252.append(run.bytes.span.extracting(run.range(row)), to: &text)
          converted.append(text.span)
        }
        segments[index].cells = .plain(converted)
      }
    }
    pool.seal()
    let style = tally.texts > 0 ? takeStyle() : nil
    return Column(
      name: name, style: style, rowCount: rowCount, starts: starts, segments: segments, pool: pool,
      tally: tally)
  }
}
