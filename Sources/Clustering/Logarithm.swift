// The same bits on every machine: the C library's logarithm differs in the last place from one
// build to the next, and a run's numbers must not.

/// log(1 + x) for x ≥ 0, to the last place or the one beside it.
///
/// - SeeAlso: the `log` of Sun's fdlibm, whose reduction and polynomial this is.
package func logarithmOfOnePlus(_ x: Double) -> Double {
  let u = 1 + x
  guard u.isFinite, u > 0 else { return u == 0 ? -.infinity : u }
  // What rounding took from 1 + x, put back to first order.
  let lost = x - (u - 1)
  var exponent = Int(u.exponent)
  var significand = u.significand  // in 1..<2
  if significand > 1.4142135623730951 {
    significand /= 2
    exponent += 1
  }
  let f = significand - 1
  let s = f / (2 + f)
  let z = s * s
  let w = z * z
  let even = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332))
  let odd =
    z
    * (0.6666666666666735130
      + w
      * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)))
  let r = even + odd
  let half = 0.5 * f * f
  let k = Double(exponent)
  let high = 6.93147180369123816490e-01
  let low = 1.90821492927058770002e-10
  return k * high - ((half - (s * (half + r) + (k * low + lost / u))) - f)
}

/// e^x − 1 for the values that ``logarithmOfOnePlus(_:)`` gives back.
///
/// The power is taken by halving the argument until a Taylor series of 20 terms is exact to the
/// last place, then squaring back.
package func exponentialLessOne(_ x: Double) -> Double {
  guard x.isFinite, abs(x) < 700 else { return x > 0 ? .infinity : -1 }
  var halvings = 0
  var reduced = x
  while abs(reduced) > 0.125 {
    reduced /= 2
    halvings += 1
  }
  var term = reduced
  var sum = reduced
  for n in 2...20 {
    term *= reduced / Double(n)
    sum += term
  }
  // (1 + s)² − 1 = s (2 + s) keeps the small end exact.
  for _ in 0..<halvings { sum *= 2 + sum }
  return sum
}
