/// The shape of a value, as JSON Schema (2020-12) tells it in `/openapi.json`.
///
/// An answer's schema stands beside the code that makes the answer. Objects are open in the
/// document, since fields may be added; tests hold answers to the members that are named.
struct Schema: Sendable, Equatable {
  /// The schema itself.
  let json: JSON
  /// The named schemas that it refers to, by name.
  let definitions: [String: JSON]

  private init(_ json: JSON, _ definitions: [String: JSON] = [:]) {
    self.json = json
    self.definitions = definitions
  }

  private init(type: String) {
    self.init(["type": .string(type)])
  }

  // MARK: Single values

  /// Any value that a cell of a file may become.
  static let cell = Schema(["type": ["string", "number", "null"]])
  static let string = Schema(type: "string")
  /// A text that is not empty.
  static let text = Schema(["type": "string", "minLength": 1])
  static let boolean = Schema(type: "boolean")
  static let number = Schema(type: "number")
  /// A part of a whole, 0 to 1.
  static let share = Schema(["type": "number", "minimum": 0, "maximum": 1])
  /// A whole number from 0 on.
  static let count = Schema(["type": "integer", "minimum": 0])
  /// A moment, RFC 3339.
  static let time = Schema(["type": "string", "format": "date-time"])
  /// The address of another answer, relative to this service.
  static let link = Schema(["type": "string", "format": "uri-reference"])
  /// Any object.
  static let anything = Schema(["type": "object", "additionalProperties": true])

  /// Anything at all.
  static let any = Schema([:] as JSON)

  static func integer(in range: ClosedRange<Int>) -> Schema {
    Schema([
      "type": "integer", "minimum": .integer(range.lowerBound),
      "maximum": .integer(range.upperBound),
    ])
  }

  /// A part of a path: control characters have no place in one, and a slash ends it.
  static func part(_ example: String) -> Schema {
    string(pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f/]+$").example(.string(example))
  }

  /// A number from a bound on.
  static func number(from minimum: Int) -> Schema {
    Schema(["type": "number", "minimum": .integer(minimum)])
  }

  /// A text of some length that a pattern (ECMA-262) describes.
  static func string(pattern: String, length: ClosedRange<Int>? = nil) -> Schema {
    var members: [JSON.Member] = [
      .init(name: "type", value: "string"), .init(name: "pattern", value: .string(pattern)),
    ]
    if let length {
      members.append(.init(name: "minLength", value: .integer(length.lowerBound)))
      members.append(.init(name: "maxLength", value: .integer(length.upperBound)))
    }
    return Schema(.object(members))
  }

  /// One of a few words.
  static func words(_ words: [String]) -> Schema {
    Schema(["type": "string", "enum": .array(words.map { .string($0) })])
  }

  /// The words of an enumeration.
  static func words<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> Schema
  where Word.RawValue == String {
    words(type.allCases.map(\.rawValue))
  }

  /// What a switch in a query takes, in letters of either case.
  static let flag = string(
    pattern:
      "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo]|[Oo][Nn]|[Oo][Ff][Ff]|[01])?$"
  ).example("true")

  /// The same; a text that may be anything else holds no NUL, which no request may hold.
  var withoutNUL: Schema {
    guard case .object(let members) = json, members.first?.name == "type",
      members[0].value == "string",
      !members.contains(where: { ["pattern", "enum"].contains($0.name) })
    else { return self }
    return adding("pattern", "^[^\\u0000]*$")
  }

  // MARK: Composed values

  /// The members of an object, by their names; `optional` ones may be left out.
  struct Members: Sendable, ExpressibleByDictionaryLiteral {
    fileprivate var list: [(name: String, schema: Schema, isRequired: Bool)]

    init(dictionaryLiteral elements: (String, Schema)...) {
      list = elements.map { ($0.0, $0.1, true) }
    }

    /// Members that are there in some answers only.
    static func optional(_ members: Members) -> Members {
      var members = members
      for index in members.list.indices { members.list[index].isRequired = false }
      return members
    }

    /// Members of one schema each.
    static func all(_ names: [String], _ schema: Schema) -> Members {
      var members: Members = [:]
      members.list = names.map { ($0, schema, true) }
      return members
    }

