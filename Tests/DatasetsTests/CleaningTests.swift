import Testing

@testable import Datasets

@Suite("Cleaning", .timeLimit(.minutes(1)))
struct CleaningTests {
  private func clean(_ text: String, _ options: CleaningOptions = .init()) throws(DatasetError)
    -> Dataset
  {
    try Dataset.clean(decode(text), options: options)
  }

  private let people = """
    CustomerID,Sex,Age,Income
    1,f,20,10
    2,m,,20
    3,f,40,abc
    4,m,50,1e400
    5,f,60,50
    5,f,60,50
    5,f,61,50
    6,m

    """

  @Test("rows without a usable feature are set aside, and everything is told")
  func drop() throws {
    let dataset = try clean(people)
    let report = dataset.report
    #expect(report.rowsRead == 8)
    #expect(report.rowsUsed == 3)
    #expect(report.rowsSetAside == 5)
    #expect(report.duplicatesDropped == 1)
    #expect(
      report.countsByReason == [
        .missing: 1, .notANumber: 1, .notFinite: 1, .tooFewFields: 1, .identicalRow: 1,
        .repeatedID: 1,
      ])
    #expect(
      report.findings == [
        CleaningFinding(line: 3, column: "age", value: "", reason: .missing, action: .setAside),
        CleaningFinding(
          line: 4, column: "income", value: "abc", reason: .notANumber, action: .setAside),
        CleaningFinding(
          line: 5, column: "income", value: "1e400", reason: .notFinite, action: .setAside),
        CleaningFinding(
          line: 7, column: nil, value: "line 6", reason: .identicalRow, action: .dropped,
          otherLine: 6),
        CleaningFinding(
          line: 8, column: "customer_id", value: "5", reason: .repeatedID, action: .reported,
          otherLine: 6),
        CleaningFinding(
          line: 9, column: nil, value: "2 of 4 fields", reason: .tooFewFields, action: .setAside),
      ])
    #expect(dataset.rows.ranges == [0..<1, 4..<5, 6..<7])
    #expect(dataset.numbers(ofColumn: 2) == [20, 60, 61])
    #expect((0..<7).map { dataset.standIn(forRow: $0) } == [0, nil, nil, nil, 4, 4, 6])
    #expect(dataset.customerID(ofRow: 6) == "5")
  }

  @Test("gaps are filled with the median when asked")
  func median() throws {
    let dataset = try clean(people, CleaningOptions(missing: .median))
    #expect(dataset.usedRowCount == 6)
    #expect(dataset.report.filledCount == 3)
    #expect(
      dataset.fills == [
        FilledCell(row: 1, column: 2, value: 50), FilledCell(row: 2, column: 3, value: 35),
        FilledCell(row: 3, column: 3, value: 35),
      ])
    #expect(dataset.numbers(ofColumn: 2) == [20, 50, 40, 50, 60, 61])
    #expect(dataset.report.findings.count { $0.action == .filled } == 3)
  }

  @Test("gaps are refused when asked, with the cells")
  func missingError() throws {
    #expect {
      try clean(people, CleaningOptions(missing: .error))
    } throws: { error in
      guard case .missingValues(let count, let findings)? = error as? DatasetError else {
        return false
      }
      return count == 3 && findings.map(\.line) == [3, 4, 5]
    }
  }

  @Test("strict refuses every row that would be set aside")
  func strict() throws {
    #expect {
      try clean(people, CleaningOptions(strict: true))
    } throws: { error in
      guard case .strictFindings(let count, let findings)? = error as? DatasetError else {
        return false
      }
      return count == 4 && findings.map(\.line) == [3, 4, 5, 9]
    }
    #expect(try clean("id,x\n1,2\n1,2\n2,3\n", CleaningOptions(strict: true)).usedRowCount == 2)
  }

  @Test("only rows a feature needs are set aside")
  func chosenFeatures() throws {
    let dataset = try clean(people, CleaningOptions(duplicates: .keep, features: ["Age"]))
    #expect(dataset.usedRowCount == 6)
    #expect(dataset.features == [2])
    #expect(dataset.report.countsByReason[.notANumber] == 1)
    #expect(dataset.report.findings.first { $0.column == "income" }?.action == .reported)
  }

  @Test("rows alike are kept where no id tells them apart")
  func noID() throws {
    #expect(try clean("x,y\n1,2\n1,2\n3,4\n").usedRowCount == 3)
  }

  @Test(
    "options that cannot be followed",
    arguments: [
      (
        CleaningOptions(features: ["Incme"]), .unknownColumn(name: "Incme", suggestions: ["income"])
      ),
      (CleaningOptions(features: ["sex"]), .notNumeric(column: "sex")),
      (CleaningOptions(id: "nobody"), .unknownColumn(name: "nobody", suggestions: [])),
      (CleaningOptions(weight: "Sex"), .notNumeric(column: "sex")),
      (CleaningOptions(value: "Sex"), .notNumeric(column: "sex")),
    ] as [(CleaningOptions, DatasetError)])
  func badOptions(options: CleaningOptions, error: DatasetError) {
    #expect(throws: error) { try clean(people, options) }
  }

  @Test(
    "content without anything to segment",
    arguments: [
      ("a,b\nx,y\nz,w\n", .noNumericColumn(columns: ["a", "b"])),
      ("a,b\n1,5\n1,5\n1,5\n", .allConstant(columns: ["a", "b"])),
      ("a,b\n1,5\n", .tooFewRows(count: 1)),
      ("a,b\n1,5\n2,\n3,\n", .tooFewRows(count: 1)),
    ] as [(String, DatasetError)])
  func nothingToSegment(text: String, error: DatasetError) {
    #expect(throws: error) {
      try clean(text, CleaningOptions(features: text.hasSuffix(",\n") ? ["a", "b"] : nil))
    }
  }

  @Test("weights count rows, and bad ones are refused or set aside")
  func weights() throws {
    let dataset = try clean("x,n\n1,2\n2,3\n3,0\n4,\n", CleaningOptions(weight: "n"))
    #expect(dataset.weights() == [2, 3])
    #expect(dataset.features == [0])
    #expect(dataset.report.countsByReason == [.zeroWeight: 1, .missing: 1])
    #expect(throws: DatasetError.badWeight(line: 3, value: "-1")) {
      try clean("x,n\n1,2\n2,-1\n", CleaningOptions(weight: "n"))
    }
    #expect(try clean("x,n\n1,2\n2,3\n").report.warnings == [.looksLikeWeight(column: "n")])
  }

  @Test("roles are recognised from names and cells")
  func roles() throws {
    var text =
      ",cust_no,Gender,Age,AgeMonths,Zip,Cluster,Joined,Note,Same,Token,Ticket,Score,OrderID\n"
    var random = TestRandom(state: 1)
    for row in 0..<100 {
      let age = Int.random(in: 18...80, using: &random)
      text +=
        [
          "\(row)", "A\(row % 90)", row % 2 == 0 ? "f" : "m", "\(age)", "\(age * 12)",
          "0\(1000 + row % 7)", "\(row % 4)", "2020-01-\(10 + row % 20)",
          "called on day \(row) again",
          "7", "k\(row * 7919 % 1000)q", "\(500 + (row * 37) % 100)",
          "\(Int.random(in: 15_000...90_000, using: &random))", "\(row % 13 * 5)",
        ].joined(separator: ",") + "\n"
    }
    let dataset = try clean(text)
    #expect(
      dataset.roles == [
        .ignored(.index), .id, .descriptive, .feature, .ignored(.duplicate(of: "age")),
        .ignored(.code), .ignored(.label), .ignored(.date), .ignored(.freeText),
        .ignored(.constant), .ignored(.idLike), .ignored(.idLike), .feature, .ignored(.idLike),
      ])
    #expect(dataset.idColumn == 1)
    #expect(dataset.categoryColumn == 2)
    #expect(dataset.features == [3, 12])
    let asked = try clean(text, CleaningOptions(features: ["score", "cluster"]))
    #expect(
      asked.report.warnings.contains(.ignoredColumnAsFeature(column: "cluster", reason: .label)))
    #expect(asked.roles[6] == .feature)
  }

  @Test("words of one's own are recognised before the standard ones")
  func ownAliases() throws {
    let aliases = ColumnAliases(adding: [.id: ["Kennung"], .weight: ["Anzahl"]])
    let dataset = try Dataset.clean(
      decode("Kennung,id,x,Anzahl\na1,1,5,2\na2,9,6,1\n"), aliases: aliases)
    #expect(dataset.idColumn == 0)
    #expect(dataset.report.warnings == [.looksLikeWeight(column: "anzahl")])
  }

  @Test("ids keep their zeros")
  func leadingZeros() throws {
    let dataset = try clean("CustomerID,x\n0001,5\n0010,6\n")
    #expect((0..<2).map { dataset.customerID(ofRow: $0) } == ["0001", "0010"])
  }

  @Test("the report adds up, cleaning again finds nothing new", arguments: 0..<60)
  func addsUp(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    var text = "id,g,x,y\n"
    for _ in 0..<Int.random(in: 5...80, using: &random) {
      let x = ["1", "2.5", "", "NA", "abc", "NaN", "7", "8"].randomElement(using: &random) ?? ""
      let y = ["1", "4", "6", "-"].randomElement(using: &random) ?? ""
      text += "\(Int.random(in: 0...40, using: &random)),f,\(x),\(y)"
      text += ["\n", "\n", "\n", ",9\n"].randomElement(using: &random) ?? ""
    }
    let dataset: Dataset
    do throws(DatasetError) {
      dataset = try clean(text, CleaningOptions(features: ["x", "y"]))
    } catch { return }
    let report = dataset.report
    #expect(report.rowsRead == report.rowsUsed + report.rowsSetAside, "seed \(seed)")
    #expect(report.rowsUsed == dataset.rows.count)
    #expect(report.duplicatesDropped == dataset.twins.count)
    // Every row that is not used has a finding that says why.
    let told = Set(report.findings.filter { $0.action != .reported }.map(\.line))
    for row in 0..<dataset.table.rowCount {
      let isUsed = dataset.rows.position(ofRow: row) != nil
      #expect(isUsed != told.contains(dataset.table.line(ofRow: row)), "seed \(seed)")
    }
    var kept = Array("id,g,x,y".utf8)
    for range in dataset.rows.ranges {
      for row in range {
        kept.append(UInt8(ascii: "\n"))
        dataset.table.appendRow(row, to: &kept)
      }
    }
    let again = try clean(
      String(decoding: kept, as: UTF8.self), CleaningOptions(features: ["x", "y"]))
    #expect(again.report.rowsSetAside == 0, "seed \(seed)")
  }
}
