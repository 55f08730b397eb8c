extension Dataset {
  /// Cleans a table: chooses roles and features, and sets aside what a fit cannot use.
  ///
  /// - Parameters:
  ///   - threads: how many may look at the columns; the dataset does not depend on it.
  ///   - idHashing: what takes the place of customer ids; nil keeps them.
  /// - Throws: what a client can mend: unknown or unusable columns, no features, too few rows,
  ///   and with `strict` or `missing=error` the cells in question.
  public static func clean(
    _ table: Table, options: CleaningOptions = .init(), aliases: ColumnAliases = .standard,
    threads: Int = 1, idHashing: IDHashing? = nil
  ) throws(DatasetError) -> Dataset {
    var table = table
    // A table of customers that was gathered before is not gathered again.
    if table.origin == nil,
      let columns = try TransactionColumns.find(in: table, options: options, aliases: aliases)
    {
      table = try TransactionAggregation.customers(
        of: table, by: columns, options: options.transactions)
    }
    let options = table.origin == nil ? options : try table.customerOptions(from: options)
    guard table.rowCount > 1 else { throw .tooFewRows(count: table.rowCount) }
    var cleaner = Cleaner(table, options: options, threads: threads)
    try cleaner.chooseColumns(aliases)
    if let idHashing { try cleaner.hashIDs(by: idHashing) }
    try cleaner.reportRaggedRecords()
    cleaner.dropTwins()
    cleaner.reportSuspects(aliases)
    cleaner.checkCells()
    try cleaner.checkWeights()
    cleaner.treatOutliers()
    try cleaner.refuse()
    return try cleaner.finish()
  }
}

/// The steps of cleaning, in order, and what is known between them.
struct Cleaner {
  private(set) var table: Table
  let options: CleaningOptions
  let threads: Int
  var report = CleaningReport()
  var findings = FindingList()
  var roles: [ColumnRole] = []
  var facts: [ColumnFacts] = []
  var idColumn: Int?
  var weightColumn: Int?
  var valueColumn: Int?
  var categoryColumn: Int?
  var features: [Int] = []
  var twins: [TwinRow] = []
  var fills: [FilledCell] = []
  var outlierRows: [Int] = []
  /// Rows no fit looks at.
  private(set) var unused: RowMarks

  init(_ table: Table, options: CleaningOptions, threads: Int) {
    self.table = table
    self.threads = threads
    self.options = options
    unused = RowMarks(rowCount: table.rowCount)
    report.rowsRead = table.recordsRead
  }

  // MARK: Columns

  mutating func chooseColumns(_ aliases: ColumnAliases) throws(DatasetError) {
    let recognizer = RoleRecognizer(table, aliases: aliases, threads: threads)
    facts = recognizer.facts
    idColumn = try column(options.id) ?? recognizer.idColumn()
    weightColumn = try column(options.weight)
    if let weightColumn, !table.columns[weightColumn].isNumeric {
      throw .notNumeric(column: table.columns[weightColumn].key)
    }
    if idColumn == weightColumn, options.id == nil { idColumn = nil }
    roles = recognizer.roles(id: idColumn, weight: weightColumn)
    valueColumn = try column(options.value) ?? firstColumn(.value, aliases)
    if let valueColumn, !table.columns[valueColumn].isNumeric {
      throw .notNumeric(column: table.columns[valueColumn].key)
    }
    categoryColumn = try column(options.category) ?? recognizedCategory(aliases)
    features = try chosenFeatures()
    for index in features {
      if case .ignored(let reason) = roles[index], table.origin == nil {
        report.warnings.append(
          .ignoredColumnAsFeature(column: table.columns[index].key, reason: reason))
      }
      if roles[index] != .weight, roles[index] != .id { roles[index] = .feature }
    }
    if let origin = table.origin {
      report.add(origin)
    } else if weightColumn == nil {
      for index in table.columns.indices
      where aliases.meaning(ofKey: table.columns[index].key) == .weight
        && table.columns[index].isNumeric
      {
        report.warnings.append(.looksLikeWeight(column: table.columns[index].key))
      }
    }
    if !table.dialect.hasHeader { report.warnings.append(.noHeader) }
    if table.dialect.encodingIsGuessed {
      report.warnings.append(.encodingGuessed(table.dialect.encoding))
    }
  }

  /// Puts codes in the place of ids, so that nothing after this step sees one.
  mutating func hashIDs(by hashing: IDHashing) throws(DatasetError) {
    guard let idColumn else { return }
    // Codes are no numbers to weigh or to cluster by.
    guard idColumn != weightColumn, idColumn != valueColumn, !features.contains(idColumn) else {
      throw .notNumeric(column: table.columns[idColumn].key)
    }
    table = table.hashingIDs(inColumn: idColumn, by: hashing, threads: threads)
  }

