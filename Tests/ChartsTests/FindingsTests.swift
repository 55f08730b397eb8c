import Testing

@testable import Charts

@Suite("titles say what one sees")
struct FindingsTests {
  private let segments = ["Thrifty", "Keen", "Young"].map { ChartSegment(id: $0, name: $0) }
  private let features = [
    ChartFeature(key: "age", name: "Age"), ChartFeature(key: "income", name: "Income", unit: "k$"),
  ]

  @Test("the feature that separates the segments is named with its share of variance")
  func scatter() {
    let points = CustomerPoints(
      features: features, values: [[1, 3, 1, 3], [0, 0, 10, 10]], labels: [0, 0, 1, 1],
      segments: Array(segments.prefix(2)))
    #expect(points.separation(of: 0) == 0)
    #expect(points.separation(of: 1) == 1)
    let chart = ScatterChart(points: points, x: 0, y: 1, centroids: [(2, 0), (2, 10)])
    #expect(
      chart.title
        == "“Income” separates the segments clearly: 100% of its variance lies between them (“Age”: 0%)."
    )
  }

  @Test("weights count in the separation")
  func weights() {
    // By hand: mean 1; between 1·1² + 3·(1/3)²; within 3·(…)² all equal to their means but one.
    let points = CustomerPoints(
      features: [features[0]], values: [[0, 2, 4]], labels: [0, 1, 1], weights: [2, 1, 1],
      segments: Array(segments.prefix(2)))
    // Mean 1.5, total 2·2.25 + 0.25 + 6.25 = 11; between 2·2.25 + 2·2.25 = 9.
    #expect(points.separation(of: 0) == 9.0 / 11)
  }

  @Test("elbow: what k saves and what one more would")
  func elbow() {
    let chart = ElbowChart(candidates: [(2, 100), (3, 40), (4, 30)], chosen: 3)
    #expect(
      chart.title == "3 segments have 60% less inertia than 2; one more would take off another 25%."
    )
  }

  @Test("table of k: which indices are best where")
  func k() {
    let chart = ClusterCountChart(
      counts: [2, 3, 4],
      indices: [
        .init(key: "s", name: "silhouette", prefersLarge: true, values: [0.3, 0.5, 0.5]),
        .init(key: "d", name: "Davies–Bouldin", prefersLarge: false, values: [nil, 0.9, 0.7]),
      ], chosen: 3)
    #expect(chart.title == "Silhouette is best at k = 3; Davies–Bouldin at 4.")
  }

  @Test("table of k: an index whose rule is not its best value is told by what it would choose")
  func votes() {
    let chart = ClusterCountChart(
      counts: [2, 3, 4],
      indices: [
        .init(key: "g", name: "gap", prefersLarge: true, values: [0.3, 0.5, 0.6], vote: 3),
        .init(key: "h", name: "other", prefersLarge: true, values: [0.3, 0.5, 0.6], vote: 1),
      ], chosen: 3)
    #expect(chart.title == "Gap is best at k = 3.")
  }

  @Test("silhouettes: how well, and how many are nearer to another segment")
  func silhouette() {
    let chart = SilhouetteChart(
      segments: Array(segments.prefix(2)), values: [[0.5, -0.1], [0.6, 0.7]], mean: 0.425,
      means: [0.2, 0.65])
    #expect(
      chart.title
        == "Customers fit their segment fairly well: the mean silhouette is 0.425, and 25% of them are nearer to another one."
    )
  }

  @Test("sizes, profiles, boxplots")
  func segmentsThemselves() {
    #expect(
      SizesChart(segments: segments, sizes: [50, 30, 20]).title
        == "“Thrifty” is the largest segment with 50% of the customers; “Young” is the smallest with 20%."
    )
    #expect(
      ProfilesChart(
        segments: segments, features: features, z: [[0.1, -1.5], [0, 1], [0, 0]],
        means: [[1, 2], [3, 4], [5, 6]]
      ).title
        == "“Thrifty” stands out most: its “Income” is 1.5 standard deviations below average.")
    let box = { (median: Double) in
      BoxplotsChart.Quantiles(
        q10: median - 2, q25: median - 1, median: median, q75: median + 1, q90: median + 2)
    }
    #expect(
      BoxplotsChart(
        segments: segments, features: features,
        quantiles: [[box(1), box(10)], [box(2), box(40)], [box(3), box(20)]]
      ).title
        == "The segments differ most in “Income”: the median is 10 k$ in “Thrifty”, 40 k$ in “Keen”."
    )
  }

  @Test("correlation, skewness, categories")
  func columns() {
    #expect(
      CorrelationChart(features: features, coefficients: [[1, -0.8], [-0.8, 1]]).title
        == "“Age” and “Income” move closely against each other (r = −0.8).".replacing(
          "−0.8)", with: "−0.8)")
    )
    #expect(
      HistogramsChart(histograms: [
        .init(feature: features[1], edges: [0, 1], counts: [3], skewness: 2.5)
      ]).title == "“Income” is strongly skewed (2.5): a long tail of high values.")
    #expect(
      CategoriesChart(
        segments: Array(segments.prefix(1)),
        columns: [
          .init(
            feature: ChartFeature(key: "g", name: "Gender"), categories: ["F", "M"],
            cells: [
              [
                .init(customers: 10, share: 0.8, lift: 1.6),
                .init(customers: 2, share: 0.2, lift: 0.4),
              ]
            ])
        ]
      ).title
        == "Most under-represented is “M” (“Gender”) in “Thrifty”: 0.4 times the usual share.")
  }

  @Test("map and movement")
  func places() {
    #expect(
      CentroidsChart(
        segments: segments, places: [(0, 0), (1, 0), (5, 0)], sizes: [1, 1, 1],
        distances: [[0, 1, 5], [1, 0, 4], [5, 4, 0]], shown: 1
      ).title
        == "“Thrifty” and “Keen” are most alike (distance 1), “Thrifty” and “Young” least (5).")
    let moved = MovementChart(
      before: segments, after: segments,
      flows: [.init(from: 0, to: 0, customers: 90), .init(from: 0, to: 2, customers: 10)])
    #expect(
      moved.title
        == "90% of the customers stayed in their segment; the largest move is 10, from “Thrifty” to “Young”."
    )
  }
}

