// What is done about single cells: gaps, weights of nothing, outliers.
extension Cleaner {
  mutating func checkCells() {
    let twinRows = unused
    for index in table.columns.indices where table.columns[index].isNumeric {
      let column = table.columns[index]
      guard column.numberCount < column.rowCount else { continue }
      let isFeature = features.contains(index)
      let isWeight = index == weightColumn
      let action: FindingAction =
        isWeight || (isFeature && options.missing != .median)
        ? .setAside : isFeature ? .filled : .reported
      let median =
        action == .filled ? ValueCounts(column, rows: twinRows.others()).quantile(0.5) ?? 0 : nil
      var number = 0
      column.forEachNonNumber { row, reading in
        // A gap in a column nobody looks at is counted with the column.
        guard !twinRows.contains(row), reading != .missing || action != .reported else { return }
        let reason = FindingReason(reading)
        if action == .setAside { setAside(row, for: reason) }
        if let median { fills.append(FilledCell(row: row, column: index, value: median)) }
        add(reason, number: number) {
          CleaningFinding(
            line: $0.table.line(ofRow: row), column: column.key, value: $0.cellText(row, index),
            reason: reason, action: action, replacement: median)
        }
        number += 1
      }
    }
    report.filledCount = fills.count
  }

  // MARK: Weights

  mutating func checkWeights() throws(DatasetError) {
    guard let index = weightColumn else { return }
    let column = table.columns[index]
    var negative: Int?
    var zeros: [Int] = []
    column.forEachNumbers { rows, numbers in
      for offset in numbers.indices where numbers[offset] <= 0 {
        let row = rows.lowerBound + offset
        guard !unused.contains(row) else { continue }
        guard numbers[offset] == 0 else {
          negative = row
          return false
        }
        zeros.append(row)
      }
      return true
    }
    if let negative {
      throw .badWeight(line: table.line(ofRow: negative), value: cellText(negative, index))
    }
    for (number, row) in zeros.enumerated() {
      setAside(row, for: .zeroWeight)
      add(.zeroWeight, number: number) {
        CleaningFinding(
          line: $0.table.line(ofRow: row), column: column.key, value: $0.cellText(row, index),
          reason: .zeroWeight, action: .setAside)
      }
    }
  }

  // MARK: Outliers

  /// Clips the numbers far from the middle of the features, or sets their rows aside.
  mutating func treatOutliers() {
    guard options.outliers != .keep else { return }
    let isClipped = options.outliers == .clip
    let used = unused
    let rows = used.others()
    for index in features {
      let column = table.columns[index]
      var values = ValueCounts(column, rows: rows)
      // Gaps filled with the median count as a fit counts them.
      let filled = fills.filter { $0.column == index }
      if let median = filled.first?.value { values.add(median, times: filled.count) }
      guard let range = values.robustRange else { continue }
      var found: [(row: Int, value: Double)] = []
      column.forEachNumbers { part, numbers in
        for offset in numbers.indices where !numbers[offset].isNaN {
          let row = part.lowerBound + offset
          if !range.contains(numbers[offset]), !used.contains(row) {
            found.append((row, min(max(numbers[offset], range.lowerBound), range.upperBound)))
          }
        }
        return true
      }
      for (number, outlier) in found.enumerated() {
        if isClipped {
          fills.append(FilledCell(row: outlier.row, column: index, value: outlier.value))
          report.clippedCount += 1
        } else {
          if !unused.contains(outlier.row) { outlierRows.append(outlier.row) }
          setAside(outlier.row, for: .outlier)
        }
        add(.outlier, number: number) {
          CleaningFinding(
            line: $0.table.line(ofRow: outlier.row), column: column.key,
            value: $0.cellText(outlier.row, index), reason: .outlier,
            action: isClipped ? .clipped : .setAside,
            replacement: isClipped ? outlier.value : nil)
        }
      }
    }
    outlierRows.sort()
  }
}

extension FindingReason {
  /// Why a cell of a numeric column has no number.
  fileprivate init(_ reading: CellReading) {
    switch reading {
    case .missing: self = .missing
    case .notFinite: self = .notFinite
    case .numeral, .number, .text: self = .notANumber
    }
  }
}
