/// Decodes delimited text that arrives in pieces.
///
/// Bytes are gathered into blocks; of each block the whole records are decoded and what is left
/// begins the next one. Where blocks end depends on the content alone, not on the pieces.
struct CSVDecoder: Sendable {
  private let options: DecodingOptions
  private let isEncodingKnown: Bool
  private var pending: [UInt8] = []
  /// How many bytes are gathered before records are cut; grows while one record is longer.
  private var blockSize = CSVDecoder.initialBlockSize
  private var cutter: RecordCutter?
  private var headers: [[UInt8]]?
  private var hasHeader = true
  private var assembler: TableAssembler?
  private var offset: Int
  private var isUTF8 = true

  private static let initialBlockSize = 1 << 18

  /// - Parameter isEncodingKnown: whether bytes are UTF-8 for certain, so that they need no look.
  /// - Parameter offset: where in the content the text begins, in bytes.
  init(_ options: DecodingOptions, isEncodingKnown: Bool, offset: Int) {
    self.options = options
    self.offset = offset
    self.isEncodingKnown = isEncodingKnown
  }

  /// Takes the next bytes.
  mutating func consume(_ bytes: Span<UInt8>) throws(DatasetError) {
    var index = 0
    while index < bytes.count {
      let length = min(bytes.count - index, blockSize - pending.count)
      bytes.extracting(index..<index + length).withUnsafeBufferPointer {
        pending.append(contentsOf: $0)
      }
      index += length
      if pending.count == blockSize { try decodePending(isLast: false) }
    }
  }

  /// Ends the content.
  ///
  /// - Parameter encoding: what the content is in, unless bytes say otherwise.
  mutating func finish(encoding: TextEncoding) throws(DatasetError) -> DecodedTable {
    try decodePending(isLast: true)
    guard let cutter, let headers, let assembler else { throw .emptyContent }
    guard assembler.recordCount > 0 else { throw .headerOnly }
    let names = headers.map { header in
      guard !isUTF8 else { return String(copying: header.span) }
      var text: [UInt8] = []
      Windows1252.append(header.span, to: &text)
      return String(copying: text.span)
    }
    let dialect = TableDialect(
      format: .csv, encoding: isUTF8 ? encoding : .windows1252, encodingIsGuessed: !isUTF8,
      delimiter: cutter.delimiter, hasHeader: hasHeader)
    return assembler.finish(headers: names, dialect: dialect, convertsFromWindows1252: !isUTF8)
  }

  private mutating func decodePending(isLast: Bool) throws(DatasetError) {
    try checkPending(isLast: isLast)
    if cutter == nil {
      cutter = RecordCutter(
        delimiter: CSVDialectSniffer.delimiter(of: pending.span, isLast: isLast),
        maxFieldBytes: options.limits.maxFieldBytes)
    }
    guard var cutter else { return }
    var index = 0
    if headers == nil {
      guard case .record(let next) = try cutter.cut(pending.span, from: 0, isLast: isLast) else {
        return try waitForMore(cutter, consumed: 0, isLast: isLast)
      }
      index = try takeHeader(cutter, next: next)
      if !hasHeader {
        cutter = RecordCutter(delimiter: cutter.delimiter, maxFieldBytes: cutter.maxFieldBytes)
      }
    }
    guard var assembler, let width = headers?.count else { return }
    self.assembler = nil
    let firstLine = cutter.line
    var block = BlockWriter(columnCount: width, keepsText: options.keepsText)
    var scratch: [UInt8] = []
    records: while true {
      let outcome = try cutter.cut(pending.span, from: index, isLast: isLast)
      switch outcome {
      case .needsMore: break records
      case .end:
        index = pending.count
        break records
      case .record(let next):
        index = next
      }
      let line = cutter.recordLine - firstLine
      if cutter.fields.count == width {
        for column in 0..<width {
          let field = cutter.fields[column]
          let text = pending.span.extracting(field.start..<field.end)
          if field.isEscaped {
            scratch.removeAll(keepingCapacity: true)
            RecordCutter.unescape(text, into: &scratch)
            block.append(scratch.span, toColumn: column)
          } else {
            block.append(text, toColumn: column)
          }
        }
        block.endRow(line: line)
      } else {
        block.setAside(
          line: line, reason: .fieldCount(count: cutter.fields.count, expected: width),
          fields: options.keepsText ? texts(of: cutter.fields) : [])
      }
    }
    try assembler.append(block, line: firstLine + 1)
    self.assembler = assembler
    try waitForMore(cutter, consumed: index, isLast: isLast)
  }

  /// Keeps what was not cut for the next block; a record longer than the block makes it grow.
  private mutating func waitForMore(_ cutter: RecordCutter, consumed: Int, isLast: Bool)
    throws(DatasetError)
  {
    self.cutter = cutter
    offset += consumed
    pending.removeFirst(consumed)
    if pending.count * 2 > blockSize { blockSize *= 2 }
  }

  private mutating func takeHeader(_ cutter: RecordCutter, next: Int) throws(DatasetError) -> Int {
    let fields = cutter.fields
    guard fields.count <= options.limits.maxColumns else {
      throw .tooManyColumns(count: fields.count, limit: options.limits.maxColumns)
    }
    let texts = texts(of: fields)
    // A first record of nothing but numbers names nothing: it is a row.
    let areNumbers = texts.allSatisfy { NumberParser.read($0.span).value != nil }
    hasHeader = !areNumbers
    headers = hasHeader ? texts : texts.map { _ in [] }
    assembler = TableAssembler(
      columnCount: fields.count, limits: options.limits, keepsText: options.keepsText)
    return hasHeader ? next : 0
  }

  private func texts(of fields: [RecordCutter.Field]) -> [[UInt8]] {
    fields.map { field in
      let text = pending.span.extracting(field.start..<field.end)
      var value: [UInt8] = []
      if field.isEscaped {
        RecordCutter.unescape(text, into: &value)
      } else {
        text.withUnsafeBufferPointer { value.append(contentsOf: $0) }
      }
      return value
    }
  }

  /// Looks for NUL and for bytes that are not UTF-8.
  private mutating func checkPending(isLast: Bool) throws(DatasetError) {
    var high: UInt8 = 0
    var hasNUL = false
    for byte in pending {
      high |= byte
      hasNUL = hasNUL || byte == 0
    }
    if hasNUL, let index = pending.firstIndex(of: 0) {
      let newlines = pending[..<index].count { $0 == UInt8(ascii: "\n") }
      throw .nulByte(line: (cutter?.line ?? 0) + newlines + 1, offset: offset + index)
    }
    guard high >= 0x80, isUTF8, !isEncodingKnown else { return }
    // A character cut by the block's end stays pending and is looked at whole with the next block.
    let end = isLast ? pending.count : UTF8Check.lastBoundary(in: pending.span)
    isUTF8 = UTF8Check.isValid(pending.span.extracting(0..<end))
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

  /// The end of the last character that is certainly whole.
  static func lastBoundary(in bytes: Span<UInt8>) -> Int {
    var end = bytes.count
    while end > 0, bytes[end - 1] >= 0x80, bytes.count - end < 4 { end -= 1 }
    return end
  }
}
