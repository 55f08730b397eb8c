/// One part of multipart content: its field lines and what they say.
public struct MultipartPart: Sendable {
  /// The field lines.
  public let fields: HeaderFields
  /// The form field's name; nil when the part names none.
  public let name: String?
  /// The file's name as the client gave it: never a path to open.
  public let filename: String?

  /// The part's media type; nil when it gives none that can be read.
  public var contentType: MediaType? {
    fields["Content-Type"].flatMap { MediaType($0) }
  }

  /// Parses the field lines of a part, the empty line included.
  init(head: [UInt8], limits: Limits) throws(MultipartFault) {
    var fields = HeaderFields()
    var start = 0
    while start + 2 < head.count {
      var end = start
      while head[end] != ASCII.cr {
        guard ASCII.isFieldValue(head[end]) else { throw .partHeadInvalid }
        end += 1
      }
      guard head[end + 1] == ASCII.lf else { throw .partHeadInvalid }
      guard let colon = head[start..<end].firstIndex(of: ASCII.colon), colon > start,
        head[start..<colon].allSatisfy(ASCII.isToken)
      else { throw .partHeadInvalid }
      let value = head.span.extracting((colon + 1)..<end).trimmed()
      fields.append(
        String(decoding: head[start..<colon], as: UTF8.self),
        String(
          decoding: head[(colon + 1 + value.lowerBound)..<(colon + 1 + value.upperBound)],
          as: UTF8.self))
      guard fields.count <= limits.partFieldCount else {
        throw .partHeadTooLarge(limit: limits.partFieldCount)
      }
      start = end + 2
    }
    self.fields = fields
    (name, filename) = Self.disposition(fields["Content-Disposition"] ?? "")
  }

  /// `form-data; name="file"; filename="a.csv"` (RFC 7578 §4.2, RFC 6266).
  ///
  /// Written for what clients send: a backslash escapes only a quote or itself, since browsers send
  /// Windows paths as they are, and `%22` is a quote, as the HTML standard has it. `filename*` wins
  /// over `filename`.
  private static func disposition(_ value: String) -> (name: String?, filename: String?) {
    var name: String?
    var filename: String?
    var extended: String?
    var rest = Array(value.utf8)[...]
    rest = rest.drop { $0 != ASCII.semicolon }.dropFirst()
    while !rest.isEmpty {
      rest = rest.drop { $0 == ASCII.space || $0 == ASCII.tab || $0 == ASCII.semicolon }
      let key = rest.prefix(while: ASCII.isToken)
      rest = rest[key.endIndex...]
      guard !key.isEmpty, rest.first == ASCII.equals else { break }
      rest = rest.dropFirst()
      let text = takeValue(&rest)
      switch String(decoding: key, as: UTF8.self).lowercased() {
      case "name": name = String(decoding: text, as: UTF8.self)
      case "filename": filename = String(decoding: text, as: UTF8.self)
      case "filename*": extended = decodeExtended(text)
      default: break
      }
    }
    return (name, extended ?? filename)
  }

  private static func takeValue(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
    guard rest.first == ASCII.quote else {
      let value = rest.prefix { $0 != ASCII.semicolon && $0 != ASCII.space }
      rest = rest[value.endIndex...]
      return Array(value)
    }
    var value: [UInt8] = []
    rest = rest.dropFirst()
    while let byte = rest.first, byte != ASCII.quote {
      rest = rest.dropFirst()
      if byte == ASCII.backslash, let next = rest.first,
        next == ASCII.quote || next == ASCII.backslash
      {
        rest = rest.dropFirst()
        value.append(next)
      } else if byte == ASCII.percent, rest.starts(with: [0x32, 0x32]) {
        rest = rest.dropFirst(2)
        value.append(ASCII.quote)
      } else {
        value.append(byte)
      }
    }
    rest = rest.dropFirst()
    return value
  }

  /// `UTF-8''na%C3%AFve.csv` (RFC 8187); nil for a charset other than UTF-8 and Latin-1.
  private static func decodeExtended(_ text: [UInt8]) -> String? {
    let parts = text.split(separator: 0x27, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let bytes = PercentCoding.decoded(parts[2], plusIsSpace: false)
    switch String(decoding: parts[0], as: UTF8.self).lowercased() {
    case "utf-8": return String(decoding: bytes, as: UTF8.self)
    case "iso-8859-1": return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    default: return nil
    }
  }
}
