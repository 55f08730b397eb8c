/// The shortest decimal that reads back as the same Double, as `Double.description` writes it.
///
/// Numbers from 10⁻⁴ up to 2⁵³ are written by the method of Schubfach, whose products are exact
/// here since no power of five in that range needs more than 64 bits; others are left to the
/// standard library.
///
/// - SeeAlso: Giulietti 2020, "The Schubfach way to render doubles".
public enum ShortestDecimal {
  /// The most bytes that ``write(_:to:)`` writes.
  public static let maxLength = 32

  /// Appends a finite number.
  public static func append(_ value: Double, to output: inout [UInt8]) {
    // Safety: room for `maxLength` bytes is there, and no more are written.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: maxLength) { buffer in
      guard let base = buffer.baseAddress else { return }
      let count = write(value, to: base)
      output.append(contentsOf: UnsafeBufferPointer(start: base, count: count))
    }
  }

  /// Writes a finite number and gives the count of bytes written, ``maxLength`` at most.
  ///
  /// Whole numbers have no fraction: `3`, not `3.0`.
  public static func write(_ value: Double, to output: UnsafeMutablePointer<UInt8>) -> Int {
    let magnitude = value.magnitude
    var start = 0
    if value < 0 {
      output[0] = UInt8(ascii: "-")
      start = 1
    }
    if magnitude < 9_007_199_254_740_992, magnitude == magnitude.rounded(.towardZero) {
      return start + writeDigits(UInt64(magnitude), to: output + start)
    }
    guard magnitude >= 1e-4, magnitude < 9_007_199_254_740_992 else {
      var count = 0
      for byte in value.description.utf8 {
        output[count] = byte
        count += 1
      }
      return count
    }
    let (digits, decimals) = shortest(magnitude)
    return start + writeDecimal(digits, decimals, to: output + start)
  }

  /// Powers of five up to 5²⁷, the last that fits.
  private static let powersOfFive: [UInt64] = (0...27).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 5 }
  }

  /// The digits and how many of them follow the point, for a number that is not whole and within
  /// 10⁻⁴ ..< 2⁵³.
  private static func shortest(_ value: Double) -> (digits: UInt64, decimals: Int) {
    let c = value.significandBitPattern | 1 << 52
    let q = Int(value.exponent) - 52
    // At a power of two the next smaller number is only half as far away.
    let isIrregular = value.significandBitPattern == 0
    // ⌊log₁₀ 2^q⌋, or of ¾ 2^q; exact for all exponents of a Double.
    let k = (q * 1_262_611 - (isIrregular ? 524_031 : 0)) >> 22
    let power = powersOfFive[-k]
    let shift = UInt64(-(q - k))
    // Four times the number and the ends of its interval in units of 10^k, rounded to odd.
    func scaled(_ x: UInt64) -> UInt64 {
      let (high, low) = x.multipliedFullWidth(by: power)
      guard shift > 0 else { return low }
      let quotient = high << (64 - shift) | low >> shift
      return quotient | (low & (1 << shift - 1) == 0 ? 0 : 1)
    }
    let middle = scaled(4 * c)
    let lower = scaled(4 * c - (isIrregular ? 1 : 2)) + (c & 1)
    let upper = scaled(4 * c + 2) - (c & 1)
    let s = middle / 4
    let tens = s / 10
    let isLowerInside = lower <= 40 * tens
    if isLowerInside != (40 * tens + 40 <= upper) {
      return withoutZeros(isLowerInside ? tens : tens + 1, -k - 1)
    }
    let isFloorInside = lower <= 4 * s
    if isFloorInside != (4 * s + 4 <= upper) {
      return withoutZeros(isFloorInside ? s : s + 1, -k)
    }
    let half = 4 * s + 2
    return withoutZeros(middle > half || (middle == half && s & 1 == 1) ? s + 1 : s, -k)
  }

  @inline(__always)
  private static func withoutZeros(_ digits: UInt64, _ decimals: Int) -> (UInt64, Int) {
    var digits = digits
    var decimals = decimals
    while decimals > 0 {
      let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: 10)
      guard remainder == 0 else { break }
      digits = quotient
      decimals -= 1
    }
    return (digits, decimals)
  }

  private static func writeDecimal(
    _ digits: UInt64, _ decimals: Int, to output: UnsafeMutablePointer<UInt8>
  ) -> Int {
    let count = digitCount(digits)
    let wholeCount = count - decimals
    if wholeCount > 0 {
      // The digits one place to the right of where they end up, then the whole ones moved back.
      _ = writeDigits(digits, to: output + 1)
      for index in 0..<wholeCount { output[index] = output[index + 1] }
      output[wholeCount] = UInt8(ascii: ".")
      return count + 1
    }
    output[0] = UInt8(ascii: "0")
    output[1] = UInt8(ascii: ".")
    let zeros = -wholeCount
    for index in 0..<zeros { output[2 + index] = UInt8(ascii: "0") }
    return 2 + zeros + writeDigits(digits, to: output + 2 + zeros)
  }

  /// Writes a whole number and gives the count of its digits.
  static func writeDigits(_ value: UInt64, to output: UnsafeMutablePointer<UInt8>) -> Int {
    let count = digitCount(value)
    var rest = value
    var index = count
    while rest >= 100 {
      let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
      output[index &- 1] = UInt8(truncatingIfNeeded: 48 &+ pair % 10)
      output[index &- 2] = UInt8(truncatingIfNeeded: 48 &+ pair / 10)
      index &-= 2
      rest = quotient
    }
    output[index &- 1] = UInt8(truncatingIfNeeded: 48 &+ rest % 10)
    if rest >= 10 { output[index &- 2] = UInt8(truncatingIfNeeded: 48 &+ rest / 10) }
    return count
  }

  private static let powersOfTen: [UInt64] = (0..<20).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  private static func digitCount(_ value: UInt64) -> Int {
    // 1233 / 4096 is a little above log₁₀ 2.
    let guess = ((64 - value.leadingZeroBitCount) * 1233) >> 12
    return max(1, guess + (guess < 20 && value >= powersOfTen[guess] ? 1 : 0))
  }
}
