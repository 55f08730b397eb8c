/// Takes the cells of one column of one block, in order, and packs them.
///
/// Cells are taken as numerals while most of them are, and as texts otherwise. Texts that the
/// column had in earlier blocks are looked up in its pool; new ones go to a pool of the block.
struct ColumnWriter: Sendable {
  enum Mode {
    /// No cell was seen.
    case undecided
    /// Numerals, and exceptions beside them.
    case numerals
    /// Every cell is a text of the pools.
    case texts
    /// Every cell is a text of its own: nearly all are different.
    case plain
  }
  /// How numerals are read from batches.
  enum Way {
    /// Integers of up to four digits, or up to eight; numbers with a point of up to eight bytes.
    case short, long, decimal
  }
  var mode = Mode.undecided
  var way = Way.short
  var rowCount = 0

  // Numerals: 0 or anything where an exception is.
  var narrow: [Int32] = []
  /// In place of `narrow`, once a numeral does not fit there.
  var wide: [Int64] = []
  var isWide = false
  /// The decimals of every numeral; −1 while there is none.
  var commonDecimals = -1
  /// In place of `commonDecimals`, once they differ.
  var decimals: [UInt8] = []
  var exceptionRows: [UInt32] = []
  var exceptionTexts: [UInt32] = []

  // Texts: numbers below `known.count` are the column's, the others the block's.
  var codes: [UInt32] = []
  var known = TextPool()
  var fresh = TextPool()
  var run = TextRun()

  /// How many rows are taken before it is asked whether nearly all texts differ.
  static let plainCheck = 4096

  /// A block's cells of one column.
  struct Output: Sendable {
    var segment: ColumnSegment
    /// Numbers of texts from here on are those of `fresh`.
    var knownCount: Int
    var fresh: TextPool
    /// What the cells are.
    var tally: CellTally
    var isUTF8: Bool
  }

  init() {}

  /// Begins a block of a column that has `known` texts.
  mutating func begin(known: TextPool) {
    self.known = known
    mode = .undecided
    way = .short
    rowCount = 0
    narrow.removeAll(keepingCapacity: true)
    wide.removeAll(keepingCapacity: true)
    isWide = false
    commonDecimals = -1
    decimals.removeAll(keepingCapacity: true)
    exceptionRows.removeAll(keepingCapacity: true)
    exceptionTexts.removeAll(keepingCapacity: true)
    codes.removeAll(keepingCapacity: true)
    fresh.removeAll()
    run = TextRun()
  }

  // MARK: One cell at a time

  /// Appends one cell.
  mutating func append(_ cell: Span<UInt8>) {
    if mode == .undecided { mode = .numerals }
    switch mode {
    case .undecided, .numerals:
      if case .numeral(let numeral) = NumberParser.read(cell) {
        append(numeral)
      } else {
        appendException(cell)
      }
    case .texts: codes.append(code(of: cell, TextKey(cell)))
    case .plain: run.append(cell)
    }
    rowCount += 1
    if rowCount & 1023 == 0 { reconsider() }
  }

  /// Appends empty cells until there are `count`.
  mutating func pad(to count: Int) {
    let empty: [UInt8] = []
    while rowCount < count { append(empty.span) }
  }

  mutating func append(_ numeral: Numeral) {
    if !isWide, let value = Int32(exactly: numeral.mantissa) {
      narrow.append(value)
    } else {
      widen()
      wide.append(numeral.mantissa)
    }
    appendDecimals(numeral.decimals)
  }

  /// Appends a cell that is no numeral.
  mutating func appendException(_ cell: Span<UInt8>) {
    exceptionRows.append(UInt32(truncatingIfNeeded: numeralCount))
    exceptionTexts.append(code(of: cell, TextKey(cell)))
    if isWide { wide.append(0) } else { narrow.append(0) }
    if !decimals.isEmpty { decimals.append(0) }
  }

  var numeralCount: Int { isWide ? wide.count : narrow.count }

  mutating func widen() {
    guard !isWide else { return }
    isWide = true
    wide = narrow.map(Int64.init)
    narrow.removeAll(keepingCapacity: true)
  }

