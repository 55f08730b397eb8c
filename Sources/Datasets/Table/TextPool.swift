/// Distinct byte strings, numbered in order of first appearance, and what each says as a cell.
struct TextPool: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where each text ends in `bytes`.
  private(set) var ends: [Int] = []
  private(set) var readings: [CellReading] = []
  /// The words of each text, in two parts, after those that no text has.
  private(set) var edges = [TextKey.Pair.impossible]
  private(set) var middles = [TextKey.Pair.impossible]
  /// The texts' numbers and 1 by their hashes, 0 where none is.
  ///
  /// Open addressing, a power of two long and at most a quarter full, or empty.
  private(set) var slots: [UInt32] = []
  /// How far a hash is shifted to become a slot.
  private(set) var shift: UInt64 = 0
  /// Whether some text has more than 16 bytes.
  private(set) var hasMiddles = false
  /// Whether every text is UTF-8.
  private(set) var isUTF8 = true
  /// What all texts are, as long as they are alike.
  private(set) var tally = CellTally()

  /// A pool without texts.
  init() {}

  /// A pool to which no more can be added, from its parts.
  init(sealed bytes: [UInt8], ends: [Int], _ read: (Span<UInt8>) -> CellReading) {
    self.bytes = bytes
    self.ends = ends
    readings.reserveCapacity(ends.count)
    for index in ends.indices { readings.append(read(bytes.span.extracting(range(index)))) }
  }

  var count: Int { ends.count }
  var byteCount: Int {
    bytes.count + ends.count * 8 + readings.count * MemoryLayout<CellReading>.stride
      + slots.count * 4 + (edges.count + middles.count) * MemoryLayout<TextKey.Pair>.stride
  }

  func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  func string(_ index: Int) -> String {
    String(copying: bytes.span.extracting(range(index)))
  }

  /// The number of a text, new if it was not there.
  mutating func intern(_ text: Span<UInt8>) -> Int {
    intern(text, TextKey(text))
  }

  /// The number of a text whose key is known, new if it was not there.
  mutating func intern(_ text: Span<UInt8>, _ key: TextKey) -> Int {
    if let index = find(text, key) { return index }
    if (ends.count + 1) * 4 > slots.count { grow() }
    let index = ends.count
    place(key.hash, index)
    edges.append(key.edges)
    middles.append(key.middles)
    hasMiddles = hasMiddles || key.length > 16
    // Safety: the text is copied before the closure returns, and cannot lie in `bytes` itself: a
    // span of this pool would borrow it, which a mutating method does not allow.
    text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
    let reading = NumberParser.read(text)
    readings.append(reading)
    tally.count(reading, times: 1)
    if isUTF8 { isUTF8 = UTF8Check.isValid(text) }
    return index
  }

  /// The number of a text, or `nil` if it is not there.
  func find(_ text: Span<UInt8>, _ key: TextKey) -> Int? {
    find(key) { equals($0, text) }
  }

  /// The same, when only the pool's text under a number can tell long texts apart.
  @inline(__always)
  func find(_ key: TextKey, _ isText: (Int) -> Bool) -> Int? {
    guard !slots.isEmpty else { return nil }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: key.hash &>> shift)
    while slots[slot] > 0 {
      let place = Int(slots[slot])
      if edges[place] == key.edges, middles[place] == key.middles,
        range(place - 1).count == key.length, key.isWhole || isText(place - 1)
      {
        return place - 1
      }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Forgets all texts and keeps the memory.
  mutating func removeAll() {
    guard count > 0 else { return }
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    readings.removeAll(keepingCapacity: true)
    edges.removeLast(edges.count - 1)
    middles.removeLast(middles.count - 1)
    for index in slots.indices { slots[index] = 0 }
    hasMiddles = false
    isUTF8 = true
    tally = CellTally()
  }

  /// The same texts under the same numbers, each changed by `change`; no more can be added.
  mutating func rewrite(_ change: (Span<UInt8>, inout [UInt8]) -> Void) {
    var newBytes: [UInt8] = []
    var newEnds: [Int] = []
    for index in 0..<count {
      change(bytes.span.extracting(range(index)), &newBytes)
      newEnds.append(newBytes.count)
    }
    bytes = newBytes
    ends = newEnds
    seal()
  }

  /// Reads all texts again.
  mutating func read(_ reader: (Span<UInt8>) -> CellReading) {
    for index in 0..<count { readings[index] = reader(bytes.span.extracting(range(index))) }
  }

  /// Gives up the memory that only adding needs; no more can be added.
  mutating func seal() {
    slots = []
    edges = [.impossible]
    middles = [.impossible]
  }

  private func equals(_ index: Int, _ text: Span<UInt8>) -> Bool {
    let range = range(index)
    guard range.count == text.count else { return false }
    for offset in 0..<text.count where bytes[range.lowerBound + offset] != text[offset] {
      return false
    }
    return true
  }

  private mutating func place(_ hash: UInt64, _ index: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash &>> shift)
    while slots[slot] > 0 { slot = (slot + 1) & mask }
    slots[slot] = UInt32(index + 1)
  }

  private mutating func grow() {
    let count = max(32, slots.count * 2)
    slots = Array(repeating: 0, count: count)
    shift = UInt64(64 - count.trailingZeroBitCount)
    for index in ends.indices {
      place(TextKey.hash(edges[index + 1], middles[index + 1]), index)
    }
  }
}

