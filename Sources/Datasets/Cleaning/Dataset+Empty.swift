extension Dataset {
  /// The name of a column that a dataset without rows has.
  public struct EmptyColumn: Sendable {
    /// The column's key.
    public let key: String
    /// The column's header as the file had it.
    public let header: String
    /// The column's unit, if it has one.
    public let unit: String?
    /// How its numbers are written, if not as programs write them.
    public let numberStyle: NumberStyle?
    /// Whether it is a column of numbers that customers are assigned by; else one of categories.
    public let isFeature: Bool

    /// A name from its parts.
    public init(
      key: String, header: String, unit: String?, numberStyle: NumberStyle? = nil,
      isFeature: Bool = true
    ) {
      self.key = key
      self.header = header
      self.unit = unit
      self.numberStyle = numberStyle
      self.isFeature = isFeature
    }

    fileprivate var role: ColumnRole { isFeature ? .feature : .descriptive }
  }

  /// A dataset that has columns and no rows, for a model that comes without its customers.
  ///
  /// - Parameter columns: features and columns of categories, in their order.
  public static func empty(columns: [EmptyColumn]) -> Dataset {
    var fingerprint = Fingerprint()
    fingerprint.add("without rows")
    for column in columns {
      fingerprint.add(column.key)
      fingerprint.add(column.header)
    }
    let made = columns.map { column in
      Column(
        name: ColumnName(header: column.header, key: column.key, unit: column.unit),
        style: column.numberStyle, rowCount: 0, starts: [], segments: [], pool: TextPool(),
        tally: CellTally())
    }
    var report = CleaningReport()
    report.columns = columns.map {
      ColumnReport(
        key: $0.key, header: $0.header, unit: $0.unit, role: $0.role, isFeature: $0.isFeature,
        missingCount: 0, missingCountWithoutTwins: 0, badCount: 0, numberStyle: $0.numberStyle,
        valueSeparator: nil)
    }
    let table = Table(
      columns: made, rowCount: 0, recordsRead: 0, setAsideCounts: [:], setAside: [],
      dialect: TableDialect(
        format: .csv, encoding: .utf8, encodingIsGuessed: false, delimiter: UInt8(ascii: ","),
        hasHeader: true), lines: StepMap(), records: StepMap())
    return Dataset(
      id: "ds_\(fingerprint.hex)", table: table, roles: columns.map(\.role),
      idColumn: nil, weightColumn: nil, valueColumn: nil, categoryColumn: nil,
      features: columns.indices.filter { columns[$0].isFeature }, rows: RowSelection(all: 0),
      fills: [],
      outlierRows: [], twins: [], report: report)
  }
}
