/// Names one request: in the answer's `X-Request-Id`, in problems and in the log.
///
/// Sixteen hexadecimal digits. No two requests of one process share one; between processes a
/// repetition is as likely as guessing a 64-bit number.
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
  let value: UInt64

  package init(value: UInt64) {
    self.value = value
  }

  /// The sixteen digits.
  public var description: String {
    var text = [UInt8](repeating: 0x30, count: 16)
    writeDigits(over: &text, endingAt: 16)
    return String(decoding: text, as: UTF8.self)
  }

  /// Writes the sixteen digits over the bytes before an index.
  @inline(__always)
  func writeDigits(over text: inout [UInt8], endingAt end: Int) {
    precondition(end >= 16 && end <= text.count, "sixteen digits need room")
    // Safety: the sixteen bytes before `end` are in the array.
    text.withUnsafeMutableBytes { bytes in
      bytes.storeBytes(
        of: Self.digits(UInt32(truncatingIfNeeded: value >> 32)), toByteOffset: end - 16,
        as: UInt64.self)
      bytes.storeBytes(
        of: Self.digits(UInt32(truncatingIfNeeded: value)), toByteOffset: end - 8, as: UInt64.self)
    }
  }

  /// Eight digits at once, first one first in memory: the nibbles are spread over the bytes of a
  /// word, and 6 added to each tells which are above 9 and so are letters.
  @inline(__always)
  private static func digits(_ half: UInt32) -> UInt64 {
    var spread = UInt64(half)
    spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
    spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
    spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F
    let letters = (spread &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return (spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27).bigEndian
  }
}

/// Makes request ids for one event loop.
struct RequestIDSource {
  private var next: UInt64
  private let key: UInt64

  /// - Parameters:
  ///   - loop: the loop's number; ids of different loops never meet.
  ///   - key: a random number, the same for all loops of a process.
  init(loop: Int, key: UInt64) {
    next = UInt64(truncatingIfNeeded: loop) << 56
    self.key = key
  }

  /// Makes the next id.
  ///
  /// SplitMix64's finalizer is a bijection: different counters give different ids.
  @inline(__always)
  mutating func make() -> RequestID {
    next &+= 1
    var z = next ^ key
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return RequestID(value: z ^ z >> 31)
  }
}
