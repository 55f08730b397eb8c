/// Some records of delimited text, read for a few of their columns and ready to be written again
/// with more cells.
public struct RowBatch: Sendable {
  /// What is read of each record.
  public enum Reading: Sendable, Equatable {
    /// The number in a column, written in a style or as programs write numbers; NaN where there is
    /// none.
    case number(column: Int, style: NumberStyle? = nil)
    /// 1 where a column holds a category, 0 where it does not.
    case category(column: Int, name: String)

    var column: Int {
      switch self {
      case .number(let column, _), .category(let column, _): column
      }
    }
  }

  /// For each reading its value in each record.
  public private(set) var columns: [[Double]]
  /// How many records there are, those that are no rows among them.
  public var count: Int { texts.count }

  /// Where a record's text is, without its line end.
  private struct RecordText {
    var start: UInt32
    var end: UInt32
    /// Whether it lies in `rewritten` and not in the block.
    var isRewritten: Bool
  }

  private let block: [UInt8]
  private var texts: [RecordText] = []
  /// Records that cannot be handed on byte for byte, as RFC 4180 fields.
  private var rewritten: [UInt8] = []
  /// What records with too many fields have beyond the header's, by record.
  private var surplus: [Int: [UInt8]] = [:]

  /// How much text is looked at before its cells are read.
  private static let regionLength = 1 << 15

  /// Reads a block of whole records.
  ///
  /// - Parameters:
  ///   - block: text with padding around it.
  ///   - range: where the text is; it begins and ends where records do.
  ///   - width: the header's number of fields.
  ///   - readings: what is wanted.
  init(
    _ block: [UInt8], range: Range<Int>, delimiter: UInt8, width: Int, maxFieldBytes: Int,
    readings: [Reading]
  ) throws(DatasetError) {
    self.block = block
    columns = readings.map { _ in [] }
    let wanted = readings.map(Wanted.init)
    var scanner = SeparatorScanner(delimiter: delimiter)
    var bounds = FieldBounds()
    var index = range.lowerBound
    while index < range.upperBound {
      let region = index..<min(index + Self.regionLength, range.upperBound)
      scanner.scan(block, region, into: &bounds)
      let rowCount = bounds.count / width
      let isEven =
        !bounds.isIrregular && !bounds.hasNUL && rowCount > 0 && width > 1
        && rowCount == bounds.lineFeedCount
        && scanner.areRows(block, bounds, width: width, count: rowCount)
        && maxFieldBytes >= Self.regionLength
      if isEven, Int(bounds.fields[rowCount * width - 1].end) < range.upperBound {
        takeRows(bounds, rowCount, width: width, delimiter: delimiter, wanted)
        index = Int(bounds.fields[rowCount * width - 1].end) + 1
      } else {
        index = try cutRecords(
          range: index..<range.upperBound, upTo: region.upperBound, delimiter: delimiter,
          width: width, maxFieldBytes: maxFieldBytes, wanted)
      }
    }
    rewritten.append(contentsOf: repeatElement(0, count: WideCopy.width))
  }

  /// A reading, its category as the bytes of cells.
  private struct Wanted {
    let column: Int
    let category: [UInt8]?
    let style: NumberStyle?

    init(_ reading: Reading) {
      column = reading.column
      switch reading {
      case .number(_, let style):
        category = nil
        self.style = style
      case .category(_, let name):
        category = Array(name.utf8)
        style = nil
      }
    }

    /// The number a cell holds, NaN if it holds none.
    func number(_ cell: Span<UInt8>) -> Double {
      (style?.read(cell) ?? NumberParser.read(cell)).value ?? .nan
    }
  }

