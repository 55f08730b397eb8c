import Foundation
import Testing

@testable import Datasets

/// Held against pandas, numpy and scipy: Golden/exploration.py writes what is read here.
@Suite("Exploration", .timeLimit(.minutes(1)))
struct ExplorationTests {
  private func golden() throws -> JSONObject {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/exploration.json")
    let bytes = Array(try Data(contentsOf: file))
    guard case .object(let object) = try JSONValue.parse(bytes.span) else {
      throw DatasetError.emptyContent
    }
    return object
  }

  private func number(_ value: JSONValue?) throws -> Double {
    guard case .number(let number) = value else { throw DatasetError.emptyContent }
    return number.value
  }

  private func numbers(_ value: JSONValue?) throws -> [Double] {
    guard case .array(let elements) = value else { throw DatasetError.emptyContent }
    return try elements.map { try number($0) }
  }

  private func object(_ value: JSONValue?) throws -> JSONObject {
    guard case .object(let object) = value else { throw DatasetError.emptyContent }
    return object
  }

  private func isClose(_ one: Double?, _ other: Double) -> Bool {
    guard let one else { return false }
    return abs(one - other) <= 1e-9 * max(1, abs(other))
  }

  private func dataset() throws -> (Dataset, JSONObject) {
    let golden = try golden()
    guard case .string(let csv) = golden["csv"] else { throw DatasetError.emptyContent }
    let features = ["Age", "Annual Income (k$)", "Spending Score (1-100)"]
    return (try Dataset.clean(decode(csv), options: CleaningOptions(features: features)), golden)
  }

  @Test("columns are as pandas says")
  func columns() throws {
    let (dataset, golden) = try dataset()
    let exploration = Exploration(dataset)
    for member in try object(golden["columns"]).members {
      let expected = try object(member.value)
      let index = try #require(dataset.table.columnIndex(named: member.name))
      let column = exploration.columns[index]
      let found = try #require(column.numbers)
      #expect(column.count == Int(try number(expected["count"])))
      #expect(column.distinctCount == Int(try number(expected["distinct"])))
      for (name, value) in [
        ("mean", found.mean), ("sd", found.standardDeviation), ("min", found.minimum),
        ("q1", found.firstQuartile), ("median", found.median), ("q3", found.thirdQuartile),
        ("max", found.maximum), ("skewness", found.skewness), ("kurtosis", found.kurtosis),
      ] {
        #expect(isClose(value, try number(expected[name])), "\(member.name) \(name)")
      }
      #expect(found.histogram.counts.map(Double.init) == (try numbers(expected["counts"])))
      for (edge, other) in zip(found.histogram.edges, try numbers(expected["edges"])) {
        #expect(isClose(edge, other))
      }
      #expect(found.outlierCount == Int(try number(expected["outliers"])), "\(member.name)")
    }
  }

  @Test("correlations are as pandas says, gaps and ties and all")
  func correlations() throws {
    let (dataset, golden) = try dataset()
    let exploration = Exploration(dataset)
    #expect(exploration.correlated.map { dataset.table.columns[$0].key }.last == "spent")
    for (name, matrix) in [("pearson", exploration.pearson), ("spearman", exploration.spearman)] {
      guard case .array(let rows) = golden[name] else { throw DatasetError.emptyContent }
      for (row, expected) in zip(matrix, rows) {
        for (value, other) in zip(row, try numbers(expected)) {
          #expect(isClose(value, other), "\(name)")
        }
      }
    }
    #expect(exploration.spearmanRowCount == 200)
  }

  @Test("means of categories are as pandas says")
  func categories() throws {
    let (dataset, golden) = try dataset()
    let exploration = Exploration(dataset)
    let counts = try object(golden["gender"])
    let means = try #require(exploration.categoryMeans.first)
    #expect(means.column == "gender")
    #expect(means.groups.count == 2)
    for group in means.groups {
      #expect(Double(group.category.count) == (try number(counts[group.category.name])))
      let expected = try object(try object(golden["means"])[group.category.name])
      for (feature, mean) in zip(means.features, group.means) {
        let header = dataset.table.columns[feature].header
        #expect(isClose(mean, try number(expected[header])), "\(header)")
      }
    }
    #expect(exploration.columns[1].top.map(\.count).reduce(0, +) == 200)
  }

  @Test("heaps have a tendency to cluster, strewn points have none")
  func hopkins() throws {
    var random = SampleRandom(state: 5)
    let strewn = (0..<2).map { _ in (0..<1000).map { _ in random.unit() } }
    let even = try #require(ClusterTendency.hopkins(strewn))
    #expect(abs(even - 0.5) < 0.08)
    let centres = (0..<1000).map { Double($0 % 4) * 10 }
    let heaps = (0..<2).map { _ in centres.map { $0 + random.bell() * 0.1 } }
    #expect(try #require(ClusterTendency.hopkins(heaps)) > 0.95)
    #expect(ClusterTendency.hopkins([[1, 2, 3]]) == nil)
    #expect(ClusterTendency.hopkins([[Double](repeating: 1, count: 50)]) == nil)
  }

  @Test("the order of rows changes nothing beyond the last bits", arguments: 0..<10)
  func orderOfRows(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    let lines = SampleCustomers.csv(count: 300, seed: seed).split(separator: 0x0A)
    let shuffled = [lines[0]] + lines.dropFirst().shuffled(using: &random)
    let one = Exploration(try Dataset.clean(decode(Array(lines.joined(separator: [0x0A]))).table))
    let other = Exploration(
      try Dataset.clean(decode(Array(shuffled.joined(separator: [0x0A]))).table))
    for (first, second) in zip(one.columns, other.columns) {
      #expect(first.numbers == second.numbers, "seed \(seed)")
      #expect(first.count == second.count && first.distinctCount == second.distinctCount)
    }
    for (first, second) in zip(one.pearson.joined(), other.pearson.joined()) {
      #expect(isClose(first, second ?? .nan), "seed \(seed)")
    }
  }

  @Test("numbers are sorted as comparing sorts them", arguments: 0..<20)
  func radixSort(seed: UInt64) {
    var random = TestRandom(state: seed)
    var numbers = (0..<Int.random(in: 0...2000, using: &random)).map { _ -> Double in
      let number = Double(bitPattern: random.next())
      return number.isNaN ? [0, -0.0, 1, -1, .infinity][Int(seed) % 5] : number
    }
    let expected = numbers.sorted()
    RadixSort.sort(&numbers)
    #expect(numbers == expected, "seed \(seed)")
  }

  @Test("a column of one value has no shape, and nothing traps")
  func degenerate() throws {
    let values = ValueCounts([5, 5, 5])
    let numbers = try #require(ExploredNumbers(values, binCount: 3))
    #expect(numbers.skewness == nil && numbers.kurtosis == nil)
    #expect(numbers.standardDeviation == 0)
    #expect(numbers.histogram.counts.reduce(0, +) == 3)
    #expect(ExploredNumbers(ValueCounts([]), binCount: 3) == nil)
    #expect(values.robustRange == nil)
    #expect(ValueCounts([1]).quantile(0.5) == 1)
  }
}
