extension Dataset {
  /// The number in a row as a fit sees it: a median where the cell was filled, the end of the
  /// range where it was clipped, nil where there is none.
  ///
  /// - Complexity: O(log *f*) where *f* cells were filled or clipped.
  public func number(ofRow row: Int, column: Int) -> Double? {
    if let fill = fill(row, column) { return fill }
    return table.columns[column].number(at: row)
  }

  /// The numbers in many rows as a fit sees them, NaN where there is none.
  ///
  /// - Parameter rows: ascending.
  /// - Complexity: O(*m* + *f*) for *m* rows and *f* cells of the column that were filled or clipped,
  ///   and a read of the pieces of the column that hold one of the rows.
  public func numbers(ofRows rows: [Int], column: Int) -> [Double] {
    var numbers = GatheredRows(rows).numbers(of: table.columns[column])
    var place = 0
    var index = firstFill(atOrAfter: 0, column)
    while index < fills.count, fills[index].column == column {
      while place < rows.count, rows[place] < fills[index].row { place += 1 }
      guard place < rows.count else { break }
      if rows[place] == fills[index].row { numbers[place] = fills[index].value }
      index += 1
    }
    return numbers
  }

  private func fill(_ row: Int, _ column: Int) -> Double? {
    let index = firstFill(atOrAfter: row, column)
    guard index < fills.count, fills[index].column == column, fills[index].row == row else {
      return nil
    }
    return fills[index].value
  }

  private func firstFill(atOrAfter row: Int, _ column: Int) -> Int {
    var low = 0
    var high = fills.count
    while low < high {
      let middle = (low + high) / 2
      if (fills[middle].column, fills[middle].row) < (column, row) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