  /// Takes rows whose fields lie between separators.
  private mutating func takeRows(
    _ bounds: FieldBounds, _ rowCount: Int, width: Int, delimiter: UInt8, _ wanted: [Wanted]
  ) {
    texts.reserveCapacity(texts.count + rowCount)
    let isVerbatim = delimiter == UInt8(ascii: ",") && bounds.quotedCount == 0
    let block = block
    // Safety: the bounds were found in the block and hold `rowCount · width` fields; a field's end
    // is where its separator stands, which is within the block.
    block.withUnsafeBufferPointer { block in
      bounds.fields.withUnsafeBufferPointer { fields in
        for (place, reading) in wanted.enumerated() {
          let column = reading.column
          columns[place].reserveCapacity(columns[place].count + rowCount)
          var field = column
          for _ in 0..<rowCount {
            var start = Int(fields[field].start)
            var end = Int(fields[field].end)
            if column == width - 1, end > start, block[end - 1] == 0x0D { end -= 1 }
            let isQuoted = end - start > 1 && block[start] == UInt8(ascii: "\"")
            if isQuoted {
              start += 1
              end -= 1
            }
            let cell = UnsafeBufferPointer(rebasing: block[start..<end])
            let value =
              if let category = reading.category {
                Self.indicator(cell, isQuoted: isQuoted, of: category)
              } else if reading.style != nil {
                reading.number(Span(_unsafeElements: cell))
              } else {
                Self.number(cell)
              }
            columns[place].append(value)
            field += width
          }
        }
        for row in 0..<rowCount {
          let first = row * width
          let start = Int(fields[first].start)
          var end = Int(fields[first + width - 1].end)
          if bounds.hasReturns, end > start, block[end - 1] == 0x0D { end -= 1 }
          if isVerbatim {
            texts.append(
              RecordText(start: UInt32(start), end: UInt32(end), isRewritten: false))
            continue
          }
          let begin = rewritten.count
          for field in first..<first + width {
            if field > first { rewritten.append(UInt8(ascii: ",")) }
            let fieldEnd = field == first + width - 1 ? end : Int(fields[field].end)
            appendField(UnsafeBufferPointer(rebasing: block[Int(fields[field].start)..<fieldEnd]))
          }
          texts.append(
            RecordText(
              start: UInt32(begin), end: UInt32(rewritten.count), isRewritten: true))
        }
      }
    }
  }

  /// 1 if a cell holds a text, 0 if not.
  private static func indicator(
    _ cell: UnsafeBufferPointer<UInt8>, isQuoted: Bool, of text: [UInt8]
  ) -> Double {
    guard isQuoted, cell.contains(UInt8(ascii: "\"")) else {
      return cell.elementsEqual(text) ? 1 : 0
    }
    // RFC 4180 §2.7: a quote within quotes is written twice.
    var plain: [UInt8] = []
    RecordCutter.unescape(Span(_unsafeElements: cell), into: &plain)
    return plain == text ? 1 : 0
  }

  /// Appends a field as it stands in the text; its quotes, if any, are used as RFC 4180 has it.
  private mutating func appendField(_ field: UnsafeBufferPointer<UInt8>) {
    let quote = UInt8(ascii: "\"")
    func needsQuotes(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
      bytes.contains { $0 == UInt8(ascii: ",") || $0 == quote || $0 == 0x0A || $0 == 0x0D }
    }
    if field.count > 1, field[0] == quote {
      let inner = field[1..<field.count - 1]
      if needsQuotes(inner) {
        rewritten.append(contentsOf: field)
      } else {
        rewritten.append(contentsOf: inner)
      }
    } else if needsQuotes(field[...]) {
      rewritten.append(quote)
      rewritten.append(contentsOf: field)
      rewritten.append(quote)
    } else {
      rewritten.append(contentsOf: field)
    }
  }

