/// Some of many rows, each segment in its share and with one row at least.
struct StratifiedSample {
  /// The rows that were taken, ascending.
  let rows: [Int]
  /// How many there were.
  let total: Int

  /// Takes at most about `limit` rows; the same labels give the same rows.
  ///
  /// - Complexity: O(*n*).
  init(labels: [Int], segmentCount: Int, limit: Int) {
    total = labels.count
    guard labels.count > limit else {
      rows = Array(labels.indices)
      return
    }
    var left = Array(repeating: 0, count: segmentCount)
    for label in labels { left[label] += 1 }
    var wanted = left.map { size in
      size == 0 ? 0 : max(1, Int((Double(size) * Double(limit) / Double(labels.count)).rounded()))
    }
    // Selection sampling (Knuth, TAOCP 3.4.2, algorithm S), for all segments in one pass.
    var random = SplitMix64(state: 0x5EED)
    var taken: [Int] = []
    taken.reserveCapacity(limit + segmentCount)
    for (row, label) in labels.enumerated() {
      if random.unit() * Double(left[label]) < Double(wanted[label]) {
        taken.append(row)
        wanted[label] -= 1
      }
      left[label] -= 1
    }
    rows = taken
  }

  /// What a picture says about it; nil when every row is there.
  var note: String? {
    guard rows.count < total else { return nil }
    return
      "\(NumberText.short(Double(rows.count))) of \(NumberText.short(Double(total))) customers are drawn, each segment in its share."
  }
}

/// Steele, Lea and Flood 2014: small, and the same sequence everywhere.
private struct SplitMix64 {
  var state: UInt64

  /// The next number, 0..<1.
  mutating func unit() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53
  }
}
