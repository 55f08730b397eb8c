/// The hash of FIPS 180-4, for keys and customer ids, which must not be guessed back.
///
/// ``Fingerprint`` is the faster one wherever nobody has anything to gain from a collision.
public struct SHA256: Sendable {
  /// Bytes of a digest.
  public static let digestCount = 32
  private static let blockCount = 64

  private var state: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
    0x5be0_cd19,
  ]
  private var block = InlineArray<64, UInt8>(repeating: 0)
  private var used = 0
  private var byteCount: UInt64 = 0

  /// The hash of nothing yet.
  public init() {}

  /// Adds bytes; how they are cut into calls does not matter.
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      block[used] = byte
      used += 1
      byteCount &+= 1
      if used == Self.blockCount {
        compress()
        used = 0
      }
    }
  }

  /// The digest of all that was added.
  public consuming func finish() -> [UInt8] {
    let bitCount = byteCount &* 8
    add(CollectionOfOne(0x80))
    while used != Self.blockCount - 8 { add(CollectionOfOne(0)) }
    add((0..<8).map { UInt8(truncatingIfNeeded: bitCount >> (56 - 8 * UInt64($0))) })
    return (0..<Self.digestCount).map {
      UInt8(truncatingIfNeeded: state[$0 / 4] >> (24 - 8 * UInt32($0 % 4)))
    }
  }

  /// The digest of some bytes.
  public static func digest(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.add(bytes)
    return hash.finish()
  }

  private mutating func compress() {
    var words = InlineArray<64, UInt32>(repeating: 0)
    for index in 0..<16 {
      words[index] =
        UInt32(block[4 * index]) << 24 | UInt32(block[4 * index + 1]) << 16
        | UInt32(block[4 * index + 2]) << 8 | UInt32(block[4 * index + 3])
    }
    for index in 16..<64 {
      let s0 =
        Self.rotate(words[index - 15], 7) ^ Self.rotate(words[index - 15], 18)
        ^ words[index - 15] >> 3
      let s1 =
        Self.rotate(words[index - 2], 17) ^ Self.rotate(words[index - 2], 19)
        ^ words[index - 2] >> 10
      words[index] = words[index - 16] &+ s0 &+ words[index - 7] &+ s1
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let s1 = Self.rotate(e, 6) ^ Self.rotate(e, 11) ^ Self.rotate(e, 25)
      let choice = (e & f) ^ (~e & g)
      let first = h &+ s1 &+ choice &+ Self.constants[index] &+ words[index]
      let s0 = Self.rotate(a, 2) ^ Self.rotate(a, 13) ^ Self.rotate(a, 22)
      let majority = (a & b) ^ (a & c) ^ (b & c)
      (h, g, f, e) = (g, f, e, d &+ first)
      (d, c, b, a) = (c, b, a, first &+ s0 &+ majority)
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
    state[5] &+= f
    state[6] &+= g
    state[7] &+= h
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  // The first 32 bits of the fractional parts of the cube roots of the first 64 primes (§4.2.2).
  private static let constants: InlineArray<64, UInt32> = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]
}

/// HMAC-SHA-256 (RFC 2104) under one key: what is the same for equal texts, and tells nothing about
/// them to those without the key.
public struct MessageAuthentication: Sendable, Equatable {
  // The hash after its first block, kept so that a short text costs two blocks and not four.
  private let inner: SHA256
  private let outer: SHA256
  private let key: [UInt8]

  /// - Parameter key: secret bytes, best 16 or more of them.
  public init(key: [UInt8]) {
    self.key = key
    var padded = key.count > 64 ? SHA256.digest(key) : key
    padded += [UInt8](repeating: 0, count: 64 - padded.count)
    var inner = SHA256()
    inner.add(padded.map { $0 ^ 0x36 })
    var outer = SHA256()
    outer.add(padded.map { $0 ^ 0x5c })
    self.inner = inner
    self.outer = outer
  }

  /// The code of some bytes: 32 bytes.
  public func code(of bytes: some Sequence<UInt8>) -> [UInt8] {
    var inner = inner
    inner.add(bytes)
    var outer = outer
    outer.add(inner.finish())
    return outer.finish()
  }

  /// Whether two have the same key.
  public static func == (left: MessageAuthentication, right: MessageAuthentication) -> Bool {
    left.key == right.key
  }
}