  private func column(_ name: String?) throws(DatasetError) -> Int? {
    guard let name else { return nil }
    if let index = table.columnIndex(named: name) { return index }
    let keys = table.columns.map(\.key)
    throw .unknownColumn(name: name, suggestions: Suggestions.closest(to: name, among: keys))
  }

  private func firstColumn(_ meaning: ColumnMeaning, _ aliases: ColumnAliases) -> Int? {
    table.columns.indices.filter {
      aliases.meaning(ofKey: table.columns[$0].key) == meaning && table.columns[$0].isNumeric
        && $0 != idColumn && $0 != weightColumn
    }.min {
      aliases.rank(ofKey: table.columns[$0].key) < aliases.rank(ofKey: table.columns[$1].key)
    }
  }

  private func recognizedCategory(_ aliases: ColumnAliases) -> Int? {
    let descriptive = roles.indices.filter { roles[$0] == .descriptive }
    return descriptive.first { aliases.meaning(ofKey: table.columns[$0].key) == .gender }
      ?? descriptive.first { (2...12).contains(table.columns[$0].distinctTextCount()) }
  }

  private mutating func chosenFeatures() throws(DatasetError) -> [Int] {
    if let names = options.features {
      var chosen: [Int] = []
      for name in names {
        guard let index = try column(name) else { continue }
        guard table.columns[index].isNumeric else {
          throw .notNumeric(column: table.columns[index].key)
        }
        if !chosen.contains(index) { chosen.append(index) }
      }
      guard !chosen.isEmpty else {
        throw .noNumericColumn(columns: table.columns.map(\.key))
      }
      return chosen
    }
    let usable = roles.indices.filter { roles[$0] == .feature }
    guard usable.isEmpty else { return usable }
    // Columns that hardly vary are better than none: what little they tell is all there is.
    let hardlyVarying = numericColumns(ignoredAs: .nearConstant)
    guard hardlyVarying.isEmpty else {
      for index in hardlyVarying { roles[index] = .feature }
      return hardlyVarying
    }
    let constant = numericColumns(ignoredAs: .constant)
    if !constant.isEmpty { throw .allConstant(columns: constant.map { table.columns[$0].key }) }
    throw .noNumericColumn(columns: table.columns.map(\.key))
  }

  private func numericColumns(ignoredAs reason: IgnoredReason) -> [Int] {
    roles.indices.filter { roles[$0] == .ignored(reason) && table.columns[$0].isNumeric }
  }

  // MARK: Rows

  /// Keeps a row out of every fit, for the first reason that is found.
  mutating func setAside(_ row: Int, for reason: FindingReason) {
    if unused.insert(row) { report.setAsideByReason[reason, default: 0] += 1 }
  }

  mutating func reportRaggedRecords() throws(DatasetError) {
    findings.addRagged(table)
    for (reason, count) in table.setAsideCounts {
      report.setAsideByReason[reason, default: 0] += count
    }
  }

  mutating func dropTwins() {
    guard let idColumn, options.duplicates == .dropIdentical else { return }
    let finder = TwinFinder(table, id: idColumn)
    twins = finder.twins
    for (number, twin) in twins.enumerated() {
      setAside(twin.row, for: .identicalRow)
      add(.identicalRow, number: number) { cleaner in
        let line = cleaner.table.line(ofRow: twin.standIn)
        return CleaningFinding(
          line: cleaner.table.line(ofRow: twin.row), column: nil, value: "line \(line)",
          reason: .identicalRow, action: .dropped, otherLine: line)
      }
    }
    report.duplicatesDropped = twins.count
    let column = table.columns[idColumn]
    if finder.distinctIDs * 2 < table.rowCount {
      report.warnings.append(.idsRepeat(column: column.key, distinct: finder.distinctIDs))
    } else {
      for (number, pair) in finder.repeats.enumerated() {
        add(.repeatedID, number: number) {
          CleaningFinding(
            line: $0.table.line(ofRow: pair.row), column: column.key,
            value: column.text(at: pair.row), reason: .repeatedID, action: .reported,
            otherLine: $0.table.line(ofRow: pair.first))
        }
      }
    }
  }

  /// Counts a finding, and describes it if it may be among the first.
  ///
  /// - Parameter number: how many of its kind, which come in order of lines, were there before.
  mutating func add(
    _ reason: FindingReason, number: Int, _ describe: (Cleaner) -> CleaningFinding
  ) {
    if number < CleaningReport.findingLimit {
      findings.add(describe(self))
    } else {
      findings.count(reason, 1)
    }
  }

