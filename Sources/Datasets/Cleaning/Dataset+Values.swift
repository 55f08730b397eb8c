extension Dataset {
  /// The number in a row as a fit sees it: a median where the cell was filled, nil where there is
  /// none.
  ///
  /// - Complexity: O(1), O(log *f*) where *f* cells were filled and this one is missing.
  public func number(ofRow row: Int, column: Int) -> Double? {
    if let number = table.columns[column].number(at: row) { return number }
    return fills.first { $0.row == row && $0.column == column }?.value
  }
}
