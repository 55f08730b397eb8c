/// What the whole numbers of a column are, found from the way they are stored: at the speed of
/// memory for counters and for numbers of one byte.
struct WholeNumberTally {
  let low: Int64
  let high: Int64
  let distinctCount: Int
  /// How many rows have the most common number.
  let topCount: Int
  /// Each number is larger than the one before.
  let isStrictlyIncreasing: Bool

  /// - Returns: nil for a column that has other cells than whole numbers, or that would take a
  ///   closer look.
  init?(_ column: Column) {
    guard column.rowCount > 0 else { return nil }
    var mantissas: [PackedIntegers] = []
    for segment in column.segments {
      guard case .numerals(let numerals) = segment.cells, segment.exceptionRows.isEmpty,
        case .all(0) = numerals.decimals
      else { return nil }
      mantissas.append(numerals.mantissas)
    }
    if let ends = WholeNumberTally.increasingEnds(mantissas) {
      low = ends.lowerBound
      high = ends.upperBound
      distinctCount = column.rowCount
      topCount = 1
      isStrictlyIncreasing = true
      return
    }
    var counts: [Int64: Int] = [:]
    for part in mantissas {
      guard case .bits8(let distances) = part.distances else { return nil }
      for (distance, count) in WholeNumberTally.histogram(distances).enumerated() where count > 0 {
        counts[part.base &+ Int64(distance), default: 0] += count
      }
    }
    low = counts.keys.min() ?? 0
    high = counts.keys.max() ?? 0
    distinctCount = counts.count
    topCount = counts.values.max() ?? 0
    isStrictlyIncreasing = false
  }

  /// The first and the last number when each is larger than the one before.
  private static func increasingEnds(_ parts: [PackedIntegers]) -> ClosedRange<Int64>? {
    guard let first = parts.first?[0] else { return nil }
    var last: Int64?
    for part in parts {
      if let last, part[0] <= last { return nil }
      let isIncreasing =
        switch part.distances {
        case .bits8(let values): ascends(values)
        case .bits16(let values): ascends(values)
        case .bits32(let values): ascends(values)
        case .bits64(let values): ascends(values)
        case .counter: true
        }
      guard isIncreasing else { return nil }
      last = part[part.count - 1]
    }
    return last.map { first...$0 }
  }

  @inline(__always)
  private static func ascends<Value: FixedWidthInteger>(_ values: [Value]) -> Bool {
    var index = 1
    while index < values.count {
      // In steps, so that the loop over each step needs no way out and is done many at a time.
      let end = min(values.count, index &+ 1024)
      var falls = false
      while index < end {
        falls = falls || values[index] <= values[index &- 1]
        index &+= 1
      }
      if falls { return false }
    }
    return true
  }

  /// How often each distance stands; four counters each, since equal neighbours would wait for one
  /// another.
  static func histogram(_ distances: [UInt8]) -> [Int] {
    var counts = [UInt32](repeating: 0, count: 4 * 256)
    var index = 0
    while index &+ 4 <= distances.count {
      counts[Int(distances[index])] &+= 1
      counts[256 &+ Int(distances[index &+ 1])] &+= 1
      counts[512 &+ Int(distances[index &+ 2])] &+= 1
      counts[768 &+ Int(distances[index &+ 3])] &+= 1
      index &+= 4
    }
    while index < distances.count {
      counts[Int(distances[index])] &+= 1
      index &+= 1
    }
    var sums = [Int](repeating: 0, count: 256)
    for (index, count) in counts.enumerated() { sums[index & 255] += Int(count) }
    return sums
  }
}
