import FoundationEssentials
import Testing

@testable import Clustering

/// The stabilities and gaps of `reference.json`.
private struct ResamplingReference: Decodable {
  struct Stability: Decodable {
    let features: [String]
    let scaling: String
    let k: Int
    let jaccardMean: [Double]
    let set: String

    enum CodingKeys: String, CodingKey {
      case features, scaling, k, set
      case jaccardMean = "jaccard_mean"
    }
  }

  struct Gap: Decodable {
    let features: [String]
    let scaling: String
    let reference: String
    let gap: [Double]
    let s: [Double]
    let choice: Int

    enum CodingKeys: String, CodingKey {
      case features, scaling, reference, gap, s
      case choice = "k_tibshirani_1se"
    }
  }

  let stability: [Stability]
  let gap: [Gap]

  static func read() throws -> ResamplingReference {
    try JSONDecoder().decode(
      ResamplingReference.self, from: SharedData.contents("reference.json"))
  }
}

@Suite(
  "Resampling beside reference figures",
  .enabled(if: SharedData.isPresent, "needs shared/data above the package"),
  .timeLimit(.minutes(5)))
struct ResamplingGoldenTests {
  @Test("the mean Jaccard of each Mall cluster is that of 100 bootstraps with scikit-learn")
  func stability() throws {
    let references = try ResamplingReference.read().stability.filter { $0.set == "mall" }
    #expect(references.count >= 8)
    for reference in references {
      let distinct = try DistinctPoints(
        SharedData.mall(reference.features, scaling: reference.scaling))
      let model = try KMeans(clusterCount: reference.k).fit(
        distinct.points, weights: distinct.weights)
      let found = try BootstrapStability.evaluate(
        distinct.points, weights: distinct.weights, models: [model], bootstrapCount: 100)[0]
      let name = "\(reference.features) \(reference.scaling) k=\(reference.k)"
      for (own, theirs) in zip(found.meanOfCluster.sorted(), reference.jaccardMean.sorted()) {
        // Where two optima are nearly as good, a cluster is found again or not at all, so that the
        // mean of 100 scatters by 0.05.
        let tolerance = theirs > 0.85 ? 0.06 : 0.15
        #expect((own - theirs).magnitude < tolerance, "\(name): \(own) \(theirs)")
      }
      let isFound = reference.jaccardMean.allSatisfy { $0 >= 0.95 }
      if isFound { #expect(found.minimum >= 0.95, "\(name)") }
      if reference.jaccardMean.contains(where: { $0 < 0.7 }) {
        #expect(found.minimum < 0.75, "\(name)")
      }
      #expect(found.bootstrapCount == 100 && found.drawCount == 200)
    }
  }

  @Test("the gaps of Mall are those of 50 references with scikit-learn")
  func gaps() throws {
    let references = try ResamplingReference.read().gap.filter { $0.reference == "box" }
    #expect(references.count >= 4)
    for reference in references {
      let distinct = try DistinctPoints(
        SharedData.mall(reference.features, scaling: reference.scaling))
      let models = try (2...10).map {
        try KMeans(clusterCount: $0).fit(distinct.points, weights: distinct.weights)
      }
      let found = try #require(
        try GapStatistic.evaluate(
          distinct.points, weights: distinct.weights, models: models, referenceCount: 50))
      let name = "\(reference.features) \(reference.scaling)"
      for (index, gap) in ([found.single] + found.gaps).enumerated() {
        #expect(gap.clusterCount == index + 1)
        #expect((gap.value - reference.gap[index]).magnitude < 0.02, "\(name) k=\(index + 1)")
        #expect((gap.standardError - reference.s[index]).magnitude < 0.025, "\(name)")
      }
      #expect(found.choice == reference.choice, "\(name)")
    }
  }
}

