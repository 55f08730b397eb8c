/// Decodes delimited text that arrives in pieces.
///
/// Bytes are gathered into blocks of whole records, which are decoded apart from each other, on
/// several threads if so wished, and joined in order. Where a record ends is told by counting
/// quotes; a block that turns out to use them in another way is the last of its kind, and the
/// rest of the content is decoded record after record. Where blocks end depends on the content
/// alone, neither on the pieces nor on threads.
struct CSVDecoder: Sendable {
  private let options: DecodingOptions
  private let isEncodingKnown: Bool
  /// Padding, and text that is in no block yet.
  private var pending: [UInt8]
  /// How much text makes a block; grows while one record is longer.
  private var blockLength: Int
  /// Where in the content the pending text begins.
  private var offset: Int

  private var delimiter = UInt8(ascii: ",")
  private var headers: [[UInt8]]?
  private var hasHeader = true
  private var assembler = TableAssembler(columnCount: 0, limits: .init(), keepsText: false)
  /// The line, from 0, on which the next block to be joined begins.
  private var line = 0

  private var pool: DecodingPool?
  /// Unlike the pool this is held by no thread, so it tells whether the decoder was copied.
  private var token = Token()
  private var nextNumber = 0
  private var nextToJoin = 0
  /// Where in the content each block that is not joined begins.
  private var offsets: [Int] = []
  /// Blocks may end within records.
  private var isSequential = false
  private var spareBytes: [[UInt8]] = []

  private final class Token: Sendable {}

  private static let padding = [UInt8](repeating: 0x20, count: SeparatorScanner.padding)

  /// - Parameters:
  ///   - isEncodingKnown: whether bytes are UTF-8 for certain, so that they need no look.
  ///   - offset: where in the content the text begins, in bytes.
  init(_ options: DecodingOptions, isEncodingKnown: Bool, offset: Int) {
    self.options = options
    self.isEncodingKnown = isEncodingKnown
    self.offset = offset
    blockLength = options.blockLength
    pending = CSVDecoder.padding
  }

  /// Takes the next bytes.
  mutating func consume(_ bytes: Span<UInt8>) throws(DatasetError) {
    if !isKnownUniquelyReferenced(&token) {
      token = Token()
      pool = pool?.copy()
    }
    var index = 0
    while index < bytes.count {
      let length = max(0, min(bytes.count - index, blockLength - pendingLength))
      // Safety: the span checks the range, and its bytes are copied before the closure returns.
      bytes.extracting(index..<index + length).withUnsafeBufferPointer {
        pending.append(contentsOf: $0)
      }
      index += length
      if pendingLength >= blockLength { try takeBlock(isLast: false) }
    }
  }

  /// Ends the content.
  ///
  /// - Parameter encoding: what the content is in, unless bytes say otherwise.
  mutating func finish(encoding: TextEncoding) throws(DatasetError) -> DecodedTable {
    if !isKnownUniquelyReferenced(&token) {
      token = Token()
      pool = pool?.copy()
    }
    try takeBlock(isLast: true)
    guard let headers else { throw .emptyContent }
    guard assembler.recordCount > 0 else { throw .headerOnly }
    let isUTF8 =
      isEncodingKnown || (assembler.isUTF8 && headers.allSatisfy { UTF8Check.isValid($0.span) })
    let names = headers.map { header in
      guard !isUTF8 else { return String(copying: header.span) }
      var text: [UInt8] = []
      Windows1252.append(header.span, to: &text)
      return String(copying: text.span)
    }
    let dialect = TableDialect(
      format: .csv, encoding: isUTF8 ? encoding : .windows1252, encodingIsGuessed: !isUTF8,
      delimiter: delimiter, hasHeader: hasHeader)
    return assembler.finish(headers: names, dialect: dialect, convertsFromWindows1252: !isUTF8)
  }

  // MARK: Blocks

  private var pendingLength: Int { pending.count - SeparatorScanner.padding }