    static func + (left: Members, right: Members) -> Members {
      var sum = left
      sum.list += right.list
      return sum
    }
  }

  /// An object.
  ///
  /// - Parameter others: what members have that are not named, such as one a feature of a run.
  static func object(_ members: Members, others: Schema? = nil) -> Schema {
    var json: [JSON.Member] = [
      .init(name: "type", value: "object"),
      .init(
        name: "properties",
        value: .object(members.list.map { .init(name: $0.name, value: $0.schema.json) })),
      .init(
        name: "required",
        value: .array(members.list.filter(\.isRequired).map { .string($0.name) })),
    ]
    if let others { json.append(.init(name: "additionalProperties", value: others.json)) }
    return Schema(.object(json), merged(members.list.map(\.schema) + (others.map { [$0] } ?? [])))
  }

  /// An object whose members are named by data.
  static func map(of values: Schema) -> Schema { object([:], others: values) }

  static func array(of items: Schema, from minimum: Int = 0) -> Schema {
    var members: [JSON.Member] = [
      .init(name: "type", value: "array"), .init(name: "items", value: items.json),
    ]
    if minimum > 0 { members.append(.init(name: "minItems", value: .integer(minimum))) }
    return Schema(.object(members), items.definitions)
  }

  /// One of several shapes.
  static func any(of schemas: [Schema]) -> Schema {
    schemas.count == 1
      ? schemas[0] : Schema(["anyOf": .array(schemas.map(\.json))], merged(schemas))
  }

  /// This, or null.
  var orNull: Schema {
    guard case .object(var members) = json, members.first?.name == "type",
      case .string(let type) = members[0].value, !members.contains(where: { $0.name == "enum" })
    else { return .any(of: [self, Schema(type: "null")]) }
    members[0].value = [.string(type), "null"]
    return Schema(.object(members), definitions)
  }

  /// The same with at least one member and none beside those named: for what is read and checked.
  var closed: Schema {
    adding("additionalProperties", false).adding("minProperties", 1)
  }

  /// The same under a name, which the document tells once.
  func named(_ name: String) -> Schema {
    Schema(
      ["$ref": .string("#/components/schemas/\(name)")],
      definitions.merging([name: json]) { $1 })
  }

  /// The same with a sentence that says what it is.
  func described(_ text: String) -> Schema { adding("description", .string(text)) }

  /// The same with an example of it.
  func example(_ value: JSON) -> Schema { adding("examples", [value]) }

  private func adding(_ name: String, _ value: JSON) -> Schema {
    guard case .object(let members) = json else { return self }
    return Schema(.object(members + [.init(name: name, value: value)]), definitions)
  }

  private static func merged(_ schemas: [Schema]) -> [String: JSON] {
    var definitions: [String: JSON] = [:]
    for schema in schemas {
      definitions.merge(schema.definitions) { first, second in
        precondition(first == second, "two schemas have one name")
        return first
      }
    }
    return definitions
  }

  // MARK: Lists

  /// A list as ``RowSet`` writes it: `{…,"items":[…],"next":…}`, or the bare array with `flat=1`.
  static func list(
    of items: Schema, about: Members = [:], itemsName: String = "items"
  ) -> Schema {
    var rows: Members = ["next": .string.orNull]
    rows.list.insert((itemsName, .array(of: items), true), at: 0)
    return .any(of: [.object(about + rows), .array(of: items)])
  }

  /// What stands before the items of a list about a run.
  static let ofRun: Members = ["run_id": .runID, "series": .string]

  /// A server-sent event, as those who read a stream of them are told it.
  static let event = Schema.object(
    ["event": .words(["progress", "done"]), "data": .string] + .optional(["id": .string]))

  static let seriesName = Schema.string(pattern: "^[A-Za-z0-9_.-]{1,64}$").example("mall")
  static let runID = Schema.text.example("run_3f9c2a5b7d1e8046")
  static let datasetID = Schema.text.example("ds_81c04d2e9b6f3a57")
  static let segmentID = Schema.text.example("high-income-high-spending")
}