@Suite("Resampling", .timeLimit(.minutes(2))) struct ResamplingTests {
  private func models(_ points: FeatureMatrix, _ counts: [Int]) throws -> [KMeansModel] {
    try counts.map { try KMeans(clusterCount: $0).fit(points) }
  }

  @Test("groups far apart are always found again, halves of a group are not")
  func separate() throws {
    var columns: [[Double]] = [[], []]
    var random = RandomSource(seed: 5)
    for index in 0..<300 {
      columns[0].append(Double(index % 2) * 50 + random.unit())
      columns[1].append(random.unit())
    }
    let points = try FeatureMatrix(columns: columns)
    let found = try BootstrapStability.evaluate(
      points, models: models(points, [1, 2]), bootstrapCount: 20)
    #expect(found[0].meanOfCluster == [1])
    #expect(found[1].meanOfCluster == [1, 1])
    #expect(found[1].errorOfCluster == [0, 0])
    // A round crowd can be cut in any direction.
    let crowd = try Generated.blobs(300, features: 2, groups: 1, seed: 6)
    let halves = try BootstrapStability.evaluate(
      crowd, models: models(crowd, [2]), bootstrapCount: 20)[0]
    #expect(halves.minimum < 0.75)
    #expect(try #require(halves.errorOfCluster).allSatisfy { $0 > 0.01 })
    let gap = try #require(
      try GapStatistic.evaluate(points, models: models(points, [2, 3, 4]), referenceCount: 10))
    #expect(gap.choice == 2)
    #expect(gap.gaps[0].value > gap.single.value + 2)
  }

  @Test("points without structure have no gap", arguments: [400, 20_000])
  func noStructure(n: Int) throws {
    var random = RandomSource(seed: UInt64(n))
    let points = try FeatureMatrix(
      columns: (0..<3).map { _ in (0..<n).map { _ in random.unit() } })
    let gap = try #require(
      try GapStatistic.evaluate(points, models: models(points, [2, 3, 4, 5]), referenceCount: 10))
    for one in gap.gaps { #expect(one.value < gap.single.value + 3 * one.standardError) }
  }

  @Test("weight 2 equals a point given twice") func weights() throws {
    let points = try Generated.blobs(150, features: 2, groups: 3, seed: 4)
    let twice = try points.rows(Array(0..<150) + Array(0..<150))
    let weights = [Double](repeating: 2, count: 150)
    let model = try KMeans(clusterCount: 3).fit(points, weights: weights)
    let double = try KMeans(clusterCount: 3).fit(twice)
    #expect(model.inertia.isClose(to: double.inertia))
    let a = try BootstrapStability.evaluate(
      points, weights: weights, models: [model], bootstrapCount: 50)[0]
    let b = try BootstrapStability.evaluate(twice, models: [double], bootstrapCount: 50)[0]
    #expect(a.drawCount == 300 && b.drawCount == 300)
    for (one, other) in zip(a.meanOfCluster, b.meanOfCluster) {
      #expect((one - other).magnitude < 0.05)
    }
  }

  @Test("one, two and seven threads give the same bits", arguments: [200, 30_000])
  func threads(n: Int) throws {
    let points = try Generated.blobs(n, features: 3, groups: 4, seed: 9, spread: 2)
    let models = try models(points, [3, 4, 6])
    let stability = try BootstrapStability.evaluate(points, models: models, bootstrapCount: 9)
    let gap = try GapStatistic.evaluate(points, models: models, referenceCount: 5)
    for threads in [2, 7] {
      #expect(
        try BootstrapStability.evaluate(
          points, models: models, bootstrapCount: 9, threads: threads) == stability)
      #expect(
        try GapStatistic.evaluate(points, models: models, referenceCount: 5, threads: threads)
          == gap)
    }
    #expect(
      try BootstrapStability.evaluate(points, models: models, bootstrapCount: 9, seed: 1)
        != stability)
  }

  @Test("a draw stands for many points: far groups are in it by their weight")
  func subsample() throws {
    let n = 100_000
    let points = try FeatureMatrix(columns: [(0..<n).map { $0 < n / 100 ? 100 : Double($0 % 7) }])
    try Cloud.withCloud(
      points, weights: nil, team: WorkTeam(threads: 1), cancellation: nil
    ) { (cloud) throws(ClusteringError) in
      let sample = Subsample(cloud, clusterCount: 5, seed: 0)
      #expect(!sample.isWhole && sample.drawCount == Subsample.limit(clusterCount: 5))
      #expect(sample.weights.reduce(0, +) == Double(sample.drawCount))
      let far = zip(sample.points.column(0), sample.weights).filter { $0.0 == 100 }.map(\.1)
      #expect((far.reduce(0, +) / Double(sample.drawCount) - 0.01).magnitude < 0.001)
    }
  }

  @Test("as many clusters as points, and points all alike") func extremes() throws {
    let few = try FeatureMatrix(columns: [[1, 2, 3, 4, 9]])
    let models = try models(few, [2, 5])
    let found = try BootstrapStability.evaluate(few, models: models, bootstrapCount: 10)
    // Five different customers are hardly ever drawn in five draws.
    #expect(found[1].minimum < 0.5)
    let gap = try #require(
      try GapStatistic.evaluate(few, models: models, referenceCount: 4))
    #expect(gap.gaps.map(\.clusterCount) == [2])
    let alike = try FeatureMatrix(columns: [[3, 3, 3]])
    let one = try KMeans(clusterCount: 1).fit(alike)
    #expect(try GapStatistic.evaluate(alike, models: [one], referenceCount: 4) == nil)
    #expect(
      try BootstrapStability.evaluate(alike, models: [one], bootstrapCount: 4)[0].minimum == 1)
  }

  @Test("bad parameters are refused, and a cancelled one ends") func errors() throws {
    let points = try Generated.blobs(50, features: 2, groups: 2, seed: 1)
    let model = try KMeans(clusterCount: 2).fit(points)
    #expect(throws: ClusteringError.optionOutOfRange(option: .bootstraps, value: 0)) {
      try BootstrapStability.evaluate(points, models: [model], bootstrapCount: 0)
    }
    #expect(throws: ClusteringError.optionOutOfRange(option: .references, value: 1)) {
      try GapStatistic.evaluate(points, models: [model], referenceCount: 1)
    }
    #expect(throws: ClusteringError.cancelled) {
      try BootstrapStability.evaluate(
        points, models: [model], bootstrapCount: 3, cancellation: { true })
    }
    #expect(throws: ClusteringError.cancelled) {
      try GapStatistic.evaluate(
        points, models: [model], referenceCount: 3, cancellation: { true })
    }
  }
}

