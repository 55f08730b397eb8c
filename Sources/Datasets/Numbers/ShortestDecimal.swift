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

  /// Powers of five up to 5²⁷, the last that fits; written out, so that they need no making.
  private static let powersOfFive: [UInt64] = [
    1, 5, 25, 125, 625, 3_125, 15_625, 78_125, 390_625, 1_953_125, 9_765_625, 48_828_125,
    244_140_625, 1_220_703_125, 6_103_515_625, 30_517_578_125, 152_587_890_625, 762_939_453_125,
    3_814_697_265_625, 19_073_486_328_125, 95_367_431_640_625, 476_837_158_203_125,
    2_384_185_791_015_625, 11_920_928_955_078_125, 59_604_644_775_390_625,
    298_023_223_876_953_125, 1_490_116_119_384_765_625, 7_450_580_596_923_828_125,
  ]

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

  /// Writes a whole number and gives the count of its digits; up to seven bytes behind them are
  /// overwritten.
  static func writeDigits(_ value: UInt64, to output: UnsafeMutablePointer<UInt8>) -> Int {
    let count = digitCount(value)
    let target = UnsafeMutableRawPointer(output)
    if value < 100_000_000 {
      target.storeBytes(of: leading(value, count), as: UInt64.self)
      return count
    }
    let upper = value / 100_000_000
    let lower = value &- upper &* 100_000_000
    if upper < 100_000_000 {
      target.storeBytes(of: leading(upper, count &- 8), as: UInt64.self)
    } else {
      let top = upper / 100_000_000
      target.storeBytes(of: leading(top, count &- 16), as: UInt64.self)
      (target + (count &- 16)).storeBytes(
        of: eightDigits(upper &- top &* 100_000_000), as: UInt64.self)
    }
    (target + (count &- 8)).storeBytes(of: eightDigits(lower), as: UInt64.self)
    return count
  }

  /// The last `count` of a number's eight digits.
  @inline(__always)
  private static func leading(_ value: UInt64, _ count: Int) -> UInt64 {
    (UInt64(littleEndian: eightDigits(value)) &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count))
      .littleEndian
  }

  /// The digits of a number below 10⁸, the first in the byte that is stored first: fours, then
  /// pairs, then all (Muła 2011).
  @inline(__always)
  private static func eightDigits(_ value: UInt64) -> UInt64 {
    let high = value / 10_000
    let fours = high | (value &- high &* 10_000) &<< 32
    let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007F_0000_007F
    let pairs = hundreds | (fours &- hundreds &* 100) &<< 16
    let tens = (pairs &* 103) &>> 10 & 0x000F_000F_000F_000F
    let digits = tens | (pairs &- tens &* 10) &<< 8
    return (digits | 0x3030_3030_3030_3030).littleEndian
  }

  private static let powersOfTen: [UInt64] = [
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
    1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000,
    1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
  ]

  private static func digitCount(_ value: UInt64) -> Int {
    // 1233 / 4096 is a little above log₁₀ 2.
    let guess = ((64 - value.leadingZeroBitCount) * 1233) >> 12
    return max(1, guess + (guess < 20 && value >= powersOfTen[guess] ? 1 : 0))
  }
}
