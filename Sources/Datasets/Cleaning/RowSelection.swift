/// Which rows of a table are used, in order; costs nothing when it is all of them.
public struct RowSelection: Equatable, Sendable {
  /// The used rows as ranges, in order, none empty.
  public let ranges: [Range<Int>]
  /// How many used rows stand before each range.
  private let offsets: [Int]
  /// How many rows are used.
  public let count: Int

  /// All rows of a table that has `rowCount` of them.
  public init(all rowCount: Int) {
    self.init(ranges: rowCount > 0 ? [0..<rowCount] : [])
  }

  /// - Parameter ranges: in order, apart from each other and not empty.
  public init(ranges: [Range<Int>]) {
    var offsets: [Int] = []
    var total = 0
    for range in ranges {
      offsets.append(total)
      total += range.count
    }
    self.ranges = ranges
    self.offsets = offsets
    count = total
  }

  /// The table row of the `position`-th used row.
  public subscript(position: Int) -> Int {
    let index = Self.lastIndex(in: offsets) { $0 <= position }
    return ranges[index].lowerBound + position - offsets[index]
  }

  /// The position among the used rows of a table row, or `nil` if it is not used.
  public func position(ofRow row: Int) -> Int? {
    guard let first = ranges.first, first.lowerBound <= row else { return nil }
    let index = Self.lastIndex(in: ranges) { $0.lowerBound <= row }
    guard ranges[index].contains(row) else { return nil }
    return offsets[index] + row - ranges[index].lowerBound
  }

  private static func lastIndex<Element>(in list: [Element], where holds: (Element) -> Bool) -> Int
  {
    var low = 0
    var high = list.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if holds(list[middle]) { low = middle } else { high = middle }
    }
    return low
  }
}
