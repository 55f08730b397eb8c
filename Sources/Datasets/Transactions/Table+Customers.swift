extension Table {
  /// The options for a table of customers that was gathered from transactions.
  ///
  /// Its id column is known; without other features it is recency, frequency and monetary value that
  /// count, those of them that tell customers apart.
  func customerOptions(from options: CleaningOptions) throws(DatasetError) -> CleaningOptions {
    guard let summary = origin?.summary else { return options }
    var options = options
    options.id = columns[0].key
    if options.value.flatMap({ columnIndex(named: $0) }) == nil, options.value == summary.amount {
      options.value = columns[3].key
    }
    options.category = columns.count > 4 ? columns[4].key : nil
    if options.features == nil {
      let varying = (1...3).filter {
        let statistics = columns[$0].statistics()
        return statistics?.minimum != statistics?.maximum
      }
      guard !varying.isEmpty else { throw .allConstant(columns: (1...3).map { columns[$0].key }) }
      options.features = varying.map { columns[$0].key }
    }
    return options
  }

  /// For each row of a table of transactions the row of its customer in a table gathered from them;
  /// −1 for those whose customer has none.
  ///
  /// - Parameters:
  ///   - transactions: the table that this one was gathered from.
  ///   - idHashing: what has taken the place of ids in this table, but not in that one.
  /// - Returns: nil for a table that was not gathered.
  /// - Complexity: O(*n*) time; four bytes a transaction and about fifty a customer.
  public func customerRows(of transactions: Table, idHashing: IDHashing? = nil) -> [Int32]? {
    guard let summary = origin?.summary,
      let id = transactions.columns.firstIndex(where: { $0.key == summary.id })
    else { return nil }
    var index = KeyIndex([])
    var row = 0
    columns[0].forEachCellHash { key in
      index.insert(key, row)
      row += 1
    }
    var rows: [Int32] = []
    rows.reserveCapacity(transactions.rowCount)
    let ids = transactions.columns[id]
    (idHashing?.codes(of: ids, threads: 1) ?? ids).forEachCellHash { key in
      rows.append(index.position(of: key).map { Int32(truncatingIfNeeded: $0) } ?? -1)
    }
    return rows
  }
}

extension CleaningReport {
  /// Tells how the rows were gathered, and what was wrong with transactions.
  mutating func add(_ origin: TransactionOrigin) {
    let summary = origin.summary
    transactions = summary
    findings += origin.findings
    for (reason, count) in origin.countsByReason { countsByReason[reason, default: 0] += count }
    if summary.isRecognized { warnings.append(.transactionsGathered(summary)) }
    if origin.isDateOrderGuessed, let order = summary.dateOrder {
      warnings.append(.dateOrderGuessed(column: summary.date, order: order))
    }
  }
}
