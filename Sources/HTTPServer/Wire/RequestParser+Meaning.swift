/// What a head means, once it is complete.
extension RequestParser {
  /// The head that was read.
  /// - Precondition: ``isComplete``.
  package mutating func head(limits: borrowing Limits) throws(HTTPFault) -> RequestHead {
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
      framing: fields.framing, persists: fields.persists, expectsContinue: fields.expectsContinue,
      ifNoneMatch: fields.ifNoneMatch,
      hasSeveralIfNoneMatch: fields.hasSeveralIfNoneMatch)
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
    var ifNoneMatch: Range<Int>?
    var hasSeveralIfNoneMatch = false
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
      case 13 where name.spells("if-none-match"):
        meaning.hasSeveralIfNoneMatch = meaning.ifNoneMatch != nil
        meaning.ifNoneMatch = entry.value
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

    /// Whether the codings are `chunked` and nothing else.
    ///
    /// RFC 9112 §6.3: without `chunked` at the end nobody knows where the content ends: 400. §6.1:
    /// other codings before it are not understood: 501; `chunked` twice is forbidden.
    func check() throws(HTTPFault) {
      guard !isInvalid, endsWithChunked, chunkedCount == 1 else { throw .framingInvalid }
      guard otherCount == 0 else { throw .transferCodingNotImplemented }
    }
  }
}
