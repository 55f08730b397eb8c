import Datasets

/// Holds JSON against the schemas of a document: the part of JSON Schema that `/openapi.json` uses.
///
/// Stricter than the document in one thing: an object may have the named members only, unless the
/// schema says what others are. Clients are told that fields may be added; tests must see each one.
struct SchemaChecker {
  let document: JSONValue

  private static let keywords: Set<String> = [
    "type", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "properties",
    "required", "additionalProperties", "minProperties", "items", "minItems", "anyOf", "$ref",
    "format", "description", "examples", "default",
  ]

  /// What of the value is not as the schema says, each with its place; none when it fits.
  func faults(of value: JSONValue, _ schema: JSONValue, at place: String = "") -> [String] {
    guard case .object(let object) = schema else { return ["\(place): the schema is no object"] }
    let unknown = object.members.map(\.name).filter { !Self.keywords.contains($0) }
    if !unknown.isEmpty { return ["\(place): the checker knows no \(unknown)"] }
    if let reference = schema["$ref"].string {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      let target = document["components"]["schemas"][name]
      if target == .null { return ["\(place): \(reference) is not there"] }
      return faults(of: value, target, at: place)
    }
    let options = schema["anyOf"].items
    if !options.isEmpty {
      let all = options.map { faults(of: value, $0, at: place) }
      // The nearest of them tells most.
      return all.contains([]) ? [] : all.min { $0.count < $1.count } ?? []
    }
    return typeFaults(value, schema, place) + boundFaults(value, schema, place)
      + memberFaults(value, schema, place)
  }

  private func typeFaults(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
    let types = schema["type"].string.map { [$0] } ?? schema["type"].items.compactMap(\.string)
    let type: Set<String> =
      switch value {
      case .null: ["null"]
      case .bool: ["boolean"]
      case .string: ["string"]
      case .array: ["array"]
      case .object: ["object"]
      case .number(let number):
        number.value.rounded() == number.value ? ["number", "integer"] : ["number"]
      }
    return types.isEmpty || !type.isDisjoint(with: types)
      ? [] : ["\(place): is \(type.sorted()), not \(types)"]
  }

  private func boundFaults(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
    var faults: [String] = []
    if let number = value.number {
      if let least = schema["minimum"].number, number < least {
        faults.append("\(place): \(number) is below \(least)")
      }
      if let most = schema["maximum"].number, number > most {
        faults.append("\(place): \(number) is above \(most)")
      }
    }
    if let text = value.string {
      if schema["enum"] != .null, !schema["enum"].items.contains(.string(text)) {
        faults.append("\(place): \(text) is none of \(schema["enum"].items.compactMap(\.string))")
      }
      if let least = schema["minLength"].number, Double(text.unicodeScalars.count) < least {
        faults.append("\(place): \(text) is too short")
      }
      if schema["format"].string == "date-time",
        text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/) == nil
      {
        faults.append("\(place): \(text) is no time")
      }
    }
    if case .array(let items) = value, let least = schema["minItems"].number,
      Double(items.count) < least
    {
      faults.append("\(place): has too few items")
    }
    return faults
  }

  private func memberFaults(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
    if case .array(let items) = value, schema["items"] != .null {
      return items.enumerated().flatMap {
        self.faults(of: $1, schema["items"], at: "\(place)/\($0)")
      }
    }
    // An object of any kind has no list of members.
    guard case .object(let object) = value, case .object(let properties) = schema["properties"]
    else { return [] }
    var faults: [String] = []
    for name in schema["required"].items.compactMap(\.string) where object[name] == nil {
      faults.append("\(place): lacks \(name)")
    }
    for member in object.members {
      let place = "\(place)/\(member.name)"
      if let known = properties[member.name] {
        faults += self.faults(of: member.value, known, at: place)
      } else if case .object = schema["additionalProperties"] {
        faults += self.faults(of: member.value, schema["additionalProperties"], at: place)
      } else {
        faults.append("\(place): is not in the document")
      }
    }
    return faults
  }
}
