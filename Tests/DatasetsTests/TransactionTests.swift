import Foundation
import Testing

@testable import Datasets

@Suite("Transactions", .timeLimit(.minutes(2))) struct TransactionTests {
  private static let rows = """
    order_id,customer_id,order_date,amount,category
    1,ann,2026-01-05,10.50,tea
    2,bob,2026-01-07,20,coffee
    3,ann,2026-01-05,4.25,tea
    4,ann,2026-03-01,-4.25,tea
    5,cid,2026-02-10,7.1,milk
    6,bob,2026-01-02,1,milk
    7,bob,2026-01-07,0.3,coffee
    8,cid,2026-02-11,0.2,tea
    """

  private func customers(
    _ text: String, _ change: (inout CleaningOptions) -> Void = { _ in }
  ) throws -> Dataset {
    var options = CleaningOptions()
    change(&options)
    return try Dataset.clean(decode(text), options: options)
  }

  /// Each customer's cells by the id.
  private func byID(_ dataset: Dataset) -> [String: [String?]] {
    cells(dataset.table).reduce(into: [:]) { $0[($1[0] ?? "")] = Array($1.dropFirst()) }
  }

  @Test("one row a customer: days since the last date, different dates, sum of amounts")
  func gathered() throws {
    let dataset = try customers(Self.rows)
    #expect(
      dataset.table.columns.map(\.key)
        == ["customer_id", "recency", "frequency", "monetary", "preferred_category"])
    // The day after the last one is the 2nd of March; sums are exact decimals.
    #expect(
      byID(dataset) == [
        "ann": ["1", "2", "10.50", "tea"], "bob": ["54", "2", "21.30", "coffee"],
        "cid": ["19", "2", "7.30", "milk"],
      ])
    #expect(dataset.idColumn == 0)
    #expect(dataset.features.map { dataset.table.columns[$0].key } == ["recency", "monetary"])
    #expect(dataset.categoryColumn == 4)
    // The line of a customer's first transaction.
    #expect((0..<3).map { dataset.table.line(ofRow: $0) } == [2, 3, 6])
    let summary = try #require(dataset.report.transactions)
    #expect(summary.isRecognized)
    #expect("\(summary.asOf)" == "2026-03-02")
    #expect("\(summary.firstDay) \(summary.lastDay)" == "2026-01-02 2026-03-01")
    #expect(summary.transactionsRead == 8 && summary.transactionsUsed == 8)
    #expect(summary.customers == 3 && summary.returns == 1)
    #expect(dataset.report.warnings == [.transactionsGathered(summary)])
  }

  @Test("the order of the transactions changes nothing but the order of the customers")
  func rowOrder() throws {
    var lines = Self.rows.split(separator: "\n").map(String.init)
    let header = lines.removeFirst()
    let straight = byID(try customers(Self.rows))
    var random = TestRandom(state: 1)
    for _ in 0..<20 {
      lines.shuffle(using: &random)
      #expect(byID(try customers(([header] + lines).joined(separator: "\n"))) == straight)
    }
  }

  @Test("as_of looks back: later transactions do not count")
  func asOf() throws {
    let dataset = try customers(Self.rows) {
      $0.transactions.asOf = CalendarDay("2026-01-31")
    }
    #expect(
      byID(dataset) == [
        "ann": ["26", "1", "14.75", "tea"], "bob": ["24", "2", "21.30", "coffee"],
      ])
    let summary = try #require(dataset.report.transactions)
    #expect(summary.transactionsAfter == 3)
    #expect(!summary.isRecognized)
    let later = try customers(Self.rows) { $0.transactions.asOf = CalendarDay("2026-12-31") }
    #expect(byID(later)["ann"]?[0] == "305")
    #expect(Set([dataset.id, later.id, try customers(Self.rows).id]).count == 3)
    let early = try #require(CalendarDay("2025-01-01"))
    #expect(throws: DatasetError.noTransactionsBefore(day: early)) {
      try customers(Self.rows) { $0.transactions.asOf = early }
    }
  }

  @Test("what lacks a customer, a date or an amount is set aside and told")
  func setAside() throws {
    let text = """
      customer,date,amount
      a,2026-01-01,5
      ,2026-01-02,5
      a,2026-02-30,5
      b,soon,5
      b,2026-01-05,
      b,2026-01-05,five
      c,2026-01-09,1
      d,2026-01-10,2,9
      c,2026-01-10,2
      a,2026-01-03,1
      """
    let dataset = try customers(text) { $0.transactions.mode = .on }
    #expect(byID(dataset) == ["a": ["8", "2", "6"], "c": ["1", "2", "3"]])
    let found = dataset.report.findings.map { "\($0.line) \($0.column ?? "-") \($0.reason)" }
    #expect(
      found.sorted() == [
        "3 customer missing", "4 date notADate", "5 date notADate", "6 amount missing",
        "7 amount notANumber", "9 - tooManyFields",
      ])
    let summary = try #require(dataset.report.transactions)
    #expect(summary.transactionsRead == 10)
    #expect(summary.transactionsSetAside == 6)
    #expect(summary.transactionsUsed == 4)
    #expect {
      try customers(text) {
        $0.transactions.mode = .on
        $0.strict = true
      }
    } throws: { error in
      if case .strictFindings(6, _) = error as? DatasetError { true } else { false }
    }
  }

  @Test("customers that stand in few rows, or have no date or amount, stay as they are")
  func notTransactions() throws {
    let once = (0..<30).map { "c\($0),2026-01-\($0 % 28 + 1),\($0 * 37 % 101)" }
    let header = "customer_id,date,amount\n"
    #expect(
      try customers(header + once.joined(separator: "\n")).report.transactions == nil)
    // 30 customers in 44 rows are below one and a half rows each, 45 are not.
    let more = (0..<15).map { "c\($0),2026-02-\($0 % 28 + 1),\($0 * 53 % 97)" }
    #expect(
      try customers(header + (once + more.dropLast()).joined(separator: "\n")).report.transactions
        == nil)
    let gathered = try customers(header + (once + more).joined(separator: "\n"))
    #expect(gathered.report.transactions?.customers == 30)
    #expect(
      try customers(header + (once + more).joined(separator: "\n")) {
        $0.transactions.mode = .off
      }.table.rowCount == 45)
    let noAmount = Self.rows.replacing("amount", with: "height")
    #expect(try customers(noAmount).report.transactions == nil)
    #expect(try customers(noAmount) { $0.transactions.amount = "height" }.table.rowCount == 3)
  }

  @Test("columns that are asked for and not there are told")
  func refusals() throws {
    #expect {
      try customers("a,b\n1,2\n3,4\n") { $0.transactions.mode = .on }
    } throws: { error in
      error as? DatasetError == .transactionColumnNotFound(option: "id", columns: ["a", "b"])
    }
    #expect(throws: DatasetError.notDates(column: "amount")) {
      try customers(Self.rows) { $0.transactions.date = "amount" }
    }
    #expect(throws: DatasetError.notNumeric(column: "category")) {
      try customers(Self.rows) { $0.transactions.amount = "category" }
    }
    #expect {
      try customers(Self.rows) { $0.transactions.date = "order_dat" }
    } throws: { error in
      if case .unknownColumn("order_dat", let near) = error as? DatasetError {
        near.contains("order_date")
      } else {
        false
      }
    }
  }

  @Test("a table of customers is not gathered again, and keeps what it came from")
  func again() throws {
    let first = try customers(Self.rows)
    let second = try Dataset.clean(first.table)
    #expect(second.id == first.id)
    #expect(second.report.transactions == first.report.transactions)
    let rows = try #require(first.table.customerRows(of: decode(Self.rows)))
    #expect(rows == [0, 1, 0, 0, 2, 1, 1, 2])
  }

  @Test("amounts that are no plain decimals are summed as well as Doubles can")
  func doubles() throws {
    let text = """
      id,date,amount
      a,2026-01-01,1e16
      a,2026-01-02,1
      a,2026-01-03,-1e16
      b,2026-01-01,0.5
      b,2026-01-02,+2
      """
    let dataset = try customers(text) { $0.transactions.mode = .on }
    #expect(byID(dataset)["a"]?[2] == "1")
    #expect(byID(dataset)["b"]?[2] == "2.5")
  }

  @Test("many customers in any order are counted as one by one")
  func many() throws {
    var random = TestRandom(state: 9)
    var days: [Int: Set<Int>] = [:]
    var sums: [Int: Int] = [:]
    var last: [Int: Int] = [:]
    var lines = ["customer_id,order_date,amount"]
    for _ in 0..<60_000 {
      let customer = Int.random(in: 0..<20_000, using: &random)
      let day = Int.random(in: 20_000..<20_500, using: &random)
      let amount = Int.random(in: -100...1000, using: &random)
      days[customer, default: []].insert(day)
      sums[customer, default: 0] += amount
      last[customer] = max(last[customer] ?? 0, day)
      lines.append("k\(customer),\(CalendarDay(number: day)),\(amount)")
    }
    let latest = try #require(last.values.max())
    let dataset = try customers(lines.joined(separator: "\n"))
    #expect(dataset.table.rowCount == days.count)
    for (id, cells) in byID(dataset) {
      let customer = try #require(Int(id.dropFirst()))
      #expect(
        cells == [
          String(latest + 1 - (last[customer] ?? 0)), String(days[customer]?.count ?? 0),
          String(sums[customer] ?? 0),
        ])
    }
    // A few at a time, too.
    let source = try decode(lines.joined(separator: "\n"))
    let columns = try #require(
      try TransactionColumns.find(in: source, options: .init(), aliases: .standard))
    let table = try TransactionAggregation.customers(
      of: source, by: columns, options: .init(), sortLimit: 1000)
    #expect(cells(table) == cells(dataset.table))
  }

  // MARK: Dates

  @Test("days are numbered from 1970 and written back")
  func calendar() throws {
    #expect(CalendarDay("1970-01-01")?.number == 0)
    #expect(CalendarDay("2000-03-01")?.number == 11_017)
    #expect(CalendarDay("1969-12-31")?.number == -1)
    for text in [
      "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "0000-01-01",
    ] {
      #expect(CalendarDay(text) == nil, "\(text)")
    }
    for number in stride(from: -719_162, through: 2_932_896, by: 373) {
      let day = CalendarDay(number: number)
      #expect(CalendarDay(day.description) == day)
    }
  }

  @Test(
    "dates as people and programs write them",
    arguments: [
      (["2026-11-21", " 2026/11/21 ", "2026-11-21T10:00:00Z"], "2026-11-21"),
      (["21.11.2026", "1.2.2026"], "2026-11-21"), (["11/21/2026", "1/2/2026"], "2026-11-21"),
      (["21/11/2026", "1/2/2026"], "2026-11-21"), (["21-11-26"], "2026-11-21"),
      (["11/21/99 8:30"], "1999-11-21"), (["20261121"], "2026-11-21"),
      (["03/04/2026"], "2026-03-04"), (["03.04.2026"], "2026-04-03"),
    ])
  func dates(texts: [String], first: String) throws {
    let table = try decode("d,x\n" + texts.map { "\($0),1" }.joined(separator: "\n"))
    let days = table.columns[0].days()
    #expect(!days.days.contains(DayColumn.none))
    #expect("\(CalendarDay(number: Int(days.days[0])))" == first)
  }

  @Test(
    "what is no date",
    arguments: [
      "", "2026", "2026-11", "2026-11-21x", "2026-11/21", "31.02.2026x", "1234567", "20261301",
      "21.11.026", "soon", "2026-11-21T",
    ])
  func noDates(text: String) {
    #expect(DateReading(Array(text.utf8).span) == .none)
  }

  @Test("an order of day and month that is left open is told")
  func openOrder() throws {
    let text = """
      customer_id,date,amount
      a,03/04/2026,1
      a,05/04/2026,2
      b,03/07/2026,1
      b,03/08/2026,4
      """
    let dataset = try customers(text)
    #expect(
      dataset.report.warnings.contains(.dateOrderGuessed(column: "date", order: "month first")))
    let told = try customers(text + "\nb,12/31/2026,4")
    #expect(
      !told.report.warnings.contains { if case .dateOrderGuessed = $0 { true } else { false } })
    #expect(told.report.transactions?.dateOrder == "month first")
  }

  // MARK: Published data

  private static let shared = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/data/kr_sales.csv")

  @Test(
    "70,012 transactions of 2,243 customers: pandas' figures",
    .enabled(
      if: FileManager.default.fileExists(atPath: shared.path(percentEncoded: false)),
      "the published sales file is not beside this checkout"))
  func pandas() throws {
    let bytes = Array(try Data(contentsOf: Self.shared))
    let golden = String(
      decoding: try Data(
        contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(
          path: "Golden/rfm.csv")), as: UTF8.self)
    var expected: [String: [String?]] = [:]
    for line in golden.split(separator: "\n").dropFirst(2) {
      let cells = line.split(separator: ",").map(String.init)
      expected[cells[0]] = Array(cells.dropFirst())
    }
    #expect(expected.count == 2243)
    for pieces in [1 << 20, 4096] {
      let dataset = try Dataset.clean(decode(bytes, pieces: pieces).table)
      #expect(dataset.table.rowCount == 2243)
      #expect(byID(dataset) == expected)
      let summary = try #require(dataset.report.transactions)
      #expect("\(summary.asOf)" == "2017-04-01")
      #expect(summary.transactionsUsed == 70_012)
      #expect(summary.returns == 689)
      #expect([summary.id, summary.date, summary.amount] == ["customer_id", "order_date", "amt"])
      #expect(
        dataset.features.map { dataset.table.columns[$0].key } == [
          "recency", "frequency", "monetary",
        ])
    }
  }
}
