/// A plain decimal number as it was written: `mantissa` with the point `decimals` digits from the
/// right.
///
/// Its text can be written again from these two: `-12.50` is −1250 with two decimals. Numbers
/// written in any other way (`+5`, `007`, `1e3`, `-0`, more than 18 digits) are no numerals.
struct Numeral: Equatable, Sendable {
  var mantissa: Int64
  var decimals: UInt8

  /// The most digits a mantissa has: all such numbers fit in an `Int64`.
  static let maxDigits = 18

  /// The nearest Double.
  var value: Double {
    Numeral.value(mantissa: mantissa, decimals: decimals)
  }

  /// The nearest Double to `mantissa` · 10^−`decimals`.
  static func value(mantissa: Int64, decimals: UInt8) -> Double {
    if decimals == 0 { return Double(mantissa) }
    if mantissa.magnitude <= 1 << 53 {
      // Both operands are exact and division rounds once (Clinger 1990).
      return Double(mantissa) / PowersOfTen.exact[Int(decimals)]
    }
    var text: [UInt8] = []
    append(mantissa: mantissa, decimals: decimals, to: &text)
    return NumberParser.nearestDouble(text.span)
  }

  /// Appends the text the numeral was written with.
  static func append(mantissa: Int64, decimals: UInt8, to output: inout [UInt8]) {
    if mantissa < 0 { output.append(UInt8(ascii: "-")) }
    var rest = mantissa.magnitude
    let decimals = Int(decimals)
    // 18 digits, a point and a leading zero at most.
    var digits = InlineArray<24, UInt8>(repeating: UInt8(ascii: "0"))
    var count = 0
    repeat {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
      digits[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: remainder)
      count += 1
      rest = quotient
    } while rest > 0
    count = max(count, decimals + 1)
    var index = count - 1
    while index >= 0 {
      output.append(digits[index])
      if index == decimals && decimals > 0 { output.append(UInt8(ascii: ".")) }
      index -= 1
    }
  }
}

/// Powers of ten that a Double holds exactly.
enum PowersOfTen {
  static let exact: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
