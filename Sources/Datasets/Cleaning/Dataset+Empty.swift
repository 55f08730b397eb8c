extension Dataset {
  /// The name of a column that a dataset without rows has.
  public struct EmptyColumn: Sendable {
    /// The column's key.
    public let key: String
    /// The column's header as the file had it.
    public let header: String
    /// The column's unit, if it has one.
    public let unit: String?

    /// A name from its parts.
    public init(key: String, header: String, unit: String?) {
      self.key = key
      self.header = header
      self.unit = unit
    }
  }

  /// A dataset that has columns and no rows, for a model that comes without its customers.
  ///
  /// - Parameter columns: all of them features, in their order.
  public static func empty(columns: [EmptyColumn]) -> Dataset {
    var fingerprint = Fingerprint()
    fingerprint.add("without rows")
    for column in columns {
      fingerprint.add(column.key)
      fingerprint.add(column.header)
    }
    let made = columns.map { column in
      Column(
        name: ColumnName(header: column.header, key: column.key, unit: column.unit), style: nil,
        rowCount: 0, starts: [], segments: [], pool: TextPool(), tally: CellTally())
    }
    var report = CleaningReport()
    report.columns = columns.map {
      ColumnReport(
        key: $0.key, header: $0.header, unit: $0.unit, role: .feature, isFeature: true,
        missingCount: 0, missingCountWithoutTwins: 0, badCount: 0, numberStyle: nil,
        valueSeparator: nil)
    }
    let table = Table(
      columns: made, rowCount: 0, recordsRead: 0, setAsideCounts: [:], setAside: [],
      dialect: TableDialect(
        format: .csv, encoding: .utf8, encodingIsGuessed: false, delimiter: UInt8(ascii: ","),
        hasHeader: true), lines: StepMap(), records: StepMap())
    return Dataset(
      id: "ds_\(fingerprint.hex)", table: table, roles: columns.map { _ in .feature },
      idColumn: nil, weightColumn: nil, valueColumn: nil, categoryColumn: nil,
      features: Array(columns.indices), rows: RowSelection(all: 0), fills: [],
      outlierRows: [], twins: [], report: report)
  }
}
