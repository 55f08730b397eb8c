/// SplitMix64 (Steele, Lea, Flood 2014): the same sequence everywhere.
struct SampleRandom {
  var state: UInt64

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Fingerprint.mix(state)
  }

  /// In 0..<1.
  mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Nearly normal, mean 0 and deviation 1: the sum of twelve, which needs no logarithm and so
  /// rounds alike on every machine.
  mutating func bell() -> Double {
    (0..<12).reduce(-6.0) { sum, _ in sum + unit() }
  }
}
