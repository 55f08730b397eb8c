import FoundationEssentials

/// An expression of `$filter`, checked when it is read (OData v4 Part 2, §5.1.1).
indirect enum FilterExpression: Sendable {
  case literal(ODataValue)
  case property(Int, ODataType)
  case not(FilterExpression)
  case and(FilterExpression, FilterExpression)
  case or(FilterExpression, FilterExpression)
  case compare(Comparison, FilterExpression, FilterExpression)
  case isIn(FilterExpression, [FilterExpression])
  case arithmetic(Operation, FilterExpression, FilterExpression)
  case negate(FilterExpression)
  case call(Function, [FilterExpression])

  enum Comparison: String, Sendable {
    case eq, ne, gt, ge, lt, le
  }

  enum Operation: String, Sendable {
    case add, sub, mul, div, mod
  }

  /// A function with the kinds it takes and gives.
  enum Function: String, Sendable {
    case contains, startswith, endswith, indexof, concat, length, tolower, toupper, trim
    case year, month, day, hour, minute, second
    case round, floor, ceiling

    /// Those of OData v4 (Part 2, §5.1.1) that this feed does not have, and one of version 3 that older
    /// clients send.
    static let unsupported: Set<String> = [
      "substring", "fractionalseconds", "date", "time", "totaloffsetminutes", "now", "mindatetime",
      "maxdatetime", "totalseconds", "cast", "isof", "geo.distance", "geo.length", "geo.intersects",
      "substringof",
    ]

    var parameters: [ODataKind] {
      switch self {
      case .contains, .startswith, .endswith, .indexof, .concat: [.text, .text]
      case .length, .tolower, .toupper, .trim: [.text]
      case .year, .month, .day, .hour, .minute, .second: [.time]
      case .round, .floor, .ceiling: [.number]
      }
    }

    var result: ODataKind {
      switch self {
      case .contains, .startswith, .endswith: .boolean
      case .concat, .tolower, .toupper, .trim: .text
      case .indexof, .length, .year, .month, .day, .hour, .minute, .second, .round, .floor,
        .ceiling:
        .number
      }
    }
  }

  /// What kind of value it has.
  var kind: ODataKind {
    switch self {
    case .literal(let value):
      switch value {
      case .null: .any
      case .bool: .boolean
      case .integer, .number: .number
      case .text: .text
      case .time: .time
      }
    case .property(_, let type): type.kind
    case .not, .and, .or, .compare, .isIn: .boolean
    case .arithmetic, .negate: .number
    case .call(let function, _): function.result
    }
  }

  /// Whether a row passes: the expression is true, not false and not null.
  func isTrue(_ row: Int, of rows: some EntityRows) -> Bool {
    value(row, of: rows) == .bool(true)
  }

  /// The value for a row.
  func value(_ row: Int, of rows: some EntityRows) -> ODataValue {
    switch self {
    case .literal(let value):
      return value
    case .property(let index, _):
      return rows.value(row: row, property: index)
    case .not(let operand):
      guard case .bool(let value) = operand.value(row, of: rows) else { return .null }
      return .bool(!value)
    case .and(let left, let right):
      // Three-valued, as in SQL: false wins over null.
      let first = left.value(row, of: rows)
      if first == .bool(false) { return first }
      let second = right.value(row, of: rows)
      return second == .bool(false) ? second : first == .null ? first : second
    case .or(let left, let right):
      let first = left.value(row, of: rows)
      if first == .bool(true) { return first }
      let second = right.value(row, of: rows)
      return second == .bool(true) ? second : first == .null ? first : second
    case .compare(let comparison, let left, let right):
      return .bool(
        Self.holds(comparison, left.value(row, of: rows), right.value(row, of: rows)))
    case .isIn(let operand, let items):
      let value = operand.value(row, of: rows)
      return .bool(items.contains { $0.value(row, of: rows).equals(value) })
    case .arithmetic(let operation, let left, let right):
      return Self.calculate(operation, left.value(row, of: rows), right.value(row, of: rows))
    case .negate(let operand):
      return Self.calculate(.sub, .integer(0), operand.value(row, of: rows))
    case .call(let function, let operands):
      return Self.apply(function, operands.map { $0.value(row, of: rows) })
    }
  }

  /// Null equals null alone; in any order it stands nowhere (OData v4 Part 2, §5.1.1.1).
  private static func holds(_ comparison: Comparison, _ left: ODataValue, _ right: ODataValue)
    -> Bool
  {
    switch comparison {
    case .eq: return left.equals(right)
    case .ne: return !left.equals(right)
    case .gt, .ge, .lt, .le:
      if left == .null || right == .null { return false }
      switch comparison {
      case .gt: return right.precedes(left)
      case .lt: return left.precedes(right)
      case .ge: return right.precedes(left) || left.equals(right)
      default: return left.precedes(right) || left.equals(right)
      }
    }
  }

  private static func calculate(
    _ operation: Operation, _ left: ODataValue, _ right: ODataValue
  ) -> ODataValue {
    if case .integer(let left) = left, case .integer(let right) = right {
      let (value, overflow) =
        switch operation {
        case .add: left.addingReportingOverflow(right)
        case .sub: left.subtractingReportingOverflow(right)
        case .mul: left.multipliedReportingOverflow(by: right)
        // Division by zero, and of the least number by −1, is told as an overflow, too.
        case .div: left.dividedReportingOverflow(by: right)
        case .mod: left.remainderReportingOverflow(dividingBy: right)
        }
      return overflow ? .null : .integer(value)
    }
    guard let left = left.double, let right = right.double else { return .null }
    switch operation {
    case .add: return .number(left + right)
    case .sub: return .number(left - right)
    case .mul: return .number(left * right)
    case .div: return .number(left / right)
    case .mod: return .number(left.truncatingRemainder(dividingBy: right))
    }
  }

  private static func apply(_ function: Function, _ values: [ODataValue]) -> ODataValue {
    switch (function, values.first, values.last) {
    case (.contains, .text(let text), .text(let part)):
      return .bool(position(of: part, in: text) != nil)
    case (.startswith, .text(let text), .text(let part)):
      return .bool(text.utf8.starts(with: part.utf8))
    case (.endswith, .text(let text), .text(let part)):
      return .bool(text.utf8.reversed().starts(with: part.utf8.reversed()))
    case (.indexof, .text(let text), .text(let part)):
      return .integer(position(of: part, in: text) ?? -1)
    case (.concat, .text(let text), .text(let part)):
      return .text(text + part)
    case (.length, .text(let text), _): return .integer(text.unicodeScalars.count)
    case (.tolower, .text(let text), _): return .text(text.lowercased())
    case (.toupper, .text(let text), _): return .text(text.uppercased())
    case (.trim, .text(let text), _): return .text(trimmed(text))
    case (.round, .integer, _), (.floor, .integer, _), (.ceiling, .integer, _): return values[0]
    case (.round, .number(let value), _):
      return .number(value.rounded(.toNearestOrAwayFromZero))
    case (.floor, .number(let value), _): return .number(value.rounded(.down))
    case (.ceiling, .number(let value), _): return .number(value.rounded(.up))
    case (_, .time(let time), _): return component(function, of: time)
    default: return .null
    }
  }

  /// Where a text begins in another, in Unicode scalars.
  private static func position(of part: String, in text: String) -> Int? {
    let wanted = Array(part.unicodeScalars)
    let scalars = Array(text.unicodeScalars)
    guard wanted.count <= scalars.count else { return nil }
    return (0...(scalars.count - wanted.count)).first {
      scalars[$0..<($0 + wanted.count)].elementsEqual(wanted)
    }
  }

  private static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
    guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
    return String(String.UnicodeScalarView(scalars[...last]))
  }

  private static func component(_ function: Function, of milliseconds: Int64) -> ODataValue {
    let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let part: Calendar.Component =
      switch function {
      case .year: .year
      case .month: .month
      case .day: .day
      case .hour: .hour
      case .minute: .minute
      default: .second
      }
    return .integer(calendar.component(part, from: date))
  }
}
