/// Distinct byte strings, numbered in order of first appearance, and what each says as a cell.
struct TextPool: Sendable {
  /// A place of the hash table.
  struct Slot: Sendable {
    var key: TextKey
    /// The text's number and 1; 0 is free.
    var place: UInt32
  }

  private(set) var bytes: [UInt8] = []
  /// Where each text ends in `bytes`.
  private(set) var ends: [Int] = []
  private(set) var readings: [CellReading] = []
  /// Open addressing; a power of two long and at most a quarter full, or empty: a search that
  /// goes on is one that a processor does not expect.
  private(set) var slots: [Slot] = []
  /// Whether every text is UTF-8.
  private(set) var isUTF8 = true
  /// What all texts are, as long as they are alike.
  private(set) var tally = CellTally()

  var count: Int { ends.count }
  var byteCount: Int {
    bytes.count + ends.count * 8 + readings.count * MemoryLayout<CellReading>.stride
      + slots.count * MemoryLayout<Slot>.stride
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
    place(key, index)
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
    guard !slots.isEmpty else { return nil }
    let mask = slots.count - 1
    var slot = key.hash & mask
    while slots[slot].place > 0 {
      let index = Int(slots[slot].place) - 1
      if slots[slot].key == key, key.isWhole || equals(index, text) { return index }
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
    for index in slots.indices { slots[index].place = 0 }
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
    slots = []
  }

  /// Reads all texts again.
  mutating func read(_ reader: (Span<UInt8>) -> CellReading) {
    for index in 0..<count { readings[index] = reader(bytes.span.extracting(range(index))) }
  }

  /// Gives up the memory that only adding needs; no more can be added.
  mutating func seal() {
    slots = []
  }

  private func equals(_ index: Int, _ text: Span<UInt8>) -> Bool {
    let range = range(index)
    guard range.count == text.count else { return false }
    for offset in 0..<text.count where bytes[range.lowerBound + offset] != text[offset] {
      return false
    }
    return true
  }

  private mutating func place(_ key: TextKey, _ index: Int) {
    let mask = slots.count - 1
    var slot = key.hash & mask
    while slots[slot].place > 0 { slot = (slot + 1) & mask }
    slots[slot] = Slot(key: key, place: UInt32(index + 1))
  }

  private mutating func grow() {
    let old = slots
    let free = Slot(key: TextKey(low: 0, high: 0, length: 0), place: 0)
    slots = Array(repeating: free, count: max(32, old.count * 2))
    for slot in old where slot.place > 0 { place(slot.key, Int(slot.place) - 1) }
  }
}

/// What stands for a text in a hash table: up to 16 bytes are the text itself, of longer ones it
/// is a digest.
struct TextKey: Equatable, Sendable {
  /// The first 8 bytes, or for longer texts a digest of all.
  let low: UInt64
  /// The last 8 bytes, or 0 for texts of up to 8.
  let high: UInt64
  let length: UInt32

  init(low: UInt64, high: UInt64, length: UInt32) {
    self.low = low
    self.high = high
    self.length = length
  }

  init(_ text: Span<UInt8>) {
    let count = text.count
    func word(_ start: Int, _ length: Int) -> UInt64 {
      var word: UInt64 = 0
      for offset in 0..<length { word |= UInt64(text[start + offset]) << UInt64(8 * offset) }
      return word
    }
    length = UInt32(truncatingIfNeeded: count)
    if count <= 8 {
      low = word(0, count)
      high = 0
    } else {
      high = word(count - 8, 8)
      if count <= 16 {
        low = word(0, 8)
      } else {
        var digest = TextKey.firstDigest
        for start in stride(from: 0, to: count - 8, by: 8) {
          digest = TextKey.digest(digest, word(start, 8))
        }
        low = digest
      }
    }
  }

  static let firstDigest: UInt64 = 0x9E37_79B9_7F4A_7C15

  @inline(__always)
  static func digest(_ digest: UInt64, _ word: UInt64) -> UInt64 {
    let product = (digest ^ word) &* 0xD6E8_FEB8_6659_FD93
    return product ^ product &>> 32
  }

  /// Whether equal keys mean equal texts.
  var isWhole: Bool { length <= 16 }

  @inline(__always)
  var hash: Int {
    // Of texts up to 16 bytes the words overlap, so digits that vary stand in both: only a product of
    // the two keeps such texts apart (the step of wyhash, Wang Yi 2019).
    let product = (low ^ UInt64(length) ^ 0x9E37_79B9_7F4A_7C15)
      .multipliedFullWidth(by: high ^ 0xD6E8_FEB8_6659_FD93)
    return Int(truncatingIfNeeded: product.low ^ product.high)
  }
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
