/// One named value of a journal line.
struct Field: Equatable, Sendable {
  /// What a field may hold.
  enum Value: Equatable, Sendable {
    case integer(Int)
    case number(Double)
    case text(String)
    case group([Field])
  }

  var name: String
  var value: Value

  init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  init(_ name: String, _ value: Int) { self.init(name, .integer(value)) }
  init(_ name: String, _ value: Double) { self.init(name, .number(value)) }
  init(_ name: String, _ value: String) { self.init(name, .text(value)) }
  init(_ name: String, _ value: [Field]) { self.init(name, .group(value)) }
}

extension [Field] {
  /// One JSON object on one line.
  var json: String {
    "{" + map { "\(Field.quoted($0.name)):\($0.value.json)" }.joined(separator: ",") + "}"
  }
}

extension Field.Value {
  fileprivate var json: String {
    switch self {
    case .integer(let value): String(value)
    // JSON has no other numbers.
    case .number(let value): value.isFinite ? "\(value)" : "null"
    case .text(let value): Field.quoted(value)
    case .group(let fields): fields.json
    }
  }
}

extension Field {
  fileprivate static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      default: out.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar)
      }
    }
    return out + "\""
  }
}
