/// A number as people write it: digits, marks between them, and a unit before or after.
///
///     styled = [ sign ] [ currency ] [ sign ] digits { mark digits } [ [ multiple ] currency / "%" ]
///
/// Blanks, the ones that do not break among them, may stand anywhere between the parts.
struct StyledNumber: Equatable {
  private let isNegative: Bool
  /// Digits and the marks between them; blanks and apostrophes have become ` `.
  private let core: [UInt8]
  /// What stands around, in lower case and without blanks: `$`, `%`, `k$`.
  let unit: String

  private static let currencies = [
    "$", "€", "£", "¥", "₹", "₩", "₽", "usd", "eur", "gbp", "chf", "jpy", "cny", "inr", "krw",
    "us$", "a$", "c$", "r$", "zł", "kr", "rs", "rs.",
  ]
  private static let multiples = ["k", "m", "mio", "tsd", "t"]
  private static let prefixes = Set(currencies.map { Array($0.utf8) })
  private static let suffixes = Set(
    (["%"] + currencies + multiples + multiples.flatMap { m in currencies.map { m + $0 } }).map {
      Array($0.utf8)
    })

  /// Whether numbers with this unit are thousands or millions of something.
  static func isMultiple(_ unit: String) -> Bool {
    !unit.isEmpty && unit != "%" && !currencies.contains(unit)
  }

  /// Whether cells can carry this, or nothing.
  static func isUnit(_ unit: String) -> Bool {
    unit.isEmpty || suffixes.contains(Array(unit.utf8)) || prefixes.contains(Array(unit.utf8))
  }

  init?(_ cell: Span<UInt8>) {
    // Longer texts are no numbers, and need no look.
    guard cell.count <= 40 else { return nil }
    var first = cell.count
    var last = -1
    for index in cell.indices where cell[index] &- 0x30 < 10 {
      first = min(first, index)
      last = index
    }
    guard last >= first, let before = Marks(cell, 0..<first, takesSign: true),
      let after = Marks(cell, (last + 1)..<cell.count, takesSign: false),
      before.bytes.isEmpty || StyledNumber.prefixes.contains(before.bytes),
      after.bytes.isEmpty || StyledNumber.suffixes.contains(after.bytes)
    else { return nil }
    var core: [UInt8] = []
    core.reserveCapacity(last + 1 - first)
    var index = first
    while index <= last {
      let byte = cell[index]
      if byte &- 0x30 < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") {
        core.append(byte)
        index += 1
      } else if byte == UInt8(ascii: "'") {
        core.append(0x20)
        index += 1
      } else if let width = Marks.blank(cell, index) ?? Marks.apostrophe(cell, index) {
        core.append(0x20)
        index += width
      } else {
        return nil
      }
    }
    isNegative = before.isNegative
    self.core = core
    let around = after.bytes + before.bytes
    unit = around.isEmpty ? "" : String(copying: around.span)
  }

  /// The number when `decimalMark` stands before the decimals and the other mark, if there is one,
  /// between groups of three digits; `nil` if it cannot be read so.
  func value(decimalMark: Character) -> Double? {
    let mark: UInt8 = decimalMark == "," ? 0x2C : 0x2E
    var digits: [UInt8] = []
    digits.reserveCapacity(core.count)
    var groupMark: UInt8?
    var groupLength = 0
    var decimals: Int?
    for byte in core {
      if byte &- 0x30 < 10 {
        digits.append(byte)
        groupLength += 1
        if let found = decimals { decimals = found + 1 }
      } else if byte == mark {
        guard decimals == nil, groupMark == nil || groupLength == 3 else { return nil }
        decimals = 0
      } else {
        // One mark throughout, three digits after each, and no zero before the first.
        guard decimals == nil, groupMark.map({ $0 == byte && groupLength == 3 }) ?? true else {
          return nil
        }
        guard groupMark != nil || (groupLength <= 3 && digits[0] != 0x30) else { return nil }
        groupMark = byte
        groupLength = 0
      }
    }
    guard decimals != nil || groupMark == nil || groupLength == 3 else { return nil }
    let places = decimals ?? 0
    guard digits.count <= Numeral.maxDigits else {
      digits.insert(0x2E, at: digits.count - places)
      if places == 0 { digits.removeLast() }
      let value = NumberParser.nearestDouble(digits.span)
      return isNegative ? -value : value
    }
    let mantissa = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
    let value = Numeral.value(mantissa: mantissa, decimals: UInt8(places))
    return isNegative ? -value : value
  }
}

/// What stands before or after the digits of a number: a sign, and the bytes of a unit.
private struct Marks {
  private(set) var isNegative = false
  /// In lower case, without blanks.
  private(set) var bytes: [UInt8] = []

  /// - Returns: `nil` for two signs, or one where none can stand.
  init?(_ cell: Span<UInt8>, _ range: Range<Int>, takesSign: Bool) {
    var hasSign = false
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = cell[index]
      if let width = Marks.blank(cell, index) {
        index += width
      } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
        || Marks.isMinus(cell, index)
      {
        guard takesSign, !hasSign else { return nil }
        hasSign = true
        isNegative = byte != UInt8(ascii: "+")
        index += byte < 0x80 ? 1 : 3
      } else {
        bytes.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
        index += 1
      }
    }
  }

  /// How many bytes a blank at `index` has, if there is one: space, TAB, U+00A0, U+202F.
  static func blank(_ cell: Span<UInt8>, _ index: Int) -> Int? {
    if cell[index] == 0x20 || cell[index] == 0x09 { return 1 }
    if cell[index] == 0xC2, index + 1 < cell.count, cell[index + 1] == 0xA0 { return 2 }
    return isThree(cell, index, 0x80, 0xAF) ? 3 : nil
  }

  /// The same for U+2019.
  static func apostrophe(_ cell: Span<UInt8>, _ index: Int) -> Int? {
    isThree(cell, index, 0x80, 0x99) ? 3 : nil
  }

  /// Whether U+2212, the minus sign of typesetters, is at `index`.
  private static func isMinus(_ cell: Span<UInt8>, _ index: Int) -> Bool {
    isThree(cell, index, 0x88, 0x92)
  }

  private static func isThree(_ cell: Span<UInt8>, _ index: Int, _ second: UInt8, _ third: UInt8)
    -> Bool
  {
    cell[index] == 0xE2 && index + 2 < cell.count && cell[index + 1] == second
      && cell[index + 2] == third
  }
}
