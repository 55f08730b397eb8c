/// Takes the cells of one column of one block, in order, and packs them.
struct ColumnWriter: Sendable {
  /// 0 where the cell is no numeral.
  private var mantissas: [Int64] = []
  private var decimals: [UInt8] = []
  private var exceptionRows: [UInt32] = []
  private var exceptionTexts: [UInt32] = []
  private var pool = TextPool()

  /// A block's cells of one column; texts are numbered by the block's own pool.
  struct Output: Sendable {
    var segment: ColumnSegment
    var pool: TextPool
    /// Tallies of the cells in a plain run; pooled texts are counted where pools are joined.
    var plainTally = CellTally()
  }

  var rowCount: Int { mantissas.count }

  /// Appends one cell.
  mutating func append(_ cell: Span<UInt8>) {
    if case .numeral(let numeral) = NumberParser.read(cell) {
      mantissas.append(numeral.mantissa)
      decimals.append(numeral.decimals)
    } else {
      exceptionRows.append(UInt32(mantissas.count))
      exceptionTexts.append(UInt32(pool.intern(cell)))
      mantissas.append(0)
      decimals.append(0)
    }
  }

  /// Appends empty cells until there are `count`.
  mutating func pad(to count: Int) {
    guard mantissas.count < count else { return }
    let empty = UInt32(pool.intern([UInt8]().span))
    while mantissas.count < count {
      exceptionRows.append(UInt32(mantissas.count))
      exceptionTexts.append(empty)
      mantissas.append(0)
      decimals.append(0)
    }
  }

  /// Packs what was taken: as numerals if at least half of the cells are, else as texts.
  consuming func finish() -> Output {
    if exceptionRows.count * 2 <= mantissas.count { return finishNumerals() }
    return finishTexts()
  }

  private consuming func finishNumerals() -> Output {
    // What stands in an exception's place must not widen the rest.
    let first = exceptionRows.enumerated().first { $0 != Int($1) }?.offset ?? exceptionRows.count
    let placeholder = first < mantissas.count ? mantissas[first] : 0
    let places = first < decimals.count ? decimals[first] : 0
    for row in exceptionRows {
      mantissas[Int(row)] = placeholder
      decimals[Int(row)] = places
    }
    let uniform = decimals.allSatisfy { $0 == places }
    let numerals = Numerals(
      mantissas: PackedIntegers(mantissas), decimals: uniform ? .all(places) : .each(decimals))
    return Output(
      segment: ColumnSegment(
        rowCount: mantissas.count, cells: .numerals(numerals), exceptionRows: exceptionRows,
        exceptionTexts: exceptionTexts),
      pool: pool)
  }

  private consuming func finishTexts() -> Output {
    let rowCount = mantissas.count
    var codes: [Int64] = []
    codes.reserveCapacity(rowCount)
    var nextException = 0
    var text: [UInt8] = []
    for row in 0..<rowCount {
      if nextException < exceptionRows.count, exceptionRows[nextException] == UInt32(row) {
        codes.append(Int64(exceptionTexts[nextException]))
        nextException += 1
      } else {
        text.removeAll(keepingCapacity: true)
        Numeral.append(mantissa: mantissas[row], decimals: decimals[row], to: &text)
        codes.append(Int64(pool.intern(text.span)))
      }
    }
    if rowCount >= 64, pool.count * 2 > rowCount {
      var run = TextRun()
      var tally = CellTally()
      for code in codes {
        let cell = pool.bytes.span.extracting(pool.range(Int(code)))
        run.append(cell)
        tally.count(NumberParser.read(cell), times: 1)
      }
      return Output(
        segment: ColumnSegment(rowCount: rowCount, cells: .plain(run)), pool: TextPool(),
        plainTally: tally)
    }
    return Output(
      segment: ColumnSegment(rowCount: rowCount, cells: .pooled(PackedIntegers(codes))),
      pool: pool)
  }
}

/// How many cells are of which kind.
struct CellTally: Sendable {
  var missing = 0
  var numbers = 0
  var texts = 0

  mutating func count(_ reading: CellReading, times: Int) {
    switch reading {
    case .missing: missing += times
    case .numeral, .number: numbers += times
    case .notFinite, .text: texts += times
    }
  }
}
