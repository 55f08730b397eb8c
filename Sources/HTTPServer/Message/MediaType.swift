/// A media type (RFC 9110 §8.3.1): `text/csv; charset=utf-8`.
///
/// Type, subtype and parameter names are lower-cased; parameter values are kept, without their
/// quotes.
public struct MediaType: Hashable, Sendable, CustomStringConvertible {
  /// One `name=value` after the subtype.
  public struct Parameter: Hashable, Sendable {
    /// The name, in any case until the media type is made.
    public let name: String
    /// The value, without quotes.
    public let value: String

    /// Makes a parameter.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What stands before the slash.
  public let type: String
  /// What stands behind the slash.
  public let subtype: String
  /// What stands behind the semicolons, in order.
  public let parameters: [Parameter]

  /// Makes a media type.
  public init(_ type: String, _ subtype: String, parameters: [Parameter] = []) {
    self.type = type.lowercased()
    self.subtype = subtype.lowercased()
    self.parameters = parameters.map { Parameter(name: $0.name.lowercased(), value: $0.value) }
  }

  /// Parses a `Content-Type`; nil when it is not a media type.
  public init?(_ text: String) {
    var scanner = FieldScanner(text)
    guard let type = scanner.token(), scanner.take(ASCII.slash), let subtype = scanner.token(),
      let parameters = scanner.parameters(), scanner.isAtEnd
    else { return nil }
    self.init(type, subtype, parameters: parameters)
  }

  /// `type/subtype`, without parameters.
  public var essence: String { "\(type)/\(subtype)" }

  /// The value of a parameter; its name is compared without regard to case.
  public subscript(parameter: String) -> String? {
    let name = parameter.lowercased()
    return parameters.first { $0.name == name }?.value
  }

  /// The media type as it stands in a field.
  public var description: String {
    parameters.reduce(essence) { text, parameter in
      let isToken = !parameter.value.isEmpty && parameter.value.utf8.allSatisfy(ASCII.isToken)
      return text + "; \(parameter.name)=" + (isToken ? parameter.value : quoted(parameter.value))
    }
  }

  private func quoted(_ value: String) -> String {
    "\"" + value.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
  }
}
