/// A value of a property or of an expression, as OData has it (OData v4 Part 3, §4.4).
enum ODataValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  /// A moment, in milliseconds since 1970 UTC.
  case time(Int64)

  /// The number it is, whole or not.
  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .null, .bool, .text, .time: nil
    }
  }

  /// The value in an answer; what is not a number is null.
  var json: JSON {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let value): .string(value)
    case .time(let value): .string(Timestamp.text(value))
    }
  }

  /// Whether this stands before another of its kind; null stands before everything (OData v4 Part 1,
  /// §11.2.5.2), values of different kinds stand nowhere.
  func precedes(_ other: ODataValue) -> Bool {
    switch (self, other) {
    case (.null, .null): return false
    case (.null, _): return true
    case (_, .null): return false
    case (.text(let left), .text(let right)):
      return left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    case (.bool(let left), .bool(let right)): return !left && right
    case (.time(let left), .time(let right)): return left < right
    case (.integer(let left), .integer(let right)): return left < right
    default:
      guard let left = double, let right = other.double else { return false }
      return left < right
    }
  }

  /// Whether both are the same value; a whole number equals the same number with a fraction of zero.
  func equals(_ other: ODataValue) -> Bool {
    switch (self, other) {
    case (.integer(let left), .integer(let right)): return left == right
    default:
      if let left = double, let right = other.double { return left == right }
      return self == other
    }
  }
}

/// The type of a property (OData v4 CSDL, §4.4).
enum ODataType: String, Sendable {
  case boolean = "Edm.Boolean"
  case int64 = "Edm.Int64"
  case double = "Edm.Double"
  case string = "Edm.String"
  case dateTimeOffset = "Edm.DateTimeOffset"

  /// What two operands must have in common to be compared.
  var kind: ODataKind {
    switch self {
    case .boolean: .boolean
    case .int64, .double: .number
    case .string: .text
    case .dateTimeOffset: .time
    }
  }
}

/// The kinds of values that can be compared with each other.
enum ODataKind: Sendable, Equatable {
  case boolean, number, text, time
  /// Null, which goes with everything.
  case any
}
