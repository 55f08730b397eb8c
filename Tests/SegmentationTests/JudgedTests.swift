import Datasets
import FoundationEssentials
import Testing

@testable import Segmentation

@Suite("How sure segments are, beside figures made by other means", .timeLimit(.minutes(2)))
struct JudgedTests {
  private struct Figures: Decodable {
    struct Variant: Decodable {
      let size: [Double]
      let importance: [Double]
      let borderline: [Double]
    }
    let plain: Variant
    let weighted: Variant
    let cut: Variant
    let hopkins: Double
    let skewness: [Double]
  }

  private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden")

  /// `Golden/judged.json`, made by `Golden/judged.py` with scikit-learn and scipy.
  private static func figures() throws -> Figures {
    try JSONDecoder().decode(
      Figures.self, from: Data(contentsOf: golden.appending(path: "judged.json")))
  }

  private static func run(weighted: Bool, k: Int, threads: Int = 1) throws -> Run {
    var decoder = TableDecoder()
    try decoder.consume(Array(try Data(contentsOf: golden.appending(path: "shop.csv"))).span)
    var options = SegmentationOptions()
    options.clusterCount = .fixed(k)
    options.cleaning.features = ["age", "spend", "visits"]
    options.cleaning.weight = weighted ? "customers" : nil
    let service = SegmentationService(
      configuration: .init(threads: threads), store: InMemoryDatasetStore(budgetBytes: 1 << 30))
    return try service.segment(decoder.finish().table, options: options).run
  }

  private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(a), abs(b))
  }

  @Test(
    "importance is the eta squared of an analysis of variance, and borderline customers are counted",
    arguments: ["plain", "weighted", "cut"])
  func judged(variant: String) throws {
    let all = try Self.figures()
    let expected = variant == "plain" ? all.plain : variant == "weighted" ? all.weighted : all.cut
    for threads in [1, 2, 7] {
      let run = try Self.run(
        weighted: variant != "plain", k: expected.size.count, threads: threads)
      #expect(run.clusters.map(\.size) == expected.size)
      #expect(run.clusters.compactMap(\.borderlineSize) == expected.borderline)
      for (feature, importance) in zip(run.features, expected.importance) {
        let own = try #require(feature.importance)
        #expect(isClose(own, importance), "\(feature.key)")
      }
    }
    #expect(variant != "cut" || expected.borderline.contains { $0 > 0 })
  }

  @Test("the Hopkins statistic and the skewness are scipy's") func exploration() throws {
    let expected = try Self.figures()
    let dataset = try Self.run(weighted: false, k: 3).dataset
    let exploration = Exploration(dataset)
    let hopkins = try #require(exploration.hopkins)
    // Other points are strewn there, and more of them.
    #expect(isClose(hopkins, expected.hopkins, 2e-3))
    let threaded = try #require(Exploration(dataset, threads: 7).hopkins)
    #expect(threaded == hopkins)
    for (key, skewness) in zip(["age", "spend", "visits"], expected.skewness) {
      let column = try #require(exploration.columns.first { $0.key == key }?.numbers)
      #expect(isClose(try #require(column.skewness), skewness))
    }
  }
}
