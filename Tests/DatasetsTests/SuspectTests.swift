import Testing

@testable import Datasets

@Suite("Suspects, styles and outliers", .timeLimit(.minutes(1)))
struct SuspectTests {
  private func column(_ cells: [String]) throws -> Column {
    var bytes = Array("x\n".utf8)
    for cell in cells {
      CSVWriter.appendField(cell.isEmpty ? "\"\"" : cell, to: &bytes)
      bytes.append(0x0A)
    }
    return try decode(bytes, DecodingOptions(format: .csv)).table.columns[0]
  }

  @Test(
    "numbers as people write them, decided for the column",
    arguments: [
      (["1,234.50", "950", "12,000"], ".", "", [1234.5, 950, 12_000]),
      (["1.234,50", "950", "1.200"], ",", "", [1234.5, 950, 1200]),
      (["12,5", "3,25", "7"], ",", "", [12.5, 3.25, 7]),
      (["12%", "7.5 %", "0"], ".", "%", [12, 7.5, 0]),
      (["15 k$", "7k$", "20 K$"], ".", "k$", [15, 7, 20]),
      (["$1,200", "$ 900.50", "-$5"], ".", "$", [1200, 900.5, -5]),
      (["1 234,5", "2 000", "15"], ",", "", [1234.5, 2000, 15]),
      (["1'234'567", "5", "1'000"], ".", "", [1_234_567, 5, 1000]),
      (["€ 5,00", "12,50 €", "3"], ",", "€", [5, 12.5, 3]),
    ] as [([String], Character, String, [Double])])
  func styles(cells: [String], mark: Character, unit: String, values: [Double]) throws {
    let column = try column(cells)
    let style = try #require(column.numberStyle, "\(cells)")
    #expect(style.decimalMark == mark)
    #expect(style.unit == unit)
    #expect(column.isNumeric)
    #expect(column.numbers() == values)
    #expect(cells.indices.map { column.text(at: $0) } == cells)
  }

  @Test(
    "what people do not mean as numbers stays text",
    arguments: [
      ["$60K - $80K", "$80K - $120K", "Less than $40K"], ["01.02.2016", "15.11.2017", "3.4.2018"],
      ["A5", "B7", "C9"], ["10:30", "11:45", "9:15"], ["5 kg", "200 g", "7 lb"],
      ["5$", "7€", "9£"], ["1,2", "3,4,5", "x"], ["555 1234", "555 9876", "555 0000"],
    ])
  func notNumbers(cells: [String]) throws {
    let column = try column(cells)
    #expect(column.numberStyle == nil)
    #expect(!column.isNumeric)
  }

  @Test("suspect numbers are told and kept")
  func numbers() throws {
    var text = "id,Age,Income,Rating (1-10),Year_Birth\n"
    for row in 0..<100 {
      let age = row == 3 ? -23 : row == 4 ? 140 : 20 + row % 50
      let income = row == 7 ? 666_666 : row == 8 ? 0 : 20_000 + row * 713 % 60_000
      let birth = row == 9 ? 1893 : 1950 + row % 50
      text += "\(row),\(age),\(income),\(row == 5 ? 11 : 1 + row % 10),\(birth)\n"
    }
    let dataset = try Dataset.clean(decode(text))
    #expect(dataset.usedRowCount == 100)
    #expect(
      dataset.report.findings.map { "\($0.line) \($0.column ?? "") \($0.value ?? "") \($0.reason)" }
        == [
          "5 age -23 impossibleValue", "6 age 140 impossibleValue", "7 rating 11 impossibleValue",
          "9 income 666666 sentinelValue", "10 income 0 sentinelZero",
          "11 year_birth 1893 impossibleValue",
        ])
    #expect(dataset.report.findings.allSatisfy { $0.action == .reported })
  }

  @Test("misspelt categories are told with what was probably meant")
  func categories() throws {
    var text = "id,g,x\n"
    for row in 0..<120 {
      let gender = [3: "fl", 4: "fle", 5: "mle", 6: "FEMALE"][row] ?? ["Female", "Male"][row % 2]
      text += "\(row),\(gender),\(row * 37 % 101)\n"
    }
    let report = try Dataset.clean(decode(text)).report
    let found = report.findings.map { "\($0.line) \($0.value ?? "") \($0.proposal ?? "")" }
    #expect(found == ["5 fl Female", "6 fle Female", "7 mle Male", "8 FEMALE Female"])
    #expect(report.countsByReason == [.nearMissCategory: 4])
  }

  @Test("outliers are kept, clipped or set aside, as asked")
  func outliers() throws {
    var text = "id,x,y\n"
    for row in 0..<100 { text += "a\(row),\(row == 50 ? 5000 : row % 20),\(row % 7)\n" }
    let kept = try Dataset.clean(decode(text))
    #expect(kept.usedRowCount == 100 && kept.report.countsByReason[.outlier] == nil)
    let clipped = try Dataset.clean(decode(text), options: CleaningOptions(outliers: .clip))
    #expect(clipped.usedRowCount == 100)
    // The median of 0…19 five times is 9.5. With one 10 gone, 49 rows are within 4.5 of it.
    let bound = 9.5 + 3.5 * 1.4826 * 5.5
    #expect(clipped.fills == [FilledCell(row: 50, column: 1, value: bound)])
    #expect(clipped.numbers(ofColumn: 1)[50] == bound)
    #expect(clipped.report.filledCount == 0)
    let aside = try Dataset.clean(decode(text), options: CleaningOptions(outliers: .setAside))
    #expect(aside.usedRowCount == 99)
    #expect(aside.outlierRows == [50])
    #expect(aside.report.findings.map(\.action) == [.setAside])
    #expect(Set([kept.id, clipped.id, aside.id]).count == 3)
  }

  @Test("codes, days and cells of several values are recognised")
  func kinds() throws {
    var text = "id,branch,day,likes,x,born\n"
    for row in 0..<60 {
      let likes = ["tea;milk", "milk", "tea;rum", "rum;milk;tea"][row % 4]
      text +=
        "k\(row),0\(100 + row % 9),201601\(10 + row % 20),\(likes),\(row * 31 % 97),\(1 + row % 28).12.1990\n"
    }
    let dataset = try Dataset.clean(decode(text))
    #expect(
      dataset.roles == [
        .id, .ignored(.code), .ignored(.date), .descriptive, .feature, .ignored(.date),
      ])
    #expect(dataset.report.columns.map(\.valueSeparator) == [nil, nil, nil, ";", nil, nil])
  }

  @Test("rows that differ in the id alone are counted")
  func alike() throws {
    var text = "id,a,b,c,d,e,f\n"
    for row in 0..<30 { text += "k\(row),\(row % 10),2,\(row % 10),x,\(row % 5),y\n" }
    let dataset = try Dataset.clean(decode(text))
    #expect(dataset.report.warnings.contains(.rowsAlikeExceptID(count: 20)))
  }
}
