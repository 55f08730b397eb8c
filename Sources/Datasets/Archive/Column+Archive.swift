/// A column as it stands in a file: names, style, what its cells are, the texts they share, and the
/// segments as they stand in memory.
extension Column: Archivable {
  /// Writes all of it; the cells go from memory to the file without a copy.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(name)
    writer.put(numberStyle)
    for count in [missingCount, numberCount, textCount] { writer.put(count) }
    writer.put(pool.count)
    writer.put(bulk: pool.ends.map { Int64($0) })
    writer.put(bulk: pool.bytes)
    writer.put(segments.count)
    for segment in segments { segment.write(to: &writer) }
  }

  /// Reads a column whose cells all have their text.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    let name: ColumnName = try reader.get()
    let style: NumberStyle? = try reader.get()
    let limit = Int(Int32.max)
    let tally = CellTally(
      missing: try reader.integer(in: 0...limit), numbers: try reader.integer(in: 0...limit),
      texts: try reader.integer(in: 0...limit))
    let ends = try reader.bulk(Int64.self, count: try reader.count()).map { Int($0) }
    guard ends.first ?? 0 >= 0, zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw .damaged("texts do not follow each other")
    }
    let bytes = try reader.bulk(UInt8.self, count: ends.last ?? 0)
    let pool = TextPool(sealed: bytes, ends: ends) { style?.read($0) ?? NumberParser.read($0) }
    var segments: [ColumnSegment] = []
    var starts: [Int] = []
    var rowCount = 0
    for _ in 0..<(try reader.count()) {
      let segment = try ColumnSegment(from: &reader, poolCount: pool.count)
      starts.append(rowCount)
      rowCount += segment.rowCount
      segments.append(segment)
      guard rowCount <= limit else { throw .damaged("there are too many rows") }
    }
    guard tally.missing + tally.numbers + tally.texts == rowCount else {
      throw .damaged("cells are not counted")
    }
    self.init(
      name: name, style: style, rowCount: rowCount, starts: starts, segments: segments, pool: pool,
      tally: tally)
  }
}

extension ColumnName: Archivable {
  func write(to writer: inout ArchiveWriter) {
    for text in [header, key] { writer.put(text) }
    writer.put(unit)
    writer.put(statedRange?.lowerBound)
    writer.put(statedRange?.upperBound)
  }
  init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(header: try reader.get(), key: try reader.get(), unit: try reader.get())
    let low: Double? = try reader.get()
    let high: Double? = try reader.get()
    if let low, let high {
      guard low <= high else { throw .damaged("a range ends before it begins") }
      statedRange = low...high
    }
  }
}

extension NumberStyle: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(String(decimalMark))
    writer.put(unit)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    let mark: String = try reader.get()
    guard mark == "." || mark == "," else { throw .damaged("a decimal mark is not known") }
    decimalMark = Character(mark)
    unit = try reader.get()
  }
}

extension ColumnSegment {
  // What follows the row count: numerals with one place of the decimal point, or with one each;
  // numbers of shared texts; or texts of their own.
  private enum Form: UInt8 {
    case evenNumerals, unevenNumerals, pooled, plain
  }

  func write(to writer: inout ArchiveWriter) {
    writer.put(rowCount)
    switch cells {
    case .numerals(let numerals):
      switch numerals.decimals {
      case .all(let places):
        writer.put(byte: Form.evenNumerals.rawValue)
        writer.put(byte: UInt8(places))
      case .each(let places):
        writer.put(byte: Form.unevenNumerals.rawValue)
        writer.put(bulk: places)
      }
      numerals.mantissas.write(to: &writer)
      writer.put(exceptionRows.count)
      writer.put(bulk: exceptionRows)
      writer.put(bulk: exceptionTexts)
    case .pooled(let codes):
      writer.put(byte: Form.pooled.rawValue)
      codes.write(to: &writer)
    case .plain(let run):
      writer.put(byte: Form.plain.rawValue)
      writer.put(bulk: run.ends)
      writer.put(bulk: run.bytes)
    }
  }

  init(from reader: inout ArchiveReader, poolCount: Int) throws(ArchiveFault) {
    let rowCount = try reader.integer(in: 0...Int(Int32.max))
    guard let form = Form(rawValue: try reader.byte()) else {
      throw .damaged("a kind of cells is not known")
    }
    switch form {
    case .evenNumerals, .unevenNumerals:
      let decimals: Numerals.Decimals
      if form == .evenNumerals {
        decimals = .all(Int(try reader.byte()))
      } else {
        decimals = .each(try reader.bulk(UInt8.self, count: rowCount))
      }
      let most =
        switch decimals {
        case .all(let places): places
        case .each(let places): Int(places.max() ?? 0)
        }
      guard most <= Numeral.maxDigits else { throw .damaged("a number has too many decimals") }
      let mantissas = try PackedIntegers(from: &reader, count: rowCount, isCode: false)
      // Every numeral has 18 digits at most, so that sums and texts of them are safe.
      let largest: Int64 = 1_000_000_000_000_000_000
      guard mantissas.base > -largest, mantissas.high < largest else {
        throw .damaged("a number is too long")
      }
      let exceptions = try reader.count()
      let rows = try reader.bulk(UInt32.self, count: exceptions)
      let texts = try reader.bulk(UInt32.self, count: exceptions)
      guard zip(rows, rows.dropFirst()).allSatisfy({ $0 < $1 }),
        rows.last.map({ $0 < rowCount })
          ?? true, texts.allSatisfy({ $0 < poolCount })
      else { throw .damaged("a cell is not in its column") }
      self.init(
        rowCount: rowCount, cells: .numerals(Numerals(mantissas: mantissas, decimals: decimals)),
        exceptionRows: rows, exceptionTexts: texts)
    case .pooled:
      let codes = try PackedIntegers(from: &reader, count: rowCount, isCode: true)
      guard rowCount == 0 || codes.largest < poolCount else {
        throw .damaged("a text is not there")
      }
      self.init(rowCount: rowCount, cells: .pooled(codes))
    case .plain:
      let ends = try reader.bulk(UInt32.self, count: rowCount)
      guard zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }) else {
        throw .damaged("texts do not follow each other")
      }
      let bytes = try reader.bulk(UInt8.self, count: Int(ends.last ?? 0))
      self.init(rowCount: rowCount, cells: .plain(TextRun(bytes: bytes, ends: ends)))
    }
  }
}

