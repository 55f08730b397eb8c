/// The trace that a request belongs to (W3C Trace Context), as its `traceparent` says.
///
/// Numbers and not text, so that it is handed from place to place for nothing.
public struct TraceContext: Sendable, Hashable {
  private let high: UInt64
  private let low: UInt64
  private let parent: UInt64
  private let flagBits: UInt8

  /// Reads the value of a field; nil unless it is valid (§3.2.2).
  init?(_ value: Span<UInt8>) {
    // Version 00 ends behind the flags; later ones may go on behind a further dash.
    guard value.count >= 55, value.count == 55 || value[55] == 0x2D, value[2] == 0x2D,
      value[35] == 0x2D, value[52] == 0x2D, let version = Self.number(value, 0..<2),
      let high = Self.number(value, 3..<19), let low = Self.number(value, 19..<35),
      let parent = Self.number(value, 36..<52), let flags = Self.number(value, 53..<55),
      version != 0xff, version != 0 || value.count == 55, high | low != 0, parent != 0
    else { return nil }
    self.high = high
    self.low = low
    self.parent = parent
    flagBits = UInt8(flags)
  }

  /// Hexadecimal digits in lower case, as the field demands.
  private static func number(_ value: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
    var number: UInt64 = 0
    for index in range {
      let byte = value[index]
      guard ASCII.isDigit(byte) || (0x61...0x66).contains(byte),
        let digit = ASCII.hexValue(byte)
      else { return nil }
      number = number << 4 | UInt64(digit)
    }
    return number
  }

  /// Thirty-two hexadecimal digits that name the trace.
  public var traceID: String {
    RequestID(value: high).description + RequestID(value: low).description
  }

  /// Sixteen that name the caller's span.
  public var parentID: String { RequestID(value: parent).description }

  /// Two, of which the last bit says whether the caller records the trace.
  public var flags: String {
    (flagBits < 16 ? "0" : "") + String(flagBits, radix: 16)
  }

  /// What tells the caller of a span of this trace, in the form of `traceparent`.
  public func value(span: String) -> String { "00-\(traceID)-\(span)-\(flags)" }
}

extension Request {
  /// The trace of the request; nil when it names none, several, or none that is valid.
  public var trace: TraceContext? {
    var found: TraceContext?
    var count = 0
    fields.forEachValue(of: "traceparent") { value in
      count += 1
      found = TraceContext(value)
    }
    return count == 1 ? found : nil
  }

  /// The same request without the query items of a name, whatever their values.
  ///
  /// For what must not be seen by those who answer, such as a key: not even the bytes are left.
  public func removingQueryItems(named name: String) -> Request {
    guard let query = head.query else { return self }
    let wanted = Array(name.utf8)
    var bytes = head.fields.bytes
    var kept: [UInt8] = []
    for item in bytes[query].split(separator: 0x26) {
      let end = item.firstIndex(of: ASCII.equals) ?? item.endIndex
      if PercentCoding.decode(item[..<end], plusIsSpace: true).utf8.elementsEqual(wanted) {
        continue
      }
      if !kept.isEmpty { kept.append(0x26) }
      kept += item
    }
    guard kept.count < query.count else { return self }
    let end = query.lowerBound + kept.count
    bytes.replaceSubrange(query.lowerBound..<end, with: kept)
    for index in end..<query.upperBound { bytes[index] = ASCII.space }
    var head = head
    head.fields = HeaderFields(bytes: bytes, entries: head.fields.entries)
    head.query = kept.isEmpty ? nil : query.lowerBound..<end
    return Request(head: head, peer: peer, cancellation: cancellation, requestID: requestID)
  }
}
