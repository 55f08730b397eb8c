/// Decodes chunked content (RFC 9112 §7.1), however it is cut into pieces.
///
/// Strict: sizes are plain hexadecimal, lines end with CRLF, extensions follow their grammar. Chunk
/// extensions and trailers are checked and passed over.
struct ChunkedDecoder: Sendable {
  private enum State: Sendable {
    case size
    /// After bad whitespace behind a size, a name or a value: only more of it or what is named may
    /// follow.
    case beforeExtension
    case extensionName
    case extensionNameRest
    case afterExtensionName
    case extensionValue
    case extensionToken
    case extensionQuoted
    case extensionEscape
    case afterQuoted
    case sizeLF
    case data
    case dataCR
    case dataLF
    /// At the first byte of a trailer line.
    case trailer
    case trailerName
    case trailerValue
    case trailerLF
    case endLF
    case complete
  }

  private var state = State.size
  /// The chunk's size while its line is read, then how much of it is still to come.
  private var remaining = 0
  private var digitCount = 0
  private var lineBytes = 0
  private var overheadBytes = 0
  private var trailerBytes = 0
  private var trailerCount = 0

  /// Whether the last chunk and the trailer section were read.
  var isComplete: Bool { state == .complete }

  /// Takes bytes up to the end of the content.
  /// - Parameters:
  ///   - allowed: how many bytes of data may still come.
  ///   - emit: told where in `input` data lie.
  /// - Returns: the index behind the last byte taken.
  mutating func decode(
    _ input: Span<UInt8>, from start: Int, allowed: Int, limits: borrowing Limits,
    emit: (Range<Int>) -> Void
  ) throws(HTTPFault) -> Int {
    var index = start
    var allowed = allowed
    while index < input.count, state != .complete {
      let byte = input[index]
      if state == .data {
        let end = min(input.count, index + remaining)
        emit(index..<end)
        allowed -= end - index
        remaining -= end - index
        index = end
        if remaining == 0 { state = .dataCR }
        continue
      }
      if isInSizeLine { try countLine(limits) }
      state = try next(after: byte, allowed: allowed, limits)
      index += 1
    }
    return index
  }

  private var isInSizeLine: Bool {
    switch state {
    case .size, .beforeExtension, .extensionName, .extensionNameRest, .afterExtensionName,
      .extensionValue, .extensionToken, .extensionQuoted, .extensionEscape, .afterQuoted, .sizeLF:
      true
    case .data, .dataCR, .dataLF, .trailer, .trailerName, .trailerValue, .trailerLF, .endLF,
      .complete:
      false
    }
  }

  private mutating func countLine(_ limits: borrowing Limits) throws(HTTPFault) {
    lineBytes += 1
    guard lineBytes <= limits.chunkLineBytes else { throw .chunkInvalid }
  }

