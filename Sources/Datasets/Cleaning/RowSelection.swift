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

extension RowSelection {
  /// Some consecutive table rows, and which of them are used.
  struct Piece {
    let rows: Range<Int>
    /// The used ones, as ranges from the piece's beginning.
    let kept: [Range<Int>]
    /// How many of the rows are used.
    let count: Int
  }

  /// Calls `body` with pieces of at most `length` rows that hold all used rows, in order.
  ///
  /// Where rows are missing here and there, it is quicker to read all of a piece and drop some
  /// than to read each range.
  func forEachPiece(_ length: Int = 4096, _ body: (Piece) -> Void) {
    var start = 0
    var kept: [Range<Int>] = []
    var count = 0
    func flush() {
      guard let last = kept.last else { return }
      body(Piece(rows: start..<start + last.upperBound, kept: kept, count: count))
      kept.removeAll(keepingCapacity: true)
      count = 0
    }
    for range in ranges {
      var row = range.lowerBound
      while row < range.upperBound {
        if !kept.isEmpty, row >= start + length { flush() }
        if kept.isEmpty { start = row }
        let end = min(range.upperBound, start + length)
        kept.append(row - start..<end - start)
        count += end - row
        row = end
      }
    }
    flush()
  }
}
