/// A mark for some of a table's rows, one bit each.
struct RowMarks: Sendable {
  private var words: [UInt64]
  private let rowCount: Int
  /// How many rows are marked.
  private(set) var count = 0

  init(rowCount: Int) {
    self.rowCount = rowCount
    words = Array(repeating: 0, count: (rowCount + 63) / 64)
  }

  func contains(_ row: Int) -> Bool {
    words[row >> 6] >> UInt64(row & 63) & 1 == 1
  }

  /// Marks a row; false when it was marked.
  @discardableResult
  mutating func insert(_ row: Int) -> Bool {
    guard !contains(row) else { return false }
    words[row >> 6] |= 1 << UInt64(row & 63)
    count += 1
    return true
  }

  /// The rows without a mark.
  func others() -> RowSelection {
    guard count > 0 else { return RowSelection(all: rowCount) }
    var ranges: [Range<Int>] = []
    var start = 0
    for (index, word) in words.enumerated() where word != 0 {
      var word = word
      while word != 0 {
        let row = index * 64 + word.trailingZeroBitCount
        if start < row { ranges.append(start..<row) }
        start = row + 1
        word &= word - 1
      }
    }
    if start < rowCount { ranges.append(start..<rowCount) }
    return RowSelection(ranges: ranges)
  }
}
