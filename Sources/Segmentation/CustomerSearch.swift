import Datasets

extension Run {
  /// The rows of customers with a text in a cell or in the id, in the order given.
  ///
  /// Letters of ASCII are the same in either case; all other characters are compared as they are.
  ///
  /// - Complexity: O(*mt*) for *m* rows with *t* bytes of text each.
  public func rows(_ rows: RowIndices, holding text: String) -> RowIndices {
    let needle = text.utf8.map(Self.folded)
    guard !needle.isEmpty else { return rows }
    let table = dataset.table
    var cells: [UInt8] = []
    var found: [Int32] = []
    for position in 0..<rows.count {
      let row = rows[position]
      cells.removeAll(keepingCapacity: true)
      if dataset.idColumn == nil { cells.append(contentsOf: dataset.customerID(ofRow: row).utf8) }
      for column in table.columns {
        // Between cells stands what no search text holds.
        cells.append(0)
        column.appendText(at: row, to: &cells)
      }
      if Self.holds(cells, needle) { found.append(Int32(truncatingIfNeeded: row)) }
    }
    return RowIndices(found)
  }

  private static func holds(_ cells: [UInt8], _ needle: [UInt8]) -> Bool {
    guard cells.count >= needle.count else { return false }
    let first = needle[0]
    search: for start in 0...(cells.count - needle.count) where folded(cells[start]) == first {
      for offset in 1..<max(1, needle.count) where folded(cells[start + offset]) != needle[offset] {
        continue search
      }
      return true
    }
    return false
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
  }
}
