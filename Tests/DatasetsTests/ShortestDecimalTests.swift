import Testing

@testable import Datasets

@Suite struct ShortestDecimalTests {
  private func text(_ value: Double) -> String {
    var bytes: [UInt8] = []
    ShortestDecimal.append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    "numbers are written as the standard library does, whole ones without a fraction",
    arguments: [
      (0.0, "0"), (1, "1"), (-1, "-1"), (0.5, "0.5"), (-0.25, "-0.25"), (0.1, "0.1"),
      (1.0 / 3, "0.3333333333333333"), (2.0 / 3, "0.6666666666666666"), (1e-4, "0.0001"),
      (0.00012207031250000003, "0.00012207031250000003"),
      (9.999999999999999e-5, "9.999999999999999e-05"),
      (4_503_599_627_370_495.5, "4503599627370495.5"), (9_007_199_254_740_991, "9007199254740991"),
      (1e21, "1e+21"), (1e-300, "1e-300"), (123_456.789, "123456.789"), (100.25, "100.25"),
    ] as [(Double, String)])
  func cases(value: Double, expected: String) {
    #expect(text(value) == expected)
  }

  @Test("random numbers of every size are written as the standard library does")
  func random() {
    var state: UInt64 = 42
    for index in 0..<400_000 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      word ^= word >> 31
      // Exponents from 2^-16 to 2^53, and now and then few bits set, near powers of two.
      let exponent = UInt64(1023 - 16 + Int(word >> 52) % 70)
      var significand = word & (1 << 52 - 1)
      if index % 4 == 1 { significand &= 0b111 }
      if index % 4 == 2 { significand |= ~0b111 & (1 << 52 - 1) }
      if index % 4 == 3 { significand &= ~(1 << 36 - 1) }
      let value = Double(bitPattern: exponent << 52 | significand)
      guard value != value.rounded() else { continue }
      if text(value) != value.description {
        Issue.record("\(value.description) is written \(text(value))")
        return
      }
    }
  }

  @Test("short decimals stay short")
  func short() {
    for thousandths in 1...20_000 {
      let value = Double(thousandths) / 1000
      guard value != value.rounded() else { continue }
      #expect(text(value) == value.description)
    }
  }
}
