extension Dataset {
  /// Cleans a table: chooses roles and features, and sets aside what a fit cannot use.
  ///
  /// - Parameter threads: how many may look at the columns; the dataset does not depend on it.
  /// - Throws: what a client can mend: unknown or unusable columns, no features, too few rows,
  ///   and with `strict` or `missing=error` the cells in question.
  public static func clean(
    _ table: Table, options: CleaningOptions = .init(), aliases: ColumnAliases = .standard,
    threads: Int = 1
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
    try cleaner.reportRaggedRecords()
    cleaner.dropTwins()
    try cleaner.checkCells()
    return try cleaner.finish()
  }
}

/// The steps of cleaning, in order, and what is known between them.
private struct Cleaner {
  let table: Table
  let options: CleaningOptions
  let threads: Int
  var report = CleaningReport()
  var roles: [ColumnRole] = []
  var idColumn: Int?
  var weightColumn: Int?
  var valueColumn: Int?
  var categoryColumn: Int?
  var features: [Int] = []
  var twins: [TwinRow] = []
  var fills: [FilledCell] = []
  /// Rows no fit looks at.
  var unusedRows = Set<Int>()

  init(_ table: Table, options: CleaningOptions, threads: Int) {
    self.table = table
    self.threads = threads
    self.options = options
    report.rowsRead = table.recordsRead
  }

  // MARK: Columns

  mutating func chooseColumns(_ aliases: ColumnAliases) throws(DatasetError) {
    let recognizer = RoleRecognizer(table, aliases: aliases, threads: threads)
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

  mutating func reportRaggedRecords() throws(DatasetError) {
    guard table.setAsideCount > 0 else { return }
    report.addRagged(table)
  }

  mutating func dropTwins() {
    guard let idColumn, options.duplicates == .dropIdentical else { return }
    let finder = TwinFinder(table, id: idColumn)
    twins = finder.twins
    for twin in twins {
      unusedRows.insert(twin.row)
      report.add(
        CleaningFinding(
          line: table.line(ofRow: twin.row), column: nil,
          value: "line \(table.line(ofRow: twin.standIn))", reason: .identicalRow,
          action: .dropped))
    }
    report.duplicatesDropped = twins.count
    let key = table.columns[idColumn].key
    if finder.distinctIDs * 2 < table.rowCount {
      report.warnings.append(.idsRepeat(column: key, distinct: finder.distinctIDs))
    } else {
      for row in finder.repeats {
        report.add(
          CleaningFinding(
            line: table.line(ofRow: row), column: key,
            value: table.columns[idColumn].text(at: row), reason: .repeatedID, action: .reported))
      }
    }
  }

  mutating func checkCells() throws(DatasetError) {
    let alreadyUnused = unusedRows
    for index in table.columns.indices where table.columns[index].isNumeric {
      let column = table.columns[index]
      let isFeature = features.contains(index)
      let isWeight = index == weightColumn
      let action: FindingAction =
        isWeight || (isFeature && options.missing != .median)
        ? .setAside : isFeature ? .filled : .reported
      var empty: [Int] = []
      column.forEachNonNumber { row, reading in
        guard !alreadyUnused.contains(row) else { return }
        // A gap in a column nobody looks at is counted with the column.
        if reading == .missing, action == .reported { return }
        if action != .reported { empty.append(row) }
        report.add(
          CleaningFinding(
            line: table.line(ofRow: row), column: column.key, value: cellText(row, index),
            reason: reading == .missing
              ? .missing : reading == .notFinite ? .notFinite : .notANumber,
            action: action))
      }
      switch action {
      case .setAside: unusedRows.formUnion(empty)
      case .filled:
        guard !empty.isEmpty else { continue }
        let median = median(of: column, without: alreadyUnused)
        fills += empty.map { FilledCell(row: $0, column: index, value: median) }
      case .dropped, .reported: break
      }
    }
    if let weightColumn { try checkWeights(weightColumn) }
    report.trimFindings()
    let refused = report.findings.filter { $0.action == .setAside }
    let badCount =
      unusedRows.count - twins.count + (report.transactions?.transactionsSetAside ?? 0)
    if options.missing == .error, badCount > 0 {
      let cells = refused.filter { $0.column != nil }
      throw .missingValues(count: badCount, findings: cells)
    }
    if options.strict, badCount + table.setAsideCount > 0 {
      throw .strictFindings(count: badCount + table.setAsideCount, findings: refused)
    }
  }

  private mutating func checkWeights(_ index: Int) throws(DatasetError) {
    let column = table.columns[index]
    for (row, weight) in column.numbers().enumerated() where weight <= 0 {
      guard !unusedRows.contains(row) else { continue }
      guard weight == 0 else {
        throw .badWeight(line: table.line(ofRow: row), value: cellText(row, index))
      }
      unusedRows.insert(row)
      report.add(
        CleaningFinding(
          line: table.line(ofRow: row), column: column.key, value: cellText(row, index),
          reason: .zeroWeight, action: .setAside))
    }
  }

  private func cellText(_ row: Int, _ index: Int) -> String {
    var bytes: [UInt8] = []
    table.columns[index].appendText(at: row, to: &bytes)
    return String(copying: bytes.span)
  }

  /// The middle of a column's numbers, the mean of the two in the middle if their count is even.
  private func median(of column: Column, without unused: Set<Int>) -> Double {
    var numbers = column.numbers()
    for row in unused { numbers[row] = .nan }
    numbers.removeAll(where: \.isNaN)
    numbers.sort()
    guard !numbers.isEmpty else { return 0 }
    let middle = numbers.count / 2
    return numbers.count % 2 == 1
      ? numbers[middle] : numbers[middle - 1] + (numbers[middle] - numbers[middle - 1]) / 2
  }

  // MARK: The result

  mutating func finish() throws(DatasetError) -> Dataset {
    let rows = selection()
    guard rows.count > 1 else { throw .tooFewRows(count: rows.count) }
    report.rowsUsed = rows.count
    report.rowsSetAside = table.recordsRead - rows.count
    // In order of column and row, so that a cell is found by bisection.
    fills.sort { ($0.column, $0.row) < ($1.column, $1.row) }
    report.filledCount = fills.count
    report.columns = table.columns.indices.map { index in
      let column = table.columns[index]
      return ColumnReport(
        key: column.key, header: column.header, unit: column.unit, role: roles[index],
        isFeature: features.contains(index), missingCount: column.missingCount,
        badCount: column.isNumeric ? column.textCount : 0)
    }
    let dataset = Dataset(
      id: fingerprint(rows), table: table, roles: roles, idColumn: idColumn,
      weightColumn: weightColumn, valueColumn: valueColumn, categoryColumn: categoryColumn,
      features: features, rows: rows, fills: fills, twins: twins, report: report)
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

  private func selection() -> RowSelection {
    guard !unusedRows.isEmpty else { return RowSelection(all: table.rowCount) }
    var ranges: [Range<Int>] = []
    var start = 0
    for row in unusedRows.sorted() {
      if start < row { ranges.append(start..<row) }
      start = row + 1
    }
    if start < table.rowCount { ranges.append(start..<table.rowCount) }
    return RowSelection(ranges: ranges)
  }

  private func fingerprint(_ rows: RowSelection) -> String {
    var print = Fingerprint()
    print.add(UInt64(table.rowCount))
    // The records set aside are part of what the report tells.
    print.add(UInt64(table.recordsRead))
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
    for fill in fills {
      print.add(UInt64(fill.row))
      print.add(UInt64(fill.column))
      print.add(fill.value.bitPattern)
    }
    return "ds_" + print.hex
  }
}
