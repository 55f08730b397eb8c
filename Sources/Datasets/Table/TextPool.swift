/// Distinct byte strings, numbered in order of first appearance.
struct TextPool: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where each text ends in `bytes`.
  private(set) var ends: [Int] = []
  /// Open addressing over the texts' numbers; −1 is free. A power of two long, at most half full.
  private var slots: [Int32] = Array(repeating: -1, count: 16)

  var count: Int { ends.count }
  var byteCount: Int { bytes.capacity + ends.capacity * 8 + slots.capacity * 4 }

  func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  func string(_ index: Int) -> String {
    String(copying: bytes.span.extracting(range(index)))
  }

  /// The number of a text, new if it was not there.
  mutating func intern(_ text: Span<UInt8>) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: TextPool.hash(text)) & mask
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if equals(index, text) { return index }
      slot = (slot + 1) & mask
    }
    let index = ends.count
    text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
    slots[slot] = Int32(index)
    if ends.count * 2 > slots.count { grow() }
    return index
  }

  /// FNV-1a folded once: good enough for texts, and the same on every machine.
  static func hash(_ text: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in text.indices {
      hash = (hash ^ UInt64(text[index])) &* 0x0000_0100_0000_01B3
    }
    return hash ^ (hash >> 32)
  }

  /// The same texts under the same numbers, each changed by `change`.
  mutating func rewrite(_ change: (Span<UInt8>, inout [UInt8]) -> Void) {
    var newBytes: [UInt8] = []
    var newEnds: [Int] = []
    for index in 0..<count {
      change(bytes.span.extracting(range(index)), &newBytes)
      newEnds.append(newBytes.count)
    }
    bytes = newBytes
    ends = newEnds
  }

  private func equals(_ index: Int, _ text: Span<UInt8>) -> Bool {
    let range = range(index)
    guard range.count == text.count else { return false }
    for offset in 0..<text.count where bytes[range.lowerBound + offset] != text[offset] {
      return false
    }
    return true
  }

  private mutating func grow() {
    var wider = [Int32](repeating: -1, count: slots.count * 2)
    let mask = wider.count - 1
    for index in 0..<count {
      let text = bytes.span.extracting(range(index))
      var slot = Int(truncatingIfNeeded: TextPool.hash(text)) & mask
      while wider[slot] >= 0 { slot = (slot + 1) & mask }
      wider[slot] = Int32(index)
    }
    slots = wider
  }
}
