import Testing

@testable import Datasets

/// What must hold for any table, whatever was found in it.
@Suite("Properties of cleaning", .timeLimit(.minutes(2)))
struct CleaningPropertyTests {
  /// A table with gaps, words, twins, repeated ids, ragged records and far-out numbers.
  private func text(_ random: inout TestRandom) -> String {
    var lines: [String] = []
    let count = Int.random(in: 5...120, using: &random)
    for row in 0..<count {
      func cell(_ range: ClosedRange<Int>) -> String {
        switch Int.random(in: 0..<40, using: &random) {
        case 0: return ["", " ", "NA", "-"].randomElement(using: &random) ?? ""
        case 1: return ["x", "1e999", "nan"].randomElement(using: &random) ?? ""
        case 2: return String(Int.random(in: -9999...99_999, using: &random))
        default: return String(Int.random(in: range, using: &random))
        }
      }
      let gender = ["Female", "Male", "Male", "fle"].randomElement(using: &random) ?? ""
      lines.append("c\(row),\(gender),\(cell(18...70)),\(cell(15...140)),\(cell(1...99)),n\(row)")
      switch Int.random(in: 0..<20, using: &random) {
      case 0: lines.append(lines[Int.random(in: 0..<lines.count, using: &random)])
      case 1: lines.append("c\(row),Male,30")
      case 2: lines.append("c\(row),Male,30,40,50,other\(row)")
      default: break
      }
    }
    return "CustomerID,Gender,Age,Income,Score,Note\n" + lines.joined(separator: "\n") + "\n"
  }

  private static let variants: [CleaningOptions] = CleaningOptions.Outliers.allCases.flatMap {
    outliers in
    [CleaningOptions.Missing.drop, .median].flatMap { missing in
      CleaningOptions.Duplicates.allCases.map {
        CleaningOptions(
          missing: missing, outliers: outliers, duplicates: $0,
          features: ["age", "income", "score"], id: "customer_id")
      }
    }
  }

  /// A cleaned table; `nil` where too little is left to clean.
  private func clean(_ text: String, _ options: CleaningOptions) throws -> Dataset? {
    let table = try decode(text)
    do throws(DatasetError) {
      return try Dataset.clean(table, options: options)
    } catch .tooFewRows {
      return nil
    } catch .notNumeric {
      return nil
    } catch .allConstant {
      return nil
    }
  }

