import FoundationEssentials

/// Reads the text of `$filter` (OData v4 ABNF, `boolCommonExpr`).
///
/// From loose to tight: `or`, `and`, `not`, `eq ne gt ge lt le in`, `add sub`, `mul div mod`, `-`.
struct FilterParser {
  private enum Token: Equatable {
    case open, close, comma, minus
    case word(String)
    case alias(String)
    case literal(ODataValue)
    case end
  }

  /// Deeper expressions are refused: reading and evaluating them would exhaust the stack.
  private static let deepest = 100

  private let set: EntitySet
  /// The values of parameter aliases, by their names with `@`.
  private let aliases: [String: String]
  private var rest: Substring.UnicodeScalarView
  private let length: Int
  private var token = Token.end
  private var tokenStart = 0
  private var depth = 0

  /// Reads an expression that is true or false for each row of a set.
  static func parse(_ text: String, of set: EntitySet, aliases: [String: String] = [:])
    throws(ODataFault) -> FilterExpression
  {
    var parser = FilterParser(text, set: set, aliases: aliases)
    let expression = try parser.whole()
    guard expression.kind == .boolean || expression.kind == .any else {
      throw .badRequest("$filter takes a condition, such as \(set.properties[0].name) eq null.")
    }
    return expression
  }

  /// Reads a literal: the value of a key.
  static func literal(_ text: String, of set: EntitySet) throws(ODataFault) -> ODataValue {
    var parser = FilterParser(text, set: set, aliases: [:])
    guard case .literal(let value) = try parser.whole() else {
      throw .badRequest("\(text) is not a literal.")
    }
    return value
  }

  private init(_ text: String, set: EntitySet, aliases: [String: String]) {
    self.set = set
    self.aliases = aliases
    rest = text.unicodeScalars[...]
    length = rest.count
  }

  private mutating func whole() throws(ODataFault) -> FilterExpression {
    try advance()
    let expression = try disjunction()
    guard token == .end else { throw unexpected() }
    return expression
  }

  // MARK: Grammar

  private mutating func disjunction() throws(ODataFault) -> FilterExpression {
    try descend()
    defer { depth -= 1 }
    var left = try conjunction()
    while try take("or") {
      left = .or(try condition(left), try condition(try conjunction()))
    }
    return left
  }

  private mutating func descend() throws(ODataFault) {
    depth += 1
    guard depth <= Self.deepest else {
      throw .badRequest("$filter is nested more than \(Self.deepest) deep.")
    }
  }

  private mutating func conjunction() throws(ODataFault) -> FilterExpression {
    var left = try negation()
    while try take("and") {
      left = .and(try condition(left), try condition(try negation()))
    }
    return left
  }

  private mutating func negation() throws(ODataFault) -> FilterExpression {
    var isNegated = false
    while try take("not") { isNegated.toggle() }
    let operand = try comparison()
    return isNegated ? .not(try condition(operand)) : operand
  }

  private mutating func comparison() throws(ODataFault) -> FilterExpression {
    var left = try sum()
    while case .word(let word) = token {
      if word == "in" {
        try advance()
        left = try membership(of: left)
      } else if let comparison = FilterExpression.Comparison(rawValue: word) {
        try advance()
        let right = try sum()
        try checkComparable(left, right)
        left = .compare(comparison, left, right)
      } else {
        break
      }
    }
    return left
  }

  private mutating func membership(of left: FilterExpression) throws(ODataFault)
    -> FilterExpression
  {
    guard token == .open else { throw unexpected() }
    var items: [FilterExpression] = []
    repeat {
      try advance()
      let item = try sum()
      try checkComparable(left, item)
      items.append(item)
    } while token == .comma
    guard token == .close else { throw unexpected() }
    try advance()
    return .isIn(left, items)
  }

  private mutating func sum() throws(ODataFault) -> FilterExpression {
    var left = try product()
    while let operation = operation(among: [.add, .sub]) {
      try advance()
      left = .arithmetic(operation, try number(left), try number(try product()))
    }
    return left
  }

  private mutating func product() throws(ODataFault) -> FilterExpression {
    var left = try primary()
    while let operation = operation(among: [.mul, .div, .mod]) {
      try advance()
      left = .arithmetic(operation, try number(left), try number(try primary()))
    }
    return left
  }

  private func operation(among operations: [FilterExpression.Operation])
    -> FilterExpression.Operation?
  {
    guard case .word(let word) = token else { return nil }
    return operations.first { $0.rawValue == word }
  }

  private mutating func primary() throws(ODataFault) -> FilterExpression {
    switch token {
    case .literal(let value):
      try advance()
      return .literal(value)
    case .minus:
      try descend()
      defer { depth -= 1 }
      try advance()
      return .negate(try number(try primary()))
    case .open:
      try advance()
      let inner = try disjunction()
      guard token == .close else { throw unexpected() }
      try advance()
      return inner
    case .alias(let name):
      guard let text = aliases[name] else {
        throw .badRequest("There is no query option \(name) with the value of that alias.")
      }
      try advance()
      // No other alias stands in the value of one.
      var parser = FilterParser(text, set: set, aliases: [:])
      return try parser.whole()
    case .word(let name):
      try advance()
      if token == .open { return try call(name) }
      guard let index = set.property(name) else {
        throw unknown(name)
      }
      return .property(index, set.properties[index].type)
    case .close, .comma, .end:
      throw unexpected()
    }
  }

