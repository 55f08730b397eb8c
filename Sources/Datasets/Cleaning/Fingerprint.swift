/// A 128-bit fingerprint of a sequence of words; not a defence against forgers.
public struct Fingerprint: Sendable {
  private var first: UInt64 = 0x243F_6A88_85A3_08D3
  private var second: UInt64 = 0x1319_8A2E_0370_7344

  /// The fingerprint of nothing yet.
  public init() {}

  /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit in reaches every bit out.
  static func mix(_ word: UInt64) -> UInt64 {
    var word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// Adds a word that is already well mixed or small.
  mutating func add(_ word: UInt64) {
    first = (first ^ word) &* 0x9E37_79B9_7F4A_7C15
    first ^= first >> 32
    second = (second &+ word) &* 0xD6E8_FEB8_6659_FD93
    second ^= second >> 29
  }

  /// Adds a text; two texts are not their joined text.
  public mutating func add(_ text: String) {
    add(Array(text.utf8))
  }

  /// Adds bytes; two arrays are not their joined array.
  ///
  /// - Complexity: O(*n*), eight bytes a step.
  public mutating func add(_ bytes: [UInt8]) {
    add(UInt64(bytes.count))
    var word: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      word = word << 8 | UInt64(byte)
      if index & 7 == 7 {
        add(word)
        word = 0
      }
    }
    add(word)
  }

  /// 32 hexadecimal digits.
  public var hex: String {
    let words = [Fingerprint.mix(first ^ second), Fingerprint.mix(second &+ first &* 3)]
    return words.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
