/// Reads request lines and field lines (RFC 9112 §2 to §5), however they are cut into pieces.
///
/// Every byte is looked at once, as it arrives, against the grammar; what the lines mean is worked
/// out when the head is complete. Strict throughout: a line ends with CRLF, one space stands
/// between the parts of the request line, no line is folded, no control byte passes.
package struct RequestParser: Sendable {
  private enum State: Sendable {
    /// Before the request line, where empty lines are passed over.
    case start
    /// After the CR of an empty line.
    case startLF
    case method
    case target
    case version
    case versionLF
    /// At the first byte of a line after the request line.
    case line
    case name
    /// After the colon, before the value.
    case beforeValue
    case value
    case valueLF
    /// After the CR of the empty line that ends the head.
    case endLF
    case complete
  }

  private static let longestMethod = 32

  private var state = State.start
  /// All bytes taken so far.
  var bytes: [UInt8] = []
  var entries: [HeaderFields.Entry] = []
  private var emptyLineCount = 0
  var methodStart = 0
  var targetStart = 0
  var targetEnd = 0
  private var major: UInt8 = 0
  var minor: UInt8 = 0
  var hasEscapes = false
  var hasBrackets = false
  private var fieldsStart = 0
  private var nameStart = 0
  private var nameEnd = 0
  private var valueStart = 0

  /// Whether a head is complete.
  package var isComplete: Bool { state == .complete }

  /// Whether anything of a head has arrived, empty lines aside.
  var hasBegun: Bool { state != .start && state != .startLF }

  /// Whether any byte was taken: a parser that holds nothing need not be kept.
  var isFresh: Bool { bytes.isEmpty }

  /// A parser at the start of a connection.
  package init() {}

  /// Gets ready for the next head.
  ///
  /// Memory is kept unless somebody else still reads it.
  package mutating func reset() {
    state = .start
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    emptyLineCount = 0
    hasEscapes = false
    hasBrackets = false
  }

  /// Takes bytes up to the end of the head.
  /// - Parameter start: where in `input` to begin.
  /// - Returns: the index behind the last byte taken: `input.count`, or the end of the head.
  package mutating func consume(
    _ input: Span<UInt8>, from start: Int, limits: borrowing Limits
  ) throws(HTTPFault) -> Int {
    var index = start
    let end = input.count
    /// What to add to an index to get the byte's place in the head.
    let base = bytes.count - start
    var state = self.state
    while index < end, state != .complete {
      let byte = input[index]
      switch state {
      case .start:
        if ASCII.isToken(byte) {
          methodStart = base + index
          state = .method
        } else if byte == ASCII.cr, emptyLineCount < limits.emptyLineCount {
          emptyLineCount += 1
          state = .startLF
          index += 1
        } else {
          throw .requestLineInvalid
        }

      case .startLF:
        guard byte == ASCII.lf else { throw .requestLineInvalid }
        state = .start
        index += 1

      case .method:
        index = input.endOfToken(from: index)
        guard base + index - methodStart <= Self.longestMethod else { throw .methodNotImplemented }
        if index == end { break }
        guard input[index] == ASCII.space else { throw .requestLineInvalid }
        index += 1
        targetStart = base + index
        state = .target

      case .target:
        index = input.endOfTarget(from: index)
        guard base + index - targetStart <= limits.targetBytes else {
          throw .targetTooLong(limit: limits.targetBytes)
        }
        if index == end { break }
        switch input[index] {
        case ASCII.space:
          targetEnd = base + index
          guard targetEnd > targetStart else { throw .requestLineInvalid }
          state = .version
        case ASCII.percent:
          hasEscapes = true
        case 0x5B, 0x5D:
          // Only an authority has brackets; `interpretTarget` looks.
          hasBrackets = true
        case ASCII.cr, ASCII.lf, ASCII.tab:
          throw .requestLineInvalid
        default:
          throw .targetInvalid
        }
        index += 1

      case .version
      where index + 10 <= end && base + index == targetEnd + 1
        && input.extracting(index..<(index + 7)).equals("HTTP/1.")
        && ASCII.isDigit(input[index + 7]) && input[index + 8] == ASCII.cr
        && input[index + 9] == ASCII.lf:
        // The usual case at once.
        major = input[index + 5]
        minor = input[index + 7]
        index += 10
        fieldsStart = base + index
        state = .line

      case .version:
        let position = base + index - targetEnd - 1
        switch position {
        case 0...4: guard byte == Self.name(at: position) else { throw .requestLineInvalid }
        case 5, 7:
          guard ASCII.isDigit(byte) else { throw .requestLineInvalid }
          if position == 5 { major = byte } else { minor = byte }
        case 6: guard byte == ASCII.dot else { throw .requestLineInvalid }
        default:
          guard byte == ASCII.cr else { throw .requestLineInvalid }
          state = .versionLF
        }
        index += 1

      case .versionLF:
        guard byte == ASCII.lf else { throw .requestLineInvalid }
        // RFC 9110 §2.5: what follows another major version may have another grammar.
        guard major == 0x31 else { throw .versionNotSupported }
        index += 1
        fieldsStart = base + index
        state = .line

      case .line:
        if ASCII.isToken(byte) {
          guard entries.count < limits.fieldCount else {
            throw .tooManyFields(limit: limits.fieldCount)
          }
          nameStart = base + index
          state = .name
        } else if byte == ASCII.cr {
          state = .endLF
          index += 1
        } else {
          // RFC 9112 §5.2: a folded line may be refused; §2.2: so must space before the first one.
          throw .fieldLineInvalid
        }

      case .name:
        index = input.endOfToken(from: index)
        try checkLine(base + index, limits)
        if index == end { break }
        // RFC 9112 §5.1: whitespace before the colon has been used for smuggling; reject.
        guard input[index] == ASCII.colon else { throw .fieldLineInvalid }
        nameEnd = base + index
        index += 1
        state = .beforeValue

      case .beforeValue:
        while index < end, input[index] == ASCII.space || input[index] == ASCII.tab { index += 1 }
        try checkLine(base + index, limits)
        if index == end { break }
        valueStart = base + index
        state = .value

      case .value:
        index = input.endOfFieldValue(from: index)
        try checkLine(base + index, limits)
        if index == end { break }
        guard input[index] == ASCII.cr else { throw .fieldLineInvalid }
        entries.append(
          HeaderFields.Entry(
            nameStart: UInt32(nameStart), nameEnd: UInt32(nameEnd),
            valueStart: UInt32(valueStart), valueEnd: UInt32(base + index)))
        index += 1
        state = .valueLF

      case .valueLF:
        guard byte == ASCII.lf else { throw .fieldLineInvalid }
        index += 1
        state = .line

      case .endLF:
        guard byte == ASCII.lf else { throw .fieldLineInvalid }
        index += 1
        state = .complete

      case .complete:
        break
      }
    }
    self.state = state
    bytes.append(copying: input.extracting(start..<index))
    return index
  }

  /// `HTTP/`, a byte at a time.
  private static func name(at position: Int) -> UInt8 {
    switch position {
    case 0: 0x48
    case 1, 2: 0x54
    case 3: 0x50
    default: ASCII.slash
    }
  }

  /// Holds a field line and the section to their limits: the one that is passed first is named,
  /// however the bytes were cut.
  @inline(__always)
  private func checkLine(_ position: Int, _ limits: borrowing Limits) throws(HTTPFault) {
    let lineEnd = nameStart + limits.fieldLineBytes
    // The line's own CRLF belongs to the section.
    let sectionEnd = fieldsStart + limits.fieldSectionBytes - 2
    guard position > min(lineEnd, sectionEnd) else { return }
    throw lineEnd <= sectionEnd
      ? .fieldLineTooLong(limit: limits.fieldLineBytes)
      : .fieldSectionTooLarge(limit: limits.fieldSectionBytes)
  }
}
