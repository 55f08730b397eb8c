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
  /// Cells filled with a median, by column and row.
  public let fills: [FilledCell]
  /// Rows dropped as identical to an earlier row, in order.
  public let twins: [TwinRow]
  /// What cleaning found, dropped and filled.
  public let report: CleaningReport

  /// How many rows a fit looks at.
  public var usedRowCount: Int { rows.count }

  /// An estimate of the memory it holds, in bytes.
  public var byteCount: Int {
    table.byteCount + rows.ranges.count * 24 + fills.count * MemoryLayout<FilledCell>.stride
      + twins.count * MemoryLayout<TwinRow>.stride + report.findings.count * 128
      + roles.count * 256
  }

  /// The numbers of a column in the used rows, medians filled in; NaN where there is none.
  public func numbers(ofColumn column: Int) -> [Double] {
    var output: [Double] = []
    output.reserveCapacity(rows.count)
    for range in rows.ranges {
      output.append(contentsOf: table.columns[column].numbers(in: range))
    }
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

  /// The used row that stands for a table row: itself, its twin, or `nil` if it is set aside.
  public func standIn(forRow row: Int) -> Int? {
    if rows.position(ofRow: row) != nil { return row }
    var low = 0
    var high = twins.count
    while low < high {
      let middle = (low + high) / 2
      if twins[middle].row < row { low = middle + 1 } else { high = middle }
    }
    guard low < twins.count, twins[low].row == row else { return nil }
    let standIn = twins[low].standIn
    return rows.position(ofRow: standIn) == nil ? nil : standIn
  }
}

/// A missing cell that got a value.
public struct FilledCell: Equatable, Sendable {
  /// The row of the table, from 0.
  public let row: Int
  /// The index of the column.
  public let column: Int
  /// The median of the column.
  public let value: Double
}

/// A row dropped because an earlier one equals it.
public struct TwinRow: Equatable, Sendable {
  /// The row of the table, from 0.
  public let row: Int
  /// The earlier row that stands for it.
  public let standIn: Int
}
