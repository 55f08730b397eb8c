/// A seeded stream of random numbers with a frozen sequence: SplitMix64.
///
/// Results are stored under a fingerprint of their options, so the sequence must never change: a
/// test pins its first values. The generators of the standard library promise no such thing.
/// - SeeAlso: Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195
public struct RandomSource: Sendable {
  /// Owned by this value; advanced by one odd constant a number.
  private var state: UInt64

  /// The stream of a seed.
  ///
  /// - Parameters:
  ///   - seed: the caller's seed.
  ///   - stream: numbers that tell streams of one seed apart, such as (k, restart).
  public init(seed: UInt64, stream: [UInt64] = []) {
    state = seed
    for part in stream {
      state = next() ^ Self.mixed(part &+ 0x9E37_79B9_7F4A_7C15)
    }
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A multiple of 2⁻⁵³ in 0..<1.
  public mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number in `0..<bound`, each equally likely.
  /// - SeeAlso: Lemire 2019, doi:10.1145/3230636
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0)
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }
}
