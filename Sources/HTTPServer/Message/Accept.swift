/// What representations a client accepts (RFC 9110 §12.5.1).
public struct Accept: Sendable {
  private struct Range: Sendable {
    let type: String
    let subtype: String
    let parameters: [MediaType.Parameter]
    let thousandths: Int

    /// How exactly the range names a type; nil when it does not cover it.
    func precision(for media: MediaType) -> Int? {
      if type == "*" { return subtype == "*" ? 0 : nil }
      guard type == media.type else { return nil }
      if subtype == "*" { return 1 }
      guard subtype == media.subtype else { return nil }
      for parameter in parameters {
        guard media[parameter.name]?.lowercased() == parameter.value.lowercased() else {
          return nil
        }
      }
      return 2 + parameters.count
    }
  }

  private var ranges: [Range] = []

  /// Reads the `Accept` of a request.
  ///
  /// No such field, or one without any readable member, accepts everything.
  public init(fields: HeaderFields) {
    fields.forEachValue(of: "Accept") { value in read(FieldScanner(value)) }
  }

  /// Reads the value of an `Accept` field.
  public init(_ value: String) {
    read(FieldScanner(value))
  }

  /// Whether everything is accepted alike.
  public var isAnything: Bool { ranges.isEmpty }

  /// How much a type is wanted, 0 (not at all) to 1: the weight of the most precise range that
  /// covers it.
  public func quality(of media: MediaType) -> Double {
    if ranges.isEmpty { return 1 }
    var best = -1
    var thousandths = 0
    for range in ranges {
      if let precision = range.precision(for: media), precision > best {
        best = precision
        thousandths = range.thousandths
      }
    }
    return Double(thousandths) / 1000
  }

  /// Members that are not media ranges are passed over: a client that sends one still gets an
  /// answer.
  private mutating func read(_ scanner: FieldScanner) {
    var scanner = scanner
    while !scanner.isAtEnd {
      scanner.skipSpace()
      if let range = Self.range(&scanner) { ranges.append(range) }
      scanner.skip(to: ASCII.comma)
      _ = scanner.take(ASCII.comma)
    }
  }

  private static func range(_ scanner: inout FieldScanner) -> Range? {
    guard let type = scanner.token(), scanner.take(ASCII.slash), let subtype = scanner.token(),
      let all = scanner.parameters()
    else { return nil }
    // `q` ends the media type's own parameters.
    var parameters: [MediaType.Parameter] = []
    var weight = 1000
    for parameter in all {
      if parameter.name.lowercased() == "q" {
        guard let thousandths = Self.weight(parameter.value) else { return nil }
        weight = thousandths
        break
      }
      parameters.append(
        MediaType.Parameter(name: parameter.name.lowercased(), value: parameter.value))
    }
    return Range(
      type: type.lowercased(), subtype: subtype.lowercased(), parameters: parameters,
      thousandths: weight)
  }

  /// `0`, `1`, or either with up to three decimals, at most 1 (RFC 9110 §12.4.2), in thousandths.
  private static func weight(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, first == 0x30 || first == 0x31, bytes.count <= 5 else {
      return nil
    }
    var thousandths = Int(first & 15) * 1000
    var unit = 100
    for (index, byte) in bytes.enumerated().dropFirst() {
      if index == 1 {
        guard byte == ASCII.dot else { return nil }
      } else {
        guard ASCII.isDigit(byte) else { return nil }
        thousandths += Int(byte & 15) * unit
        unit /= 10
      }
    }
    return thousandths <= 1000 ? thousandths : nil
  }
}
