import Clustering
import Datasets
import FoundationEssentials
import Testing

@testable import Segmentation

private func run(_ scale: Scale, k: Int = 5) throws -> Run {
  var decoder = TableDecoder()
  try decoder.consume(SampleCustomers.csv().span)
  var options = SegmentationOptions()
  options.scale = scale
  options.clusterCount = .fixed(k)
  return try SegmentationService(store: InMemoryDatasetStore<Run>(budgetBytes: 1 << 30))
    .segment(decoder.finish().table, options: options).run
}

@Suite struct FarDistanceTests {
  @Test("it is the smallest distance that 99 of 100 customers do not exceed", arguments: 0..<20)
  func definition(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let clusterCount = 1 + Int(seed % 4)
    let count = 300 + Int(seed) * 37
    let column = (0..<count).map { _ in (random.next() * 40).rounded() / 4 }
    let weights = (0..<count).map { _ in 1 + (random.next() * 3).rounded(.down) }
    let labels = (0..<count).map { Int32($0 % clusterCount) }
    let scaling = FeatureScaling(center: 3, spread: 2)
    let centroids = try FeatureMatrix(columns: [(0..<clusterCount).map { Double($0) / 4 }])
    let limits = FarDistance.limits(
      points: try FeatureMatrix(columns: [column]), weights: weights, labels: labels,
      scalings: [scaling], centroids: centroids)
    for cluster in 0..<clusterCount {
      let own = (0..<count).filter { labels[$0] == Int32(cluster) }
      let distances = own.flatMap { point in
        [Double](
          repeating: abs(scaling.scaled(column[point]) - Double(cluster) / 4),
          count: Int(weights[point]))
      }.sorted()
      let rank = Int((0.99 * Double(distances.count)).rounded(.up)) - 1
      #expect(limits[cluster] == distances[rank], "seed \(seed)")
    }
  }

  @Test("customers who all stand on the centroid have none beyond it")
  func zero() throws {
    let limits = FarDistance.limits(
      points: try FeatureMatrix(columns: [[5, 5, 7]]), weights: [1, 1, 1], labels: [0, 0, 1],
      scalings: [FeatureScaling(center: 0, spread: 1)],
      centroids: try FeatureMatrix(columns: [[5, 7]]))
    #expect(limits == [0, 0])
  }

  @Test("one in a hundred of a run's own customers is far, at most", arguments: Scale.allCases)
  func share(scale: Scale) throws {
    let run = try run(scale)
    for cluster in run.clusters {
      let scores = (0..<200).compactMap { run.score(row: $0) }.filter {
        $0.cluster == cluster.index
      }
      #expect(Double(scores.count(where: \.isFar)) <= 0.01 * Double(scores.count))
      #expect(scores.contains { $0.distance == cluster.farDistance })
    }
  }
}

/// SplitMix64, as numbers from 0 up to 1.
private struct SeededRandom {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 77 }
  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((word ^ (word >> 31)) >> 11) / 9_007_199_254_740_992
  }
}

@Suite struct RestoredRunTests {
  @Test("a run restored from its model scores as the run does", arguments: Scale.allCases)
  func scores(scale: Scale) throws {
    let run = try run(scale)
    let restored = try Run(restoring: run.model, createdAt: 0)
    #expect(restored.isRestored)
    #expect(!run.isRestored)
    #expect(restored.id != run.id)
    #expect(restored.model == run.model)
    for row in 0..<200 {
      let values = run.featureValues(row: row)
      #expect(restored.score(values) == run.score(values))
    }
    #expect(restored.score([1e9, -4, 1e9]) == run.score([1e9, -4, 1e9]))
    #expect(restored.clusters.map(\.share) == run.clusters.map(\.share))
  }

  @Test("the same model gives the run that exists; another one does not")
  func identity() throws {
    let service = SegmentationService(store: InMemoryDatasetStore<Run>(budgetBytes: 1 << 30))
    var model = try run(.zscore).model
    let first = try service.restore(model, activates: true)
    let second = try service.restore(model, activates: true)
    #expect(first.isNew && !second.isNew)
    #expect(first.run === second.run)
    #expect(service.snapshot.current(series: "default") === first.run)
    model.clusters[0].scaledCentroid[0] += 1e-12
    #expect(try service.restore(model, activates: false).isNew)
    #expect(service.snapshot.current(series: "default") === first.run)
  }
}