  /// Takes records one by one, and gives where the next one begins.
  private mutating func cutRecords(
    range: Range<Int>, upTo limit: Int, delimiter: UInt8, width: Int, maxFieldBytes: Int,
    _ wanted: [Wanted]
  ) throws(DatasetError) -> Int {
    var cutter = RecordCutter(delimiter: delimiter, maxFieldBytes: maxFieldBytes)
    let block = block
    let text = block.span.extracting(0..<range.upperBound)
    var index = range.lowerBound
    while index < limit {
      guard case .record(let next) = try cutter.cut(text, from: index, isLast: true) else {
        return range.upperBound
      }
      index = next
      var fields: [[UInt8]] = []
      for field in cutter.fields { fields.append(field.value(in: text)) }
      let begin = rewritten.count
      for place in 0..<width {
        if place > 0 { rewritten.append(UInt8(ascii: ",")) }
        guard place < fields.count else { continue }
        let field = fields[place]
        CSVWriter.appendField(field.span, to: &rewritten)
      }
      if fields.count > width {
        var rest: [UInt8] = []
        for field in fields[width...] {
          rest.append(UInt8(ascii: ","))
          CSVWriter.appendField(field.span, to: &rest)
        }
        surplus[texts.count] = rest
      }
      texts.append(
        RecordText(start: UInt32(begin), end: UInt32(rewritten.count), isRewritten: true))
      for (place, reading) in wanted.enumerated() {
        guard fields.count == width else {
          columns[place].append(.nan)
          continue
        }
        let field = fields[reading.column]
        columns[place].append(
          reading.category.map { $0 == field ? 1 : 0 } ?? reading.number(field.span))
      }
    }
    return index
  }

  /// The number a cell holds, NaN if it holds none.
  private static func number(_ cell: UnsafeBufferPointer<UInt8>) -> Double {
    var index = 0
    var mantissa: UInt64 = 0
    var decimals = 0
    let count = cell.count
    let isNegative = count > 0 && cell[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    let first = index
    // 15 digits are exact whatever they are.
    if count - first > 0, count - first <= 15 {
      while index < count {
        let digit = cell[index] &- 48
        guard digit < 10 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        index &+= 1
      }
      if index == count {
        return isNegative ? -Double(mantissa) : Double(mantissa)
      }
      if index > first, cell[index] == UInt8(ascii: ".") {
        index &+= 1
        while index < count {
          let digit = cell[index] &- 48
          guard digit < 10 else { break }
          mantissa = mantissa &* 10 &+ UInt64(digit)
          decimals &+= 1
          index &+= 1
        }
        if index == count, decimals > 0 {
          let magnitude = Double(mantissa) / PowersOfTen.exact[decimals]
          return isNegative ? -magnitude : magnitude
        }
      }
    }
    return NumberParser.read(Span(_unsafeElements: cell)).value ?? .nan
  }

  // MARK: Writing

  /// The records as RFC 4180 has them, each followed by its further cells and CR LF.
  ///
  /// - Parameter cells: columns with a cell for each record.
  public func written(with cells: [CellColumn]) -> [UInt8] {
    let further = FurtherCells(cells)
    var capacity = count * (further.maxLength + 2) + rewritten.count + WideCopy.width
    for text in texts where !text.isRewritten { capacity += Int(text.end - text.start) }
    for rest in surplus.values { capacity += rest.count }
    // Safety: `capacity` has room for every text, for the longest cells of each record and for what
    // a wide copy writes behind the last, so that no write passes it. The texts' bounds lie in the
    // arrays they are copied from, which have as much behind them as a wide copy reads.
    return [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      guard var next = output.baseAddress else { return }
      let begin = next
      block.withUnsafeBufferPointer { block in
        rewritten.withUnsafeBufferPointer { rewritten in
          guard let block = block.baseAddress, let rewritten = rewritten.baseAddress else { return }
          further.withWriter { further in
            for (record, text) in texts.enumerated() {
              let source = (text.isRewritten ? rewritten : block) + Int(text.start)
              next = WideCopy.copy(source, Int(text.end &- text.start), to: next)
              next = further.write(record, to: next)
              if !surplus.isEmpty, let rest = surplus[record] {
                for byte in rest {
                  next.initialize(to: byte)
                  next += 1
                }
              }
              next[0] = 0x0D
              next[1] = 0x0A
              next += 2
            }
          }
        }
      }
      count = next - begin
    }
  }
}
