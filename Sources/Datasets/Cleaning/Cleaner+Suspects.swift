// What looks like a mistake: told, and never changed.
extension Cleaner {
  mutating func reportSuspects(_ aliases: ColumnAliases) {
    let (table, roles, unused) = (table, roles, unused)
    let found = ParallelMap.map(table.columns.count, threads: threads) { index in
      let column = table.columns[index]
      return switch roles[index] {
      case .feature:
        ColumnSuspects(
          numbersOf: column, table, without: unused, meaning: aliases.meaning(ofKey: column.key))
      case .descriptive: ColumnSuspects(categoriesOf: column, table, without: unused)
      case .id, .weight, .ignored: ColumnSuspects()
      }
    }
    for suspects in found {
      for finding in suspects.findings { findings.add(finding) }
      for (reason, count) in suspects.undescribed { findings.count(reason, count) }
    }
    if let idColumn, table.rowCount <= Cleaner.alikeLimit { countRowsAlike(idColumn) }
  }

  /// Above this many rows nobody looks for rows that differ in the id alone.
  private static let alikeLimit = 100_000
  /// With fewer columns beside the id two customers are easily alike.
  private static let alikeWidth = 6

  private mutating func countRowsAlike(_ idColumn: Int) {
    guard table.columns.count > Cleaner.alikeWidth else { return }
    var hashes = [UInt64](repeating: 0, count: table.rowCount)
    for (index, column) in table.columns.enumerated() where index != idColumn {
      var row = 0
      column.forEachCellHash { hash in
        hashes[row] = Fingerprint.mix(hashes[row] &* 31 &+ hash)
        row += 1
      }
    }
    var seen = Set<UInt64>(minimumCapacity: table.rowCount)
    var count = 0
    for (row, hash) in hashes.enumerated() where !unused.contains(row) {
      if !seen.insert(hash).inserted { count += 1 }
    }
    if count > 0 { report.warnings.append(.rowsAlikeExceptID(count: count)) }
  }
}

/// What looks like a mistake in one column.
struct ColumnSuspects: Sendable {
  /// The first of each reason.
  private(set) var findings: [CleaningFinding] = []
  /// How many more there are.
  private(set) var undescribed: [FindingReason: Int] = [:]
  private var counts: [FindingReason: Int] = [:]

  init() {}

  /// Numbers that the column should not have.
  init(
    numbersOf column: Column, _ table: Table, without unused: RowMarks, meaning: ColumnMeaning?
  ) {
    for rule in Suspects.rules(column, meaning: meaning) {
      column.forEachNumbers { rows, numbers in
        for offset in numbers.indices
        where !numbers[offset].isNaN && rule.isSuspect(numbers[offset]) {
          let row = rows.lowerBound + offset
          if !unused.contains(row) { add(row, rule.reason, nil, column, table) }
        }
        return true
      }
    }
  }

  /// Categories that are probably another one misspelt, or that hardly anybody has.
  init(categoriesOf column: Column, _ table: Table, without unused: RowMarks) {
    guard column.distinctTextCount() <= Suspects.categoryLimit else { return }
    let suspects = Suspects.categories(column.textCounts())
    guard !suspects.isEmpty else { return }
    column.forEachRow(withTexts: Set(suspects.keys)) { row, text in
      guard !unused.contains(row), let suspect = suspects[text] else { return }
      add(row, suspect.reason, suspect.proposal, column, table)
    }
  }

  private mutating func add(
    _ row: Int, _ reason: FindingReason, _ proposal: String?, _ column: Column, _ table: Table
  ) {
    let number = counts[reason, default: 0]
    counts[reason] = number + 1
    guard number < CleaningReport.findingLimit else {
      undescribed[reason, default: 0] += 1
      return
    }
    findings.append(
      CleaningFinding(
        line: table.line(ofRow: row), column: column.key, value: column.text(at: row),
        reason: reason, action: .reported, proposal: proposal))
  }
}
