/// Some whole records of delimited text, to be decoded apart from those before and after.
struct TextBlock: Sendable {
  /// The text, with ``SeparatorScanner/padding`` bytes before and after it.
  var bytes: [UInt8]
  /// Where the text is in `bytes`.
  var range: Range<Int>
  /// Whether the content ends with it.
  var isLast: Bool
}

/// What a block of text became.
struct DecodedBlock: Sendable {
  var rows: BlockOutput
  /// Where decoding stopped: at the end of the text, or where a record begins that does not end
  /// in it.
  var end: Int
  /// How many lines there are up to `end`.
  var lineCount: Int
  /// What is wrong with the text from `end` on; its lines count from the block's first.
  var error: DatasetError?
}

/// Decodes blocks of delimited text, one after the other.
struct BlockDecoder: Sendable {
  let delimiter: UInt8
  let width: Int
  let maxFieldBytes: Int
  private var scanner: SeparatorScanner
  private var bounds = FieldBounds()
  private var room = BatchRoom()
  private var writer: BlockWriter
  /// Where the next text without its doubled quotes goes, behind the block's text.
  private var unescapedEnd = 0

  /// How much text is looked at before its cells are read: both fit the first two caches.
  private static let regionLength = 1 << 15

  init(delimiter: UInt8, width: Int, maxFieldBytes: Int, keepsText: Bool) {
    self.delimiter = delimiter
    scanner = SeparatorScanner(delimiter: delimiter)
    self.width = width
    self.maxFieldBytes = maxFieldBytes
    writer = BlockWriter(columnCount: width, keepsText: keepsText)
  }

  /// Decodes a block.
  ///
  /// - Parameters:
  ///   - block: begins where a record begins. Its text stays as it is.
  ///   - pools: for each column, texts that it has had.
  mutating func decode(_ block: inout TextBlock, pools: [TextPool]) -> DecodedBlock {
    writer.begin(pools: pools)
    var index = block.range.lowerBound
    var line = 0
    var error: DatasetError?
    var regionLength = BlockDecoder.regionLength
    do throws(DatasetError) {
      while index < block.range.upperBound {
        let region = index..<min(index + regionLength, block.range.upperBound)
        scanner.scan(block.bytes, region, into: &bounds)
        if bounds.hasNUL { throw nulByte(block, from: index, line: line) }
        if bounds.isIrregular || bounds.lineFeedCount == 0 {
          if !bounds.isIrregular, region.upperBound < block.range.upperBound {
            // A record longer than the region.
            regionLength *= 2
            continue
          }
          // To the region's end, or further when a record is longer.
          let next = try cut(block, from: index, to: region.upperBound, line: &line)
          guard let next else { break }
          index = next
          continue
        }
        let next = try takeRecords(&block, from: index, line: &line)
        if next == index {
          guard region.upperBound < block.range.upperBound else {
            // The last record does not end here.
            if let next = try cut(block, from: index, to: region.upperBound, line: &line) {
              index = next
              continue
            }
            break
          }
          regionLength *= 2
          continue
        }
        index = next
      }
    } catch let problem {
      error = problem
    }
    return DecodedBlock(rows: writer.finish(), end: index, lineCount: line, error: error)
  }

  // MARK: Records found by their separators

  /// Takes the whole records within `bounds`, which begin at `start`, and gives where the next
  /// one begins.
  private mutating func takeRecords(_ block: inout TextBlock, from start: Int, line: inout Int)
    throws(DatasetError) -> Int
  {
    try checkLengths(block, line: line)
    let length = block.bytes.count
    unescapedEnd = length
    var rowCount = bounds.count / width
    var end = start
    // One field a line: an empty line is no record there either.
    let isEven =
      rowCount > 0 && width > 1 && rowCount == bounds.lineFeedCount
      && scanner.areRows(block.bytes, bounds, width: width, count: rowCount)
    if isEven {
      end = Int(bounds.fields[rowCount * width - 1].end) + 1
      if bounds.hasReturns { trimReturns(block, rowCount) }
      if bounds.quotedCount > 0 { unquote(&block, rowCount * width) }
      writer.endRows(rowCount, line: line)
      line += rowCount
    } else {
      (rowCount, end) = sortRecords(&block, from: start, line: &line)
    }
    appendCells(block, rowCount)
    if block.bytes.count > length { block.bytes.removeLast(block.bytes.count - length) }
    return end
  }

