/// Gathers transactions into one row a customer: recency, frequency and monetary value (RFM).
///
/// One pass over the rows, and a second for customers whose transactions are not in order of days or
/// who have categories; beside the table it takes eight bytes a transaction and about a hundred a
/// customer. The table it makes does not depend on the order of the transactions but for the order
/// of its rows, which is that of the customers' first ones.
/// - SeeAlso: Fader, Hardie and Lee 2005, doi:10.1509/jmkr.2005.42.4.415, for recency, frequency and
///   monetary value as what a history comes down to.
struct TransactionAggregation {
  private let source: Table
  private let columns: TransactionColumns
  private var customers = CustomerTallies()
  /// For each transaction the customer's number; −1 for those that do not count.
  private var customerOfRow: [Int32] = []
  private var days: [Int32] = []
  private var findings = TransactionFindings()
  private var afterCount = 0
  private var returnCount = 0
  private var lastDay = Int32.min
  private var firstDay = Int32.max

  /// How many pairs are sorted at a time in the second pass.
  private let sortLimit: Int
  /// Rows of the new table are written so many at a time.
  private static let blockRows = 1 << 14

  /// The table of customers.
  ///
  /// - Parameter sortLimit: how many transactions are sorted at a time, of eight bytes each.
  /// - Throws: ``DatasetError/notDates(column:)``, ``DatasetError/noTransactionsBefore(day:)``.
  static func customers(
    of source: Table, by columns: TransactionColumns, options: TransactionOptions,
    sortLimit: Int = 1 << 22
  ) throws(DatasetError) -> Table {
    var aggregation = TransactionAggregation(
      source: source, columns: columns, sortLimit: sortLimit)
    return try aggregation.gather(options)
  }

  private init(source: Table, columns: TransactionColumns, sortLimit: Int) {
    self.source = source
    self.columns = columns
    self.sortLimit = sortLimit
  }

  private mutating func gather(_ options: TransactionOptions) throws(DatasetError) -> Table {
    let dayColumn = source.columns[columns.date].days()
    guard let latest = dayColumn.days.max(), latest != DayColumn.none else {
      throw .notDates(column: source.columns[columns.date].key)
    }
    let asOf = options.asOf ?? CalendarDay(number: Int(latest) + 1)
    days = dayColumn.days
    findings.addRagged(source)
    numberCustomers()
    checkDates()
    try addAmounts(asOf: asOf)
    let frequencies = distinctDays()
    let preferences = columns.category.map { preferredCategories($0) }
    let summary = TransactionSummary(
      id: source.columns[columns.id].key, date: source.columns[columns.date].key,
      amount: source.columns[columns.amount].key,
      category: columns.category.map { source.columns[$0].key },
      isRecognized: columns.isRecognized, asOf: asOf,
      firstDay: CalendarDay(number: Int(firstDay)), lastDay: CalendarDay(number: Int(lastDay)),
      dateOrder: dayColumn.hasYearLast ? dayColumn.order.rawValue : nil,
      transactionsRead: source.recordsRead,
      transactionsUsed: customers.transactions.reduce(0) { $0 + Int($1) },
      transactionsSetAside: findings.setAsideCount, transactionsAfter: afterCount,
      customers: customers.usedCount, returns: returnCount)
    let origin = TransactionOrigin(
      summary: summary, findings: findings.first, countsByReason: findings.countsByReason,
      isDateOrderGuessed: dayColumn.isOrderGuessed)
    return try table(asOf, frequencies, preferences, origin)
  }

  // MARK: The first pass

