import Datasets
import TestSupport
import Testing

extension CurlResponse {
  /// The content as JSON; fails the test where it is none.
  func json(_ location: SourceLocation = #_sourceLocation) throws -> JSONValue {
    do {
      return try JSONValue.parse(body.span)
    } catch {
      Issue.record("not JSON: \(error): \(text.prefix(300))", sourceLocation: location)
      throw error
    }
  }
}

extension JSONValue {
  /// A member of an object, null where there is none.
  subscript(name: String) -> JSONValue {
    guard case .object(let object) = self else { return .null }
    return object[name] ?? .null
  }

  /// An item of an array, null where there is none.
  subscript(index: Int) -> JSONValue {
    items.indices.contains(index) ? items[index] : .null
  }

  var items: [JSONValue] {
    guard case .array(let items) = self else { return [] }
    return items
  }

  var number: Double? {
    guard case .number(let number) = self else { return nil }
    return number.value
  }

  var string: String? {
    guard case .string(let string) = self else { return nil }
    return string
  }
}
