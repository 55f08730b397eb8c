/// Reads JSON (RFC 8259) token by token, strictly, from bytes that are all there.
///
/// A pure value over UTF-8. Positions count from the beginning of the document, which may lie
/// before the first byte here.
struct JSONReader: Sendable {
  private let bytes: [UInt8]
  private(set) var index: Int
  private let end: Int
  /// The line of `index`, from 1.
  private(set) var line: Int
  private var lineStart: Int
  private let offset: Int

  /// - Parameters:
  ///   - range: the bytes to read.
  ///   - line: the line, from 1, that `range` begins on; `lineStart` is where that line begins,
  ///     as an index like those of `range`.
  ///   - offset: where in the document index 0 stands.
  init(_ bytes: [UInt8], range: Range<Int>, line: Int = 1, lineStart: Int = 0, offset: Int = 0) {
    self.bytes = bytes
    index = range.lowerBound
    end = range.upperBound
    self.line = line
    self.lineStart = lineStart
    self.offset = offset
  }

  /// The column of `index`, from 1, in bytes.
  var column: Int { index - lineStart + 1 }
  var isAtEnd: Bool { index == end }

  func error(_ problem: JSONError.Problem) -> JSONError {
    JSONError(problem: problem, line: line, column: column, offset: offset + index)
  }

  private func unexpected() -> JSONError {
    error(index < end ? .unexpectedByte(bytes[index]) : .unexpectedEnd)
  }

  mutating func skipBlanks() {
    while index < end {
      switch bytes[index] {
      case 0x20, 0x09, 0x0D: index += 1
      case 0x0A:
        index += 1
        line += 1
        lineStart = index
      default: return
      }
    }
  }

  /// The next byte that is not blank, which stays unread.
  mutating func peek() throws(JSONError) -> UInt8 {
    skipBlanks()
    guard index < end else { throw error(.unexpectedEnd) }
    return bytes[index]
  }

