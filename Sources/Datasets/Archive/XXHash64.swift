/// The checksum of archived bytes: XXH64 with seed 0, which `xxhsum -H64` gives too.
///
/// Any change of up to eight neighbouring bytes changes it for sure, any other one but for one in
/// 2⁶⁴. It is no defence against forgers.
/// - SeeAlso: Collet, xxHash fast digest algorithm, revision 0.1.1.
struct XXHash64: Sendable {
  private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
    0x27D4_EB2F_1656_67C5
  )

  private var lanes: (UInt64, UInt64, UInt64, UInt64) = (
    primes.0 &+ primes.1, primes.1, 0, 0 &- primes.0
  )
  // Fewer than 32 bytes that do not fill a stripe yet.
  private var rest: [UInt8] = []
  private var byteCount: UInt64 = 0

  /// The checksum of nothing yet.
  init() {}

  /// The checksum of some bytes.
  static func of(_ bytes: [UInt8]) -> UInt64 {
    var hash = XXHash64()
    // Safety: the bytes are read before the closure returns.
    bytes.withUnsafeBytes { hash.add($0) }
    return hash.value
  }

  /// Adds bytes; how they are cut does not count.
  ///
  /// Safety: `bytes` is read within its bounds only, while it lives.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    byteCount &+= UInt64(bytes.count)
    var start = 0
    if !rest.isEmpty {
      let taken = min(32 - rest.count, bytes.count)
      rest.append(contentsOf: bytes[..<taken])
      start = taken
      guard rest.count == 32 else { return }
      let stripe = rest
      stripe.withUnsafeBytes { addStripes($0, from: 0, count: 1) }
      rest.removeAll(keepingCapacity: true)
    }
    let stripeCount = (bytes.count - start) / 32
    addStripes(bytes, from: start, count: stripeCount)
    start += stripeCount * 32
    if start < bytes.count { rest.append(contentsOf: bytes[start...]) }
  }

  private mutating func addStripes(_ bytes: UnsafeRawBufferPointer, from start: Int, count: Int) {
    precondition(start >= 0 && start + count * 32 <= bytes.count)
    var (a, b, c, d) = lanes
    var place = start
    for _ in 0..<count {
      a = XXHash64.round(a, XXHash64.word(bytes, place))
      b = XXHash64.round(b, XXHash64.word(bytes, place &+ 8))
      c = XXHash64.round(c, XXHash64.word(bytes, place &+ 16))
      d = XXHash64.round(d, XXHash64.word(bytes, place &+ 24))
      place &+= 32
    }
    lanes = (a, b, c, d)
  }

  /// The checksum of all bytes added so far.
  var value: UInt64 {
    let primes = XXHash64.primes
    var hash: UInt64
    if byteCount >= 32 {
      let (a, b, c, d) = lanes
      hash =
        XXHash64.rotated(a, 1) &+ XXHash64.rotated(b, 7) &+ XXHash64.rotated(c, 12)
        &+ XXHash64.rotated(d, 18)
      for lane in [a, b, c, d] {
        hash = (hash ^ XXHash64.round(0, lane)) &* primes.0 &+ primes.3
      }
    } else {
      hash = primes.4
    }
    hash &+= byteCount
    var place = 0
    while place + 8 <= rest.count {
      var word: UInt64 = 0
      for offset in 0..<8 { word |= UInt64(rest[place + offset]) << UInt64(8 * offset) }
      hash = XXHash64.rotated(hash ^ XXHash64.round(0, word), 27) &* primes.0 &+ primes.3
      place += 8
    }
    if place + 4 <= rest.count {
      var word: UInt64 = 0
      for offset in 0..<4 { word |= UInt64(rest[place + offset]) << UInt64(8 * offset) }
      hash = XXHash64.rotated(hash ^ word &* primes.0, 23) &* primes.1 &+ primes.2
      place += 4
    }
    while place < rest.count {
      hash = XXHash64.rotated(hash ^ UInt64(rest[place]) &* primes.4, 11) &* primes.0
      place += 1
    }
    hash = (hash ^ (hash >> 33)) &* primes.1
    hash = (hash ^ (hash >> 29)) &* primes.2
    return hash ^ (hash >> 32)
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  @inline(__always)
  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotated(lane &+ word &* primes.1, 31) &* primes.0
  }

  @inline(__always)
  private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 {
    word << count | word >> (64 - count)
  }
}
