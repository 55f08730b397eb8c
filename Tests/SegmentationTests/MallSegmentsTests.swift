import Datasets
import TestSupport
import Testing

@testable import Segmentation

@Suite("the Mall customers as a shop sees them", .needsSharedData, .timeLimit(.minutes(5)))
struct MallSegmentsTests {
  static func run(
    _ lines: [Substring], change: (inout SegmentationOptions) -> Void = { _ in }
  ) throws -> Run {
    var decoder = TableDecoder()
    try decoder.consume(Array(lines.joined(separator: "\n").utf8).span)
    var options = SegmentationOptions()
    options.clusterCount = .fixed(6)
    change(&options)
    let service = SegmentationService(store: InMemoryDatasetStore(budgetBytes: 1 << 30))
    return try service.segment(decoder.finish().table, options: options).run
  }

  static func lines() throws -> [Substring] {
    String(decoding: try SharedData.bytes(of: "mall_gender_lf.csv"), as: UTF8.self)
      .split(separator: "\n")
  }

  /// Whether each word of a name says what the z-scores say.
  private func agrees(_ name: String, _ z: [Double]) -> Bool {
    let claims: [(String, Int, Bool)] = [
      ("older", 0, true), ("younger", 0, false), ("high income", 1, true),
      ("low income", 1, false), ("high spending", 2, true), ("low spending", 2, false),
    ]
    for (words, feature, isHigh) in claims {
      let isNoticeable = isHigh ? z[feature] >= 0.5 : z[feature] <= -0.5
      guard name.lowercased().contains(words) == isNoticeable else { return false }
    }
    return true
  }

  @Test("six names: unique, true, the same for 100 seeds and shuffled rows; rules and values hold")
  func hundredSeeds() throws {
    let lines = try Self.lines()
    let first = try Self.run(lines) { $0.cleaning.value = "spending_score" }
    #expect(Set(first.segments.map(\.id)).count == 6)
    #expect(Set(first.segments.map(\.name)).count == 6)
    for (segment, cluster) in zip(first.segments, first.clusters) {
      #expect(agrees(segment.name, cluster.z), "\(segment.name) \(cluster.z)")
    }
    let rules = try #require(first.insight.rules)
    #expect(rules.fidelity >= 0.97)
    #expect(rules.leafCount <= 8)
    #expect(rules.ofCluster.allSatisfy { $0 != nil })
    let shares = try #require(first.insight.value?.shareOfCluster)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
    for seed in 0..<100 as Range<UInt64> {
      var rows = Array(lines.dropFirst())
      var numbers = TestNumbers(seed: seed)
      for index in rows.indices.reversed() { rows.swapAt(index, numbers.below(index + 1)) }
      let run = try Self.run([lines[0]] + rows) {
        $0.cleaning.value = "spending_score"
        $0.seed = seed
      }
      #expect(run.segments == first.segments, "seed \(seed)")
      #expect(run.insight == first.insight, "seed \(seed)")
    }
  }

  @Test("precision and recall of the rules are those of counting rows")
  func counted() throws {
    let run = try Self.run(try Self.lines())
    let rules = try #require(run.insight.rules)
    var right = 0
    for cluster in run.clusters {
      let rule = try #require(rules.ofCluster[cluster.index])
      let fits = (0..<200).filter { rule.holds(for: run.featureValues(row: $0)) }
      let both = fits.count { run.rowLabels[$0] == cluster.index }
      right += both
      #expect(rule.precision == Double(both) / Double(fits.count))
      #expect(rule.recall == Double(both) / cluster.size)
    }
    #expect(rules.fidelity == Double(right) / 200)
  }

  @Test("value shares by spending score are the sums of the rows")
  func values() throws {
    let lines = try Self.lines()
    for features in [nil, ["age", "annual_income"]] {
      let run = try Self.run(lines) {
        $0.cleaning.value = "spending_score"
        $0.cleaning.features = features
      }
      let shares = try #require(run.insight.value?.shareOfCluster)
      #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
      var sums = [Double](repeating: 0, count: 6)
      for (row, line) in lines.dropFirst().enumerated() {
        let score = try #require(Double(line.split(separator: ",")[4]))
        sums[try #require(run.rowLabels[row])] += score
      }
      for (share, sum) in zip(shares, sums) { #expect(abs(share - sum / 10_040) < 1e-12) }
    }
  }
}
