import Clustering
import Datasets
import Testing

@testable import Segmentation

private typealias Candidate = ChoiceOfClusterCount.Candidate

private func candidate(
  _ k: Int, _ silhouette: Double?, stability: [Double] = [], size: Double = 50,
  isFeasible: Bool = true, ch: Double? = nil, db: Double? = nil
) -> Candidate {
  Candidate(
    clusterCount: k, inertia: 1, silhouette: silhouette, simplifiedSilhouette: nil,
    calinskiHarabasz: ch, daviesBouldin: db, gap: nil, gapError: nil, stability: stability,
    smallestSize: size, isFeasible: isFeasible)
}

@Suite("Choice among the numbers of clusters") struct ClusterCountDecisionTests {
  private func chosen(_ candidates: [Candidate]) -> Int {
    candidates[ClusterCountDecision.choose(candidates)].clusterCount
  }

  @Test("the best silhouette wins, the smaller number on a tie") func silhouette() {
    #expect(chosen([candidate(2, 0.3), candidate(3, 0.5), candidate(4, 0.5)]) == 3)
    #expect(chosen([candidate(2, nil), candidate(3, -0.2)]) == 3)
    #expect(chosen([candidate(1, nil)]) == 1)
  }

  @Test("an unstable winner gives way to a stable one that is as good, to no other")
  func stability() {
    let shaky = candidate(6, 0.50, stability: [0.9, 0.5])
    #expect(chosen([candidate(5, 0.49, stability: [0.9, 0.8]), shaky]) == 5)
    #expect(chosen([candidate(5, 0.47, stability: [0.9, 0.8]), shaky]) == 6)
    #expect(chosen([candidate(5, 0.49, stability: [0.9, 0.7]), shaky]) == 6)
    // Doubtful is no reason to give way.
    #expect(
      chosen([
        candidate(5, 0.49, stability: [1, 1]), candidate(6, 0.50, stability: [0.9, 0.6]),
      ]) == 6)
  }

  @Test("numbers that leave a segment too small are passed over while there is another")
  func feasible() {
    #expect(chosen([candidate(2, 0.3), candidate(3, 0.5, isFeasible: false)]) == 2)
    #expect(
      chosen([candidate(2, 0.3, isFeasible: false), candidate(3, 0.5, isFeasible: false)]) == 3)
  }

  @Test("each index votes for its own best") func votes() {
    let votes = ClusterCountVotes(
      [
        candidate(2, 0.3, stability: [1, 1], ch: 5, db: 0.4),
        candidate(3, 0.5, stability: [0.9, 0.86, 1], ch: 4, db: 0.6),
        candidate(4, 0.4, stability: [0.9, 0.84, 1, 1], ch: 9, db: 0.5),
      ], gap: 1)
    #expect(votes.silhouette == 3 && votes.calinskiHarabasz == 4 && votes.daviesBouldin == 2)
    #expect(votes.stability == 3 && votes.gap == 1)
    let none = ClusterCountVotes([candidate(1, nil)], gap: nil)
    #expect(none.silhouette == nil && none.stability == nil && none.gap == nil)
  }

  @Test("the words are Hennig's bands")
  func words() {
    let words = [0, 0.599, 0.6, 0.749, 0.75, 0.849, 0.85, 1].map { StabilityWord($0).rawValue }
    #expect(
      words == [
        "unstable", "unstable", "doubtful", "doubtful", "stable", "stable", "highly_stable",
        "highly_stable",
      ])
  }
}

@Suite("What a run says about itself") struct RunJudgementTests {
  private func run(
    _ text: String, _ change: (inout SegmentationOptions) -> Void = { _ in }
  ) throws -> Run {
    var decoder = TableDecoder()
    try decoder.consume(Array(text.utf8).span)
    var options = SegmentationOptions()
    change(&options)
    let service = SegmentationService(store: InMemoryDatasetStore(budgetBytes: 1 << 30))
    return try service.segment(decoder.finish().table, options: options).run
  }

  /// Rows of numbers around centres, the same at every call.
  private func rows(
    _ count: Int, centers: [(Double, Double)], spread: Double, header: String = "a,b"
  ) -> String {
    var random = RandomSource(seed: 11)
    var text = header + "\n"
    for index in 0..<count {
      let center = centers[index % centers.count]
      func noise() -> Double { (random.unit() + random.unit() + random.unit() - 1.5) * spread }
      text += "\(center.0 + noise()),\(center.1 + noise())\n"
    }
    return text
  }

  private let corners = [(0.0, 0.0), (10.0, 0.0), (0.0, 10.0), (10.0, 10.0)]

  @Test("four groups far apart are strong, and stand out in every figure") func strong() throws {
    let run = try run(rows(240, centers: corners, spread: 1))
    #expect(run.clusters.count == 4)
    #expect(run.quality.structure == .strong)
    #expect(run.clusters.allSatisfy { ($0.stability ?? 0) > 0.99 })
    #expect(run.quality.bootstrapCount == 20 && run.quality.bootstrapDrawCount == 240)
    let choice = try #require(run.choice)
    #expect(choice.votes.silhouette == 4 && choice.votes.stability == 4)
    #expect(choice.votes.calinskiHarabasz == 4 && choice.votes.daviesBouldin == 4)
    #expect(choice.votes.gap == 4)
    #expect(choice.candidates.allSatisfy { $0.stability.count == $0.clusterCount })
    #expect(run.warnings.isEmpty)
  }

  @Test("one crowd is weak, and a warning says so") func weak() throws {
    let run = try run(rows(600, centers: [(0, 0)], spread: 1))
    #expect(run.quality.structure == .weak)
    #expect(run.warnings.contains { $0.code == .weakStructure })
  }

