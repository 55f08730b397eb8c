import Datasets
import FoundationEssentials
import TestSupport
import Testing

@testable import Segmentation

/// The figures of `Golden/shop.json`, made by `Golden/shop.py` with pandas, scikit-learn,
/// statsmodels and numpy.
private struct ShopFigures: Decodable {
  struct Spread: Decodable {
    let count: Double
    let mean: Double
    let sd: Double
    let min: Double
    let q10: Double
    let q25: Double
    let median: Double
    let q75: Double
    let q90: Double
    let max: Double
  }
  struct Number: Decodable {
    let z: Double
    let lift: Double
    let overall: Spread
  }
  struct Category: Decodable {
    let count: Double
    let share: Double
    let overall_share: Double
    let expected: Double
    let lift: Double
    let p: Double?
    let p_adjusted: Double?
  }
  struct Cluster: Decodable {
    let size: Double
    let numbers: [String: Number]
    let spreads: [String: Spread]
    let categories: [String: [String: Category]]
    let value_share: Double
    let typical: [String]
    let borderline: [String]

    enum CodingKeys: CodingKey {
      case size, numbers, categories, value_share, typical, borderline
    }

    init(from decoder: any Decoder) throws {
      let box = try decoder.container(keyedBy: CodingKeys.self)
      size = try box.decode(Double.self, forKey: .size)
      numbers = try box.decode([String: Number].self, forKey: .numbers)
      spreads = try box.decode([String: Spread].self, forKey: .numbers)
      categories = try box.decode([String: [String: Category]].self, forKey: .categories)
      value_share = try box.decode(Double.self, forKey: .value_share)
      typical = try box.decode([String].self, forKey: .typical)
      borderline = try box.decode([String].self, forKey: .borderline)
    }
  }
  let clusters: [Cluster]
  let distances: [[Double]]
  let places: [[Double]]
  let explained: Double
}

@Suite("Profiles beside figures made by other means", .timeLimit(.minutes(2)))
struct RunProfileTests {
  private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden")

  private static func figures(_ variant: String) throws -> ShopFigures {
    let data = try Data(contentsOf: golden.appending(path: "shop.json"))
    let all = try JSONDecoder().decode([String: ShopFigures].self, from: data)
    return try #require(all[variant])
  }

  private static func run(weighted: Bool) throws -> Run {
    var decoder = TableDecoder()
    let data = try Data(contentsOf: golden.appending(path: "shop.csv"))
    try decoder.consume(Array(data).span)
    var options = SegmentationOptions()
    options.clusterCount = .fixed(3)
    options.cleaning.features = ["age", "spend", "visits"]
    options.cleaning.value = "revenue"
    options.cleaning.weight = weighted ? "customers" : nil
    let service = SegmentationService(store: InMemoryDatasetStore(budgetBytes: 1 << 30))
    return try service.segment(decoder.finish().table, options: options).run
  }

