import Clustering
import Datasets
import Testing

@testable import Segmentation

@Suite("Categories as features") struct CategoryLevelTests {
  private func run(
    _ text: String, _ change: (inout SegmentationOptions) -> Void = { _ in }
  ) throws -> Run {
    var decoder = TableDecoder()
    try decoder.consume(Array(text.utf8).span)
    var options = SegmentationOptions()
    options.clusterCount = .fixed(3)
    change(&options)
    let service = SegmentationService(store: InMemoryDatasetStore(budgetBytes: 1 << 30))
    return try service.segment(decoder.finish().table, options: options).run
  }

  private let cities = ["Rome", "Oslo", "Bern", "Rome"]

  /// Ages and cities of 120 customers.
  private var customers: [(age: Int, city: String)] {
    (0..<120).map { (20 + $0 * 7 % 50, cities[$0 % 4]) }
  }

  private var text: String {
    "Age,Home City\n" + customers.map { "\($0.age),\($0.city)\n" }.joined()
  }

  @Test("each category is a feature; a file that spells them out gives the same clusters")
  func spelledOut() throws {
    let onehot = try run(text) { $0.categorical = .onehot }
    #expect(
      onehot.features.map(\.key) == ["age", "home_city_bern", "home_city_oslo", "home_city_rome"])
    #expect(onehot.features[1].header == "Home City=Bern")
    // The same by hand: z-scored ages, and 1/√3 in place of 1.
    let ages = customers.map { Double($0.age) }
    let mean = ages.reduce(0, +) / 120
    let deviation = (ages.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 120).squareRoot()
    let names = ["Bern", "Oslo", "Rome"]
    var columns = [ages.map { ($0 - mean) / deviation }]
    for name in names {
      columns.append(customers.map { $0.city == name ? 1 / 3.0.squareRoot() : 0 })
    }
    let model = try KMeans(clusterCount: 3).fit(FeatureMatrix(columns: columns))
    let difference = abs(model.inertia - onehot.quality.inertia)
    #expect(difference < 1e-9 * model.inertia)
    #expect(model.weightOfCluster == onehot.clusters.map(\.size))
    for row in 0..<120 { #expect(onehot.rowLabels[row] == Int(model.labels[row])) }
  }

  @Test(
    "two different categories are √(2 / levels) apart under every scale", arguments: Scale.allCases)
  func distance(scale: Scale) throws {
    let run = try run(text) {
      $0.categorical = .onehot
      $0.scale = scale
    }
    let values = run.featureValues(row: 0)
    #expect(Array(values.dropFirst()) == [0, 0, 1])
    var squared = 0.0
    for (feature, (a, b)) in zip(run.features, zip(values, [values[0], 1, 0, 0])) {
      let delta = feature.scaling.scaled(a) - feature.scaling.scaled(b)
      squared += delta * delta
    }
    #expect(abs(squared - 2.0 / 3) < 1e-12)
    for row in 0..<120 { #expect(run.score(row: row)?.cluster == run.rowLabels[row]) }
  }

  @Test("a missing category is none of them, and profiles tell shares") func missing() throws {
    let run = try run(text + "33,\n34,NA\n") { $0.categorical = .onehot }
    #expect(Array(run.featureValues(row: 120).dropFirst()) == [0, 0, 0])
    #expect(abs(run.features[3].mean - 60.0 / 122) < 1e-12)
    let profile = try #require(run.profile.numbers.first { $0.feature == 3 })
    #expect(abs(profile.overall.mean - 60.0 / 122) < 1e-12)
    for summary in profile.ofCluster.compactMap({ $0 }) {
      #expect((0...1).contains(summary.mean))
      #expect(summary.q90 == 0 || summary.q90 == 1)
    }
  }

  /// Two cities and three ages that hardly differ: nothing but the city tells customers apart.
  private func twoCities() throws -> Run {
    let text =
      "age,home city\n"
      + (0..<60).map { "\(30 + $0 % 3),\($0 < 30 ? "Rome" : "Oslo")\n" }.joined()
    return try run(text) {
      $0.categorical = .onehot
      $0.cleaning.duplicates = .keep
      $0.clusterCount = .fixed(6)
    }
  }

  @Test("a rule calls a category by its name") func rule() throws {
    let run = try twoCities()
    let texts = (run.insight.rules?.ofCluster ?? []).compactMap { $0?.text(features: run.features) }
    #expect(texts.count == 6)
    #expect(texts.allSatisfy { $0.contains("home_city is ") || $0.contains("home_city is not ") })
    #expect(!texts.contains { $0.contains("home_city_") })
  }

  @Test("names say which categories they are where numbers do not tell segments apart")
  func names() throws {
    let names = try twoCities().segments.map { $0.name.lowercased() }
    #expect(Set(names).count == 6)
    #expect(names.count { $0.contains("home city rome") } == 3)
    #expect(names.count { $0.contains("home city oslo") } == 3)
  }

  @Test("a restored run keeps its categories and assigns alike", arguments: Scale.allCases)
  func restored(scale: Scale) throws {
    let run = try run(text) {
      $0.categorical = .onehot
      $0.scale = scale
    }
    let restored = try Run(restoring: run.model, createdAt: 0)
    #expect(restored.model == run.model)
    #expect(restored.features.map(\.level) == run.features.map(\.level))
    #expect(restored.dataset.table.columns.map(\.key) == ["age", "home_city"])
    #expect(restored.options.categorical == .onehot)
    for row in 0..<120 {
      let values = run.featureValues(row: row)
      #expect(restored.score(values) == run.score(values))
    }
  }

  @Test("SQL and PMML read the column of categories itself, and ONNX is told what it stands for")
  func exports() throws {
    let run = try run(text.replacing("Rome", with: "l'Aquila")) { $0.categorical = .onehot }
    for dialect in SQLDialect.allCases {
      let text = SQLModel(run.scoringModel, dialect: dialect, table: "t", names: .header).text
      let column = dialect.identifier("Home City")
      #expect(text.contains("= \(dialect.constant("l'Aquila")) THEN"), "\(dialect)")
      #expect(text.contains(column) && !text.contains("home_city_"), "\(dialect)")
    }
    let pmml = PMMLModel(run.scoringModel).text
    #expect(
      pmml.contains("<DataField name=\"home_city\" optype=\"categorical\" dataType=\"string\"/>"))
    #expect(pmml.contains("<DataDictionary numberOfFields=\"2\">"))
    #expect(
      pmml.contains("<NormDiscrete field=\"home_city\" value=\"l'Aquila\" mapMissingTo=\"0\"/>"))
    let onnx = String(decoding: ONNXModel(run.scoringModel).bytes, as: UTF8.self)
    #expect(onnx.contains("home_city_l_aquila"))
  }

  @Test("the profile's typical customers and the silhouettes see the categories") func whole()
    throws
  {
    let run = try run(text) { $0.categorical = .onehot }
    for (cluster, rows) in run.profile.typical.enumerated() {
      for row in rows { #expect(run.rowLabels[row] == cluster) }
    }
    let silhouettes = try run.silhouettes()
    let all = silhouettes.values.flatMap(\.self)
    let mean = all.reduce(0, +) / Double(all.count)
    let quality = try #require(run.quality.silhouette)
    #expect(abs(mean - quality) < 1e-9)
  }

  @Test("described columns form nothing, and rows in any order give the same")
  func describe() throws {
    let plain = try run(text)
    #expect(plain.features.map(\.key) == ["age"])
    let onehot = try run(text) { $0.categorical = .onehot }
    #expect(plain.id != onehot.id)
    let turned =
      "Age,Home City\n" + customers.reversed().map { "\($0.age),\($0.city)\n" }.joined()
    let again = try run(turned) { $0.categorical = .onehot }
    #expect(again.features == onehot.features && again.clusters == onehot.clusters)
  }

  @Test("without a column of a few categories a warning says that numbers decided alone")
  func none() throws {
    let many = "age,town\n" + (0..<120).map { "\(20 + $0 % 40),town \($0 % 40)\n" }.joined()
    let run = try run(many) { $0.categorical = .onehot }
    #expect(run.features.count == 1)
    #expect(run.warnings.contains { $0.code == .noCategories })
  }
}

