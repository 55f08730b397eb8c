// Numbers as people write them: decided once for a column, when all of its cells are there.
extension ColumnAssembler {
  /// How many texts are looked at, first and at most: most columns show at once that they hold
  /// no numbers.
  private static let (firstLook, styleSample) = (64, 2000)

  /// The style of the column's numbers if its texts are numbers to people; all cells are then read
  /// again as it says.
  mutating func takeStyle() -> NumberStyle? {
    guard sampleTexts(ColumnAssembler.firstLook).contains(where: { StyledNumber($0.span) != nil })
    else { return nil }
    var pointed = 0
    for segment in segments {
      guard case .numerals(let numerals) = segment.cells else { continue }
      switch numerals.decimals {
      case .all(let places): if places != 0, places != 3 { pointed += segment.rowCount }
      case .each(let places): pointed += places.count { $0 != 0 && $0 != 3 }
      }
    }
    guard
      let style = NumberStyle(
        of: sampleTexts(ColumnAssembler.styleSample), pointed: pointed, plain: tally.numbers)
    else { return nil }
    let before = self
    read(as: style)
    // Texts that are numbers here and there do not make the column one of numbers.
    guard tally.numbers > tally.texts else {
      self = before
      return nil
    }
    return style
  }

  /// Up to about `limit` of the texts that are no numbers to programs, spread evenly.
  private func sampleTexts(_ limit: Int) -> [[UInt8]] {
    var texts: [[UInt8]] = []
    for index in stride(from: 0, to: pool.count, by: max(1, pool.count / limit))
    where pool.readings[index] == .text {
      texts.append(Array(pool.bytes[pool.range(index)]))
    }
    for segment in segments {
      guard case .plain(let run) = segment.cells else { continue }
      let step = max(1, segment.rowCount * segments.count / limit)
      for row in stride(from: 0, to: segment.rowCount, by: step) {
        let cell = run.bytes.span.extracting(run.range(row))
        if NumberParser.read(cell) == .text { texts.append(Array(run.bytes[run.range(row)])) }
      }
    }
    return texts
  }

  private mutating func read(as style: NumberStyle) {
    pool.read { style.read($0) }
    tally = CellTally()
    for index in segments.indices {
      if style.decimalMark == ",", case .numerals(let numerals) = segments[index].cells {
        if case .all(0) = numerals.decimals {
          // Whole numbers mean the same in every style.
        } else {
          segments[index] = withOwnTexts(segments[index], numerals)
        }
      }
      count(segments[index], style)
    }
  }

  private func withOwnTexts(_ segment: ColumnSegment, _ numerals: Numerals) -> ColumnSegment {
    var run = TextRun()
    var text: [UInt8] = []
    for row in 0..<segment.rowCount {
      if let code = segment.exception(at: row) {
        run.append(pool.bytes.span.extracting(pool.range(code)))
      } else {
        let numeral = numerals[row]
        text.removeAll(keepingCapacity: true)
        Numeral.append(mantissa: numeral.mantissa, decimals: numeral.decimals, to: &text)
        run.append(text.span)
      }
    }
    return ColumnSegment(rowCount: segment.rowCount, cells: .plain(run))
  }

  private mutating func count(_ segment: ColumnSegment, _ style: NumberStyle) {
    switch segment.cells {
    case .numerals:
      tally.numbers += segment.rowCount - segment.exceptionRows.count
      for text in segment.exceptionTexts { tally.count(pool.readings[Int(text)], times: 1) }
    case .pooled(let codes):
      for row in 0..<segment.rowCount { tally.count(pool.readings[Int(codes[row])], times: 1) }
    case .plain(let run):
      for row in 0..<segment.rowCount {
        tally.count(style.read(run.bytes.span.extracting(run.range(row))), times: 1)
      }
    }
  }
}