  @Test("without bootstraps there is no stability and no gap, and the rest is as before")
  func noBootstraps() throws {
    let text = rows(200, centers: corners, spread: 2)
    let with = try run(text) { $0.clusterCount = .fixed(4) }
    let without = try run(text) {
      $0.clusterCount = .fixed(4)
      $0.bootstraps = 0
    }
    #expect(without.clusters.allSatisfy { $0.stability == nil })
    #expect(without.quality.minimumStability == nil && without.quality.bootstrapCount == 0)
    #expect(without.quality.inertia == with.quality.inertia)
    #expect(without.rowLabels == with.rowLabels)
    #expect(without.id != with.id)
    let hundred = try run(text) {
      $0.clusterCount = .fixed(4)
      $0.bootstraps = 100
    }
    #expect(hundred.quality.bootstrapCount == 100)
    #expect(
      try #require(hundred.quality.stabilityError) <= (with.quality.stabilityError ?? 0) + 0.01)
  }

  @Test("a feature that makes up most of the distance is named") func dominantFeature() throws {
    var text = "small,large\n"
    for index in 0..<100 { text += "\(index % 7),\(index * 1000)\n" }
    let raw = try run(text) {
      $0.scale = .none
      $0.clusterCount = .fixed(3)
      $0.cleaning.features = ["small", "large"]
    }
    #expect(
      raw.warnings.filter { $0.code == .oneFeatureDominates }.map(\.column) == ["large"])
    let shares = raw.features.compactMap(\.distanceShare)
    #expect(shares.count == 2 && shares[1] > 0.99)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
    for scale in [Scale.zscore, .minmax, .log] {
      let scaled = try run(text) {
        $0.scale = scale
        $0.clusterCount = .fixed(3)
        $0.cleaning.features = ["small", "large"]
      }
      #expect(!scaled.warnings.contains { $0.code == .oneFeatureDominates }, "\(scale)")
      if scale == .zscore {
        #expect(abs((scaled.features[0].distanceShare ?? 0) - 0.5) < 1e-12)
      }
    }
  }

  @Test("a cluster with nearly all customers is named") func dominantCluster() throws {
    var text = "a,b\n"
    for index in 0..<97 { text += "\(index % 10),\(index % 9)\n" }
    for index in 0..<3 { text += "\(1000 + index),\(1000 - index)\n" }
    let run = try run(text) { $0.clusterCount = .fixed(2) }
    let found = run.warnings.filter { $0.code == .oneClusterDominates }
    #expect(found.map(\.cluster) == [0])
    #expect(found.first?.detail.contains("97 %") == true)
  }

  @Test("an id asked for as a feature is named") func identifier() throws {
    var text = "customer_id,age\n"
    for index in 0..<50 { text += "\(index + 100),\(index * 7 % 40 + 20)\n" }
    let run = try run(text) {
      $0.cleaning.features = ["customer_id", "age"]
      $0.clusterCount = .fixed(2)
    }
    #expect(run.warnings.contains { $0.code == .idLikeFeature && $0.column == "customer_id" })
  }

  @Test("a best k at either end of the range is said") func edge() throws {
    let text = rows(240, centers: corners, spread: 1)
    func edges(_ range: ClosedRange<Int>) throws -> Int {
      try run(text) { $0.clusterCount = .automatic(range) }.warnings.filter {
        $0.code == .kAtEdge
      }.count
    }
    #expect(try edges(2...10) == 0)
    #expect(try edges(2...4) == 1)
    #expect(try edges(4...10) == 1)
  }

  @Test("small segments are avoided by the choice, and merged when k is given")
  func minimumSize() throws {
    var text = rows(200, centers: corners, spread: 1)
    for index in 0..<6 { text += "\(40 + index),\(40 - index)\n" }
    let free = try run(text)
    #expect(free.clusters.contains { $0.size == 6 })
    let bound = try run(text) { $0.minimumSize = .customers(20) }
    #expect(bound.clusters.allSatisfy { $0.size >= 20 })
    let choice = try #require(bound.choice)
    #expect(choice.candidates.contains { !$0.isFeasible })
    let given = try run(text) {
      $0.clusterCount = .fixed(8)
      $0.minimumSize = .share(0.1)
      $0.bootstraps = 20
    }
    #expect(given.clusters.count < 8)
    #expect(given.clusters.allSatisfy { $0.share >= 0.1 })
    #expect(given.warnings.contains { $0.code == .smallSegmentsMerged })
    #expect(given.clusters.allSatisfy { $0.stability != nil })
    // Who gives k and asks for no bootstraps gets the segments at once.
    let quick = try run(text) { $0.clusterCount = .fixed(3) }
    #expect(quick.clusters.allSatisfy { $0.stability == nil })
    #expect(quick.quality.structure != nil)
    for row in 0..<given.rowLabels.count {
      #expect(given.score(row: row)?.cluster == given.rowLabels[row])
    }
    let impossible = try run(text) { $0.minimumSize = .share(0.6) }
    #expect(impossible.clusters.count == 1)
    #expect(impossible.choice?.chosen == 1)
    #expect(impossible.quality.structure == nil)
  }

  @Test("the table of k is there for a run whose k was given") func laterTable() throws {
    var decoder = TableDecoder()
    try decoder.consume(Array(rows(240, centers: corners, spread: 1).utf8).span)
    let table = try decoder.finish().table
    let service = SegmentationService(store: InMemoryDatasetStore(budgetBytes: 1 << 30))
    let automatic = try service.segment(table, options: SegmentationOptions()).run
    var options = SegmentationOptions()
    options.clusterCount = .fixed(3)
    let given = try service.segment(table, options: options).run
    #expect(given.choice == nil)
    #expect(try service.choice(of: given) == automatic.choice)
    #expect(try service.choice(of: automatic) == automatic.choice)
  }
}