  private mutating func call(_ name: String) throws(ODataFault) -> FilterExpression {
    guard let function = FilterExpression.Function(rawValue: name) else {
      if FilterExpression.Function.unsupported.contains(name) {
        throw .notImplemented("The function \(name) is not supported here.")
      }
      throw .badRequest("There is no function \(name).")
    }
    var operands: [FilterExpression] = []
    repeat {
      try advance()
      operands.append(try disjunction())
    } while token == .comma
    guard token == .close else { throw unexpected() }
    try advance()
    let kinds = function.parameters
    guard operands.count == kinds.count,
      zip(operands, kinds).allSatisfy({ $0.kind == $1 || $0.kind == .any })
    else {
      throw .badRequest("\(name) takes \(kinds.map { "\($0)" }.joined(separator: " and ")).")
    }
    return .call(function, operands)
  }

  private func condition(_ operand: FilterExpression) throws(ODataFault) -> FilterExpression {
    guard operand.kind == .boolean || operand.kind == .any else {
      throw .badRequest("and, or and not take conditions, at \(tokenStart) in $filter.")
    }
    return operand
  }

  private func number(_ operand: FilterExpression) throws(ODataFault) -> FilterExpression {
    guard operand.kind == .number || operand.kind == .any else {
      throw .badRequest("Arithmetic takes numbers, at \(tokenStart) in $filter.")
    }
    return operand
  }

  private func checkComparable(_ left: FilterExpression, _ right: FilterExpression)
    throws(ODataFault)
  {
    guard left.kind == right.kind || left.kind == .any || right.kind == .any else {
      throw .badRequest(
        "A \(left.kind) is compared with a \(right.kind), at \(tokenStart) in $filter.")
    }
  }

  private mutating func take(_ word: String) throws(ODataFault) -> Bool {
    guard token == .word(word) else { return false }
    try advance()
    return true
  }

  private func unknown(_ name: String) -> ODataFault {
    .badRequest(
      "\(set.name) has no property \(name); it has \(set.properties.map(\.name).joined(separator: ", "))."
    )
  }

  private func unexpected() -> ODataFault {
    token == .end
      ? .badRequest("The expression ends too early.")
      : .badRequest("The expression cannot be understood at character \(tokenStart + 1).")
  }

  // MARK: Tokens

  private mutating func advance() throws(ODataFault) {
    rest = rest.drop { $0 == " " || $0 == "\t" }
    tokenStart = length - rest.count
    guard let first = rest.first else {
      token = .end
      return
    }
    switch first {
    case "(": single(.open)
    case ")": single(.close)
    case ",": single(.comma)
    case "'": token = .literal(.text(try string()))
    case "0"..."9": token = .literal(try number())
    case "-":
      if let next = rest.dropFirst().first, ("0"..."9").contains(next) {
        token = .literal(try number())
      } else if rest.dropFirst().starts(with: "INF".unicodeScalars) {
        rest = rest.dropFirst(4)
        token = .literal(.number(-.infinity))
      } else {
        single(.minus)
      }
    case "@", "_", "A"..."Z", "a"..."z":
      let word = String(
        String.UnicodeScalarView(
          rest.prefix {
            $0 == "_" || $0 == "@" || ("0"..."9").contains($0) || $0.properties.isAlphabetic
          }))
      rest = rest.dropFirst(word.unicodeScalars.count)
      token =
        switch word {
        case "null": .literal(.null)
        case "true": .literal(.bool(true))
        case "false": .literal(.bool(false))
        case "NaN": .literal(.number(.nan))
        case "INF": .literal(.number(.infinity))
        case _ where first == "@": .alias(word)
        default: .word(word)
        }
    default:
      throw .badRequest("The expression cannot be understood at character \(tokenStart + 1).")
    }
  }

  private mutating func single(_ token: Token) {
    rest = rest.dropFirst()
    self.token = token
  }

  /// A text in single quotes; one in it stands twice.
  private mutating func string() throws(ODataFault) -> String {
    var text = String.UnicodeScalarView()
    rest = rest.dropFirst()
    while let scalar = rest.popFirst() {
      if scalar != "'" {
        text.append(scalar)
      } else if rest.first == "'" {
        text.append(scalar)
        rest = rest.dropFirst()
      } else {
        return String(text)
      }
    }
    throw .badRequest("A text has no closing quote; a quote within a text is written twice.")
  }

  /// A number, a day (`2026-11-21`) or a moment (`2026-11-21T08:00:00Z`).
  private mutating func number() throws(ODataFault) -> ODataValue {
    let text = String(
      String.UnicodeScalarView(
        rest.prefix { scalar in
          switch scalar {
          case "0"..."9", "-", "+", ".", ":", "E", "e", "T", "Z": true
          default: false
          }
        }))
    rest = rest.dropFirst(text.unicodeScalars.count)
    if let number = WholeNumber.parse(text) { return .integer(number) }
    if let number = DecimalNumber.parse(text) { return .number(number) }
    if let time = Self.time(text) { return .time(time) }
    throw .badRequest("\(text) is neither a number nor a day nor a moment.")
  }

  /// A day or a moment of RFC 3339, in milliseconds since 1970 UTC.
  private static func time(_ text: String) -> Int64? {
    let moment = text.contains("T") ? text : text + "T00:00:00Z"
    for style in [
      Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
    ] {
      do {
        return Int64((try style.parse(moment).timeIntervalSince1970 * 1000).rounded())
      } catch {
        // Perhaps in the other style; when in neither, it is no moment.
        continue
      }
    }
    return nil
  }
}