@Suite("Scales that the data suggest") struct ScaleSuggestionTests {
  private func suggestion(_ values: [Double], _ scale: Scale = .zscore) -> ScaleSuggestion? {
    ScaleSuggestion(feature: "x", values: values, scale: scale)
  }

  @Test("a long tail of large values suggests a logarithm, once") func skewed() throws {
    let values = (1...200).map { 1000 / Double($0) }
    let found = try #require(suggestion(values))
    #expect(found.scale == .log)
    guard case .skewed(let skewness) = found.reason else {
      Issue.record("another reason")
      return
    }
    // scipy.stats.skew(1000 / numpy.arange(1, 201), bias=False)
    #expect(abs(skewness - 8.559964766690916) < 1e-9)
    #expect(suggestion(values, .log) == nil)
    // Below 0 there is no logarithm.
    #expect(suggestion(values.map { $0 - 100 })?.scale != .log)
    #expect(suggestion(values.map { -$0 })?.scale != .log)
  }

  @Test("tails on both sides suggest quartiles") func heavyTails() throws {
    var values = (0..<180).map { Double($0 % 19) - 9 }
    values += (0..<10).flatMap { [1000 + Double($0), -1000 - Double($0)] }
    let found = try #require(suggestion(values))
    #expect(found.scale == .robust && found.reason == .heavyTails(0.1))
    #expect(suggestion(values, .robust) == nil)
  }

  @Test("even, constant, few or two-valued numbers suggest nothing") func nothing() {
    #expect(suggestion((0..<100).map { Double($0) }) == nil)
    #expect(suggestion([Double](repeating: 4, count: 50)) == nil)
    #expect(suggestion([1, 2, 900]) == nil)
    #expect(suggestion((0..<100).map { $0 < 95 ? 0 : 1 }) == nil)
  }

  @Test("values taken as they are suggest z-scores when one outweighs another") func unequal()
    throws
  {
    var decoder = TableDecoder()
    let text =
      "age,income\n" + (0..<60).map { "\(20 + $0 % 30),\(20000 + $0 * 37 % 60 * 1000)\n" }.joined()
    try decoder.consume(Array(text.utf8).span)
    let table = try decoder.finish().table
    let service = SegmentationService(store: InMemoryDatasetStore(budgetBytes: 1 << 30))
    var options = SegmentationOptions()
    options.clusterCount = .fixed(3)
    #expect(try service.segment(table, options: options).run.scaleSuggestions().isEmpty)
    options.scale = .none
    let found = try service.segment(table, options: options).run.scaleSuggestions()
    #expect(found.map(\.feature) == ["income"])
    #expect(found.map(\.scale) == [.zscore])
  }
}
