/// Numbers as a person reads them in a sentence.
enum ReadableNumber {
  /// A number from `lower` up to, not with, `upper`: of those well between the two, the one with
  /// the fewest decimal places, nearest to the middle.
  ///
  /// `between(60, 61)` is 60.5, `between(53, 55)` is 54.
  static func between(_ lower: Double, _ upper: Double) -> Double {
    let gap = upper - lower
    let middle = lower + gap / 2
    let inner = (lower + gap / 4)...(upper - gap / 4)
    guard gap.isFinite, gap > 0 else { return lower }
    for places in -18...18 {
      let candidate = rounded(middle, places: places)
      if inner.contains(candidate), candidate < upper { return candidate }
    }
    return middle < upper ? middle : lower
  }

  /// A number rounded to decimal places; −2 rounds to hundreds.
  static func rounded(_ value: Double, places: Int) -> Double {
    var scale = 1.0
    for _ in 0..<abs(places) { scale *= 10 }
    let result = places < 0 ? (value / scale).rounded() * scale : (value * scale).rounded() / scale
    return result.isFinite ? result : value
  }

  /// The text of a number in full: `54`, `60.5`.
  static func text(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return value.description
  }

  /// The text of a number to three digits, whole numbers above that in full: `86.5`, `0.0123`,
  /// `15234`.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    let size = abs(value)
    guard size > 0 else { return "0" }
    // The number of digits before the point, or minus the zeros after it.
    var digits = 0
    var rest = size
    while rest >= 1, digits < 300 {
      rest /= 10
      digits += 1
    }
    while rest < 0.1, digits > -300 {
      rest *= 10
      digits -= 1
    }
    return text(rounded(value, places: min(18, max(0, 3 - digits))))
  }

  /// A share as per cent: `19.5 %`.
  static func percent(_ share: Double) -> String {
    "\(text(rounded(share * 100, places: 1))) %"
  }
}
