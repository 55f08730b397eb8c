extension Dataset {
  /// The number in a row as a fit sees it: a median where the cell was filled, the end of the
  /// range where it was clipped, nil where there is none.
  ///
  /// - Complexity: O(log *f*) where *f* cells were filled or clipped.
  public func number(ofRow row: Int, column: Int) -> Double? {
    if let fill = fill(row, column) { return fill }
    return table.columns[column].number(at: row)
  }

  private func fill(_ row: Int, _ column: Int) -> Double? {
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
    guard low < fills.count, fills[low].column == column, fills[low].row == row else { return nil }
    return fills[low].value
  }
}