  /// Reads one byte that must come next.
  mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
    guard try peek() == UInt8(ascii: character) else { throw unexpected() }
    index += 1
  }

  /// Reads `character` if it comes next.
  mutating func take(_ character: Unicode.Scalar) throws(JSONError) -> Bool {
    guard try peek() == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// Reads the elements of an array, whose bracket comes next.
  mutating func readArray(_ element: (inout JSONReader) throws(JSONError) -> Void)
    throws(JSONError)
  {
    try expect("[")
    if try take("]") { return }
    while true {
      try element(&self)
      if try take("]") { return }
      try expect(",")
    }
  }

  /// Reads the members of an object, whose brace comes next; `member` gets the name and reads
  /// the value.
  mutating func readObject(
    _ member: (inout JSONReader, borrowing [UInt8]) throws(JSONError) -> Void
  ) throws(JSONError) {
    try expect("{")
    if try take("}") { return }
    var name: [UInt8] = []
    while true {
      name.removeAll(keepingCapacity: true)
      try readString(into: &name)
      try expect(":")
      try member(&self, name)
      if try take("}") { return }
      try expect(",")
    }
  }

  /// Reads `true`, `false` or `null`.
  mutating func readWord(_ word: StaticString) throws(JSONError) {
    skipBlanks()
    for offset in 0..<word.utf8CodeUnitCount {
      guard index < end, bytes[index] == word.withUTF8Buffer({ $0[offset] }) else {
        throw unexpected()
      }
      index += 1
    }
  }

  /// Reads a number and gives its text's place.
  mutating func readNumber() throws(JSONError) -> Range<Int> {
    skipBlanks()
    let start = index
    if index < end, bytes[index] == UInt8(ascii: "-") { index += 1 }
    let first = index
    guard readDigits() > 0 else { throw error(.badNumber) }
    if index - first > 1, bytes[first] == UInt8(ascii: "0") {
      index = first
      throw error(.badNumber)
    }
    if index < end, bytes[index] == UInt8(ascii: ".") {
      index += 1
      guard readDigits() > 0 else { throw error(.badNumber) }
    }
    if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < end, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
        index += 1
      }
      guard readDigits() > 0 else { throw error(.badNumber) }
    }
    return start..<index
  }

  private mutating func readDigits() -> Int {
    let start = index
    while index < end, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
    return index - start
  }

  /// Reads a string and appends its UTF-8.
  mutating func readString(into output: inout [UInt8]) throws(JSONError) {
    try expect("\"")
    while true {
      let start = index
      var high: UInt8 = 0
      while index < end, bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\""),
        bytes[index] != UInt8(ascii: "\\")
      {
        high |= bytes[index]
        index += 1
      }
      if high >= 0x80, !UTF8Check.isValid(bytes.span.extracting(start..<index)) {
        throw error(.notUTF8)
      }
      output.append(contentsOf: bytes[start..<index])
      guard index < end else { throw error(.unexpectedEnd) }
      switch bytes[index] {
      case UInt8(ascii: "\""):
        index += 1
        return
      case UInt8(ascii: "\\"):
        try readEscape(into: &output)
      default:
        throw error(.controlCharacterInString)
      }
    }
  }

  private mutating func readEscape(into output: inout [UInt8]) throws(JSONError) {
    guard index + 1 < end else { throw error(.unexpectedEnd) }
    let letter = bytes[index + 1]
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(letter)
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0C)
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "u"):
      var unit = try readUnit(at: index)
      if (0xD800..<0xDC00).contains(unit) {
        // RFC 8259 §7: beyond the first plane a character is two escapes.
        guard index + 7 < end, bytes[index + 6] == UInt8(ascii: "\\"),
          bytes[index + 7] == UInt8(ascii: "u")
        else { throw error(.badEscape) }
        let low = try readUnit(at: index + 6)
        guard (0xDC00..<0xE000).contains(low) else { throw error(.badEscape) }
        unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        index += 6
      }
      guard let scalar = Unicode.Scalar(unit) else { throw error(.badEscape) }
      output.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
      index += 4
    default: throw error(.badEscape)
    }
    index += 2
  }

  private func readUnit(at position: Int) throws(JSONError) -> UInt32 {
    guard position + 5 < end else { throw error(.unexpectedEnd) }
    var unit: UInt32 = 0
    for byte in bytes[position + 2..<position + 6] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error(.badEscape)
      }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  /// Reads any value.
  mutating func readValue(depth: Int, maxDepth: Int) throws(JSONError) -> JSONValue {
    let first = try peek()
    switch first {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard depth < maxDepth else { throw error(.tooDeep(limit: maxDepth)) }
      return first == UInt8(ascii: "{")
        ? .object(try readObjectValue(depth: depth, maxDepth: maxDepth))
        : .array(try readArrayValue(depth: depth, maxDepth: maxDepth))
    case UInt8(ascii: "\""):
      var text: [UInt8] = []
      try readString(into: &text)
      return .string(String(copying: text.span))
    case UInt8(ascii: "t"):
      try readWord("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try readWord("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try readWord("null")
      return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let range = try readNumber()
      let text = bytes.span.extracting(range)
      return .number(
        JSONNumber(text: String(copying: text), value: NumberParser.nearestDouble(text)))
    default:
      throw unexpected()
    }
  }

  private mutating func readArrayValue(depth: Int, maxDepth: Int) throws(JSONError) -> [JSONValue] {
    var elements: [JSONValue] = []
    try readArray { (reader) throws(JSONError) in
      elements.append(try reader.readValue(depth: depth + 1, maxDepth: maxDepth))
    }
    return elements
  }

  private mutating func readObjectValue(depth: Int, maxDepth: Int) throws(JSONError) -> JSONObject {
    var members: [JSONObject.Member] = []
    var names: Set<String> = []
    try readObject { (reader, name) throws(JSONError) in
      let name = String(copying: name.span)
      let line = reader.line
      guard names.insert(name).inserted else { throw reader.error(.repeatedName(name)) }
      let value = try reader.readValue(depth: depth + 1, maxDepth: maxDepth)
      members.append(JSONObject.Member(name: name, value: value, line: line))
    }
    return JSONObject(members: members)
  }
}