extension PackedIntegers {
  func write(to writer: inout ArchiveWriter) {
    writer.put(base)
    switch distances {
    case .bits8(let values):
      writer.put(byte: 1)
      writer.put(bulk: values)
    case .bits16(let values):
      writer.put(byte: 2)
      writer.put(bulk: values)
    case .bits32(let values):
      writer.put(byte: 4)
      writer.put(bulk: values)
    case .bits64(let values):
      writer.put(byte: 8)
      writer.put(bulk: values)
    case .counter: writer.put(byte: 0)
    }
  }

  /// Reads as many integers as there are rows, and finds the least and the largest again.
  ///
  /// - Parameter isCode: whether they are numbers of texts, which begin at 0.
  init(from reader: inout ArchiveReader, count: Int, isCode: Bool) throws(ArchiveFault) {
    let base: Int64 = try reader.get()
    let width = try reader.byte()
    guard !isCode || (base == 0 && [1, 2, 4].contains(width)) else {
      throw .damaged("numbers of texts are not whole")
    }
    switch width {
    case 0:
      try self.init(base, .counter(count), UInt64(max(0, count - 1)))
    case 1:
      let values = try reader.bulk(UInt8.self, count: count)
      try self.init(base, .bits8(values), UInt64(PackedIntegers.most(values, isCode)))
    case 2:
      let values = try reader.bulk(UInt16.self, count: count)
      try self.init(base, .bits16(values), UInt64(PackedIntegers.most(values, isCode)))
    case 4:
      let values = try reader.bulk(UInt32.self, count: count)
      try self.init(base, .bits32(values), UInt64(PackedIntegers.most(values, isCode)))
    case 8:
      let values = try reader.bulk(Int64.self, count: count)
      let low = values.min() ?? 0
      guard low == base else { throw .damaged("numbers are not packed from the least") }
      self.init(base: low, high: values.max() ?? 0, distances: .bits64(values))
    default: throw .damaged("a width of numbers is not known")
    }
  }

  private init(_ base: Int64, _ distances: Distances, _ most: UInt64) throws(ArchiveFault) {
    let (high, overflows) = base.addingReportingOverflow(Int64(most))
    guard !overflows else { throw .damaged("a number is too large") }
    self.init(base: base, high: high, distances: distances)
  }

  /// The largest; of numbers of texts all bits that any has, as they are packed.
  private static func most<Value: FixedWidthInteger>(_ values: [Value], _ isCode: Bool) -> Value {
    isCode ? values.reduce(0) { $0 | $1 } : values.max() ?? 0
  }

  /// The largest of numbers of texts.
  fileprivate var largest: Int {
    switch distances {
    case .bits8(let values): Int(values.max() ?? 0)
    case .bits16(let values): Int(values.max() ?? 0)
    case .bits32(let values): Int(values.max() ?? 0)
    case .bits64, .counter: .max
    }
  }
}

extension StepMap: Archivable {
  func write(to writer: inout ArchiveWriter) {
    writer.put(count)
    writer.put(runs.count)
    writer.put(bulk: runs.map { Int64($0.index) })
    writer.put(bulk: runs.map { Int64($0.value) })
    writer.put(bulk: runs.map { UInt8($0.step) })
  }
  init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    let count = try reader.integer(in: 0...Int(Int32.max))
    let runCount = try reader.count()
    let indices = try reader.bulk(Int64.self, count: runCount)
    let values = try reader.bulk(Int64.self, count: runCount)
    let steps = try reader.bulk(UInt8.self, count: runCount)
    var runs: [Run] = []
    runs.reserveCapacity(runCount)
    var next = (index: Int64(0), value: Int64(0))
    for place in 0..<runCount {
      let end = place + 1 < runCount ? indices[place + 1] : Int64(count)
      guard place == 0 ? indices[0] == 0 : indices[place] == next.index, end > indices[place],
        end <= Int64(count), values[place] >= next.value, values[place] < 1 << 53,
        steps[place] <= 1
      else { throw .damaged("lines are not in order") }
      next = (end, values[place] + (end - indices[place] - 1) * Int64(steps[place]))
      runs.append(
        Run(index: Int(indices[place]), value: Int(values[place]), step: Int(steps[place])))
    }
    guard count == 0 || runCount > 0 else { throw .damaged("lines are missing") }
    self.init(runs: runs, count: count)
  }
}