  /// Gives each customer a number, in order of first appearance.
  private mutating func numberCustomers() {
    let column = source.columns[columns.id]
    var missing = Set<Int>()
    column.forEachNonNumber { row, reading in
      if reading == .missing { missing.insert(row) }
    }
    var index = KeyIndex([])
    var count = 0
    var row = 0
    customerOfRow.reserveCapacity(source.rowCount)
    column.forEachCellHash { key in
      defer { row += 1 }
      guard !missing.contains(row) else {
        customerOfRow.append(-1)
        return
      }
      if index.insert(key, count) { count += 1 }
      customerOfRow.append(Int32(truncatingIfNeeded: index.position(of: key) ?? -1))
    }
    for row in missing {
      findings.add(
        source, row: row, column: columns.id, reason: .missing)
    }
    customers = CustomerTallies(count: count)
  }

  private mutating func checkDates() {
    let column = source.columns[columns.date]
    for row in days.indices where days[row] == DayColumn.none && customerOfRow[row] >= 0 {
      customerOfRow[row] = -1
      findings.add(
        source, row: row, column: columns.date,
        reason: column.reading(at: row) == .missing ? .missing : .notADate)
    }
  }

  private mutating func addAmounts(asOf: CalendarDay) throws(DatasetError) {
    let column = source.columns[columns.amount]
    let limit = asOf.number
    let decimals = column.commonNumeralDecimals()
    column.forEachReading { row, reading in
      let customer = customerOfRow[row]
      guard customer >= 0 else { return }
      guard let value = reading.value else {
        customerOfRow[row] = -1
        findings.add(
          source, row: row, column: columns.amount,
          reason: reading == .missing
            ? .missing : reading == .notFinite ? .notFinite : .notANumber)
        return
      }
      let day = days[row]
      guard Int(day) <= limit else {
        customerOfRow[row] = -1
        afterCount += 1
        return
      }
      if value < 0 { returnCount += 1 }
      lastDay = max(lastDay, day)
      firstDay = min(firstDay, day)
      customers.add(day: day, row: row, to: Int(customer))
      if let decimals, case .numeral(let numeral) = reading {
        customers.addExactly(numeral, decimals: decimals, to: Int(customer))
      } else {
        customers.add(value, to: Int(customer))
      }
    }
    guard lastDay != Int32.min else { throw .noTransactionsBefore(day: asOf) }
    customers.decimals = decimals
  }

  // MARK: The second pass

  /// For each customer the number of different days.
  private func distinctDays() -> [Int32] {
    var counts = customers.changesOfDay
    forEachGroup(of: { customers.isDisordered[$0] }) { row in
      UInt32(bitPattern: days[row])
    } body: { customer, values in
      var distinct: Int32 = 0
      var last: UInt32?
      for value in values where value != last {
        distinct += 1
        last = value
      }
      counts[customer] = distinct
    }
    return counts
  }

  /// For each customer the category of most purchases, ties by name; returns are not counted.
  private func preferredCategories(_ column: Int) -> [String?] {
    let categories = source.columns[column].categories()
    let amounts = source.columns[columns.amount]
    let order = categories.names.indices.sorted { categories.names[$0] < categories.names[$1] }
    var rank = [UInt32](repeating: 0, count: order.count)
    for (position, code) in order.enumerated() { rank[code] = UInt32(position) }
    // A row that is no purchase, or has no category, is of none.
    var codes = categories.codes
    amounts.forEachReading { row, reading in
      if (reading.value ?? -1) < 0 { codes[row] = -1 }
    }
    var preferred = [String?](repeating: nil, count: customers.count)
    forEachGroup(of: { _ in true }) { row in
      codes[row] < 0 ? nil : rank[Int(codes[row])]
    } body: { customer, values in
      var best: (rank: UInt32, count: Int)?
      var start = values.startIndex
      while start < values.endIndex {
        var end = start
        while end < values.endIndex, values[end] == values[start] { end += 1 }
        if end - start > best?.count ?? 0 { best = (values[start], end - start) }
        start = end
      }
      preferred[customer] = best.map { categories.names[order[Int($0.rank)]] }
    }
    return preferred
  }

