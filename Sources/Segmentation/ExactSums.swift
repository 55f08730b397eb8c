/// Sums of Doubles that are exact until they are read: the same bits in any order of the numbers.
///
/// Each sum is a whole number of 2⁻¹⁰⁷⁴, in digits of 32 bits that carry late.
/// - SeeAlso: Kulisch 2013, Computer Arithmetic and Validity, on the long accumulator.
struct ExactSums: Sendable {
  /// Digits of one sum: bit 0 is 2⁻¹⁰⁷⁴, the largest Double begins at bit 2045, and the rest is for
  /// carries.
  private static let digitCount = 68
  /// A digit takes so many additions below 2³² before it must carry.
  private static let additionLimit = 1 << 30

  private var digits: [Int64]
  private var additionCount = 0
  /// Sums of what is not finite, which no digit holds.
  private var others: [Double]

  /// As many sums of nothing.
  init(count: Int) {
    digits = [Int64](repeating: 0, count: count * Self.digitCount)
    others = [Double](repeating: 0, count: count)
  }

  /// Adds a number to one of the sums.
  ///
  /// - Complexity: O(1), amortised.
  mutating func add(_ value: Double, to index: Int) {
    guard value.isFinite else {
      others[index] += value
      return
    }
    let exponent = Int(value.exponentBitPattern)
    // A subnormal number has no leading one and the exponent of the smallest normal one.
    let significand = value.significandBitPattern | (exponent > 0 ? 1 << 52 : 0)
    let place = max(exponent, 1) - 1
    let shift = UInt64(place % 32)
    let first = index * Self.digitCount + place / 32
    let sign: Int64 = value.sign == .minus ? -1 : 1
    digits[first] += sign * Int64((significand << shift) & 0xFFFF_FFFF)
    digits[first + 1] += sign * Int64((significand >> (32 - shift)) & 0xFFFF_FFFF)
    digits[first + 2] += sign * Int64(shift == 0 ? 0 : significand >> (64 - shift))
    additionCount += 1
    if additionCount == Self.additionLimit {
      for sum in others.indices { carry(sum) }
      additionCount = 0
    }
  }

  /// The sums, each rounded once, to the nearest.
  var values: [Double] {
    var sums = self
    return others.indices.map { sums.value(of: $0) }
  }

  /// Leaves each digit but the last in 0..<2³².
  private mutating func carry(_ index: Int) {
    let first = index * Self.digitCount
    for digit in first..<first + Self.digitCount - 1 {
      digits[digit + 1] += digits[digit] >> 32
      digits[digit] &= 0xFFFF_FFFF
    }
  }

  private mutating func value(of index: Int) -> Double {
    guard others[index] == 0 else { return others[index] }
    let range = index * Self.digitCount..<(index + 1) * Self.digitCount
    carry(index)
    let isNegative = digits[range.upperBound - 1] < 0
    if isNegative {
      for digit in range { digits[digit] = -digits[digit] }
      carry(index)
    }
    guard let top = range.last(where: { digits[$0] != 0 }) else { return 0 }
    // The 64 bits from the highest one down; what is below shows in the last of them.
    func digit(_ place: Int) -> UInt64 { place < range.lowerBound ? 0 : UInt64(digits[place]) }
    let empty = digit(top).leadingZeroBitCount - 32
    let upper = digit(top) << 32 | digit(top - 1)
    var bits = upper << UInt64(empty)
    if empty > 0 { bits |= digit(top - 2) >> UInt64(32 - empty) }
    let rest = empty > 0 ? digit(top - 2) << UInt64(32 + empty) : digit(top - 2)
    if rest != 0
      || (top - 2 > range.lowerBound && digits[range.lowerBound..<top - 2].contains { $0 != 0 })
    {
      bits |= 1
    }
    let exponent = (top - range.lowerBound) * 32 - 32 - empty - 1074
    let magnitude = Double(sign: .plus, exponent: exponent, significand: Double(bits))
    return isNegative ? -magnitude : magnitude
  }
}
