import Foundation
import Testing

@testable import Datasets

@Suite("The sample", .timeLimit(.minutes(1)))
struct SampleCustomersTests {
  @Test("Config/sample-customers.csv is what the generator writes")
  func fileIsGenerated() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appendingPathComponent("Config/sample-customers.csv")
    let generated = SampleCustomers.csv()
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try Data(generated).write(to: file)
    }
    #expect(try Data(contentsOf: file) == Data(generated))
  }

  @Test("its customers are believable and go through")
  func believable() throws {
    let dataset = try Dataset.clean(decode(SampleCustomers.csv()).table)
    #expect(dataset.usedRowCount == 200)
    #expect(
      dataset.features.map { dataset.table.columns[$0].key } == [
        "age", "annual_income", "spending_score",
      ])
    #expect(dataset.report.findings.isEmpty)
    let ranges = dataset.features.map { dataset.table.columns[$0].statistics() }
    #expect(ranges.allSatisfy { ($0?.minimum ?? 0) >= 1 && ($0?.maximum ?? 999) <= 140 })
  }

  @Test("another seed is another shop, the same seed the same")
  func seeds() {
    #expect(SampleCustomers.csv(count: 50, seed: 1) == SampleCustomers.csv(count: 50, seed: 1))
    #expect(SampleCustomers.csv(count: 50, seed: 1) != SampleCustomers.csv(count: 50, seed: 2))
    #expect(SampleCustomers.csv(count: 0).count { $0 == UInt8(ascii: "\n") } == 1)
  }
}
