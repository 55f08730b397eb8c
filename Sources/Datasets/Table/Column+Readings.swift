extension Column {
  /// Calls `body` with what each cell says, in row order.
  func forEachReading(_ body: (_ row: Int, _ reading: CellReading) -> Void) {
    for (segment, start) in zip(segments, starts) {
      switch segment.cells {
      case .numerals(let numerals):
        var next = 0
        for row in 0..<segment.rowCount {
          if next < segment.exceptionRows.count, Int(segment.exceptionRows[next]) == row {
            body(start + row, pool.readings[Int(segment.exceptionTexts[next])])
            next += 1
          } else {
            body(start + row, .numeral(numerals[row]))
          }
        }
      case .pooled(let codes):
        for row in 0..<segment.rowCount { body(start + row, pool.readings[Int(codes[row])]) }
      case .plain(let run):
        for row in 0..<segment.rowCount {
          body(start + row, NumberParser.read(run.bytes.span.extracting(run.range(row))))
        }
      }
    }
  }

  /// The most decimals that a number is written with; nil when some number is no plain decimal, or
  /// has more than six, so that sums of fifty million are exact in 128 bits.
  func commonNumeralDecimals() -> Int? {
    var most = 0
    var isPlain = true
    forEachReading { _, reading in
      switch reading {
      case .numeral(let numeral): most = max(most, Int(numeral.decimals))
      case .number: isPlain = false
      case .missing, .notFinite, .text: break
      }
    }
    return isPlain && most <= 6 ? most : nil
  }
}