  /// Takes the carriage return from the end of each record's last field.
  private mutating func trimReturns(_ block: TextBlock, _ rowCount: Int) {
    for row in 1...rowCount { trimReturn(block, row * width - 1) }
  }

  private mutating func trimReturn(_ block: TextBlock, _ field: Int) {
    let end = Int(bounds.fields[field].end)
    if end > Int(bounds.fields[field].start), block.bytes[end - 1] == 0x0D {
      bounds.fields[field].end = UInt32(end - 1)
    }
  }

  /// Takes the quotes from the first fields.
  private mutating func unquote(_ block: inout TextBlock, _ fieldCount: Int) {
    for index in 0..<bounds.quotedCount {
      let field = Int(bounds.quoted[index])
      guard field < fieldCount else { break }
      bounds.fields[field].start += 1
      bounds.fields[field].end -= 1
    }
    var last = -1
    for index in 0..<bounds.escapedCount {
      let field = Int(bounds.escaped[index])
      guard field < fieldCount else { break }
      if field != last { unescape(&block, field) }
      last = field
    }
  }

  /// Resolves the doubled quotes of a field.
  ///
  /// Its text is written behind the block's, which stays as it is.
  private mutating func unescape(_ block: inout TextBlock, _ field: Int) {
    let start = Int(bounds.fields[field].start)
    let end = Int(bounds.fields[field].end)
    let target = unescapedEnd
    // Room for the text, and for cells being read a few words at a time.
    let needed = target + end - start + SeparatorScanner.padding
    if block.bytes.count < needed {
      // For more of them at once: most regions that have one have many.
      let length = max(needed - block.bytes.count, BlockDecoder.regionLength)
      block.bytes.append(contentsOf: repeatElement(0x20, count: length))
    }
    var count = 0
    block.bytes.withUnsafeMutableBufferPointer { bytes in
      guard let source = bytes.baseAddress else { return }
      // Safety: what is written is no longer than what is read, for which there is room.
      let output = source + target
      var index = start
      while index < end {
        let byte = source[index]
        output[count] = byte
        count &+= 1
        // Quotes within are doubled: the bounds are regular.
        index &+= byte == UInt8(ascii: "\"") ? 2 : 1
      }
    }
    bounds.fields[field] = FieldBound(start: UInt32(target), end: UInt32(target + count))
    unescapedEnd = target + count
  }

  /// Brings the fields of the records that are rows together and sets the others aside.
  ///
  /// - Returns: how many rows there are, and where the next record begins.
  private mutating func sortRecords(_ block: inout TextBlock, from start: Int, line: inout Int)
    -> (rowCount: Int, end: Int)
  {
    var rowCount = 0
    var recordStart = 0
    var end = start
    var nextQuoted = 0
    var nextEscaped = 0
    for field in 0..<bounds.count where block.bytes[Int(bounds.fields[field].end)] == 0x0A {
      let fieldEnd = Int(bounds.fields[field].end)
      trimReturn(block, field)
      var lineFeeds = 1
      while nextQuoted < bounds.quotedCount, Int(bounds.quoted[nextQuoted]) <= field {
        let quoted = Int(bounds.quoted[nextQuoted])
        bounds.fields[quoted].start += 1
        bounds.fields[quoted].end -= 1
        let range = Int(bounds.fields[quoted].start)..<Int(bounds.fields[quoted].end)
        lineFeeds += block.bytes[range].count { $0 == 0x0A }
        nextQuoted += 1
      }
      while nextEscaped < bounds.escapedCount, Int(bounds.escaped[nextEscaped]) <= field {
        let escaped = bounds.escaped[nextEscaped]
        unescape(&block, Int(escaped))
        while nextEscaped < bounds.escapedCount, bounds.escaped[nextEscaped] == escaped {
          nextEscaped += 1
        }
      }
      let count = field - recordStart + 1
      let isEmptyLine =
        count == 1 && fieldEnd - end <= 1 && bounds.fields[field].start == bounds.fields[field].end
      if isEmptyLine {
        // No record.
      } else if count == width {
        for place in 0..<width {
          bounds.fields[rowCount * width + place].start = bounds.fields[recordStart + place].start
          bounds.fields[rowCount * width + place].end = bounds.fields[recordStart + place].end
        }
        rowCount += 1
        writer.endRows(1, line: line)
      } else {
        setAside(block, recordStart..<field + 1, line: line)
      }
      line += lineFeeds
      recordStart = field + 1
      end = fieldEnd + 1
    }
    return (rowCount, end)
  }