  /// Calls `body` with the sorted values of each customer that `isChosen`, some customers at a time.
  private func forEachGroup(
    of isChosen: (Int) -> Bool, value: (Int) -> UInt32?,
    body: (_ customer: Int, _ values: [UInt32]) -> Void
  ) {
    var start = 0
    while start < customers.count {
      // As many customers as have together no more transactions than are sorted at a time.
      var end = start
      var total = 0
      while end < customers.count {
        let more = isChosen(end) ? Int(customers.transactions[end]) : 0
        guard end == start || total + more <= sortLimit else { break }
        total += more
        end += 1
      }
      if total > 0 { forEachGroup(in: start..<end, isChosen, value, body) }
      start = end
    }
  }

  private func forEachGroup(
    in range: Range<Int>, _ isChosen: (Int) -> Bool, _ value: (Int) -> UInt32?,
    _ body: (Int, [UInt32]) -> Void
  ) {
    var pairs: [UInt64] = []
    for row in customerOfRow.indices {
      let customer = Int(customerOfRow[row])
      guard range.contains(customer), isChosen(customer), let value = value(row) else { continue }
      pairs.append(UInt64(customer) << 32 | UInt64(value))
    }
    pairs.sort()
    var index = 0
    var values: [UInt32] = []
    while index < pairs.count {
      let customer = pairs[index] >> 32
      values.removeAll(keepingCapacity: true)
      while index < pairs.count, pairs[index] >> 32 == customer {
        values.append(UInt32(truncatingIfNeeded: pairs[index]))
        index += 1
      }
      body(Int(customer), values)
    }
  }

  // MARK: The table of customers

  private func table(
    _ asOf: CalendarDay, _ frequencies: [Int32], _ preferences: [String?]?,
    _ origin: TransactionOrigin
  ) throws(DatasetError) -> Table {
    let id = source.columns[columns.id]
    let amount = source.columns[columns.amount]
    var headers = [id.header.isEmpty ? id.key : id.header, "Recency (days)", "Frequency"]
    headers.append(amount.unit.map { "Monetary (\($0))" } ?? "Monetary")
    if let category = columns.category {
      headers.append("preferred_\(source.columns[category].key)")
    }
    var writer = BlockWriter(columnCount: headers.count, keepsText: false)
    var assembler = TableAssembler(
      columnCount: headers.count, limits: DecodingLimits(), keepsText: false)
    var cell: [UInt8] = []
    var inBlock = 0
    writer.begin(pools: assembler.pools)
    for customer in customers.inOrderOfRows {
      func write(_ column: Int, _ text: (inout [UInt8]) -> Void) {
        cell.removeAll(keepingCapacity: true)
        text(&cell)
        writer.append(cell.span, toColumn: column)
      }
      let row = Int(customers.firstRows[customer])
      write(0) { id.appendText(at: row, to: &$0) }
      let recency = asOf.number - Int(customers.lastDays[customer])
      write(1) { $0.append(contentsOf: String(recency).utf8) }
      write(2) { $0.append(contentsOf: String(frequencies[customer]).utf8) }
      write(3) { customers.appendSum(of: customer, to: &$0) }
      if let preferences {
        write(4) { $0.append(contentsOf: (preferences[customer] ?? "").utf8) }
      }
      // The line of the customer's first transaction.
      writer.endRows(1, line: source.line(ofRow: row))
      inBlock += 1
      if inBlock == TransactionAggregation.blockRows {
        try assembler.append(writer.finish(), line: 0)
        writer.begin(pools: assembler.pools)
        inBlock = 0
      }
    }
    if inBlock > 0 { try assembler.append(writer.finish(), line: 0) }
    var table = assembler.finish(
      headers: headers, dialect: source.dialect, convertsFromWindows1252: false
    ).table
    table.origin = origin
    return table
  }
}

