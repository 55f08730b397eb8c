import Testing

@testable import Segmentation

/// Numbers for a property test: the same for a seed.
struct TestNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

  /// A number in 0..<1.
  mutating func unit() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(state >> 11) / 9_007_199_254_740_992
  }

  /// A whole number in 0..<limit.
  mutating func below(_ limit: Int) -> Int { Int(unit() * Double(limit)) }
}

@Suite struct SegmentRulesTests {
  private func points(
    _ rows: [([Double], Int)], weights: [Double]? = nil, clusterCount: Int
  ) -> LabelledPoints {
    LabelledPoints(
      columns: rows[0].0.indices.map { feature in rows.map { $0.0[feature] } },
      labels: rows.map { Int32($0.1) }, weights: weights ?? rows.map { _ in 1 },
      clusterCount: clusterCount)
  }

  /// Clusters by the nearest of some random centres, as k-means makes them.
  private func voronoi(seed: UInt64, count: Int, clusterCount: Int, featureCount: Int)
    -> [([Double], Int)]
  {
    var numbers = TestNumbers(seed: seed)
    let centres = (0..<clusterCount).map { _ in (0..<featureCount).map { _ in numbers.unit() } }
    return (0..<count).map { _ in
      let row = (0..<featureCount).map { _ in (numbers.unit() * 100).rounded() / 100 }
      let distances = centres.map { zip($0, row).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
      return (row, distances.indices.min { distances[$0] < distances[$1] } ?? 0)
    }
  }

  @Test("two groups are told apart by one comparison")
  func two() {
    let rules = SegmentRules(
      points(
        [([10, 5], 0), ([12, 1], 0), ([11, 9], 0), ([60, 2], 1), ([61, 8], 1)], clusterCount: 2))
    #expect(rules.fidelity == 1)
    #expect(rules.leafCount == 2)
    #expect(rules.ofCluster[0]?.text(keys: ["age", "score"]) == "age <= 40")
    #expect(rules.ofCluster[1]?.text(keys: ["age", "score"]) == "age > 40")
    #expect(rules.ofCluster.allSatisfy { $0?.precision == 1 && $0?.recall == 1 })
  }

  @Test("one cluster is everybody")
  func one() {
    let rules = SegmentRules(points([([1], 0), ([2], 0)], clusterCount: 1))
    #expect(rules.ofCluster[0]?.text(keys: ["age"]) == "everybody")
    #expect(rules.fidelity == 1)
  }

  @Test(
    "precision, recall and fidelity are what counting gives", arguments: 0..<30 as Range<UInt64>)
  func counting(seed: UInt64) {
    let clusterCount = 2 + Int(seed % 7)
    let featureCount = 1 + Int(seed % 4)
    let rows = voronoi(
      seed: seed, count: 300, clusterCount: clusterCount, featureCount: featureCount)
    var numbers = TestNumbers(seed: seed ^ 77)
    let weights = rows.map { _ in Double(1 + numbers.below(5)) }
    let rules = SegmentRules(points(rows, weights: weights, clusterCount: clusterCount))
    #expect(rules.leafCount <= 2 * SegmentRules.leafLimit(clusterCount: clusterCount))
    var right = 0.0
    for (cluster, rule) in rules.ofCluster.enumerated() {
      guard let rule else { continue }
      var (both, fits, members) = (0.0, 0.0, 0.0)
      for ((row, label), weight) in zip(rows, weights) {
        let holds = rule.holds(for: row)
        if holds { fits += weight }
        if label == cluster { members += weight }
        if holds, label == cluster { both += weight }
      }
      right += both
      #expect(rule.precision == (fits > 0 ? both / fits : nil), "seed \(seed)")
      #expect(rule.recall == (members > 0 ? both / members : 0), "seed \(seed)")
    }
    #expect(rules.fidelity == right / weights.reduce(0, +), "seed \(seed)")
    for (row, _) in rows {
      #expect(rules.ofCluster.count { $0?.holds(for: row) == true } == 1, "seed \(seed)")
    }
  }

  @Test(
    "no worse than the most common cluster alone, and mostly right",
    arguments: 0..<20 as Range<UInt64>)
  func useful(seed: UInt64) {
    let rows = voronoi(seed: seed, count: 500, clusterCount: 4, featureCount: 2)
    let rules = SegmentRules(points(rows, clusterCount: 4))
    let largest = (0..<4).map { cluster in rows.count { $0.1 == cluster } }.max() ?? 0
    #expect(rules.fidelity >= Double(largest) / 500, "seed \(seed)")
    #expect(rules.fidelity > 0.85, "seed \(seed)")
  }

  @Test("the order of the points does not matter, and a weight of 2 is a point given twice")
  func order() {
    var rows = voronoi(seed: 5, count: 400, clusterCount: 5, featureCount: 3)
    let straight = SegmentRules(points(rows, clusterCount: 5))
    rows.reverse()
    #expect(SegmentRules(points(rows, clusterCount: 5)) == straight)
    let twice = SegmentRules(points(rows + rows, clusterCount: 5))
    let weighted = SegmentRules(
      points(rows, weights: rows.map { _ in 2 }, clusterCount: 5))
    #expect(twice == weighted)
  }

  @Test("a small cluster keeps its rule when leaves are scarce")
  func smallCluster() {
    var rows = voronoi(seed: 9, count: 2000, clusterCount: 6, featureCount: 2)
    rows += (0..<3).map { ([5 + Double($0) / 10, 5], 6) }
    let rules = SegmentRules(points(rows, clusterCount: 7))
    #expect(rules.ofCluster[6]?.recall == 1)
  }

  @Test("a sample takes points as often as customers stand behind them, and always the same")
  func sample() {
    let all = points(
      (0..<1000).map { ([Double($0)], $0 < 500 ? 0 : 1) },
      weights: (0..<1000).map { $0 < 500 ? 3 : 1 }, clusterCount: 2)
    let sample = all.sampled(limit: 200)
    #expect(sample.count == 200)
    #expect(sample.weights.reduce(0, +) == 200)
    #expect(sample.labels.count { $0 == 0 } == 150)
    #expect(sample.columns == all.sampled(limit: 200).columns)
    #expect(all.sampled(limit: 1000).count == 1000)
    let heavy = points(
      [([1], 0), ([2], 1), ([3], 1)], weights: [98, 1, 1], clusterCount: 2
    ).sampled(limit: 2)
    #expect(heavy.columns == [[1]])
    #expect(heavy.weights == [2])
  }

  @Test("large data are fitted on a sample and measured on more")
  func large() {
    let rows = voronoi(seed: 3, count: 150_000, clusterCount: 4, featureCount: 2)
    let rules = SegmentRules(points(rows, clusterCount: 4))
    #expect(rules.fidelity > 0.85)
    let plain = rows.count { row in
      (0..<4).contains { rules.ofCluster[$0]?.holds(for: row.0) == true && $0 == row.1 }
    }
    #expect(rules.fidelity == Double(plain) / 150_000)
  }

  @Test(
    "thresholds have few digits and stand well between their neighbours",
    arguments: [
      (60, 61, 60.5), (53, 55, 54), (15000, 16000, 15500), (0.1, 0.2, 0.15), (-3, 4, 0),
      (1e-9, 3e-9, 2e-9), (1.25, 1.26, 1.255), (0, 1e12, 5e11), (39, 60, 50),
    ])
  func thresholds(lower: Double, upper: Double, expected: Double) {
    let threshold = ReadableNumber.between(lower, upper)
    #expect(abs(threshold - expected) <= 1e-12 * abs(expected))
    #expect(threshold >= lower && threshold < upper)
  }

  @Test("thresholds of any two numbers lie between them", arguments: 0..<200 as Range<UInt64>)
  func anyThreshold(seed: UInt64) {
    var numbers = TestNumbers(seed: seed)
    var scale = 1.0
    for _ in 0..<numbers.below(40) { scale *= seed % 2 == 0 ? 10 : 0.1 }
    let lower = (numbers.unit() - 0.5) * scale
    for upper in [
      lower.nextUp, lower + abs(lower) * 1e-12 + 1e-300, lower + numbers.unit() * scale,
    ]
    where upper > lower {
      let threshold = ReadableNumber.between(lower, upper)
      #expect(threshold >= lower && threshold < upper, "\(lower) \(upper) \(threshold)")
    }
  }

  @Test(
    "figures in sentences",
    arguments: [
      (86.538, "86.5"), (0.012345, "0.0123"), (15234.4, "15234"), (0, "0"), (-3.14159, "-3.14"),
      (1e-7, "1e-07"), (99.96, "100"), (7, "7"),
    ])
  func short(value: Double, text: String) {
    #expect(ReadableNumber.short(value) == text)
  }
}
