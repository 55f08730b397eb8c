/// A media type (RFC 9110 §8.3.1): `text/csv; charset=utf-8`.
///
/// Type, subtype and parameter names are lower-cased; parameter values are kept, without their quotes.
public struct MediaType: Hashable, Sendable, CustomStringConvertible {
  /// One `name=value` after the subtype.
  public struct Parameter: Hashable, Sendable {
    /// The name, lower-cased in a ``MediaType``.
    public let name: String
    /// The value without its quotes, its case kept.
    public let value: String

    /// A parameter as given: nothing is lower-cased or checked here.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What stands before the slash, lower-cased: `text`.
  public let type: String
  /// What stands after the slash, lower-cased: `csv`.
  public let subtype: String
  /// The parameters in the order they were written.
  public let parameters: [Parameter]

  /// A media type from its parts, which are lower-cased but not checked.
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

  /// The type as a field value has it, parameters quoted where they must be.
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