/// What is known of each customer after the first pass.
private struct CustomerTallies {
  let count: Int
  /// The first transaction that counts.
  private(set) var firstRows: [Int32]
  private(set) var lastDays: [Int32]
  /// How often the day was another than that of the transaction before.
  private(set) var changesOfDay: [Int32]
  /// Whether some transaction is earlier than the one before.
  private(set) var isDisordered: [Bool]
  private(set) var transactions: [Int32]
  private var latest: [Int32]
  /// Exact sums in units of the last decimal, or sums and what rounding took from them.
  private var exact: [Int128] = []
  private var sums: [Double] = []
  private var lost: [Double] = []
  /// The decimals that all amounts are written with at most; nil when some are no plain decimals.
  var decimals: Int?

  init(count: Int = 0) {
    self.count = count
    firstRows = Array(repeating: -1, count: count)
    lastDays = Array(repeating: .min, count: count)
    latest = lastDays
    changesOfDay = Array(repeating: 0, count: count)
    isDisordered = Array(repeating: false, count: count)
    transactions = changesOfDay
  }

  var usedCount: Int { transactions.count { $0 > 0 } }

  /// The customers with transactions, by the first of them.
  var inOrderOfRows: [Int] {
    (0..<count).filter { transactions[$0] > 0 }.sorted { firstRows[$0] < firstRows[$1] }
  }

  mutating func add(day: Int32, row: Int, to customer: Int) {
    if firstRows[customer] < 0 { firstRows[customer] = Int32(truncatingIfNeeded: row) }
    if day != latest[customer] {
      if day < latest[customer] { isDisordered[customer] = true }
      changesOfDay[customer] += 1
      latest[customer] = day
    }
    lastDays[customer] = max(lastDays[customer], day)
    transactions[customer] += 1
  }

  mutating func addExactly(_ numeral: Numeral, decimals: Int, to customer: Int) {
    if exact.isEmpty { exact = Array(repeating: 0, count: count) }
    var units = Int128(numeral.mantissa)
    for _ in Int(numeral.decimals)..<decimals { units *= 10 }
    exact[customer] += units
  }

  /// Adds to a sum and keeps what rounding takes from it.
  ///
  /// - SeeAlso: Neumaier 1974, doi:10.1002/zamm.19740540106.
  mutating func add(_ value: Double, to customer: Int) {
    if sums.isEmpty {
      sums = Array(repeating: 0, count: count)
      lost = sums
    }
    let sum = sums[customer] + value
    lost[customer] +=
      abs(sums[customer]) >= abs(value)
      ? sums[customer] - sum + value : value - sum + sums[customer]
    sums[customer] = sum
  }

  func appendSum(of customer: Int, to output: inout [UInt8]) {
    guard let decimals else {
      let sum = sums[customer] + lost[customer]
      // Whole numbers as such; 1e16 is read back all the same.
      if sum == sum.rounded(), abs(sum) < 1e15 {
        output.append(contentsOf: String(Int(sum)).utf8)
      } else {
        output.append(contentsOf: sum.description.utf8)
      }
      return
    }
    let units = exact[customer]
    if units < 0 { output.append(UInt8(ascii: "-")) }
    var digits = String(units.magnitude)
    if decimals > 0 {
      digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
    }
    output.append(contentsOf: digits.utf8)
  }
}

/// What is wrong with transactions; the first are described, all are counted.
private struct TransactionFindings {
  private var list = FindingList()
  private(set) var setAsideCount = 0

  var first: [CleaningFinding] { list.sorted() }
  var countsByReason: [FindingReason: Int] { list.counts }

  mutating func add(_ table: Table, row: Int, column: Int, reason: FindingReason) {
    setAsideCount += 1
    list.add(
      CleaningFinding(
        line: table.line(ofRow: row), column: table.columns[column].key,
        value: table.columns[column].text(at: row) ?? "", reason: reason, action: .setAside))
  }

  /// Records that are no rows of the table.
  mutating func addRagged(_ table: Table) {
    setAsideCount += table.setAsideCount
    list.addRagged(table)
  }
}
