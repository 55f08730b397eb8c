/// Joins the blocks of one column.
struct ColumnAssembler: Sendable {
  private(set) var rowCount = 0
  private var segments: [ColumnSegment] = []
  private var pool = TextPool()
  /// How many cells have each text of the pool.
  private var poolCounts: [Int] = []
  private var plainTally = CellTally()

  /// Appends a block's cells.
  mutating func append(_ block: ColumnWriter.Output) {
    var segment = block.segment
    rowCount += segment.rowCount
    var numbers: [UInt32] = []
    numbers.reserveCapacity(block.pool.count)
    for index in 0..<block.pool.count {
      let number = pool.intern(block.pool.bytes.span.extracting(block.pool.range(index)))
      if number == poolCounts.count { poolCounts.append(0) }
      numbers.append(UInt32(number))
    }
    switch segment.cells {
    case .numerals:
      for index in segment.exceptionTexts.indices {
        let number = numbers[Int(segment.exceptionTexts[index])]
        segment.exceptionTexts[index] = number
        poolCounts[Int(number)] += 1
      }
    case .pooled(let codes):
      var joined: [Int64] = []
      joined.reserveCapacity(segment.rowCount)
      for row in 0..<segment.rowCount {
        let number = numbers[Int(codes[row])]
        joined.append(Int64(number))
        poolCounts[Int(number)] += 1
      }
      segment.cells = .pooled(PackedIntegers(joined))
    case .plain:
      plainTally.missing += block.plainTally.missing
      plainTally.numbers += block.plainTally.numbers
      plainTally.texts += block.plainTally.texts
    }
    segments.append(segment)
  }

  /// Appends a block of empty cells, for a column that the block does not have.
  mutating func appendEmpty(_ count: Int) {
    guard count > 0 else { return }
    var writer = ColumnWriter()
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
    var tally = plainTally
    var readings: [CellReading] = []
    readings.reserveCapacity(pool.count)
    for index in 0..<pool.count {
      let reading = NumberParser.read(pool.bytes.span.extracting(pool.range(index)))
      tally.count(reading, times: poolCounts[index])
      readings.append(reading)
    }
    for segment in segments {
      guard case .numerals = segment.cells else { continue }
      tally.numbers += segment.rowCount - segment.exceptionRows.count
    }
    return Column(
      name: name, rowCount: rowCount, starts: starts, segments: segments, pool: pool,
      poolReadings: readings, poolCounts: poolCounts, tally: tally)
  }
}