@Suite("samples of customers")
struct StratifiedSampleTests {
  @Test("each segment has its share and one at least, and the picture says so")
  func shares() {
    let labels = Array(repeating: 0, count: 90_000) + Array(repeating: 1, count: 9999) + [2]
    let sample = StratifiedSample(labels: labels, segmentCount: 3, limit: 1000)
    #expect(sample.rows.count { labels[$0] == 0 } == 900)
    #expect(sample.rows.count { labels[$0] == 1 } == 100)
    #expect(sample.rows.count { labels[$0] == 2 } == 1)
    #expect(sample.rows == sample.rows.sorted())
    #expect(Set(sample.rows).count == sample.rows.count)
    #expect(
      sample.note == "1,001 of 100,000 customers are drawn, each segment in its share.")
    // Over the whole file, not its beginning.
    let middle = sample.rows.filter { labels[$0] == 0 }.map(Double.init).reduce(0, +) / 900
    #expect(abs(middle - 45_000) < 3000)
    #expect(StratifiedSample(labels: labels, segmentCount: 3, limit: 1000).rows == sample.rows)
  }

  @Test("nothing is left out below the limit")
  func whole() {
    let sample = StratifiedSample(labels: [0, 1, 0], segmentCount: 2, limit: 3)
    #expect(sample.rows == [0, 1, 2])
    #expect(sample.note == nil)
  }

  @Test("a large scatter says in the picture how many are drawn")
  func note() throws {
    let chart = Gallery.of(.large).scatter
    #expect(chart.explanation.contains("of 4,500 customers are drawn, each segment in its share."))
    let tree = try #require(SVGTree(chart.svg()))
    let shown = tree.all("text").map(\.text).joined(separator: " ")
    #expect(shown.contains("of 4,500 customers are drawn"))
  }
}