  func cellText(_ row: Int, _ index: Int) -> String {
    var bytes: [UInt8] = []
    table.columns[index].appendText(at: row, to: &bytes)
    return String(copying: bytes.span)
  }

  // MARK: The result

  /// Refuses the content where the options say so.
  mutating func refuse() throws(DatasetError) {
    // What was wrong with transactions is told there already.
    report.findings = (report.findings + findings.sorted()).sorted { $0.line < $1.line }
    report.countsByReason.merge(findings.counts) { $0 + $1 }
    let refused = report.findings.filter { $0.action == .setAside }
    let badCount =
      unused.count - twins.count + (report.transactions?.transactionsSetAside ?? 0)
    let outlierCount = outlierRows.count
    if options.missing == .error, badCount > outlierCount {
      throw .missingValues(
        count: badCount - outlierCount,
        findings: refused.filter { $0.column != nil && $0.reason != .outlier })
    }
    if options.strict, badCount + table.setAsideCount > 0 {
      throw .strictFindings(count: badCount + table.setAsideCount, findings: refused)
    }
  }

  mutating func finish() throws(DatasetError) -> Dataset {
    let rows = unused.others()
    guard rows.count > 1 else { throw .tooFewRows(count: rows.count) }
    report.rowsUsed = rows.count
    report.rowsSetAside = table.recordsRead - rows.count
    // In order of column and row, so that a cell is found by bisection.
    fills.sort { ($0.column, $0.row) < ($1.column, $1.row) }
    let seen = facts
    report.columns = table.columns.indices.map { index in
      let column = table.columns[index]
      return ColumnReport(
        key: column.key, header: column.header, unit: column.unit, role: roles[index],
        isFeature: features.contains(index), missingCount: column.missingCount,
        missingCountWithoutTwins: missingWithoutTwins(column),
        badCount: column.isNumeric ? column.textCount : 0, numberStyle: column.numberStyle,
        valueSeparator: seen[index].valueSeparator)
    }
    let dataset = Dataset(
      id: fingerprint(rows), table: table, roles: roles, idColumn: idColumn,
      weightColumn: weightColumn, valueColumn: valueColumn, categoryColumn: categoryColumn,
      features: features, rows: rows, fills: fills, outlierRows: outlierRows,
      twins: twins, report: report)
    // Ends at the first difference, which is nearly always among the first rows.
    let varies = features.contains { index in
      let first = dataset.number(ofRow: rows[0], column: index)
      return rows.ranges.contains { range in
        range.contains { dataset.number(ofRow: $0, column: index) != first }
      }
    }
    guard varies else { throw .allConstant(columns: features.map { table.columns[$0].key }) }
    return dataset
  }

  private func missingWithoutTwins(_ column: Column) -> Int {
    guard column.missingCount > 0 else { return 0 }
    return column.missingCount - twins.count { column.cellKind(at: $0.row) == .missing }
  }

  private func fingerprint(_ rows: RowSelection) -> String {
    var print = Fingerprint()
    print.add(UInt64(table.rowCount))
    // The records set aside are part of what the report tells.
    print.add(UInt64(table.recordsRead))
    // The same rows are one dataset in every format, but a warning must not get lost.
    if table.dialect.encodingIsGuessed { print.add("encoding guessed") }
    if let summary = table.origin?.summary { print.add(summary.canonicalText) }
    for record in table.setAside {
      print.add(UInt64(record.recordIndex))
      print.add("\(record.reason)")
    }
    let columns = table.columns
    let cells = ParallelMap.map(columns.count, threads: threads) { CellFingerprint(columns[$0]) }
    for (index, column) in columns.enumerated() {
      print.add(column.header)
      print.add(column.key)
      print.add("\(roles[index])")
      print.add(cells[index].first)
      print.add(cells[index].second)
    }
    for index in [idColumn, weightColumn, valueColumn, categoryColumn] + features.map(Optional.some)
    {
      print.add(UInt64(bitPattern: Int64(index ?? -1)))
    }
    for range in rows.ranges {
      print.add(UInt64(range.lowerBound))
      print.add(UInt64(range.upperBound))
    }
    for row in outlierRows { print.add(UInt64(row)) }
    for fill in fills {
      print.add(UInt64(fill.row))
      print.add(UInt64(fill.column))
      print.add(fill.value.bitPattern)
    }
    return "ds_" + print.hex
  }
}
