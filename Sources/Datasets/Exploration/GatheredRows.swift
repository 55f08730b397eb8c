/// Many rows of a table, wherever they stand, whose numbers are read column by column.
struct GatheredRows: Sendable {
  private let count: Int
  /// The rows, rising, and the place of each in the order that was asked for.
  private let sorted: [(row: Int, place: Int)]

  /// Rows that are decoded together.
  private static let pieceSize = 1 << 14

  /// - Parameter rows: in the order in which their numbers are wanted.
  init(_ rows: [Int]) {
    count = rows.count
    sorted = rows.enumerated().map { (row: $1, place: $0) }.sorted { $0.row < $1.row }
  }

  /// The number of each row; NaN where it has none.
  ///
  /// - Complexity: O(*m*) where pieces of the column that hold one of the *m* rows are read whole.
  func numbers(of column: Column) -> [Double] {
    var numbers = [Double](repeating: .nan, count: count)
    var next = 0
    while next < sorted.count {
      let start = sorted[next].row / Self.pieceSize * Self.pieceSize
      let piece = start..<min(start + Self.pieceSize, column.rowCount)
      let decoded = column.numbers(in: piece)
      while next < sorted.count, sorted[next].row < piece.upperBound {
        numbers[sorted[next].place] = decoded[sorted[next].row - start]
        next += 1
      }
    }
    return numbers
  }
}
