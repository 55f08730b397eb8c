/// What a ``MultipartReader`` tells as it reads.
public protocol MultipartSink {
  /// A part begins.
  mutating func partBegan(_ part: MultipartPart)
  /// The next piece of the part's content; of any size, in order.
  mutating func partContent(_ bytes: Span<UInt8>)
  /// The part is complete.
  mutating func partEnded()
}

/// Why multipart content cannot be read.
public enum MultipartFault: Error, Hashable, Sendable {
  /// The media type has no boundary, or one that is not 1 to 70 characters of RFC 2046 §5.1.1.
  case boundaryInvalid
  /// A boundary is followed by neither a line break nor `--`.
  case delimiterInvalid
  /// A part's field lines are malformed.
  case partHeadInvalid
  /// A part's field lines have more bytes, or are more, than the limits.
  case partHeadTooLarge(limit: Int)
  /// There are more parts than the limit.
  case tooManyParts(limit: Int)
  /// The content ended before its closing boundary.
  case truncated
}

/// Reads `multipart/form-data` (RFC 7578, RFC 2046 §5.1) as it arrives, in memory bounded by one
/// part's field lines.
///
/// What lies before the first boundary and after the closing one is passed over.
public struct MultipartReader: Sendable {
  private enum State: Sendable {
    /// Before the first boundary.
    case preamble
    /// A boundary was read; what follows tells whether it was the last.
    case delimiter(Delimiter)
    /// In the field lines of a part.
    case head
    /// In the content of a part.
    case content
    /// After the closing boundary.
    case epilogue
  }

  /// How far the rest of a boundary's line was read.
  private enum Delimiter: Sendable {
    case start, dash, padding, cr
  }

  private let limits: Limits
  /// `CRLF "--" boundary`.
  ///
  /// CR stands only at its start, so a failed match begins again at the byte that failed.
  private let delimiter: [UInt8]
  private var state = State.preamble
  /// How many bytes of ``delimiter`` the latest bytes match.
  private var matched = 2
  /// How many of the matched bytes were only assumed: the line break before a boundary that stands
  /// at the very start, or right behind a part's field lines.
  private var assumed = 2
  private var head: [UInt8] = []
  private var partCount = 0

  /// A reader for the boundary of a media type.
  public init(_ type: MediaType, limits: Limits = Limits()) throws(MultipartFault) {
    guard type.type == "multipart", let boundary = type["boundary"] else {
      throw .boundaryInvalid
    }
    try self.init(boundary: boundary, limits: limits)
  }

  /// A reader for a boundary.
  public init(boundary: String, limits: Limits = Limits()) throws(MultipartFault) {
    let bytes = Array(boundary.utf8)
    let punctuation = ASCII.Set("'()+_,-./:=? ")
    guard (1...70).contains(bytes.count), bytes.last != ASCII.space,
      bytes.allSatisfy({ ASCII.isAlpha($0) || ASCII.isDigit($0) || punctuation.contains($0) })
    else { throw .boundaryInvalid }
    self.limits = limits
    delimiter = [ASCII.cr, ASCII.lf, ASCII.dash, ASCII.dash] + bytes
  }

  /// Whether the closing boundary was read.
  public var isComplete: Bool {
    if case .epilogue = state { true } else { false }
  }

  /// Takes the next bytes and tells the sink what they hold.
  public mutating func read(
    _ bytes: Span<UInt8>, into sink: inout some MultipartSink
  ) throws(MultipartFault) {
    var index = 0
    while index < bytes.count {
      switch state {
      case .preamble:
        index = scan(bytes, from: index) { _ in }
        if matched == delimiter.count { state = .delimiter(.start) }
      case .content:
        index = scan(bytes, from: index) { sink.partContent($0) }
        if matched == delimiter.count {
          sink.partEnded()
          state = .delimiter(.start)
        }
      case .delimiter(let position):
        try readDelimiter(bytes[index], at: position)
        index += 1
      case .head:
        head.append(bytes[index])
        index += 1
        try readHead(into: &sink)
      case .epilogue:
        index = bytes.count
      }
    }
  }

  /// The content has ended.
  public func finish() throws(MultipartFault) {
    guard isComplete else { throw .truncated }
  }

  /// Passes on everything up to the next boundary, or up to the end but for what may be the
  /// beginning of one.
  /// - Returns: where the scan ended; `matched` is the delimiter's length when it ended behind a
  ///   boundary.
  private mutating func scan(
    _ bytes: Span<UInt8>, from start: Int, _ emit: (Span<UInt8>) -> Void
  ) -> Int {
    var index = start
    /// How many bytes of the match came with earlier calls.
    var held = matched
    while index < bytes.count, matched < delimiter.count {
      if matched == 0 {
        while index < bytes.count, bytes[index] != ASCII.cr { index += 1 }
        if index == bytes.count { break }
      }
      if bytes[index] == delimiter[matched] {
        matched += 1
        index += 1
      } else {
        if held > assumed { emit(delimiter.span.extracting(assumed..<held)) }
        held = 0
        assumed = 0
        matched = 0
      }
    }
    let end = index - (matched - held)
    if end > start { emit(bytes.extracting(start..<end)) }
    return index
  }

  /// What follows a boundary: `--` closes; spaces and a line break begin a part.
  private mutating func readDelimiter(
    _ byte: UInt8, at position: Delimiter
  ) throws(MultipartFault) {
    switch (position, byte) {
    case (.start, ASCII.dash):
      state = .delimiter(.dash)
    case (.dash, ASCII.dash):
      state = .epilogue
    case (.start, ASCII.space), (.start, ASCII.tab), (.padding, ASCII.space), (.padding, ASCII.tab):
      state = .delimiter(.padding)
    case (.start, ASCII.cr), (.padding, ASCII.cr):
      state = .delimiter(.cr)
    case (.cr, ASCII.lf):
      partCount += 1
      guard partCount <= limits.partCount else { throw .tooManyParts(limit: limits.partCount) }
      head.removeAll(keepingCapacity: true)
      state = .head
    default:
      throw .delimiterInvalid
    }
  }

  /// Looks whether the field lines are complete: they end with an empty line.
  private mutating func readHead(into sink: inout some MultipartSink) throws(MultipartFault) {
    guard head.count <= limits.partHeadBytes else {
      throw .partHeadTooLarge(limit: limits.partHeadBytes)
    }
    let emptyLine = [ASCII.cr, ASCII.lf]
    guard head == emptyLine || head.suffix(4).elementsEqual(emptyLine + emptyLine) else { return }
    let part = try MultipartPart(head: head, limits: limits)
    head.removeAll(keepingCapacity: true)
    state = .content
    matched = 2
    assumed = 2
    sink.partBegan(part)
  }
}
