/// A sample of rows that depends on what stands in them and not on where they stand.
///
/// Rows are put in order of a hash of their numbers and taken at equal steps, so that numbers that
/// many rows share are taken about as often as they deserve.
struct OrderFreeSample {
  private let rowCount: Int
  /// One a row; empty where all rows fit.
  private var hashes: [UInt64] = []
  private let isWhole: Bool

  /// - Parameter limit: the largest sample that will be asked for.
  init(rowCount: Int, limit: Int) {
    self.rowCount = rowCount
    isWhole = rowCount <= ClusterTendency.sampleLimit
    if !isWhole { hashes.reserveCapacity(rowCount) }
  }

  /// Adds the next rows.
  ///
  /// - Parameter numbers: of each column, the numbers of those rows.
  mutating func add(_ numbers: [[Double]], count: Int) {
    guard !isWhole else { return }
    let first = hashes.count
    hashes.append(contentsOf: repeatElement(0x9E37_79B9_7F4A_7C15, count: count))
    for column in numbers {
      for index in 0..<min(count, column.count) {
        // −0 and 0 are one number, and every gap is like every other.
        let number = column[index]
        let bits = number.isNaN ? UInt64.max : (number + 0).bitPattern
        hashes[first + index] = Fingerprint.mix(hashes[first + index] &* 31 ^ bits)
      }
    }
  }

  /// For each limit positions among the rows added: all, or about as many.
  func positions(limits: [Int]) -> [[Int]] {
    var sorted: [UInt64] = []
    return limits.map { limit in
      guard rowCount > limit, !isWhole else { return Array(0..<rowCount) }
      if sorted.isEmpty {
        sorted = hashes
        RadixSort.sort(&sorted)
      }
      return positions(of: (0..<limit).map { sorted[$0 * rowCount / limit] })
    }
  }

  /// Where each of some hashes stands first.
  private func positions(of chosen: [UInt64]) -> [Int] {
    var places: [UInt64: Int] = [:]
    places.reserveCapacity(chosen.count)
    // A look at one bit spares most rows the dictionary.
    let bitCount = 1 << 22
    var isWanted = [UInt64](repeating: 0, count: bitCount / 64)
    for hash in chosen {
      places[hash] = -1
      let bit = Int(hash % UInt64(bitCount))
      isWanted[bit / 64] |= 1 << UInt64(bit % 64)
    }
    var missing = places.count
    for (position, hash) in hashes.enumerated() {
      let bit = Int(hash % UInt64(bitCount))
      guard isWanted[bit / 64] >> UInt64(bit % 64) & 1 == 1, places[hash] == -1 else { continue }
      places[hash] = position
      missing -= 1
      if missing == 0 { break }
    }
    return chosen.compactMap { places[$0] }
  }
}