  private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(a), abs(b))
  }

  private func check(_ summary: NumberSummary, _ figures: ShopFigures.Spread, _ place: String) {
    let pairs = [
      (summary.count, figures.count), (summary.mean, figures.mean),
      (summary.standardDeviation, figures.sd), (summary.minimum, figures.min),
      (summary.q10, figures.q10), (summary.q25, figures.q25), (summary.median, figures.median),
      (summary.q75, figures.q75), (summary.q90, figures.q90), (summary.maximum, figures.max),
    ]
    for (position, pair) in pairs.enumerated() {
      #expect(isClose(pair.0, pair.1), "\(place), figure \(position)")
    }
  }

  @Test("means, deviations and quantiles are pandas', z and lift follow", arguments: [false, true])
  func numbers(weighted: Bool) throws {
    let run = try Self.run(weighted: weighted)
    let figures = try Self.figures(weighted ? "weighted" : "plain")
    #expect(run.clusters.map(\.size) == figures.clusters.map(\.size))
    var seen: Set<String> = []
    for number in run.profile.numbers {
      let key = run.dataset.table.columns[number.column].key
      guard let expected = figures.clusters[0].numbers[key] else { continue }
      seen.insert(key)
      #expect((number.feature == nil) == (key == "revenue"))
      check(number.overall, expected.overall, key)
      for cluster in 0..<3 {
        let expected = try #require(figures.clusters[cluster].numbers[key])
        check(
          try #require(number.ofCluster[cluster]),
          try #require(figures.clusters[cluster].spreads[key]), "\(key) of \(cluster)")
        #expect(isClose(try #require(number.z(ofCluster: cluster)), expected.z))
        #expect(isClose(try #require(number.lift(ofCluster: cluster)), expected.lift))
      }
    }
    #expect(seen == ["age", "spend", "visits", "revenue"])
  }

  @Test(
    "categories: shares, lift, the two-proportion test and its adjustment are statsmodels'",
    arguments: [false, true])
  func categories(weighted: Bool) throws {
    let run = try Self.run(weighted: weighted)
    let figures = try Self.figures(weighted ? "weighted" : "plain")
    #expect(run.profile.categories.count == 3)
    var hidden = 0
    for column in run.profile.categories {
      let key = run.dataset.table.columns[column.column].key
      for cluster in 0..<3 {
        let expected = try #require(figures.clusters[cluster].categories[key])
        #expect(Set(column.categories.map(\.name)) == Set(expected.keys))
        for (category, figure) in zip(column.categories, column.ofCluster[cluster]) {
          let place = "\(key) \(category.name) of \(cluster)"
          let figures = try #require(expected[category.name])
          #expect(figure.count == figures.count, "\(place)")
          #expect(isClose(figure.share, figures.share), "\(place)")
          #expect(isClose(category.share, figures.overall_share), "\(place)")
          #expect(isClose(figure.expectedCount, figures.expected), "\(place)")
          #expect(figure.isHidden == (figures.expected < 5), "\(place)")
          if figure.isHidden {
            hidden += 1
            #expect(figure.lift == nil)
          } else {
            #expect(isClose(try #require(figure.lift), figures.lift), "\(place)")
          }
          #expect((figure.pValue == nil) == (figures.p == nil), "\(place)")
          if let p = figures.p, let adjusted = figures.p_adjusted {
            #expect(isClose(try #require(figure.pValue), p), "\(place)")
            #expect(isClose(try #require(figure.adjustedPValue), adjusted), "\(place)")
            #expect(figure.isSignificant == (adjusted < 0.05), "\(place)")
          }
        }
      }
    }
    // The file holds a category too rare for small segments.
    #expect(weighted || hidden > 0)
  }

  @Test("value shares, typical and borderline customers", arguments: [false, true])
  func customers(weighted: Bool) throws {
    let run = try Self.run(weighted: weighted)
    let figures = try Self.figures(weighted ? "weighted" : "plain")
    let shares = try #require(run.insight.value?.shareOfCluster)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
    for cluster in 0..<3 {
      #expect(isClose(shares[cluster], figures.clusters[cluster].value_share))
      let ids = { (rows: [Int]) in rows.map { run.dataset.customerID(ofRow: $0) } }
      #expect(ids(run.profile.typical[cluster]) == figures.clusters[cluster].typical)
      #expect(ids(run.profile.borderline[cluster]) == figures.clusters[cluster].borderline)
    }
  }

  @Test("distances and map are numpy's", arguments: [false, true])
  func map(weighted: Bool) throws {
    let run = try Self.run(weighted: weighted)
    let figures = try Self.figures(weighted ? "weighted" : "plain")
    let map = run.clusterMap
    #expect(isClose(try #require(map.explained), figures.explained))
    for a in 0..<3 {
      #expect(isClose(map.places[a].x, figures.places[a][0]))
      #expect(isClose(map.places[a].y, figures.places[a][1]))
      for b in 0..<3 { #expect(isClose(map.distances[a][b], figures.distances[a][b])) }
    }
  }

  @Test("a map of two dimensions keeps every distance; of one cluster it is a point")
  func flatMap() {
    let map = ClusterMap([[0, 0], [3, 4], [-1, 2], [5, 5]], weights: [1, 2, 3, 4])
    for a in 0..<4 {
      for b in 0..<4 {
        let (x, y) = (map.places[a].x - map.places[b].x, map.places[a].y - map.places[b].y)
        #expect(isClose((x * x + y * y).squareRoot(), map.distances[a][b], 1e-12))
      }
    }
    #expect(isClose(map.explained ?? 0, 1))
    let point = ClusterMap([[1, 2, 3]], weights: [5])
    #expect(point.places[0] == (0, 0))
    #expect(point.explained == nil)
    let line = ClusterMap([[1], [4]], weights: [1, 1])
    #expect(line.places.map(\.y) == [0, 0])
    #expect(abs(line.places[0].x - line.places[1].x) == 3)
  }

  @Test("the complementary error function is scipy's")
  func complementaryError() {
    let figures: [(Double, Double)] = [
      (0, 1), (0.1, 0.8875370839817152), (0.5, 0.4795001221869535), (1, 0.15729920705028516),
      (2, 0.004677734981047266), (2.49, 0.00042928786773391303), (2.5, 0.00040695201744495886),
      (3, 2.2090496998585445e-05), (5, 1.5374597944280347e-12), (10, 2.0884875837625446e-45),
      (20, 5.395865611607901e-176), (40, 0),
    ]
    for (x, expected) in figures {
      let value = NormalDistribution.complementaryError(x)
      #expect(abs(value - expected) <= 1e-11 * expected, "\(x): \(value)")
    }
  }

  @Test(
    "two-proportion tests are statsmodels'",
    arguments: [
      (20, 39, 92, 161, 0.5082552136392543), (50, 100, 50, 100, 1),
      (8, 40, 80, 160, 0.0006289394206546052), (400, 1000, 9000, 20000, 0.0019147737818793282),
    ])
  func twoProportions(a: Double, n: Double, b: Double, m: Double, p: Double) throws {
    #expect(isClose(try #require(TwoProportionTest.pValue((a, n), (b, m))), p, 1e-9))
  }

  @Test("a test without enough expected on each side says nothing")
  func tooFew() {
    #expect(TwoProportionTest.pValue((4, 10), (3, 10)) == nil)
    #expect(TwoProportionTest.pValue((5, 10), (5, 10)) == 1)
    #expect(TwoProportionTest.pValue((99, 100), (99, 100)) == nil)
    #expect(TwoProportionTest.pValue((0, 0), (5, 10)) == nil)
    #expect(TwoProportionTest.pValue((0, 0), (0, 0)) == nil)
  }

  @Test("Benjamini and Hochberg's adjustment is statsmodels'")
  func adjustment() {
    let adjusted = FalseDiscovery.adjusted([0.01, 0.04, 0.03, 0.005, 0.8, 0.03])
    let expected = [0.03, 0.048, 0.045, 0.03, 0.8, 0.045]
    for (a, b) in zip(adjusted, expected) { #expect(isClose(a, b, 1e-15)) }
    #expect(FalseDiscovery.adjusted([]).isEmpty)
  }

  @Test("whole numbers that are counted and fractions that are sorted give one summary")
  func grouping() throws {
    var numbers = TestNumbers(seed: 4)
    let values = (0..<500).map { _ in Double(numbers.below(50)) }
    let weights = values.map { _ in Double(1 + numbers.below(3)) }
    let clusters = values.map { _ in Int32(numbers.below(3)) }
    // One fraction in another cluster has all of them sorted.
    let counted = GroupedValues(values, weights: weights, clusters: clusters, clusterCount: 4)
    let sorted = GroupedValues(
      values + [0.5], weights: weights + [1], clusters: clusters + [3], clusterCount: 4)
    for cluster in 0..<3 {
      let a = try #require(
        NumberSummary(ascending: counted.values[cluster], weights: counted.weights[cluster]))
      let b = try #require(
        NumberSummary(ascending: sorted.values[cluster], weights: sorted.weights[cluster]))
      for path in [
        \NumberSummary.count, \.mean, \.standardDeviation, \.minimum, \.q10, \.q25, \.median,
        \.q75, \.q90, \.maximum,
      ] {
        #expect(isClose(a[keyPath: path], b[keyPath: path], 1e-12))
      }
    }
    #expect(NumberSummary(ascending: [], weights: []) == nil)
  }

  @Test("persona and actions hold the figures of the segment, and no place is left open")
  func words() throws {
    let run = try Self.run(weighted: false)
    for cluster in 0..<3 {
      let persona = run.persona(ofCluster: cluster, profile: run.profile)
      let size = ReadableNumber.text(run.clusters[cluster].size)
      #expect(persona.hasPrefix("\(size) customers ("))
      #expect(persona.contains("of revenue"))
      let advice = run.advice(forCluster: cluster, profile: run.profile)
      #expect(advice.actions.map(\.kind) == ActionKind.allCases)
      for action in advice.actions {
        #expect(!action.text.contains("{") && !action.text.contains("}"), "\(action.text)")
        #expect(action.text.contains { $0.isNumber }, "\(action.text)")
      }
      #expect(!advice.because.isEmpty)
    }
    // The second segment is mostly women and buys on the web: a test says so.
    let young = run.persona(ofCluster: 1, profile: run.profile)
    #expect(young.contains("channel web"))
    #expect(young.contains("low age"))
  }
}