@Suite struct BatchScoringTests {
  @Test("many customers are scored as one is", arguments: Scale.allCases)
  func same(scale: Scale) throws {
    for k in [1, 2, 5] {
      let run = try run(scale, k: k)
      var rows = (0..<200).map { run.featureValues(row: $0) }
      rows += [[.nan, 1, 1], [1e300, 1, 1], [0, 0, 0], [1e6, 1e6, 1e6], [-5, 1, 1]]
      let scores = try run.scores((0..<3).map { feature in rows.map { $0[feature] } })
      #expect(scores.count == rows.count)
      for (index, row) in rows.enumerated() {
        guard let score = row.contains(where: \.isNaN) ? nil : run.score(row) else {
          #expect(scores.clusters[index] == -1 && scores.distances[index].isNaN)
          #expect(scores.secondClusters[index] == -1 && scores.far[index] == -1)
          continue
        }
        #expect(Int(scores.clusters[index]) == score.cluster)
        #expect(scores.distances[index] == score.distance)
        #expect(scores.far[index] == (score.isFar ? 1 : 0))
        #expect(Int(scores.secondClusters[index]) == score.secondCluster ?? -1)
        if let margin = score.margin {
          #expect(scores.margins[index] == margin)
        } else {
          #expect(scores.margins[index].isNaN)
        }
      }
    }
  }
}

@Suite struct FeatureDomainTests {
  @Test(
    "a domain holds exactly the values that have a distance",
    arguments: [
      FeatureScaling(center: 0, spread: 1), FeatureScaling(center: 38.85, spread: 13.93),
      FeatureScaling(center: -1e6, spread: 1e-9), FeatureScaling(center: 1e119, spread: 7e100),
      FeatureScaling(center: 5, spread: 1e290),
      FeatureScaling(center: 1.2, spread: 0.3, isLogarithmic: true),
    ])
  func bounds(scaling: FeatureScaling) {
    let domain = scaling.domain
    func hasDistance(_ value: Double) -> Bool { scaling.scaled(value).magnitude <= 1e120 }
    #expect(hasDistance(domain.lowerBound) && hasDistance(domain.upperBound))
    #expect(!hasDistance(domain.lowerBound.nextDown))
    #expect(!hasDistance(domain.upperBound.nextUp))
  }
}

@Suite struct SQLDialectTests {
  @Test("names are quoted so that they stay names")
  func identifiers() {
    #expect(SQLDialect.postgres.identifier(#"a "b""#) == #""a ""b""""#)
    #expect(SQLDialect.spark.identifier("a`b") == "`a``b`")
    #expect(SQLDialect.bigquery.identifier(#"a`\b"#) == #"`a\`\\b`"#)
    #expect(SQLDialect.snowflake.identifier("annual_income") == #""ANNUAL_INCOME""#)
    #expect(SQLDialect.snowflake.identifier("Annual Income") == #""Annual Income""#)
  }

  @Test("texts are quoted so that they stay texts")
  func texts() {
    #expect(SQLDialect.duckdb.constant(#"it's \ "#) == #"'it''s \ '"#)
    #expect(SQLDialect.spark.constant(#"it's \ "#) == #"'it\'s \\ '"#)
    #expect(SQLDialect.bigquery.constant("a\nb") == #"'a\nb'"#)
  }

  @Test("a table is written as its user would write it")
  func tables() {
    #expect(SQLDialect.postgres.table("shop.customers") == "shop.customers")
    #expect(SQLDialect.postgres.table("my customers") == #""my customers""#)
    #expect(SQLDialect.postgres.table(#"shop."Odd.Name""#) == #"shop."Odd.Name""#)
    #expect(SQLDialect.bigquery.table("my-project.shop.c") == "`my-project`.shop.c")
    #expect(
      SQLDialect.postgres.table("c; DROP TABLE c --") == #""c; DROP TABLE c --""#)
    #expect(SQLDialect.snowflake.table("c d") == #""c d""#)
  }