  /// One byte outside of data.
  private mutating func next(
    after byte: UInt8, allowed: Int, _ limits: borrowing Limits
  ) throws(HTTPFault) -> State {
    switch state {
    case .size:
      if let digit = ASCII.hexValue(byte) {
        digitCount += 1
        // Once it is too large it stays so: the line's limit ends it.
        guard remaining <= Int.max >> 8 else { throw .contentTooLarge(limit: limits.contentBytes) }
        remaining = remaining << 4 | Int(digit)
        return .size
      }
      guard digitCount > 0 else { throw .chunkInvalid }
      return try afterSizePart(byte, space: .beforeExtension)

    case .beforeExtension:
      if byte == ASCII.space || byte == ASCII.tab { return .beforeExtension }
      guard byte == ASCII.semicolon else { throw .chunkInvalid }
      return .extensionName

    case .extensionName:
      if byte == ASCII.space || byte == ASCII.tab { return .extensionName }
      guard ASCII.isToken(byte) else { throw .chunkInvalid }
      return .extensionNameRest

    case .extensionNameRest:
      if ASCII.isToken(byte) { return .extensionNameRest }
      if byte == ASCII.equals { return .extensionValue }
      return try afterSizePart(byte, space: .afterExtensionName)

    case .afterExtensionName:
      if byte == ASCII.space || byte == ASCII.tab { return .afterExtensionName }
      if byte == ASCII.equals { return .extensionValue }
      guard byte == ASCII.semicolon else { throw .chunkInvalid }
      return .extensionName

    case .extensionValue:
      if byte == ASCII.space || byte == ASCII.tab { return .extensionValue }
      if byte == ASCII.quote { return .extensionQuoted }
      guard ASCII.isToken(byte) else { throw .chunkInvalid }
      return .extensionToken

    case .extensionToken:
      if ASCII.isToken(byte) { return .extensionToken }
      return try afterSizePart(byte, space: .beforeExtension)

    case .extensionQuoted:
      if byte == ASCII.quote { return .afterQuoted }
      if byte == ASCII.backslash { return .extensionEscape }
      guard ASCII.isFieldValue(byte) else { throw .chunkInvalid }
      return .extensionQuoted

    case .extensionEscape:
      guard ASCII.isFieldValue(byte) else { throw .chunkInvalid }
      return .extensionQuoted

    case .afterQuoted:
      return try afterSizePart(byte, space: .beforeExtension)

    case .sizeLF:
      guard byte == ASCII.lf else { throw .chunkInvalid }
      return try beginChunk(allowed: allowed, limits)

    case .dataCR:
      guard byte == ASCII.cr else { throw .chunkInvalid }
      return .dataLF

    case .dataLF:
      guard byte == ASCII.lf else { throw .chunkInvalid }
      return .size

    case .trailer, .trailerName, .trailerValue, .trailerLF, .endLF:
      return try nextInTrailer(byte, limits)

    case .data, .complete:
      return state
    }
  }

  /// What may follow a size, a name, or a value: the line's end, another extension, or whitespace
  /// that RFC 9112 §7.1.1 asks to take (BWS).
  private func afterSizePart(_ byte: UInt8, space: State) throws(HTTPFault) -> State {
    switch byte {
    case ASCII.cr: return .sizeLF
    case ASCII.semicolon: return .extensionName
    case ASCII.space, ASCII.tab: return space
    default: throw .chunkInvalid
    }
  }

  /// The size line is complete.
  private mutating func beginChunk(
    allowed: Int, _ limits: borrowing Limits
  ) throws(HTTPFault) -> State {
    guard remaining <= allowed else { throw .contentTooLarge(limit: limits.contentBytes) }
    // Go's net/http counts the same way: framing is free as long as it carries something.
    let justified = 16 + 2 * min(remaining, 1 << 20)
    overheadBytes = max(0, overheadBytes + lineBytes + 2 - justified)
    guard overheadBytes <= limits.chunkOverheadBytes else { throw .chunkInvalid }
    lineBytes = 0
    digitCount = 0
    return remaining == 0 ? .trailer : .data
  }

  private mutating func nextInTrailer(
    _ byte: UInt8, _ limits: borrowing Limits
  ) throws(HTTPFault) -> State {
    switch state {
    case .trailer:
      if byte == ASCII.cr { return .endLF }
      guard ASCII.isToken(byte) else { throw .fieldLineInvalid }
      trailerCount += 1
      guard trailerCount <= limits.trailerCount else {
        throw .tooManyFields(limit: limits.trailerCount)
      }
      try countTrailer(limits)
      return .trailerName
    case .trailerName:
      try countTrailer(limits)
      if byte == ASCII.colon { return .trailerValue }
      guard ASCII.isToken(byte) else { throw .fieldLineInvalid }
      return .trailerName
    case .trailerValue:
      try countTrailer(limits)
      if byte == ASCII.cr { return .trailerLF }
      guard ASCII.isFieldValue(byte) else { throw .fieldLineInvalid }
      return .trailerValue
    case .trailerLF:
      try countTrailer(limits)
      guard byte == ASCII.lf else { throw .fieldLineInvalid }
      return .trailer
    default:
      guard byte == ASCII.lf else { throw .fieldLineInvalid }
      return .complete
    }
  }

  private mutating func countTrailer(_ limits: borrowing Limits) throws(HTTPFault) {
    trailerBytes += 1
    guard trailerBytes <= limits.trailerBytes else {
      throw .fieldSectionTooLarge(limit: limits.trailerBytes)
    }
  }
}
