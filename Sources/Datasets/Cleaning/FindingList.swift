/// Findings as they are made: all are counted, the first of each reason are kept.
struct FindingList {
  /// How often each reason was found.
  private(set) var counts: [FindingReason: Int] = [:]
  private var kept: [FindingReason: [CleaningFinding]] = [:]

  /// Counts a finding and keeps it if there is room.
  mutating func add(_ finding: CleaningFinding) {
    count(finding.reason, 1)
    kept[finding.reason, default: []].append(finding)
    // Twice the room, so that sorting is rare.
    if kept[finding.reason, default: []].count >= 2 * CleaningReport.findingLimit {
      kept[finding.reason] = FindingList.first(kept[finding.reason, default: []])
    }
  }

  /// Counts findings that are not described.
  mutating func count(_ reason: FindingReason, _ count: Int) {
    if count > 0 { counts[reason, default: 0] += count }
  }

  /// Adds the records that are no rows of a table.
  mutating func addRagged(_ table: Table) {
    for record in table.setAside {
      switch record.reason {
      case .fieldCount(let count, let expected):
        add(
          CleaningFinding(
            line: record.line, column: nil, value: "\(count) of \(expected) fields",
            reason: record.reason.findingReason, action: .setAside))
      }
    }
    // Beyond the ones described, records are counted under their reasons all the same.
    for (reason, count) in table.setAsideCounts {
      self.count(reason, count - table.setAside.count { $0.reason.findingReason == reason })
    }
  }

  /// The first findings of each reason, by line.
  func sorted() -> [CleaningFinding] {
    let first = FindingReason.allCases.flatMap { FindingList.first(kept[$0, default: []]) }
    return first.sorted { $0.line < $1.line }
  }

  private static func first(_ findings: [CleaningFinding]) -> [CleaningFinding] {
    // Stable: findings of one line stay in the order of columns.
    Array(findings.sorted { $0.line < $1.line }.prefix(CleaningReport.findingLimit))
  }
}
