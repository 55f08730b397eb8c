import Foundation
import Testing

@testable import Datasets

/// Published customer files, which are not part of the package: they lie beside the checkout or are
/// absent.
private let folder = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "shared/data")

@Suite(
  "Real files",
  .enabled(
    if: FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)),
    "the published customer files are not beside this checkout"),
  .timeLimit(.minutes(2)))
struct RealFilesTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: name)))
  }

  private func clean(_ name: String, _ options: CleaningOptions = .init()) throws -> Dataset {
    try Dataset.clean(decode(bytes(name), pieces: 4096).table, options: options)
  }

  private func keys(_ dataset: Dataset, _ role: (ColumnRole) -> Bool) -> [String] {
    dataset.roles.indices.filter { role(dataset.roles[$0]) }.map { dataset.table.columns[$0].key }
  }

  @Test(
    "every Mall variant has the same customers",
    arguments: [
      ("mall_genre_crlf.csv", 1.0), ("mall_gender_lf.csv", 1), ("mall_nospace_crlf.csv", 1),
      ("mall_index_sex.csv", 1), ("mall_dollars.csv", 1000),
    ])
  func mall(name: String, unit: Double) throws {
    let dataset = try clean(name)
    #expect(dataset.report.rowsUsed == 200)
    #expect(dataset.report.findings.isEmpty)
    #expect(dataset.features.count == 3)
    let id = try #require(dataset.idColumn)
    #expect(dataset.table.columns[id].header == "CustomerID")
    #expect(keys(dataset) { $0 == .descriptive }.count == 1)
    let reference = try clean("mall_gender_lf.csv")
    for (one, other) in zip(dataset.features, reference.features) {
      let isIncome = dataset.table.columns[one].key.contains("income")
      #expect(
        dataset.numbers(ofColumn: one)
          == reference.numbers(ofColumn: other).map { isIncome ? $0 * unit : $0 })
    }
  }

  @Test("mall_dirty: 10 twins, the gaps and the repeated ids")
  func dirty() throws {
    let dataset = try clean("mall_dirty.csv")
    #expect(dataset.report.duplicatesDropped == 10)
    #expect(dataset.table.columns.map(\.missingCount) == [0, 0, 7, 6, 5])
    let gaps = dataset.report.findings.filter { $0.reason == .missing }.map(\.column)
    #expect(
      ["age", "annual_income", "spending_score"].map { key in gaps.count { $0 == key } } == [
        7, 5, 5,
      ])
    let repeated = dataset.report.findings.filter { $0.reason == .repeatedID }.compactMap(\.value)
    #expect(Set(repeated) == ["2", "4", "80", "91", "192"])
    #expect(dataset.report.rowsUsed == 184)
    func told(_ reason: FindingReason) -> [String] {
      dataset.report.findings.filter { $0.reason == reason }.compactMap(\.value)
    }
    #expect(Set(told(.impossibleValue)) == ["-23", "-43"])
    #expect(Set(told(.nearMissCategory)) == ["fl", "fle", "mle"])
  }

  @Test("marketing_campaign: TAB, dates and constants")
  func marketing() throws {
    let dataset = try clean("marketing_campaign_tab.csv")
    #expect(dataset.table.dialect.delimiter == UInt8(ascii: "\t"))
    #expect(keys(dataset) { $0 == .id } == ["id"])
    #expect(keys(dataset) { $0 == .descriptive } == ["education", "marital_status"])
    #expect(keys(dataset) { $0 == .ignored(.date) } == ["dt_customer"])
    #expect(keys(dataset) { $0 == .ignored(.constant) } == ["z_cost_contact", "z_revenue"])
    #expect(dataset.report.countsByReason[.missing] == 24)
    let told = dataset.report.findings.filter { $0.action == .reported }.compactMap(\.value)
    #expect(Set(told).isSuperset(of: ["666666", "1893", "YOLO", "Absurd", "Alone"]))
    #expect(dataset.report.warnings.contains(.rowsAlikeExceptID(count: 182)))
  }

  @Test("telco_churn: blanks are missing")
  func telco() throws {
    let dataset = try clean("telco_churn.csv")
    #expect(
      keys(dataset) { $0 == .feature }
        == ["senior_citizen", "tenure", "monthly_charges", "total_charges"])
    #expect(dataset.report.countsByReason == [.missing: 11])
    #expect(dataset.customerID(ofRow: 0) == "7590-VHVEG")
  }

  @Test("wholesale_ids, segmentation_udemy, shopping_behavior")
  func others() throws {
    #expect(try clean("wholesale_ids.csv").features.count == 8)
    #expect(try clean("segmentation_udemy.csv").features.count == 7)
    let shopping = try clean("shopping_behavior.csv")
    #expect(
      keys(shopping) { $0 == .feature }
        == ["age", "purchase_amount", "review_rating", "previous_purchases"])
  }

  @Test("the Mall file is explored as its reference says")
  func explored() throws {
    let exploration = Exploration(try clean("mall_gender_lf.csv"))
    let age = try #require(exploration.columns[2].numbers)
    #expect(abs(age.mean - 38.85) < 1e-12)
    #expect(abs((age.standardDeviation ?? 0) - 13.96900733155888) < 1e-9)
    #expect(abs((age.skewness ?? 0) - 0.4855688509668199) < 1e-9)
    #expect(abs((age.kurtosis ?? 0) + 0.6715728615981651) < 1e-9)
    #expect(age.histogram.counts == [31, 19, 34, 29, 16, 26, 15, 10, 6, 14])
    #expect(abs((exploration.pearson[0][2] ?? 0) + 0.32722684603909025) < 1e-9)
    #expect(abs((exploration.spearman[0][2] ?? 0) + 0.34493977401653736) < 1e-9)
    #expect(exploration.columns[3].numbers?.outlierCount == 2)
  }

  @Test("kr_sales: transactions are told from customers")
  func sales() throws {
    let dataset = try clean("kr_sales.csv", .init(transactions: .init(mode: .off)))
    #expect(dataset.report.rowsRead == 70_012)
    #expect(keys(dataset) { $0 == .feature } == ["qty", "amt"])
    #expect(
      dataset.report.warnings.contains(.idsRepeat(column: "customer_id", distinct: 2243)))
    #expect(throws: DatasetError.self) { try clean("kr_products.csv") }
  }

  @Test(
    "each file comes back with the text of every cell",
    arguments: [
      "mall_genre_crlf.csv", "mall_dirty.csv", "marketing_campaign_tab.csv", "kr_products.csv",
      "telco_churn.csv", "shopping_behavior.csv", "kr_sales.csv", "segmentation_udemy.csv",
    ])
  func roundTrip(name: String) throws {
    let original = try bytes(name)
    let decoded = try decode(original, DecodingOptions(keepsText: true), pieces: 1 << 16)
    // None of these files has quotes: only delimiters and line ends change.
    var expected = String(decoding: original, as: UTF8.self)
      .replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\u{FEFF}", with: "")
    if decoded.table.dialect.delimiter == UInt8(ascii: "\t") {
      expected = expected.replacingOccurrences(of: "\t", with: ",")
    }
    if expected.hasSuffix("\n") { expected.removeLast() }
    #expect(archived(decoded.archive) == expected)
  }
}
