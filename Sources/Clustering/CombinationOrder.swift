/// Samples in the order of the combinations of their values: sorted by digits, without comparisons.
///
/// Samples of one combination keep their order.
struct CombinationOrder {
  /// A combination in the upper half and its sample in the lower one, ascending.
  private var entries: [UInt64]

  private static let digitBits = 11

  /// Sorts samples whose values are numbered.
  ///
  /// - Parameter combinations: how many there may be; at most 2³².
  /// - Complexity: O(*dn*).
  init(_ columns: [CodedColumn], combinations: Int, sampleCount: Int) {
    let keys = Buffer<UInt32>(uninitializedCount: sampleCount)
    CodedColumn.combinations(of: columns, 0..<sampleCount, into: keys)
    entries = (0..<sampleCount).map { UInt64(keys[$0]) << 32 | UInt64($0) }
    var room = entries
    let keyBits = Int.bitWidth - max(0, combinations - 1).leadingZeroBitCount
    for shift in stride(from: 32, to: 32 + keyBits, by: Self.digitBits) {
      Self.sort(entries, by: shift, into: &room)
      swap(&entries, &room)
    }
  }

  /// Sorts by one digit; entries with the same one keep their order.
  private static func sort(_ entries: [UInt64], by shift: Int, into sorted: inout [UInt64]) {
    let mask: UInt64 = 1 << UInt64(digitBits) - 1
    var starts = [Int](repeating: 0, count: 1 << digitBits)
    for entry in entries { starts[Int(entry >> UInt64(shift) & mask)] += 1 }
    var next = 0
    for digit in starts.indices {
      let count = starts[digit]
      starts[digit] = next
      next += count
    }
    for entry in entries {
      let digit = Int(entry >> UInt64(shift) & mask)
      sorted[starts[digit]] = entry
      starts[digit] += 1
    }
  }

  /// How many samples there are.
  var sampleCount: Int { entries.count }

  /// Calls `body` with each combination and its sample, in order.
  func forEach(_ body: (_ combination: UInt32, _ sample: Int) -> Void) {
    for entry in entries {
      body(UInt32(entry >> 32), Int(truncatingIfNeeded: entry & 0xFFFF_FFFF))
    }
  }
}
