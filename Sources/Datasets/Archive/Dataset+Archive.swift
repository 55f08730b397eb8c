/// A dataset as it stands in a file: table, roles, selection, fills, twins and report.
extension Dataset: Archivable {
  /// Writes all of it.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(id)
    writer.put(table)
    writer.put(roles)
    for column in [idColumn, weightColumn, valueColumn, categoryColumn] { writer.put(column) }
    writer.put(features)
    writer.put(rows)
    writer.put(fills)
    writer.put(rows: outlierRows)
    writer.put(twins)
    writer.put(report)
  }

  /// Reads a dataset whose rows and columns all point into its table.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    id = try reader.get()
    let table: Table = try reader.get()
    self.table = table
    roles = try reader.get()
    func column(_ index: Int?) throws(ArchiveFault) -> Int? {
      guard index.map({ table.columns.indices.contains($0) }) ?? true else {
        throw .damaged("a column is not in the table")
      }
      return index
    }
    idColumn = try column(try reader.get())
    weightColumn = try column(try reader.get())
    valueColumn = try column(try reader.get())
    categoryColumn = try column(try reader.get())
    features = try reader.get()
    for feature in features { _ = try column(feature) }
    rows = try RowSelection(from: &reader, rowCount: table.rowCount)
    fills = try reader.get()
    outlierRows = try reader.rows(below: table.rowCount)
    twins = try reader.get()
    report = try reader.get()
    guard roles.count == table.columns.count, report.columns.count == table.columns.count else {
      throw .damaged("a column has no role")
    }
    let fillsAreSorted = zip(fills, fills.dropFirst()).allSatisfy {
      ($0.column, $0.row) < ($1.column, $1.row)
    }
    let fillsAreThere = fills.allSatisfy {
      table.columns.indices.contains($0.column) && (0..<table.rowCount).contains($0.row)
    }
    let twinsAreSorted = zip(twins, twins.dropFirst()).allSatisfy { $0.row < $1.row }
    let twinsAreThere = twins.allSatisfy {
      (0..<table.rowCount).contains($0.row) && (0..<table.rowCount).contains($0.standIn)
    }
    guard fillsAreSorted, fillsAreThere, twinsAreSorted, twinsAreThere else {
      throw .damaged("a row is not in the table")
    }
  }
}

extension FilledCell: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(row)
    writer.put(column)
    writer.put(value)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(row: try reader.get(), column: try reader.get(), value: try reader.get())
  }
}

extension TwinRow: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(row)
    writer.put(standIn)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(row: try reader.get(), standIn: try reader.get())
  }
}

extension RowSelection {
  func write(to writer: inout ArchiveWriter) {
    writer.put(ranges.count)
    writer.put(bulk: ranges.map { Int64($0.lowerBound) })
    writer.put(bulk: ranges.map { Int64($0.upperBound) })
  }

  init(from reader: inout ArchiveReader, rowCount: Int) throws(ArchiveFault) {
    let count = try reader.count()
    let starts = try reader.bulk(Int64.self, count: count)
    let ends = try reader.bulk(Int64.self, count: count)
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(count)
    var last: Int64 = -1
    for index in 0..<count {
      guard starts[index] > last, ends[index] > starts[index], ends[index] <= Int64(rowCount)
      else { throw .damaged("the used rows are not in order") }
      last = ends[index]
      ranges.append(Int(starts[index])..<Int(ends[index]))
    }
    self.init(ranges: ranges)
  }
}

extension ArchiveWriter {
  /// Writes a selection of rows.
  mutating func put(_ rows: RowSelection) { rows.write(to: &self) }

  /// Writes ascending rows.
  mutating func put(rows: [Int]) {
    put(rows.count)
    put(bulk: rows.map { Int64($0) })
  }
}

extension ArchiveReader {
  /// Reads ascending rows of a table.
  mutating func rows(below rowCount: Int) throws(ArchiveFault) -> [Int] {
    let rows = try bulk(Int64.self, count: try count()).map { Int($0) }
    guard rows.first ?? 0 >= 0, rows.last ?? -1 < rowCount,
      zip(rows, rows.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw .damaged("rows are not in order") }
    return rows
  }
}