@Suite("Minimum size", .timeLimit(.minutes(2))) struct MinimumSizeTests {
  @Test("each cluster has the minimum, and every point its nearest centroid", arguments: 0..<20)
  func minimum(seed: UInt64) throws {
    let points = try Generated.blobs(400, features: 2, groups: 6, seed: seed, spread: 1.5)
    let weights = (0..<400).map { Double($0 % 3 + 1) }
    let kMeans = try KMeans(clusterCount: 12, seed: seed)
    let model = try kMeans.fit(points, weights: weights)
    for minimum in [0.0, 40, 120, 300] {
      let merged = try kMeans.merging(model, below: minimum, of: points, weights: weights)
      #expect(merged.weightOfCluster.allSatisfy { $0 >= minimum }, "seed \(seed)")
      #expect(merged.weightOfCluster.reduce(0, +).isClose(to: weights.reduce(0, +)))
      #expect(merged.weightOfCluster == merged.weightOfCluster.sorted(by: >))
      for sample in 0..<400 {
        #expect(
          Int(merged.labels[sample])
            == Plain.nearest(points.row(sample), merged.centroids.rows), "seed \(seed)")
      }
      if model.weightOfCluster.allSatisfy({ $0 >= minimum }) { #expect(merged == model) }
    }
  }

  @Test("more than there is leaves one cluster") func all() throws {
    let points = try Generated.blobs(60, features: 2, groups: 3, seed: 2)
    let kMeans = try KMeans(clusterCount: 3)
    let merged = try kMeans.merging(kMeans.fit(points), below: 1e9, of: points)
    #expect(merged.clusterCount == 1 && merged.weightOfCluster == [60])
  }

  @Test("one and seven threads give the same bits") func threads() throws {
    let points = try Generated.blobs(30_000, features: 3, groups: 9, seed: 3, spread: 2)
    let model = try KMeans(clusterCount: 15).fit(points)
    let one = try KMeans(clusterCount: 15).merging(model, below: 2500, of: points)
    #expect(one.clusterCount < 15)
    #expect(
      try KMeans(clusterCount: 15, threads: 7).merging(model, below: 2500, of: points) == one)
  }
}