  /// Notes the decimals of the numeral just appended.
  private mutating func appendDecimals(_ places: UInt8) {
    if !decimals.isEmpty {
      decimals.append(places)
    } else if commonDecimals != Int(places) {
      if commonDecimals < 0 {
        commonDecimals = Int(places)
      } else {
        differ(upTo: numeralCount - 1)
        decimals.append(places)
      }
    }
  }

  /// Writes the common decimals out for the first `count` cells.
  mutating func differ(upTo count: Int) {
    decimals = Array(repeating: UInt8(max(0, commonDecimals)), count: count)
  }

  /// The number of a text, which may be new.
  mutating func code(of cell: Span<UInt8>, _ key: TextKey) -> UInt32 {
    if let index = known.find(cell, key) { return UInt32(index) }
    return UInt32(known.count + fresh.intern(cell, key))
  }

  // MARK: Changes of mind

  /// Leaves a way of taking cells that does not suit them.
  mutating func reconsider() {
    switch mode {
    case .numerals:
      if exceptionRows.count * 2 > rowCount { becomeTexts() }
    case .texts:
      if rowCount >= ColumnWriter.plainCheck, codes.count == rowCount,
        rowCount < 2 * ColumnWriter.plainCheck, has(more: rowCount / 10 * 9, in: codes)
      {
        becomePlain()
      }
    case .undecided, .plain: break
    }
  }

  private mutating func becomeTexts() {
    mode = .texts
    codes.reserveCapacity(rowCount)
    var next = 0
    var text: [UInt8] = []
    for row in 0..<numeralCount {
      if next < exceptionRows.count, Int(exceptionRows[next]) == row {
        codes.append(exceptionTexts[next])
        next += 1
        continue
      }
      text.removeAll(keepingCapacity: true)
      Numeral.append(
        mantissa: isWide ? wide[row] : Int64(narrow[row]),
        decimals: decimals.isEmpty ? UInt8(max(0, commonDecimals)) : decimals[row], to: &text)
      codes.append(code(of: text.span, TextKey(text.span)))
    }
    exceptionRows.removeAll(keepingCapacity: true)
    exceptionTexts.removeAll(keepingCapacity: true)
  }

  private mutating func becomePlain() {
    mode = .plain
    var run = TextRun()
    for code in codes {
      let index = Int(code)
      if index < known.count {
        run.append(known.bytes.span.extracting(known.range(index)))
      } else {
        run.append(fresh.bytes.span.extracting(fresh.range(index - known.count)))
      }
    }
    self.run = run
    codes.removeAll(keepingCapacity: true)
    fresh.removeAll()
  }

  /// Whether there are more than `limit` different texts.
  private func has(more limit: Int, in codes: [UInt32]) -> Bool {
    guard codes.count > limit, known.count + fresh.count > limit else { return false }
    var seen = [Bool](repeating: false, count: known.count + fresh.count)
    for code in codes { seen[Int(code)] = true }
    return seen.count { $0 } > limit
  }

  // MARK: The end of the block

  /// Packs what was taken.
  ///
  /// The writer can begin another block.
  mutating func finish() -> Output {
    if mode == .numerals || mode == .undecided {
      // Exceptions that are nearly all different would fill the column's pool.
      if exceptionRows.count * 2 > rowCount || has(more: max(64, rowCount / 16), in: exceptionTexts)
      {
        becomeTexts()
      }
    }
    if mode == .texts, rowCount >= 64, has(more: rowCount / 2, in: codes) { becomePlain() }
    switch mode {
    case .undecided, .numerals: return finishNumerals()
    case .texts: return finishTexts()
    case .plain: return finishPlain()
    }
  }

