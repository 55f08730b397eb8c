/// The rows as decoded and cleaned; immutable.
public struct Dataset: Sendable {
  /// `ds_` and the fingerprint of the content: columns, roles, selection and fills.
  ///
  /// Line ends, delimiter and format do not count.
  public let id: String
  /// Every well-formed record, the rows that are not used among them.
  public let table: Table
  /// The role of each column.
  public let roles: [ColumnRole]
  /// The index of the column that names the customer, or `nil` if there is none.
  public let idColumn: Int?
  /// The index of the column that says how often a row counts, or `nil`.
  public let weightColumn: Int?
  /// The index of the revenue-like column asked for, or `nil`.
  public let valueColumn: Int?
  /// The index of the descriptive column to look at first, or `nil`.
  public let categoryColumn: Int?
  /// The columns a segmentation looks at, in the order asked for.
  public let features: [Int]
  /// The rows a fit looks at.
  public let rows: RowSelection
  /// Cells that stand for another number in a fit, by column and row: gaps filled with a median,
  /// outliers clipped.
  public let fills: [FilledCell]
  /// Rows kept out of the fit for their outliers alone, in order: they are assigned after it.
  public let outlierRows: [Int]
  /// Rows dropped as identical to an earlier row, in order.
  public let twins: [TwinRow]
  /// What cleaning found, dropped and filled.
  public let report: CleaningReport

  /// How many rows a fit looks at.
  public var usedRowCount: Int { rows.count }

  /// An estimate of the memory it holds, in bytes.
  public var byteCount: Int {
    table.byteCount + rows.ranges.count * 24 + fills.count * MemoryLayout<FilledCell>.stride
      + twins.count * MemoryLayout<TwinRow>.stride + outlierRows.count * 8 + report.findings.count
      * 128
      + roles.count * 256
  }

  /// The numbers of a column in the used rows, medians filled in and outliers clipped; NaN where
  /// there is none.
  public func numbers(ofColumn column: Int) -> [Double] {
    var output = table.columns[column].numbers(in: rows)
    for fill in fills where fill.column == column {
      if let position = rows.position(ofRow: fill.row) { output[position] = fill.value }
    }
    return output
  }

  /// How often each used row counts, or `nil` when all count once.
  public func weights() -> [Double]? {
    weightColumn.map { numbers(ofColumn: $0) }
  }

  /// The text of the id in a table row; the record's number from 1 if there is none.
  public func customerID(ofRow row: Int) -> String {
    if let idColumn, let text = table.columns[idColumn].text(at: row) { return text }
    return String(table.recordIndex(ofRow: row) + 1)
  }

  /// Whether a row was kept out of the fit for its outliers alone.
  public func isOutlier(row: Int) -> Bool {
    var low = 0
    var high = outlierRows.count
    while low < high {
      let middle = (low + high) / 2
      if outlierRows[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low < outlierRows.count && outlierRows[low] == row
  }

  /// The row whose segment a table row has: itself, its twin, or `nil` if it has none.
  ///
  /// Rows kept out of the fit for their outliers are assigned after it, and stand for themselves.
  public func standIn(forRow row: Int) -> Int? {
    if hasSegment(row) { return row }
    var low = 0
    var high = twins.count
    while low < high {
      let middle = (low + high) / 2
      if twins[middle].row < row { low = middle + 1 } else { high = middle }
    }
    guard low < twins.count, twins[low].row == row else { return nil }
    let standIn = twins[low].standIn
    return hasSegment(standIn) ? standIn : nil
  }

  private func hasSegment(_ row: Int) -> Bool {
    rows.position(ofRow: row) != nil || isOutlier(row: row)
  }
}

/// A cell that a fit sees another number of.
public struct FilledCell: Equatable, Sendable {
  /// The row of the table, from 0.
  public let row: Int
  /// The index of the column.
  public let column: Int
  /// The median of the column, or the end of the range that outliers begin at.
  public let value: Double
}

/// A row dropped because an earlier one equals it.
public struct TwinRow: Equatable, Sendable {
  /// The row of the table, from 0.
  public let row: Int
  /// The earlier row that stands for it.
  public let standIn: Int
}
