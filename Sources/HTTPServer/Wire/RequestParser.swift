/// Reads request lines and field lines (RFC 9112 §2 to §5), however they are cut into pieces.
///
/// Every byte is looked at once, as it arrives, against the grammar; what the lines mean is worked
/// out when the head is complete. Strict throughout: a line ends with CRLF, one space stands between
/// the parts of the request line, no line is folded, no control byte passes.
struct RequestParser: Sendable {
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
  private var bytes: [UInt8] = []
  private var entries: [HeaderFields.Entry] = []
  private var emptyLineCount = 0
  private var methodStart = 0
  private var targetStart = 0
  private var targetEnd = 0
  private var major: UInt8 = 0
  private var minor: UInt8 = 0
  private var hasEscapes = false
  private var hasBrackets = false
  private var fieldsStart = 0
  private var nameStart = 0
  private var nameEnd = 0
  private var valueStart = 0

  /// Whether a head is complete.
  var isComplete: Bool { state == .complete }

  /// Whether anything of a head has arrived, empty lines aside.
  var hasBegun: Bool { state != .start && state != .startLF }

  /// Whether any byte was taken: a parser that holds nothing need not be kept.
  var isFresh: Bool { bytes.isEmpty }

  /// Gets ready for the next head.
  ///
  /// Memory is kept unless somebody else still reads it.
  mutating func reset() {
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
  mutating func consume(
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

// MARK: - What the head means

extension RequestParser {
  /// The head that was read.
  /// - Precondition: ``isComplete``.
  mutating func head(limits: borrowing Limits) throws(HTTPFault) -> RequestHead {
    precondition(isComplete, "the head is not complete")
    let version = minor == 0x30 ? Version.http10 : .http11
    trimValues()
    let target = try interpretTarget()
    let fields = try interpretFields(version, limits)
    let method = Method(bytes.span.extracting(methodStart..<(targetStart - 1)))
    // RFC 9112 §3.2.4: only OPTIONS may ask for the server as a whole.
    if target.isAsterisk, method != .options { throw .targetInvalid }
    return RequestHead(
      method: method, version: version, fields: HeaderFields(bytes: bytes, entries: entries),
      path: target.path, query: target.query, authority: target.authority ?? fields.host,
      framing: fields.framing, persists: fields.persists, expectsContinue: fields.expectsContinue)
  }

  /// Takes the whitespace behind each value off it.
  private mutating func trimValues() {
    for index in entries.indices {
      let start = entries[index].valueStart
      var end = entries[index].valueEnd
      while end > start, bytes[Int(end) - 1] == ASCII.space || bytes[Int(end) - 1] == ASCII.tab {
        end -= 1
      }
      entries[index].valueEnd = end
    }
  }

  private struct Target {
    var path: Range<Int>
    var query: Range<Int>?
    /// Of the absolute-form.
    var authority: Range<Int>?
    var isAsterisk = false
  }

  /// Takes the request target apart (RFC 9112 §3.2).
  private mutating func interpretTarget() throws(HTTPFault) -> Target {
    var target = Target(path: targetStart..<targetEnd)
    var start = targetStart
    if bytes[targetStart] != ASCII.slash {
      if bytes[targetStart] == ASCII.asterisk, targetEnd == targetStart + 1 {
        target.isAsterisk = true
        return target
      }
      guard let authorityStart = afterScheme() else {
        // CONNECT has the authority-form, and is not for an origin server.
        if methodIs("CONNECT") { throw .methodNotImplemented }
        throw .targetInvalid
      }
      start = authorityStart
      while start < targetEnd, bytes[start] != ASCII.slash, bytes[start] != ASCII.question {
        start += 1
      }
      // RFC 9110 §4.2.4: user information in a target is an attempt to mislead; reject.
      guard TargetSyntax.isAuthority(bytes.span.extracting(authorityStart..<start)) else {
        throw .targetInvalid
      }
      target.authority = authorityStart..<start
    }
    var pathEnd = start
    while pathEnd < targetEnd, bytes[pathEnd] != ASCII.question {
      if hasBrackets, bytes[pathEnd] == 0x5B || bytes[pathEnd] == 0x5D { throw .targetInvalid }
      pathEnd += 1
    }
    target.path = start..<pathEnd
    if pathEnd < targetEnd {
      target.query = (pathEnd + 1)..<targetEnd
      if hasBrackets, bytes[pathEnd..<targetEnd].contains(where: { $0 == 0x5B || $0 == 0x5D }) {
        throw .targetInvalid
      }
    }
    if hasEscapes,
      !TargetSyntax.isValid(bytes.span, path: target.path, query: target.query)
    {
      throw .targetInvalid
    }
    if target.path.isEmpty {
      // RFC 9112 §3.2.1, §3.2.4: an empty path is `/`, or with OPTIONS and no query `*`.
      target.isAsterisk = target.query == nil && methodIs("OPTIONS")
      bytes.append(target.isAsterisk ? ASCII.asterisk : ASCII.slash)
      target.path = (bytes.count - 1)..<bytes.count
    }
    return target
  }

  /// Where the authority of the absolute-form begins; nil when there is no `http://` or `https://`.
  private func afterScheme() -> Int? {
    let target = bytes.span.extracting(targetStart..<targetEnd)
    if target.count >= 7, target.extracting(0..<7).spells("http://") {
      return targetStart + 7
    }
    if target.count >= 8, target.extracting(0..<8).spells("https://") {
      return targetStart + 8
    }
    return nil
  }

  private func methodIs(_ name: StaticString) -> Bool {
    bytes.span.extracting(methodStart..<(targetStart - 1)).equals(name)
  }

  private struct FieldMeaning {
    var host = 0..<0
    var framing = Framing.none
    var persists = false
    var expectsContinue = false
  }

  /// Reads the fields that frame the message and rule the connection; others are the handler's.
  private func interpretFields(
    _ version: Version, _ limits: borrowing Limits
  ) throws(HTTPFault) -> FieldMeaning {
    var meaning = FieldMeaning()
    var hostCount = 0
    var length: Int?
    var codings = TransferCodings()
    var connection = ConnectionOptions()
    for entry in entries {
      let name = bytes.span.extracting(entry.name)
      let value = bytes.span.extracting(entry.value)
      switch name.count {
      case 4 where name.spells("host"):
        // RFC 9112 §3.2: a repeated or invalid Host is 400, whatever the target's form.
        hostCount += 1
        guard hostCount == 1, TargetSyntax.isAuthority(value) else { throw .hostInvalid }
        meaning.host = entry.value
      case 6 where name.spells("expect"):
        // RFC 9110 §10.1.1: to be ignored in HTTP/1.0.
        guard version == .http11, value.count > 0 else { break }
        guard value.spells("100-continue") else { throw .expectationUnknown }
        meaning.expectsContinue = true
      case 10 where name.spells("connection"):
        connection.read(value)
      case 14 where name.spells("content-length"):
        // RFC 9112 §6.3: differing lengths are an attack; equal ones are refused with them, since
        // nobody needs to send a length twice.
        guard length == nil, let number = Self.parseContentLength(value) else {
          throw .framingInvalid
        }
        length = number
      case 17 where name.spells("transfer-encoding"):
        codings.read(value)
      default:
        break
      }
    }
    if version == .http11, hostCount == 0 { throw .hostInvalid }
    if codings.isPresent {
      // RFC 9112 §6.1, §6.3: in HTTP/1.0, or beside a length, it is a smuggling attempt; reject.
      guard version == .http11, length == nil else { throw .framingInvalid }
      try codings.check()
      meaning.framing = .chunked
    } else if let length, length > 0 {
      guard length != .max else { throw .contentTooLarge(limit: limits.contentBytes) }
      meaning.framing = .length(length)
    }
    meaning.persists =
      version == .http11 ? !connection.close : connection.keepAlive && !connection.close
    return meaning
  }

  /// `1*DIGIT` (RFC 9110 §8.6); `Int.max` for any number that is not below it, nil for what is no
  /// number.
  static func parseContentLength(_ value: Span<UInt8>) -> Int? {
    guard value.count > 0 else { return nil }
    var number = 0
    for index in 0..<value.count {
      guard ASCII.isDigit(value[index]) else { return nil }
      let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(Int(value[index] & 15))
      number = overflow || carry ? .max : sum
    }
    return number
  }

  /// What `Connection` asks for (RFC 9112 §9.3).
  private struct ConnectionOptions {
    var close = false
    var keepAlive = false

    mutating func read(_ value: Span<UInt8>) {
      var start = 0
      while start <= value.count {
        var end = start
        while end < value.count, value[end] != ASCII.comma { end += 1 }
        let part = value.extracting(start..<end)
        let option = part.extracting(part.trimmed())
        if option.spells("close") { close = true }
        if option.spells("keep-alive") { keepAlive = true }
        start = end + 1
      }
    }
  }

  /// The codings of `Transfer-Encoding`, over all its lines.
  private struct TransferCodings {
    var isPresent = false
    private var chunkedCount = 0
    private var otherCount = 0
    private var endsWithChunked = false
    private var isInvalid = false

    mutating func read(_ value: Span<UInt8>) {
      isPresent = true
      var start = 0
      while start <= value.count {
        var end = start
        while end < value.count, value[end] != ASCII.comma { end += 1 }
        let part = value.extracting(start..<end)
        let coding = part.extracting(part.trimmed())
        endsWithChunked = coding.spells("chunked")
        if endsWithChunked { chunkedCount += 1 } else { otherCount += 1 }
        // An empty member, legal in other lists, hides codings from servers that disagree on it.
        if coding.count == 0 { isInvalid = true }
        for index in 0..<coding.count where coding[index] < 0x21 || coding[index] > 0x7E {
          isInvalid = true
        }
        start = end + 1
      }
    }

    /// RFC 9112 §6.3: without `chunked` at the end nobody knows where the content ends: 400.
    ///
    /// §6.1: other codings before it are not understood: 501; `chunked` twice is forbidden.
    func check() throws(HTTPFault) {
      guard !isInvalid, endsWithChunked, chunkedCount == 1 else { throw .framingInvalid }
      guard otherCount == 0 else { throw .transferCodingNotImplemented }
    }
  }
}