  private mutating func setAside(_ block: TextBlock, _ fields: Range<Int>, line: Int) {
    writer.setAside(
      line: line, reason: .fieldCount(count: fields.count, expected: width),
      fields: fields.map { field in
        Array(block.bytes[Int(bounds.fields[field].start)..<Int(bounds.fields[field].end)])
      })
  }

  /// Refuses fields that are too long; their quotes do not count.
  private func checkLengths(_ block: TextBlock, line: Int) throws(DatasetError) {
    guard maxFieldBytes < bounds.fields.count else { return }
    var column = 0
    for field in 0..<bounds.count {
      let start = Int(bounds.fields[field].start)
      let end = Int(bounds.fields[field].end)
      column += 1
      guard end - start > maxFieldBytes else {
        if block.bytes[end] == 0x0A { column = 0 }
        continue
      }
      let isQuoted = block.bytes[start] == UInt8(ascii: "\"")
      let hasReturn = block.bytes[end] == 0x0A && block.bytes[end - 1] == 0x0D
      if end - start - (isQuoted ? 2 : 0) - (hasReturn ? 1 : 0) > maxFieldBytes {
        let feeds = block.bytes[Int(bounds.fields[0].start)..<start].count { $0 == 0x0A }
        throw .fieldTooLong(line: line + feeds + 1, column: column, limit: maxFieldBytes)
      }
      if block.bytes[end] == 0x0A { column = 0 }
    }
  }

  private mutating func appendCells(_ block: TextBlock, _ rowCount: Int) {
    guard rowCount > 0 else { return }
    // Safety: the bounds were found in these bytes, which have padding around them.
    block.bytes.withUnsafeBytes { text in
      bounds.fields.withUnsafeBufferPointer { fields in
        guard let text = text.baseAddress, let fields = fields.baseAddress else { return }
        for column in 0..<width {
          writer.append(
            CellBatch(text: text, bounds: fields + column, stride: width, count: rowCount),
            toColumn: column, &room)
        }
      }
    }
  }

  // MARK: Records cut one by one

  /// Takes records one by one up to `limit`, and gives where the next one begins; `nil` when the
  /// record there does not end in the block.
  private mutating func cut(_ block: TextBlock, from start: Int, to limit: Int, line: inout Int)
    throws(DatasetError) -> Int?
  {
    var cutter = RecordCutter(delimiter: delimiter, maxFieldBytes: maxFieldBytes, line: line)
    let text = block.bytes.span.extracting(0..<block.range.upperBound)
    var index = start
    while index < limit {
      switch try cutter.cut(text, from: index, isLast: block.isLast) {
      case .needsMore: return index > start ? index : nil
      case .end: index = block.range.upperBound
      case .record(let next):
        index = next
        take(cutter, text)
      }
      line = cutter.line
    }
    return index
  }

  private mutating func take(_ cutter: RecordCutter, _ text: Span<UInt8>) {
    guard cutter.fields.count == width else {
      return writer.setAside(
        line: cutter.recordLine, reason: .fieldCount(count: cutter.fields.count, expected: width),
        fields: cutter.fields.map { $0.value(in: text) })
    }
    for (column, field) in cutter.fields.enumerated() {
      if field.isEscaped {
        writer.append(field.value(in: text).span, toColumn: column)
      } else {
        writer.append(text.extracting(field.start..<field.end), toColumn: column)
      }
    }
    writer.endRows(1, line: cutter.recordLine)
  }

  private func nulByte(_ block: TextBlock, from start: Int, line: Int) -> DatasetError {
    let offset = block.bytes[start...].firstIndex(of: 0) ?? start
    let ends = RecordCutter.lineEndCount(block.bytes.span.extracting(start..<offset))
    return .nulByte(line: line + ends + 1, offset: offset - block.range.lowerBound)
  }
}
