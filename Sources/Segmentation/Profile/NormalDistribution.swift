import Clustering

// The same bits on every machine, which the C library's erfc does not promise.

/// Tails of the normal distribution.
enum NormalDistribution {
  /// The chance that a standard normal variable is farther from 0 than `z`, on either side.
  static func twoSidedTail(_ z: Double) -> Double {
    complementaryError(abs(z) / 2.0.squareRoot())
  }

  /// erfc(x) for x ≥ 0, to about 13 digits.
  ///
  /// - SeeAlso: Abramowitz and Stegun 1964, 7.1.6 (series) and 7.1.14 (continued fraction).
  static func complementaryError(_ x: Double) -> Double {
    guard x.isFinite else { return x.isNaN ? .nan : 0 }
    let square = x * x
    guard square < 700 else { return 0 }
    // 1/√π
    let scale = 0.5641895835477563 / (1 + exponentialLessOne(square))
    if x < 2.5 {
      // All terms have one sign, so that no digits cancel.
      var term = x
      var sum = x
      var n = 1.0
      while term > sum * 1e-17 {
        term *= 2 * square / (2 * n + 1)
        sum += term
        n += 1
      }
      return max(0, 1 - 2 * scale * sum)
    }
    var fraction = x
    for n in stride(from: 60.0, to: 0, by: -1) { fraction = x + n / 2 / fraction }
    return scale / fraction
  }
}

/// Whether two groups differ in how often something occurs.
enum TwoProportionTest {
  /// The two-sided p-value of the z-test with pooled variance.
  ///
  /// - Parameters:
  ///   - first: how many of the first group have it, and how large the group is.
  ///   - second: the same of the second group.
  /// - Returns: nil when the normal approximation does not hold: an expected count, of those who
  ///   have it or who do not, is below 5 in either group.
  static func pValue(
    _ first: (count: Double, size: Double), _ second: (count: Double, size: Double)
  ) -> Double? {
    let size = first.size + second.size
    guard size > 0 else { return nil }
    let share = (first.count + second.count) / size
    let least = min(first.size, second.size) * min(share, 1 - share)
    guard least >= CategoryProfile.expectedLimit else { return nil }
    let variance = share * (1 - share) * (1 / first.size + 1 / second.size)
    let difference = first.count / first.size - second.count / second.size
    return NormalDistribution.twoSidedTail(difference / variance.squareRoot())
  }
}

/// Many tests at once.
enum FalseDiscovery {
  /// P-values adjusted so that, of the ones below a level, no more than that share is false.
  ///
  /// - SeeAlso: Benjamini and Hochberg 1995.
  static func adjusted(_ pValues: [Double]) -> [Double] {
    let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    var adjusted = pValues
    var least = 1.0
    for (position, index) in order.enumerated().reversed() {
      least = min(least, pValues[index] * Double(pValues.count) / Double(position + 1))
      adjusted[index] = least
    }
    return adjusted
  }
}