/// What stands for a text in a hash table: up to 32 bytes are the text itself, of longer ones it
/// is the beginning and a digest.
struct TextKey: Sendable {
  /// Two words of 8 bytes.
  struct Pair: Equatable, Sendable {
    var low: UInt64
    var high: UInt64

    /// The words of no text: one that has bytes 8 to 15 has some before them.
    static let impossible = Pair(low: 0, high: .max)
  }
  /// Bytes 0 to 15; those that the text has not are 0.
  let edges: Pair
  /// Bytes 16 to 31, or for texts of more than 32 a digest of all bytes and the last 8.
  let middles: Pair
  let length: Int

  /// - Parameter word: the 8 bytes from an offset on, those beyond the text's end being 0.
  @inline(__always)
  init(length: Int, word: (_ offset: Int) -> UInt64) {
    self.length = length
    edges = Pair(low: word(0), high: length > 8 ? word(8) : 0)
    guard length > 32 else {
      middles = Pair(low: length > 16 ? word(16) : 0, high: length > 24 ? word(24) : 0)
      return
    }
    var digest = edges.high
    var offset = 0
    while offset < length &- 8 {
      digest = (digest ^ word(offset)) &* TextKey.factors.4
      digest ^= digest &>> 32
      offset &+= 8
    }
    middles = Pair(low: digest, high: word(length &- 8))
  }

  init(_ text: Span<UInt8>) {
    self.init(length: text.count) { start in
      var word: UInt64 = 0
      for offset in 0..<min(8, text.count - start) {
        word |= UInt64(text[start + offset]) << UInt64(8 * offset)
      }
      return word
    }
  }

  /// Whether equal keys mean equal texts.
  var isWhole: Bool { length <= 32 }

  /// Odd numbers from the digits of π, and one that mixes well (Stafford 2011).
  private static let factors: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7345, 0xA409_3822_299F_31D1, 0x082E_FA98_EC4E_6C89,
    0xBF58_476D_1CE4_E5B9
  )

  /// A hash whose highest bits hang on all others.
  @inline(__always)
  static func hash(_ edges: Pair, _ middles: Pair) -> UInt64 {
    var hash = edges.low &* factors.0 &+ edges.high &* factors.1
    hash &+= middles.low &* factors.2 &+ middles.high &* factors.3
    hash ^= hash &>> 32
    return hash &* factors.4
  }

  var hash: UInt64 { TextKey.hash(edges, middles) }
}

extension TextPool {
  /// A hash of a text that is the same on every machine (FNV-1a, folded).
  static func hash(_ text: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in text.indices {
      hash = (hash ^ UInt64(text[index])) &* 0x0000_0100_0000_01B3
    }
    return hash ^ (hash >> 32)
  }
}
