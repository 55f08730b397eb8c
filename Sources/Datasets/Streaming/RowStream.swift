/// Delimited text that arrives in pieces and leaves in batches of whole records, in bounded memory.
///
/// A pure value, as ``TableDecoder`` is: batches do not depend on where the pieces were cut. What a
/// table decides from all of its text is decided by what has come: a block that is not UTF-8 is
/// read as Windows-1252.
public struct RowStream: Sendable {
  /// What the header says.
  public struct Header: Sendable {
    /// The keys of the columns, in their order.
    public let keys: [String]
    /// The headers of the columns as given; empty for an unnamed one.
    public let headers: [String]
    /// Whether the first record named the columns.
    public let isGiven: Bool
    let delimiter: UInt8

    /// The column with this key or header, found as ``Table/columnIndex(named:)`` does.
    public func columnIndex(named name: String) -> Int? {
      if let index = keys.indices.first(where: { keys[$0] == name || headers[$0] == name }) {
        return index
      }
      let plain = Table.folded(name)
      return keys.indices.first {
        keys[$0] == plain || (!headers[$0].isEmpty && Table.folded(headers[$0]) == plain)
      }
    }

    /// Appends the header as RFC 4180 fields, without a line end.
    public func append(to output: inout [UInt8]) {
      for (index, key) in keys.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        CSVWriter.appendField(isGiven ? headers[index] : key, to: &output)
      }
    }
  }

  /// Whole records, waiting to be read.
  public struct Block: Sendable {
    fileprivate let bytes: [UInt8]
    fileprivate let range: Range<Int>
    fileprivate let delimiter: UInt8
    fileprivate let width: Int
    fileprivate let maxFieldBytes: Int

    /// Reads the numbers of some columns.
    public func read(columns: [Int]) throws(DatasetError) -> RowBatch {
      try read(columns.map { .number(column: $0) })
    }

    /// Reads numbers and categories.
    public func read(_ readings: [RowBatch.Reading]) throws(DatasetError) -> RowBatch {
      try RowBatch(
        bytes, range: range, delimiter: delimiter, width: width, maxFieldBytes: maxFieldBytes,
        readings: readings)
    }
  }

  private let options: DecodingOptions
  /// The beginning of the content, until there is enough of it to know what it is.
  private var beginning: [UInt8] = []
  private var hasBegun = false
  private var encoding = TextEncoding.utf8
  private var transcoder: UTF16Transcoder?
  /// Padding, and text that is in no block yet.
  private var pending = RowStream.padding
  private var blockLength: Int
  private var blocks: [Block] = []

  /// The format that the beginning looks like; nil until there is enough of it.
  ///
  /// Only CSV becomes blocks; of anything else nothing is read, and ``content`` gives it back.
  public private(set) var format: DatasetFormat?
  /// The header, once it is there.
  public private(set) var header: Header?

  private static let beginningLength = 1 << 12
  private static let padding = [UInt8](repeating: 0x20, count: SeparatorScanner.padding)

  /// A stream of which nothing has come yet.
  public init(_ options: DecodingOptions) {
    self.options = options
    blockLength = options.blockLength / 2
  }

  /// The beginning of content that is no CSV.
  public var content: [UInt8] { beginning }

  /// The blocks that are complete.
  public var blockCount: Int { blocks.count }

  /// Takes out the blocks that are complete.
  public mutating func takeBlocks() -> [Block] {
    let taken = blocks
    blocks = []
    return taken
  }

  /// Takes the next bytes of the content.
  public mutating func consume(_ bytes: Span<UInt8>) throws(DatasetError) {
    guard !hasBegun else {
      if format == .csv { try decode(bytes) }
      return
    }
    let length = min(bytes.count, RowStream.beginningLength - beginning.count)
    // Safety: the bytes are copied before the closure returns.
    bytes.extracting(0..<length).withUnsafeBufferPointer { beginning.append(contentsOf: $0) }
    guard beginning.count == RowStream.beginningLength else { return }
    try begin()
    if format == .csv { try decode(bytes.extracting(length..<bytes.count)) }
  }

  /// Ends the content; what is left becomes the last block.
  public mutating func finish() throws(DatasetError) {
    if !hasBegun { try begin() }
    guard format == .csv else { return }
    if var transcoder {
      var text: [UInt8] = []
      transcoder.finish(to: &text)
      pending += text
    }
    if header == nil { _ = try takeHeader(isLast: true) }
    guard header != nil else { throw .emptyContent }
    if pending.count > RowStream.padding.count {
      if pending.last != 0x0A { pending.append(0x0A) }
      submit(upTo: pending.count)
    }
  }

  private mutating func begin() throws(DatasetError) {
    hasBegun = true
    var start = 0
    if let charset = options.charset {
      guard let declared = TextEncoding(charset: charset) else {
        throw .unsupportedEncoding(name: charset)
      }
      encoding = declared
    }
    if let mark = TextEncoding.mark(of: beginning.span) { (encoding, start) = mark }
    if encoding == .utf16LittleEndian || encoding == .utf16BigEndian {
      transcoder = UTF16Transcoder(isBigEndian: encoding == .utf16BigEndian)
    }
    var sniffed: [UInt8] = []
    if var copy = transcoder {
      copy.append(beginning.span.extracting(start..<beginning.count), to: &sniffed)
    } else {
      sniffed = Array(beginning[start...])
    }
    if sniffed.isEmpty { throw .emptyContent }
    if let offset = sniffed.firstIndex(of: 0) {
      throw .binaryContent(offset: offset + start)
    }
    format = options.format ?? DatasetFormat.sniff(sniffed.span)
    guard format == .csv else { return }
    let bytes = beginning
    beginning = []
    try decode(bytes.span.extracting(start..<bytes.count))
  }

  private mutating func decode(_ bytes: Span<UInt8>) throws(DatasetError) {
    var index = 0
    while index < bytes.count {
      // To the block's end and no further, so that blocks do not depend on the pieces.
      let room = max(1, blockLength - (pending.count - RowStream.padding.count))
      let length = min(bytes.count - index, transcoder == nil ? room : (room + 1) / 2)
      let piece = bytes.extracting(index..<index + length)
      if transcoder != nil {
        transcoder?.append(piece, to: &pending)
      } else if encoding == .windows1252 {
        Windows1252.append(piece, to: &pending)
      } else {
        // Safety: the bytes are copied before the closure returns.
        piece.withUnsafeBufferPointer { pending.append(contentsOf: $0) }
      }
      index += length
      if pending.count - RowStream.padding.count >= blockLength { try takeBlock() }
    }
  }

  private mutating func takeBlock() throws(DatasetError) {
    if header == nil {
      guard try takeHeader(isLast: false) else { return try growBlock() }
    }
    guard let end = try lastRecordEnd() else { return try growBlock() }
    submit(upTo: end)
    blockLength = options.blockLength / 2
    while pending.count - RowStream.padding.count >= blockLength { try growBlock() }
  }

  private mutating func growBlock() throws(DatasetError) {
    // Beyond a few of the longest fields this is one record without an end.
    guard blockLength < 8 * (options.limits.maxFieldBytes + options.blockLength) else {
      throw .fieldTooLong(line: 1, column: 1, limit: options.limits.maxFieldBytes)
    }
    blockLength *= 2
  }

  /// Where the last whole record ends in the pending text.
  private func lastRecordEnd() throws(DatasetError) -> Int? {
    let start = RowStream.padding.count
    guard let header else { return nil }
    guard SeparatorScanner.hasQuote(pending) else {
      if let feed = pending.lastIndex(of: 0x0A), feed >= start { return feed + 1 }
      return pending.dropLast().lastIndex(of: 0x0D).flatMap { $0 >= start ? $0 + 1 : nil }
    }
    var scanner = SeparatorScanner(delimiter: header.delimiter)
    var bounds = FieldBounds()
    let length = (pending.count - start) / 64 * 64
    if length > 0 {
      scanner.scan(pending, start..<start + length, into: &bounds)
      if !bounds.isIrregular {
        let last = (0..<bounds.count).last { pending[Int(bounds.fields[$0].end)] == 0x0A }
        return last.map { Int(bounds.fields[$0].end) + 1 }
      }
    }
    var cutter = RecordCutter(
      delimiter: header.delimiter, maxFieldBytes: options.limits.maxFieldBytes)
    let text = pending.span
    var end = start
    while case .record(let next) = try cutter.cut(text, from: end, isLast: false) { end = next }
    return end > start ? end : nil
  }

  private mutating func submit(upTo end: Int) {
    guard let header else { return }
    var rest = RowStream.padding
    rest.append(contentsOf: pending[end...])
    var bytes = pending
    pending = rest
    bytes.removeLast(bytes.count - end)
    var range = RowStream.padding.count..<end
    if SeparatorScanner.hasHighBit(bytes), !UTF8Check.isValid(bytes.span) {
      var text = RowStream.padding
      Windows1252.append(bytes.span.extracting(range), to: &text)
      bytes = text
      range = RowStream.padding.count..<text.count
    }
    bytes.append(contentsOf: RowStream.padding)
    blocks.append(
      Block(
        bytes: bytes, range: range, delimiter: header.delimiter, width: header.keys.count,
        maxFieldBytes: options.limits.maxFieldBytes))
  }

  /// Reads the first record, if all of it is there.
  private mutating func takeHeader(isLast: Bool) throws(DatasetError) -> Bool {
    let pending = pending
    let text = pending.span.extracting(RowStream.padding.count..<pending.count)
    let delimiter = CSVDialectSniffer.delimiter(of: text, isLast: isLast)
    var cutter = RecordCutter(
      delimiter: delimiter, maxFieldBytes: options.limits.maxFieldBytes)
    guard case .record(let next) = try cutter.cut(text, from: 0, isLast: isLast) else {
      return false
    }
    let fields = cutter.fields.map { $0.value(in: text) }
    guard fields.count <= options.limits.maxColumns else {
      throw .tooManyColumns(count: fields.count, limit: options.limits.maxColumns)
    }
    let isGiven = !fields.allSatisfy { NumberParser.read($0.span).value != nil }
    let headers = fields.map { field -> String in
      guard isGiven else { return "" }
      guard !UTF8Check.isValid(field.span) else { return String(copying: field.span) }
      var text: [UInt8] = []
      Windows1252.append(field.span, to: &text)
      return String(copying: text.span)
    }
    header = Header(
      keys: ColumnName.names(for: headers).map(\.key), headers: headers, isGiven: isGiven,
      delimiter: delimiter)
    if isGiven {
      self.pending.removeSubrange(RowStream.padding.count..<RowStream.padding.count + next)
    }
    return true
  }
}

extension SeparatorScanner {
  /// Whether there is a quote.
  static func hasQuote(_ bytes: [UInt8]) -> Bool {
    var index = 0
    let span = bytes.span
    while index < span.count {
      let end = min(index + 4096, span.count)
      var found: UInt8 = 0
      while index < end {
        found |= span[index] == UInt8(ascii: "\"") ? 1 : 0
        index &+= 1
      }
      if found != 0 { return true }
    }
    return false
  }

  /// Whether there is a byte beyond ASCII.
  static func hasHighBit(_ bytes: [UInt8]) -> Bool {
    var union: UInt8 = 0
    var index = 0
    let span = bytes.span
    while index < span.count {
      union |= span[index]
      index &+= 1
    }
    return union & 0x80 != 0
  }
}

extension RowStream {
  /// The results of `work` for each block, in their order, made on up to `threads` threads.
  public static func map<Result: Sendable>(
    _ blocks: [Block], threads: Int, _ work: @Sendable (Block) -> Result
  ) -> [Result] {
    ParallelMap.map(blocks.count, threads: threads) { work(blocks[$0]) }
  }
}