  /// Makes a block of the pending text and decodes what can be decoded.
  private mutating func takeBlock(isLast: Bool) throws(DatasetError) {
    if headers == nil {
      guard try takeHeader(isLast: isLast) else { return }
    }
    if isSequential { return try decodeSequentially(isLast: isLast) }
    guard let end = isLast ? pending.count : lastRecordEnd() else {
      // No record ends here by the count of quotes: either one is long, or they mislead. Which
      // of the two can be told once all before is decoded.
      try join(leaving: 0)
      if !isSequential {
        guard try hasWholeRecord() else { return try growBlock() }
        isSequential = true
      }
      return try decodeSequentially(isLast: false)
    }
    submit(upTo: end, isLast: isLast)
    // With several threads, each has a block to go on with.
    try join(leaving: isLast || options.threadCount == 1 ? 0 : 2 * options.threadCount)
    if isLast, isSequential { try decodeSequentially(isLast: true) }
    blockLength = options.blockLength
    while blockLength <= pendingLength { try growBlock() }
  }

  /// Whether the first pending record ends in the pending text.
  private func hasWholeRecord() throws(DatasetError) -> Bool {
    var cutter = cutter()
    let text = pending.span.extracting(SeparatorScanner.padding..<pending.count)
    do throws(DatasetError) {
      return try cutter.cut(text, from: 0, isLast: false) != .needsMore
    } catch {
      throw error.moved(lines: line, bytes: offset)
    }
  }

  private mutating func growBlock() throws(DatasetError) {
    // Bounds are 32 bits wide; a record of this length is none.
    guard blockLength < 1 << 30 else {
      throw .fieldTooLong(line: line + 1, column: 1, limit: options.limits.maxFieldBytes)
    }
    blockLength *= 2
  }

  /// Where the last record ends in the pending text, if quotes are used as they should be.
  private func lastRecordEnd() -> Int? {
    var quotes = SeparatorScanner.quoteCount(pending)
    var index = pending.count
    while index > SeparatorScanner.padding {
      let byte = pending[index - 1]
      if byte == UInt8(ascii: "\"") { quotes &-= 1 }
      // A carriage return at the very end may be half of a line end.
      if quotes & 1 == 0, byte == 0x0A || (byte == 0x0D && index < pending.count) { return index }
      index -= 1
    }
    return nil
  }

  /// Hands in the pending text up to `end` as a block; the rest begins the next.
  private mutating func submit(upTo end: Int, isLast: Bool) {
    var rest = spareBytes.popLast() ?? []
    rest.removeAll(keepingCapacity: true)
    rest.append(contentsOf: CSVDecoder.padding)
    rest.append(contentsOf: pending[end...])
    var block = TextBlock(
      bytes: pending, range: SeparatorScanner.padding..<end, isLast: isLast)
    pending = rest
    block.seal(at: end)
    offsets.append(offset)
    offset += end - SeparatorScanner.padding
    makePool().submit(
      DecodingPool.Job(number: nextNumber, block: block, pools: assembler.pools, result: nil),
      isAlone: nextNumber == nextToJoin)
    nextNumber += 1
  }

  private mutating func makePool() -> DecodingPool {
    if let pool { return pool }
    let decoder = BlockDecoder(
      delimiter: delimiter, width: headers?.count ?? 0,
      maxFieldBytes: options.limits.maxFieldBytes, keepsText: options.keepsText)
    let made = DecodingPool(decoder, threadCount: options.threadCount)
    pool = made
    return made
  }

  // MARK: Joining

  /// Joins blocks in order until at most `limit` are left.
  private mutating func join(leaving limit: Int) throws(DatasetError) {
    guard let pool else { return }
    while nextToJoin < nextNumber {
      if let job = pool.take(nextToJoin) {
        try join(job)
      } else if nextNumber - nextToJoin > limit {
        pool.runOneOrWait()
      } else {
        return
      }
    }
  }

  private mutating func join(_ job: DecodingPool.Job) throws(DatasetError) {
    guard let result = job.result else { return }
    nextToJoin += 1
    let start = offsets.removeFirst()
    try append(result, offset: start)
    if result.end < job.block.range.upperBound {
      // Quotes misled: the blocks after this one begin at the wrong places.
      isSequential = true
      try takeBack(from: job, at: result.end, offset: start)
    } else if spareBytes.count <= options.threadCount {
      spareBytes.append(job.block.bytes)
    }
  }

  private mutating func append(_ result: DecodedBlock, offset: Int) throws(DatasetError) {
    // What comes before the fault may itself be at fault, by its number of rows.
    try assembler.append(result.rows, line: line + 1)
    if let error = result.error { throw error.moved(lines: line, bytes: offset) }
    line += result.lineCount
  }

