/// Which columns of a table of transactions say who, when and how much.
struct TransactionColumns: Equatable, Sendable {
  let id: Int
  let date: Int
  let amount: Int
  let category: Int?
  let isRecognized: Bool

  /// A file is one of transactions when there are at least so many rows a customer.
  private static let rowsPerCustomer = 1.5
  /// How many texts of a column are looked at for dates.
  private static let sampleSize = 1000

  /// Names of columns of amounts beside those of ``ColumnMeaning/value``, better ones first.
  private static let amounts = [
    "amount", "amt", "totalamount", "orderamount", "transactionamount", "saleamount",
    "salesamount", "netamount", "linetotal", "ordertotal", "total", "totalprice", "spend", "spent",
    "paid", "payment", "betrag", "importe", "monto", "montant",
  ]
  /// Names of columns of categories, better ones first.
  private static let categories = [
    "category", "productcategory", "itemcategory", "categoryname", "department", "kategorie",
    "produktkategorie", "categoria", "categorie", "productline", "productgroup", "subcategory",
  ]

  /// The columns to gather by, nil when the rows are to stay as they are.
  ///
  /// - Throws: an unknown column, one that does not hold what it is asked for, or, when transactions
  ///   were asked for, a column that cannot be found.
  static func find(in table: Table, options: CleaningOptions, aliases: ColumnAliases)
    throws(DatasetError) -> TransactionColumns?
  {
    let asked = options.transactions
    guard asked.mode != .off else { return nil }
    let isAsked =
      asked.mode == .on || asked.date != nil || asked.amount != nil || asked.asOf != nil
    let finder = TransactionColumnFinder(table: table, aliases: aliases)
    let id = try finder.column(options.id) ?? finder.idColumn()
    let date = try finder.column(asked.date) ?? finder.dateColumn()
    let amount = try finder.column(asked.amount) ?? finder.amountColumn()
    guard isAsked else {
      guard options.weight == nil, let id, let date, let amount, table.rowCount > 1 else {
        return nil
      }
      let customers = table.columns[id].distinctCellCount()
      guard Double(table.rowCount) >= rowsPerCustomer * Double(customers) else { return nil }
      return TransactionColumns(
        id: id, date: date, amount: amount,
        category: try finder.column(options.category) ?? finder.categoryColumn(),
        isRecognized: true)
    }
    let keys = table.columns.map(\.key)
    guard let id else { throw .transactionColumnNotFound(option: "id", columns: keys) }
    guard let date else { throw .transactionColumnNotFound(option: "date", columns: keys) }
    guard let amount else { throw .transactionColumnNotFound(option: "amount", columns: keys) }
    guard table.columns[amount].isNumeric else { throw .notNumeric(column: keys[amount]) }
    return TransactionColumns(
      id: id, date: date, amount: amount,
      category: try finder.column(options.category) ?? finder.categoryColumn(),
      isRecognized: false)
  }

  private struct TransactionColumnFinder {
    let table: Table
    let aliases: ColumnAliases

    func column(_ name: String?) throws(DatasetError) -> Int? {
      guard let name else { return nil }
      if let index = table.columnIndex(named: name) { return index }
      let keys = table.columns.map(\.key)
      throw .unknownColumn(name: name, suggestions: Suggestions.closest(to: name, among: keys))
    }

    /// The column whose name says customer best.
    func idColumn() -> Int? {
      table.columns.indices.filter {
        aliases.meaning(ofKey: table.columns[$0].key) == .id
          && (!table.columns[$0].isNumeric || table.columns[$0].isInteger)
      }.min {
        aliases.rank(ofKey: table.columns[$0].key) < aliases.rank(ofKey: table.columns[$1].key)
      }
    }

    /// The first column of dates, one whose name says so before others.
    func dateColumn() -> Int? {
      let dated = table.columns.indices.filter { isDated(table.columns[$0]) }
      return dated.first { saysDate(table.columns[$0].key) } ?? dated.first
    }

    private func saysDate(_ key: String) -> Bool {
      let words = key.split(separator: "_")
      return words.contains { ["date", "datum", "day", "fecha", "data"].contains($0) }
        || key.hasSuffix("date") || key.hasSuffix("datum")
    }

    private func isDated(_ column: Column) -> Bool {
      if column.isNumeric {
        // 20161231 is a number as well; the name has to say more.
        guard saysDate(column.key), column.isInteger,
          let statistics = column.statistics()
        else { return false }
        return statistics.minimum >= 19_000_101 && statistics.maximum <= 21_991_231
      }
      var looked = 0
      var dates = 0
      column.forEachDistinctSample(limit: TransactionColumns.sampleSize) { text in
        looked += 1
        if DateReading(text) != .none { dates += 1 }
      }
      // A column that is called a date may have more cells that are none.
      return looked > 0
        && (dates * 10 > looked * 9 || (saysDate(column.key) && dates * 2 > looked))
    }

    func amountColumn() -> Int? {
      best(among: TransactionColumns.amounts) { $0.isNumeric }
        ?? table.columns.indices.filter {
          table.columns[$0].isNumeric && aliases.meaning(ofKey: table.columns[$0].key) == .value
        }.min {
          aliases.rank(ofKey: table.columns[$0].key) < aliases.rank(ofKey: table.columns[$1].key)
        }
    }

    func categoryColumn() -> Int? {
      best(among: TransactionColumns.categories) { !$0.isNumeric }
    }

    private func best(among names: [String], _ isFit: (Column) -> Bool) -> Int? {
      let keys = table.columns.map { ColumnAliases.folded($0.key) }
      for name in names {
        if let index = keys.indices.first(where: {
          keys[$0] == name && isFit(table.columns[$0])
        }) {
          return index
        }
      }
      return nil
    }
  }
}

extension Column {
  /// How many different texts its cells have, by their hashes.
  fileprivate func distinctCellCount() -> Int {
    if WholeNumberTally(self)?.isStrictlyIncreasing == true { return rowCount }
    var index = KeyIndex([])
    var count = 0
    forEachCellHash { key in
      if index.insert(key, count) { count += 1 }
    }
    return count
  }
}