  @Test("constants read back the same and hide no comment")
  func numbers() {
    #expect(SQLDialect.postgres.constant(-0.25) == "(-0.25e0)")
    #expect(SQLDialect.duckdb.constant(1e21) == "1e21")
    #expect(SQLDialect.spark.constant(0.0) == "0.0e0")
    #expect(SQLDialect.sqlite.constant(0.5) == "0.5")
    var random = SeededRandom(3)
    for _ in 0..<1000 {
      let value = random.next() * 100
      let text = SQLDialect.sqlite.constant(value)
      guard text.hasPrefix("(") else { continue }
      let parts = text.dropFirst().dropLast().split(separator: " ")
      #expect(Double(parts[0]).flatMap { a in Double(parts[2]).map { a / $0 } } == value)
    }
  }

  @Test("more values than a function takes are compared in parts")
  func least() {
    #expect(SQLDialect.sqlite.least(["a"]) == "a")
    #expect(SQLDialect.sqlite.least(["a", "b"]) == "MIN(a, b)")
    let many = SQLDialect.sqlite.least((0..<250).map { "d\($0)" })
    #expect(many.hasPrefix("MIN(MIN(d0, d1,"))
    #expect(many.components(separatedBy: "MIN(").count == 5)
  }
}

@Suite struct ModelExportTests {
  private let model = ScoringModel(
    features: [
      .init(key: "a", header: "<A> & \"b\"", scaling: FeatureScaling(center: 1, spread: 2))
    ],
    segments: [
      .init(id: "low", name: "Low's", size: 3, centroid: [-0.5], farDistance: 1),
      .init(id: "high", name: "High", size: 2, centroid: [1.5], farDistance: 2),
    ])

  @Test("PMML escapes what XML would read otherwise")
  func pmml() {
    let text = PMMLModel(model, names: .header).text
    #expect(text.contains(#"<DataField name="&lt;A&gt; &amp; &quot;b&quot;""#))
    #expect(text.contains(#"<Array n="1" type="real">-0.5</Array>"#))
    #expect(PMMLModel(model).text.contains(#"<DataField name="a""#))
  }

  @Test(
    "every dialect names the table, the columns and the segments", arguments: SQLDialect.allCases)
  func sql(dialect: SQLDialect) {
    let text = SQLModel(model, dialect: dialect, table: "shop.c", names: .key).text
    #expect(text.contains("FROM shop.c AS t"))
    #expect(text.contains(dialect.constant("Low's")))
    #expect(text.contains("t.\(dialect.identifier("a"))"))
    #expect(!text.contains(";"))
    #expect(text.count { $0 == "(" } == text.count { $0 == ")" })
  }

  @Test("whole numbers of Protocol Buffers are written as its guide has them")
  func protobuf() {
    var writer = ProtobufWriter()
    writer.integer(1, 150)
    writer.text(2, "testing")
    #expect(
      writer.bytes == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8))
    var negative = ProtobufWriter()
    negative.integer(3, -1)
    #expect(negative.bytes == [0x18] + [UInt8](repeating: 0xFF, count: 9) + [0x01])
  }
}

@Suite struct PushdownTests {
  @Test("whole columns are grouped as they are, continuous ones by their step")
  func text() {
    let pushdown = Pushdown(
      features: [.init(name: "age"), .init(name: "sp\"end", step: 0.5)], table: "shop.c",
      dialect: .postgres)
    #expect(
      pushdown.text == """
        SELECT t."age" AS "age", AVG(CAST(t."sp""end" AS DOUBLE PRECISION)) AS "sp""end", COUNT(*) AS "customers"
        FROM shop.c AS t
        WHERE t."age" IS NOT NULL AND t."sp""end" IS NOT NULL
        GROUP BY t."age", FLOOR(CAST(t."sp""end" AS DOUBLE PRECISION) / 0.5e0)
        """)
  }

  @Test("the count has a name of its own")
  func weight() {
    let pushdown = Pushdown(
      features: [.init(name: "Customers")], table: "c", dialect: .duckdb)
    #expect(pushdown.weightName == "customers_")
  }
}