  /// Makes the text after `end` of a block, and of all blocks after it, pending again.
  private mutating func takeBack(from job: DecodingPool.Job, at end: Int, offset start: Int)
    throws(DatasetError)
  {
    guard let pool else { return }
    var text = CSVDecoder.padding
    text.append(contentsOf: job.block.bytes[end..<job.block.range.upperBound])
    while nextToJoin < nextNumber {
      guard let later = pool.take(nextToJoin) else {
        pool.runOneOrWait()
        continue
      }
      text.append(contentsOf: later.block.bytes[later.block.range])
      nextToJoin += 1
    }
    offsets.removeAll()
    text.append(contentsOf: pending[SeparatorScanner.padding...])
    pending = text
    offset = start + end - job.block.range.lowerBound
  }

  // MARK: One block after the other

  private mutating func decodeSequentially(isLast: Bool) throws(DatasetError) {
    let start = SeparatorScanner.padding
    guard pending.count > start || isLast else { return }
    let decoder = BlockDecoder(
      delimiter: delimiter, width: headers?.count ?? 0,
      maxFieldBytes: options.limits.maxFieldBytes, keepsText: options.keepsText)
    var sequential = decoder
    var block = TextBlock(bytes: pending, range: start..<pending.count, isLast: isLast)
    pending = []
    block.seal(at: block.range.upperBound)
    let result = sequential.decode(&block, pools: assembler.pools)
    pending = CSVDecoder.padding
    pending.append(contentsOf: block.bytes[result.end..<block.range.upperBound])
    let blockOffset = offset
    offset += result.end - start
    try append(result, offset: blockOffset)
    blockLength = max(options.blockLength, blockLength)
    if !isLast, pendingLength >= blockLength { try growBlock() }
  }

  // MARK: The header

  /// Reads the first record, if all of it is there.
  private mutating func takeHeader(isLast: Bool) throws(DatasetError) -> Bool {
    let bytes = pending
    let text = bytes.span.extracting(SeparatorScanner.padding..<bytes.count)
    if let index = (0..<text.count).first(where: { text[$0] == 0 }) {
      let ends = RecordCutter.lineEndCount(text.extracting(0..<index))
      throw .nulByte(line: ends + 1, offset: offset + index)
    }
    delimiter = CSVDialectSniffer.delimiter(of: text, isLast: isLast)
    var cutter = cutter()
    guard case .record(let next) = try cutter.cut(text, from: 0, isLast: isLast) else {
      if !isLast { try growBlock() }
      return false
    }
    let fields = cutter.fields.map { $0.value(in: text) }
    guard fields.count <= options.limits.maxColumns else {
      throw .tooManyColumns(count: fields.count, limit: options.limits.maxColumns)
    }
    // A first record of nothing but numbers names nothing: it is a row.
    hasHeader = !fields.allSatisfy { NumberParser.read($0.span).value != nil }
    headers = hasHeader ? fields : fields.map { _ in [] }
    assembler = TableAssembler(
      columnCount: fields.count, limits: options.limits, keepsText: options.keepsText)
    if hasHeader {
      pending.removeSubrange(SeparatorScanner.padding..<SeparatorScanner.padding + next)
      offset += next
      line = cutter.line
    }
    return true
  }

  private func cutter() -> RecordCutter {
    RecordCutter(delimiter: delimiter, maxFieldBytes: options.limits.maxFieldBytes)
  }

}

extension TextBlock {
  /// Ends the text at `end`, with a line feed if the content ends there without one, and padding.
  fileprivate mutating func seal(at end: Int) {
    bytes.removeLast(bytes.count - end)
    if isLast, let last = bytes.last, end > range.lowerBound, last != 0x0A {
      bytes.append(0x0A)
      range = range.lowerBound..<end + 1
    }
    bytes.append(contentsOf: repeatElement(0x20, count: SeparatorScanner.padding))
  }
}

extension DatasetError {
  /// The same error in a text that begins so many lines and bytes further.
  fileprivate func moved(lines: Int, bytes: Int) -> DatasetError {
    switch self {
    case .nulByte(let line, let offset): .nulByte(line: line + lines, offset: offset + bytes)
    case .unclosedQuote(let line): .unclosedQuote(line: line + lines)
    case .fieldTooLong(let line, let column, let limit):
      .fieldTooLong(line: line + lines, column: column, limit: limit)
    default: self
    }
  }
}

/// Whether bytes are UTF-8.
enum UTF8Check {
  static func isValid(_ bytes: Span<UInt8>) -> Bool {
    do {
      _ = try UTF8Span(validating: bytes)
      return true
    } catch {
      return false
    }
  }
}
