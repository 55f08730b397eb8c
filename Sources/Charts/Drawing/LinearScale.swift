/// Positions for values along an axis, with ticks at round numbers.
struct LinearScale {
  /// A labelled place on the axis.
  struct Tick: Equatable {
    let value: Double
    let label: String
  }

  /// The values at the two ends.
  let domain: ClosedRange<Double>
  /// The positions of the two ends.
  let start, end: Double
  let ticks: [Tick]

  /// A scale over the values given, widened to round numbers at both ends (Heckbert, Graphics Gems I,
  /// 1990).
  ///
  /// - Parameters:
  ///   - values: what must have a place; what is no number is left out.
  ///   - count: the most intervals between ticks.
  ///   - isWhole: whether the values are whole numbers, between which there is nothing.
  init(
    over values: some Sequence<Double>, from start: Double = 0, to end: Double = 1, count: Int,
    isWhole: Bool = false
  ) {
    // Half the largest number, so that differences stay finite.
    let limit = 8e307
    var low = Double.infinity
    var high = -Double.infinity
    for value in values where value.isFinite {
      low = min(low, max(value, -limit))
      high = max(high, min(value, limit))
    }
    if low > high { (low, high) = (0, 1) }
    let size = max(abs(low), abs(high))
    // What differs in the last digits only, or not at all, would have no round numbers between.
    if high - low < max(size * 1e-12, 1e-290) {
      let half = size > 1e-280 ? size / 20 : 0.5
      low -= half
      high += half
    }
    let (mantissa, exponent) = LinearScale.step(
      atLeast: (high - low) / Double(max(count, 1)), isWhole: isWhole)
    let unit = LinearScale.power(of: exponent)
    let step = { (value: Double) in value / Double(mantissa) / unit }
    let first = Int((step(low) + 1e-9).rounded(.down))
    let last = Int((step(high) - 1e-9).rounded(.up))
    let values = (first...max(last, first + 1)).map { $0 * mantissa }
    ticks = LinearScale.labelled(values, exponent: exponent)
    domain = (ticks.first?.value ?? low)...(ticks.last?.value ?? high)
    self.start = start
    self.end = end
  }

  private init(_ other: LinearScale, from start: Double, to end: Double) {
    domain = other.domain
    ticks = other.ticks
    self.start = start
    self.end = end
  }

  /// The same scale between other positions.
  func placed(from start: Double, to end: Double) -> LinearScale {
    LinearScale(self, from: start, to: end)
  }

  /// The position of a value; values beyond the ends are put on them.
  func position(_ value: Double) -> Double {
    let share = (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    return start + (end - start) * min(max(share.isFinite ? share : 0, 0), 1)
  }

  /// The smallest 1, 2 or 5 times a power of ten that is not below `size`.
  private static func step(atLeast size: Double, isWhole: Bool) -> (mantissa: Int, exponent: Int) {
    var exponent = 0
    while power(of: exponent) > size, exponent > -300 { exponent -= 1 }
    while power(of: exponent + 1) <= size, exponent < 307 { exponent += 1 }
    if isWhole, exponent < 0 { return (1, 0) }
    let unit = power(of: exponent)
    for mantissa in [1, 2, 5] where Double(mantissa) * unit >= size * (1 - 1e-12) {
      return (mantissa, exponent)
    }
    return (1, exponent + 1)
  }

  /// Powers of ten; those of whole exponents up to 22 are exact.
  private static func power(of exponent: Int) -> Double {
    let power = powers[min(abs(exponent), powers.count - 1)]
    return exponent < 0 ? 1 / power : power
  }

  private static let powers: [Double] = {
    var powers = [1.0]
    while powers.count <= 308 { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()

  /// Numbers `value · 10^exponent` with labels in one form: plain, in millions, or with a power of ten.
  private static func labelled(_ values: [Int], exponent: Int) -> [Tick] {
    let number = { (value: Int) in
      exponent < 0
        ? Double(value) / power(of: -exponent) : Double(value) * power(of: exponent)
    }
    let size = values.map { abs(number($0)) }.max() ?? 0
    var shift = 0
    var suffix = ""
    if size >= 1e15 || size < 1e-4 {
      while power(of: shift + 1) <= size, shift < 307 { shift += 1 }
      while power(of: shift) > size, shift > -307 { shift -= 1 }
      suffix = shift < 0 ? "e−\(-shift)" : "e\(shift)"
    } else if size >= 1e12 {
      (shift, suffix) = (12, "T")
    } else if size >= 1e9 {
      (shift, suffix) = (9, "B")
    } else if size >= 1e6 {
      (shift, suffix) = (6, "M")
    }
    return values.map { value in
      var digits = value
      var place = exponent - shift
      while place < 0, digits % 10 == 0, digits != 0, shift > 0 {
        digits /= 10
        place += 1
      }
      let text = NumberText.decimal(digits, exponent: value == 0 ? 0 : place)
      return Tick(value: number(value), label: value == 0 ? "0" : text + suffix)
    }
  }
}
