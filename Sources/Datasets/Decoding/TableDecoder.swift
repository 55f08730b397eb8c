/// A decoder for all formats: bytes in, one typed table out.
///
/// A pure value: it never sees a socket or a file. Feed it the bytes as they come, in pieces of
/// any size; the table does not depend on where the pieces were cut. After an error it is spent.
public struct TableDecoder: Sendable {
  private let options: DecodingOptions
  /// The beginning of the content, until there is enough of it to know what it is.
  private var beginning: [UInt8] = []
  private var encoding = TextEncoding.utf8
  private var hasBegun = false
  private var contentBytes = 0
  /// For UTF-16: decoders take UTF-8.
  private var transcoder: UTF16Transcoder?
  private var csv: CSVDecoder?
  private var json: JSONRowsDecoder?

  /// How much of the content is looked at before decoding begins.
  private static let beginningLength = 1 << 12

  /// A decoder for one content, of which nothing was read yet.
  public init(_ options: DecodingOptions = .init()) {
    self.options = options
  }

  /// Takes the next bytes of the content.
  public mutating func consume(_ bytes: Span<UInt8>) throws(DatasetError) {
    contentBytes += bytes.count
    if contentBytes > options.limits.maxContentBytes {
      throw .contentTooLong(limit: options.limits.maxContentBytes)
    }
    guard !hasBegun else { return try decode(bytes) }
    // Exactly so many bytes, however they are cut, so that the conclusions are the same.
    let length = min(bytes.count, TableDecoder.beginningLength - beginning.count)
    // Safety: here and in `utf8(of:)` the span knows its bounds, and its bytes are copied into an
    // array of our own before the closure returns.
    bytes.extracting(0..<length).withUnsafeBufferPointer { beginning.append(contentsOf: $0) }
    guard beginning.count == TableDecoder.beginningLength else { return }
    try begin()
    try decode(bytes.extracting(length..<bytes.count))
  }

  /// Ends the content and gives what was read.
  public mutating func finish() throws(DatasetError) -> DecodedTable {
    if !hasBegun { try begin() }
    if var transcoder {
      var text: [UInt8] = []
      transcoder.finish(to: &text)
      try decodeText(text.span)
    }
    if let table = try json?.finish(encoding: encoding) { return table }
    if let table = try csv?.finish(encoding: encoding) { return table }
    throw .emptyContent
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
    if let mark = TextEncoding.mark(of: beginning.span) {
      // A mark in the bytes knows better than the label on them.
      (encoding, start) = mark
    }
    if encoding == .utf16LittleEndian || encoding == .utf16BigEndian {
      transcoder = UTF16Transcoder(isBigEndian: encoding == .utf16BigEndian)
    }
    let bytes = beginning
    beginning = []
    let text = utf8(of: bytes.span.extracting(start..<bytes.count))
    if let offset = text.firstIndex(where: TableDecoder.isBinary) {
      // A lone NUL is told by its line when it is met; with others it is no text at all.
      let isBinary = text.contains { $0 != 0 && TableDecoder.isBinary($0) }
      if isBinary || text.starts(with: TableDecoder.zipSignature) {
        throw .binaryContent(offset: offset + start)
      }
    }
    switch options.format ?? DatasetFormat.sniff(text.span) {
    case .csv: csv = CSVDecoder(options, isEncodingKnown: isTranscoded, offset: start)
    case .jsonRows: json = JSONRowsDecoder(options, isNewlineDelimited: false, offset: start)
    case .ndjson: json = JSONRowsDecoder(options, isNewlineDelimited: true, offset: start)
    }
    try decodeText(text.span)
  }

  private mutating func decode(_ bytes: Span<UInt8>) throws(DatasetError) {
    guard isTranscoded else { return try decodeText(bytes) }
    try decodeText(utf8(of: bytes).span)
  }

  private var isTranscoded: Bool { transcoder != nil || encoding == .windows1252 }

  private mutating func utf8(of bytes: Span<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    if transcoder != nil {
      transcoder?.append(bytes, to: &text)
    } else if encoding == .windows1252 {
      Windows1252.append(bytes, to: &text)
    } else {
      bytes.withUnsafeBufferPointer { text.append(contentsOf: $0) }
    }
    return text
  }

  private mutating func decodeText(_ text: Span<UInt8>) throws(DatasetError) {
    try csv?.consume(text)
    try json?.consume(text)
  }

  /// Control bytes that no text has; TAB, LF, VT, FF, CR, SUB (an old end of file) and ESC occur.
  private static func isBinary(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x09...0x0D, 0x1A, 0x1B: false
    case 0x00..<0x20, 0x7F: true
    default: false
    }
  }

  /// Workbooks and archives begin so: `PK`, 3, 4.
  private static let zipSignature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
}

/// What a ``TableDecoder`` made of some content.
public struct DecodedTable: Sendable {
  /// The well-formed records, typed by column.
  public let table: Table
  /// The text of every record, when ``DecodingOptions/keepsText`` asked for it.
  public let archive: RecordArchive?
}
