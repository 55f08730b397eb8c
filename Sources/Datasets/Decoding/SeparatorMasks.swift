// Safety: all pointers point at 64 readable bytes; the caller, SeparatorScanner, sees to that.

#if arch(x86_64)
  import _Builtin_intrinsics.intel.sse2
#endif

/// Finds delimiters, line ends and quotes in 64 bytes at once: bit *i* stands for byte *i*.
///
/// On x86-64 this is SSE2, which every such processor has: sixteen comparisons end in one bit
/// each with a single instruction that no plain loop is compiled to. Elsewhere it is arithmetic
/// on 8 bytes at a time.
struct SeparatorMasks {
  #if arch(x86_64)
    private let delimiters: __m128i
    private let lineFeeds: __m128i
    private let quotes: __m128i
    private let returns: __m128i
    /// Bytes that were NUL, or carriage returns, and for each place of 16 how many line feeds there were.
    private var nulBytes: __m128i
    private var returnBytes: __m128i
    private var lineFeedCounts: __m128i
    private var lineFeedTotal = 0
    private var chunksCounted = 0

    init(delimiter: UInt8) {
      delimiters = _mm_set1_epi8(CChar(bitPattern: delimiter))
      lineFeeds = _mm_set1_epi8(0x0A)
      quotes = _mm_set1_epi8(0x22)
      returns = _mm_set1_epi8(0x0D)
      nulBytes = _mm_setzero_si128()
      returnBytes = _mm_setzero_si128()
      lineFeedCounts = _mm_setzero_si128()
    }

    /// Delimiters and line feeds; and quotes.
    @inline(__always)
    mutating func read(_ bytes: UnsafeRawPointer) -> (separators: UInt64, quotes: UInt64) {
      var separators: UInt64 = 0
      var quotePlaces: UInt64 = 0
      let zero = _mm_setzero_si128()
      for part in 0..<4 {
        let text = bytes.loadUnaligned(fromByteOffset: part &* 16, as: __m128i.self)
        let feeds = _mm_cmpeq_epi8(text, lineFeeds)
        lineFeedCounts = _mm_sub_epi8(lineFeedCounts, feeds)
        nulBytes = _mm_or_si128(nulBytes, _mm_cmpeq_epi8(text, zero))
        let shift = UInt64(part &* 16)
        separators |= bits(_mm_or_si128(feeds, _mm_cmpeq_epi8(text, delimiters))) &<< shift
        quotePlaces |= bits(_mm_cmpeq_epi8(text, quotes)) &<< shift
        returnBytes = _mm_or_si128(returnBytes, _mm_cmpeq_epi8(text, returns))
      }
      chunksCounted &+= 1
      // Four are added a chunk, and a byte holds 255.
      if chunksCounted == 60 { sumLineFeeds() }
      return (separators, quotePlaces)
    }

    /// The places of one byte.
    @inline(__always)
    func places(of byte: UInt8, in bytes: UnsafeRawPointer) -> UInt64 {
      let pattern = _mm_set1_epi8(CChar(bitPattern: byte))
      var found: UInt64 = 0
      for part in 0..<4 {
        let text = bytes.loadUnaligned(fromByteOffset: part &* 16, as: __m128i.self)
        found |= bits(_mm_cmpeq_epi8(text, pattern)) &<< UInt64(part &* 16)
      }
      return found
    }

    @inline(__always)
    private func bits(_ mask: __m128i) -> UInt64 {
      UInt64(UInt32(bitPattern: _mm_movemask_epi8(mask)))
    }

    private mutating func sumLineFeeds() {
      let sums = _mm_sad_epu8(lineFeedCounts, _mm_setzero_si128())
      lineFeedTotal &+= Int(sums[0] &+ sums[1])
      lineFeedCounts = _mm_setzero_si128()
      chunksCounted = 0
    }

    /// How many line feeds were read.
    mutating func lineFeedCount() -> Int {
      sumLineFeeds()
      return lineFeedTotal
    }

    /// Whether a NUL was read.
    var hasNUL: Bool { _mm_movemask_epi8(nulBytes) != 0 }
    /// Whether a carriage return was read.
    var hasReturn: Bool { _mm_movemask_epi8(returnBytes) != 0 }
  #else
    private let delimiters: UInt64
    private var nulBytes: UInt64 = 0
    private var returnBytes: UInt64 = 0
    private var lineFeedTotal = 0

    init(delimiter: UInt8) {
      delimiters = UInt64(delimiter) &* SeparatorMasks.ones
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The high bit of each byte that equals `pattern`'s (Warren, Hacker's Delight, 6-1).
    @inline(__always)
    private static func equal(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
      let difference = word ^ pattern
      return ~(((difference & ~highs) &+ ~highs) | difference | ~highs)
    }

    /// One bit a byte, from the high bits.
    @inline(__always)
    private static func gather(_ highBits: UInt64) -> UInt64 {
      ((highBits &>> 7) &* 0x0102_0408_1020_4080) &>> 56
    }

    @inline(__always)
    mutating func read(_ bytes: UnsafeRawPointer) -> (separators: UInt64, quotes: UInt64) {
      var separators: UInt64 = 0
      var quotes: UInt64 = 0
      for part in 0..<8 {
        let word = UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: part &* 8, as: UInt64.self))
        let shift = UInt64(part &* 8)
        let feeds = SeparatorMasks.equal(word, 0x0A &* SeparatorMasks.ones)
        lineFeedTotal &+= feeds.nonzeroBitCount
        nulBytes |= SeparatorMasks.equal(word, 0)
        separators |=
          SeparatorMasks.gather(feeds | SeparatorMasks.equal(word, delimiters)) &<< shift
        returnBytes |= SeparatorMasks.equal(word, 0x0D &* SeparatorMasks.ones)
        quotes |=
          SeparatorMasks.gather(SeparatorMasks.equal(word, 0x22 &* SeparatorMasks.ones)) &<< shift
      }
      return (separators, quotes)
    }

    @inline(__always)
    func places(of byte: UInt8, in bytes: UnsafeRawPointer) -> UInt64 {
      let pattern = UInt64(byte) &* SeparatorMasks.ones
      var found: UInt64 = 0
      for part in 0..<8 {
        let word = UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: part &* 8, as: UInt64.self))
        found |= SeparatorMasks.gather(SeparatorMasks.equal(word, pattern)) &<< UInt64(part &* 8)
      }
      return found
    }

    mutating func lineFeedCount() -> Int { lineFeedTotal }
    var hasNUL: Bool { nulBytes != 0 }
    var hasReturn: Bool { returnBytes != 0 }
  #endif
}
