/// What the text of a cell says.
enum CellReading: Equatable, Sendable {
  /// Nothing: empty, blank, or a word such as `NA`.
  case missing
  /// A number whose text is the numeral's.
  case numeral(Numeral)
  /// A number written in another way, such as `1e3`, `+5` or `007`.
  case number(Double)
  /// NaN or infinity, written out or by being too large.
  case notFinite
  /// Anything else.
  case text
}

/// The grammar of numbers in cells, over bytes.
///
///     number   = [ "+" / "-" ] ( digits [ "." [ digits ] ] / "." digits ) [ exponent ]
///     exponent = ( "e" / "E" ) [ "+" / "-" ] digits
///
/// Blanks around it do not count. Hexadecimal, digit groups and units are not numbers here.
enum NumberParser {
  /// Words that stand for no value, in lower case.
  static let missingWords: [[UInt8]] = ["na", "n/a", "#n/a", "null", "-", "?"].map {
    Array($0.utf8)
  }
  /// Words that stand for no finite number, in lower case, without a sign.
  static let notFiniteWords: [[UInt8]] = ["nan", "inf", "infinity"].map { Array($0.utf8) }

  /// Reads the text of a cell.
  static func read(_ cell: Span<UInt8>) -> CellReading {
    var start = 0
    var end = cell.count
    while start < end, isBlank(cell[start]) { start += 1 }
    while end > start, isBlank(cell[end - 1]) { end -= 1 }
    guard start < end else { return .missing }
    let isTrimmed = start > 0 || end < cell.count

    var index = start
    var isNegative = false
    var isPlain = !isTrimmed
    if cell[index] == UInt8(ascii: "-") || cell[index] == UInt8(ascii: "+") {
      isNegative = cell[index] == UInt8(ascii: "-")
      isPlain = isPlain && isNegative
      index += 1
    }
    let firstDigit = index
    var mantissa: UInt64 = 0
    var digitCount = 0
    while index < end, let digit = digit(cell[index]) {
      if digitCount < Numeral.maxDigits { mantissa = mantissa * 10 + digit }
      digitCount += 1
      index += 1
    }
    let wholeDigits = digitCount
    var decimals = 0
    if index < end, cell[index] == UInt8(ascii: ".") {
      index += 1
      while index < end, let digit = digit(cell[index]) {
        if digitCount < Numeral.maxDigits { mantissa = mantissa * 10 + digit }
        digitCount += 1
        decimals += 1
        index += 1
      }
      if wholeDigits == 0 || decimals == 0 { isPlain = false }
    }
    guard digitCount > 0 else { return word(cell.extracting(start..<end)) }
    if wholeDigits > 1, cell[firstDigit] == UInt8(ascii: "0") { isPlain = false }
    if isNegative, mantissa == 0 { isPlain = false }

    var exponent = 0
    if index < end, cell[index] | 0x20 == UInt8(ascii: "e") {
      isPlain = false
      index += 1
      var isSmall = false
      if index < end, cell[index] == UInt8(ascii: "-") || cell[index] == UInt8(ascii: "+") {
        isSmall = cell[index] == UInt8(ascii: "-")
        index += 1
      }
      let exponentStart = index
      while index < end, let digit = digit(cell[index]) {
        // Beyond this every Double is zero or infinite, whatever the mantissa can hold.
        exponent = min(exponent * 10 + Int(digit), 2_000_000)
        index += 1
      }
      guard index > exponentStart else { return .text }
      if isSmall { exponent = -exponent }
    }
    guard index == end else { return .text }

    if digitCount <= Numeral.maxDigits {
      let signed = isNegative ? -Int64(mantissa) : Int64(mantissa)
      if isPlain { return .numeral(Numeral(mantissa: signed, decimals: UInt8(decimals))) }
      let power = exponent - decimals
      if mantissa <= 1 << 53, abs(power) <= 22 {
        // Exact operands, one rounding.
        let scale = PowersOfTen.exact[abs(power)]
        let magnitude = power < 0 ? Double(mantissa) / scale : Double(mantissa) * scale
        return .number(isNegative ? -magnitude : magnitude)
      }
    }
    let value = nearestDouble(cell.extracting(start..<end))
    return value.isFinite ? .number(value) : .notFinite
  }

  /// The Double nearest to a text that follows the grammar; infinite beyond its range.
  static func nearestDouble(_ text: Span<UInt8>) -> Double {
    let string = String(copying: text)
    // The grammar was checked by the caller, and every such text is a Swift floating-point text.
    return Double(string) ?? .nan
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? UInt64(value) : nil
  }

  private static func word(_ cell: Span<UInt8>) -> CellReading {
    // "-Infinity" is the longest word.
    guard cell.count <= 9 else { return .text }
    if missingWords.contains(where: { equals(cell, from: 0, $0) }) { return .missing }
    let sign = cell[0] == UInt8(ascii: "-") || cell[0] == UInt8(ascii: "+") ? 1 : 0
    if notFiniteWords.contains(where: { equals(cell, from: sign, $0) }) { return .notFinite }
    return .text
  }

  private static func equals(_ cell: Span<UInt8>, from start: Int, _ lowercase: [UInt8]) -> Bool {
    guard cell.count - start == lowercase.count else { return false }
    for index in 0..<lowercase.count {
      var byte = cell[start + index]
      if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { byte |= 0x20 }
      if byte != lowercase[index] { return false }
    }
    return true
  }
}

extension String {
  /// The text of some bytes; what is not UTF-8 becomes U+FFFD.
  init(copying bytes: Span<UInt8>) {
    // Safety: the string is a copy made before the closure returns; the pointer stays inside it.
    self = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