  private mutating func finishNumerals() -> Output {
    // What stands in an exception's place must not widen the rest.
    let first = exceptionRows.enumerated().first { $0 != Int($1) }?.offset ?? exceptionRows.count
    let mantissas: PackedIntegers
    if isWide {
      let filler = first < wide.count ? wide[first] : 0
      for row in exceptionRows { wide[Int(row)] = filler }
      mantissas = PackedIntegers(wide)
    } else {
      let filler = first < narrow.count ? narrow[first] : 0
      for row in exceptionRows { narrow[Int(row)] = filler }
      mantissas = PackedIntegers(narrow)
    }
    if !decimals.isEmpty {
      let filler = first < decimals.count ? decimals[first] : 0
      for row in exceptionRows { decimals[Int(row)] = filler }
    }
    var tally = CellTally()
    tally.numbers = rowCount - exceptionRows.count
    for text in exceptionTexts { tally.count(reading(Int(text)), times: 1) }
    let places =
      decimals.isEmpty
      ? Numerals.Decimals.all(max(0, commonDecimals)) : .each(Array(decimals[...]))
    let segment = ColumnSegment(
      rowCount: rowCount, cells: .numerals(Numerals(mantissas: mantissas, decimals: places)),
      exceptionRows: Array(exceptionRows[...]), exceptionTexts: Array(exceptionTexts[...]))
    return output(segment, tally)
  }

  private mutating func finishTexts() -> Output {
    var tally = CellTally()
    if fresh.tally.isUniform(with: known.tally) {
      // All texts are of one kind, so all cells are.
      let kind =
        fresh.count > 0 ? fresh.readings[0] : known.count > 0 ? known.readings[0] : .missing
      tally.count(kind, times: rowCount)
    } else {
      var kinds = known.readings.map(CellTally.kind)
      kinds += fresh.readings.map(CellTally.kind)
      var counts = (0, 0, 0)
      for code in codes {
        let kind = kinds[Int(code)]
        counts.0 += kind == 0 ? 1 : 0
        counts.1 += kind == 1 ? 1 : 0
        counts.2 += kind == 2 ? 1 : 0
      }
      tally = CellTally(missing: counts.0, numbers: counts.1, texts: counts.2)
    }
    return output(
      ColumnSegment(rowCount: rowCount, cells: .pooled(PackedIntegers(codes: codes))), tally)
  }

  private mutating func finishPlain() -> Output {
    var tally = CellTally()
    var isUTF8 = UTF8Check.isValid(run.bytes.span)
    for row in 0..<rowCount {
      let range = run.range(row)
      // A text that begins within a character is not UTF-8, though the one before may mend it.
      if !range.isEmpty, run.bytes[range.lowerBound] & 0xC0 == 0x80 { isUTF8 = false }
      tally.count(NumberParser.read(run.bytes.span.extracting(range)), times: 1)
    }
    let segment = ColumnSegment(rowCount: rowCount, cells: .plain(run))
    run = TextRun()
    return Output(
      segment: segment, knownCount: known.count, fresh: TextPool(), tally: tally, isUTF8: isUTF8)
  }

  private mutating func output(_ segment: ColumnSegment, _ tally: CellTally) -> Output {
    let new = fresh
    if fresh.count > 0 { fresh = TextPool() }
    let knownCount = known.count
    // So that the column's own pool is not copied when it grows.
    known = TextPool()
    return Output(
      segment: segment, knownCount: knownCount, fresh: new, tally: tally, isUTF8: new.isUTF8)
  }

  private func reading(_ text: Int) -> CellReading {
    text < known.count ? known.readings[text] : fresh.readings[text - known.count]
  }
}

/// How many cells are of which kind.
struct CellTally: Equatable, Sendable {
  var missing = 0
  var numbers = 0
  var texts = 0

  /// 0 for missing, 1 for numbers, 2 for the rest.
  static func kind(_ reading: CellReading) -> UInt8 {
    switch reading {
    case .missing: 0
    case .numeral, .number: 1
    case .notFinite, .text: 2
    }
  }

  mutating func count(_ reading: CellReading, times: Int) {
    switch CellTally.kind(reading) {
    case 0: missing += times
    case 1: numbers += times
    default: texts += times
    }
  }

  mutating func add(_ other: CellTally) {
    missing += other.missing
    numbers += other.numbers
    texts += other.texts
  }

  /// Whether all that both counted is of one kind.
  func isUniform(with other: CellTally) -> Bool {
    let kinds = [missing + other.missing, numbers + other.numbers, texts + other.texts]
    return kinds.count { $0 > 0 } <= 1
  }
}