  @Test("counts add up and each row set aside is told with its reason", arguments: 0..<40)
  func accounts(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    let text = text(&random)
    for options in Self.variants {
      guard let dataset = try clean(text, options) else { continue }
      let report = dataset.report
      let about: Comment = "seed \(seed) \(options)"
      #expect(report.rowsRead == text.split(separator: "\n").count - 1, about)
      #expect(report.rowsRead == report.rowsUsed + report.rowsSetAside, about)
      #expect(report.rowsUsed == dataset.rows.ranges.reduce(0) { $0 + $1.count }, about)
      #expect(report.setAsideByReason.values.reduce(0, +) == report.rowsSetAside, about)
      #expect(report.countsByReason.values.reduce(0, +) == report.findings.count, about)
      #expect(report.setAsideByReason[.identicalRow, default: 0] == dataset.twins.count, about)
      #expect(report.setAsideByReason[.outlier, default: 0] == dataset.outlierRows.count, about)
      #expect(dataset.fills.count == report.filledCount + report.clippedCount, about)
      // Line by line: every record is used, or named as set aside or dropped.
      let named = Set(
        report.findings.filter { $0.action == .setAside || $0.action == .dropped }.map(\.line))
      let table = dataset.table
      let unused = Set((0..<table.rowCount).filter { dataset.rows.position(ofRow: $0) == nil })
      #expect(
        named == Set(unused.map { table.line(ofRow: $0) } + table.setAside.map(\.line)), about)
      let filled = report.findings.filter { $0.action == .filled || $0.action == .clipped }
      #expect(filled.count == dataset.fills.count, about)
      for finding in filled {
        let column = try #require(table.columnIndex(named: finding.column ?? ""))
        let row = try #require((0..<table.rowCount).first { table.line(ofRow: $0) == finding.line })
        #expect(dataset.number(ofRow: row, column: column) == finding.replacement, about)
      }
      // What is only told has changed nothing.
      for index in dataset.features {
        for row in dataset.rows.ranges.joined()
        where !dataset.fills.contains(where: { $0.row == row && $0.column == index }) {
          #expect(
            dataset.number(ofRow: row, column: index) == table.columns[index].number(at: row), about
          )
        }
        // Many at once are what each is alone.
        let rows = dataset.rows.ranges.joined().filter { $0 % 3 != 1 }
        let alone = rows.map { dataset.number(ofRow: $0, column: index) }
        let together = dataset.numbers(ofRows: rows, column: index).map { $0.isNaN ? nil : $0 }
        #expect(together == alone, about)
      }
    }
  }

  @Test("cleaning what was cleaned changes nothing", arguments: 0..<40)
  func idempotent(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    let text = text(&random)
    for options in Self.variants {
      guard let once = try clean(text, options) else { continue }
      #expect(try clean(text, options)?.id == once.id)
      let header = text.prefix { $0 != "\n" }
      let rows = once.rows.ranges.joined().map { row in
        once.table.columns.indices.map { index in
          let column = once.table.columns[index]
          guard once.features.contains(index) else { return column.text(at: row) ?? "" }
          return once.number(ofRow: row, column: index)?.description ?? "gap"
        }.joined(separator: ",")
      }
      let cleaned = "\(header)\n" + rows.joined(separator: "\n") + "\n"
      var again = options
      // A narrower middle has outliers of its own; all else stays as it is.
      if options.outliers == .setAside { again.outliers = .keep }
      guard let twice = try clean(cleaned, again) else { continue }
      let about: Comment = "seed \(seed) \(options)"
      #expect(twice.report.rowsSetAside == 0, about)
      #expect(twice.report.rowsUsed == once.report.rowsUsed, about)
      #expect(twice.report.filledCount == 0, about)
      for index in once.features {
        #expect(twice.numbers(ofColumn: index) == once.numbers(ofColumn: index), about)
      }
    }
  }

  @Test("the order of rows changes no count and no statistic", arguments: 0..<20)
  func orderOfRows(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    let lines = text(&random).split(separator: "\n")
    let shuffled = [lines[0]] + lines.dropFirst().shuffled(using: &random)
    for options in Self.variants {
      guard let one = try clean(lines.joined(separator: "\n") + "\n", options),
        let other = try clean(shuffled.joined(separator: "\n") + "\n", options)
      else { continue }
      let about: Comment = "seed \(seed) \(options)"
      #expect(one.report.rowsUsed == other.report.rowsUsed, about)
      #expect(one.report.countsByReason == other.report.countsByReason, about)
      #expect(one.report.setAsideByReason == other.report.setAsideByReason, about)
      #expect(one.report.columns.map(\.missingCount) == other.report.columns.map(\.missingCount))
      for index in one.features {
        #expect(
          one.numbers(ofColumn: index).sorted() == other.numbers(ofColumn: index).sorted(), about)
      }
      let (first, second) = (Exploration(one), Exploration(other))
      #expect(first.columns.map(\.numbers) == second.columns.map(\.numbers), about)
      #expect(first.columns.map(\.count) == second.columns.map(\.count), about)
      #expect(first.hopkins == second.hopkins, about)
      let pairs =
        Array(zip(first.pearson.joined(), second.pearson.joined()))
        + Array(zip(first.spearman.joined(), second.spearman.joined()))
      for (a, b) in pairs {
        #expect((a == nil) == (b == nil) && abs((a ?? 0) - (b ?? 0)) < 1e-12, about)
      }
    }
  }

  @Test("a sample does not depend on the order of rows", arguments: 0..<10)
  func sample(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    let numbers = (0..<20_000).map { _ in Double(Int.random(in: 0..<3000, using: &random)) }
    func drawn(_ numbers: [Double]) -> [Double] {
      var sample = OrderFreeSample(rowCount: numbers.count, limit: 6000)
      sample.add([numbers, numbers.map { $0 * 0.5 }], count: numbers.count)
      return sample.positions(limits: [6000])[0].map { numbers[$0] }
    }
    let one = drawn(numbers)
    #expect(one.count == 6000)
    #expect(one == drawn(numbers.shuffled(using: &random)))
    // As common as in the whole: the mean of 6000 of 3000 equally likely values.
    let mean = one.reduce(0, +) / 6000
    #expect(abs(mean - numbers.reduce(0, +) / 20_000) < 45, "seed \(seed)")
  }
}
