import Synchronization
import Testing

@testable import Clustering

@Suite("KMeans", .timeLimit(.minutes(5))) struct KMeansTests {
  /// Checks what must hold for any finished fit.
  private func check(
    _ model: KMeansModel, _ points: FeatureMatrix, weights: [Double]?, _ note: String
  ) {
    let k = model.clusterCount
    let centroids = model.centroids.rows
    let note = Comment(rawValue: note)
    for sample in 0..<points.sampleCount {
      let nearest = Plain.nearest(points.row(sample), centroids)
      #expect(Int(model.labels[sample]) == nearest, note)
    }
    var totals = Array(repeating: 0.0, count: k)
    var parts = Array(repeating: 0.0, count: k)
    for sample in 0..<points.sampleCount {
      let label = Int(model.labels[sample])
      let weight = weights?[sample] ?? 1
      totals[label] += weight
      parts[label] += weight * Plain.squaredDistance(points.row(sample), centroids[label])
    }
    for cluster in 0..<k {
      #expect(totals[cluster] > 0, note)
      #expect(totals[cluster].isClose(to: model.weightOfCluster[cluster], 1e-12), note)
      #expect(parts[cluster].isClose(to: model.inertiaOfCluster[cluster], 1e-9), note)
    }
    #expect(parts.reduce(0, +).isClose(to: model.inertia, 1e-9), note)
    for cluster in 1..<max(1, k) {
      let (before, after) = (model.weightOfCluster[cluster - 1], model.weightOfCluster[cluster])
      #expect(
        before > after
          || before == after
            && centroids[cluster - 1].lexicographicallyPrecedes(centroids[cluster]),
        note)
    }
  }

  @Test("labels, weights, inertia and order hold for any data", arguments: 0..<30 as Range<UInt64>)
  func property(seed: UInt64) throws {
    var random = RandomSource(seed: seed, stream: [9])
    let n = 2 + random.below(300)
    let d = 1 + random.below(9)
    let points =
      seed.isMultiple(of: 3)
      ? try Generated.integers(n, features: d, below: 5, seed: seed)
      : try Generated.blobs(n, features: d, groups: 4, seed: seed)
    let distinct = points.distinctRowCount(atMost: n)
    let k = 1 + random.below(min(distinct, 12))
    let weights = seed.isMultiple(of: 2) ? (0..<n).map { _ in 0.5 + random.unit() * 3 } : nil
    let model = try KMeans(clusterCount: k, seed: seed, restarts: 3).fit(points, weights: weights)
    check(model, points, weights: weights, "seed \(seed)")
    #expect(model.hasConverged && model.restartCount == (k == 1 ? 1 : 3))
    // Converged: the centroids are the means of their points.
    let inertia = Plain.inertia(points, weights: weights, labels: model.labels, k: k)
    #expect(inertia.isClose(to: model.inertia, 1e-9) || model.inertia < 1e-20, "seed \(seed)")
  }

  @Test("the best of all partitions is found", arguments: 0..<40 as Range<UInt64>)
  func bruteForce(seed: UInt64) throws {
    var random = RandomSource(seed: seed, stream: [10])
    let n = 5 + random.below(4)
    let k = 2 + random.below(3)
    let points = try Generated.blobs(n, features: 1 + random.below(3), groups: 3, seed: seed)
    let weights = seed.isMultiple(of: 2) ? (0..<n).map { _ in Double(1 + random.below(5)) } : nil
    let model = try KMeans(clusterCount: k, seed: seed).fit(points, weights: weights)
    let best = Plain.bestInertia(points, weights: weights, k: k)
    #expect(model.inertia.isClose(to: best, 1e-9), "seed \(seed): \(model.inertia) \(best)")
  }

  @Test("one, two and seven threads give the same bits", arguments: [50, 3000, 60_000, 300_000])
  func threads(n: Int) throws {
    let points = try Generated.blobs(n, features: 3, groups: 6, seed: 17)
    let weights = (0..<n).map { Double(1 + $0 % 3) }
    let one = try KMeans(clusterCount: 5, seed: 3, threads: 1).fit(points, weights: weights)
    for threads in [2, 7] {
      let more = try KMeans(clusterCount: 5, seed: 3, threads: threads).fit(
        points, weights: weights)
      #expect(more == one)
    }
    if n <= 3000 { check(one, points, weights: weights, "\(n)") }
  }

  @Test("neither order nor a repeated row changes a bit, weight 2 is a row given twice")
  func canonical() throws {
    let points = try Generated.integers(400, features: 2, below: 30, seed: 21)
    func fit(_ matrix: FeatureMatrix, _ weights: [Double]?) throws -> (KMeansModel, [Int32]) {
      let distinct = try DistinctPoints(matrix, weights: weights)
      let model = try KMeans(clusterCount: 6).fit(distinct.points, weights: distinct.weights)
      return (model, distinct.pointOfSample.map { model.labels[Int($0)] })
    }
    let (plain, labels) = try fit(points, Array(repeating: 2, count: 400))
    let order = Generated.permutation(400, seed: 4)
    let (shuffled, shuffledLabels) = try fit(
      points.rows(order), Array(repeating: 2, count: 400))
    #expect(shuffled == plain && shuffledLabels == order.map { labels[$0] })
    let (twice, twiceLabels) = try fit(points.rows(order + Array(0..<400)), nil)
    #expect(twice == plain && Array(twiceLabels[400...]) == labels)
  }

  @Test("a seed always gives the same model, and good data the same partition for any seed")
  func seeds() throws {
    let points = try Generated.blobs(500, features: 2, groups: 4, seed: 30, spread: 0.3)
    let first = try KMeans(clusterCount: 4, seed: 8).fit(points)
    #expect(try KMeans(clusterCount: 4, seed: 8).fit(points) == first)
    for seed in 0..<20 as Range<UInt64> {
      let other = try KMeans(clusterCount: 4, seed: seed).fit(points)
      #expect(other.labels == first.labels && other.centroids == first.centroids)
      #expect(other.inertia == first.inertia)
    }
  }

  @Test("as many clusters as points cost nothing") func everyPoint() throws {
    let points = try Generated.integers(200, features: 2, below: 6, seed: 2)
    let distinct = points.distinctRowCount(atMost: 200)
    let model = try KMeans(clusterCount: distinct).fit(points)
    #expect(model.inertia == 0)
    check(model, points, weights: nil, "")
  }

  @Test("one cluster is the mean") func oneCluster() throws {
    let points = try FeatureMatrix(columns: [[1, 2, 6]])
    let model = try KMeans(clusterCount: 1).fit(points, weights: [1, 1, 2])
    #expect(model.centroids.row(0) == [3.75])
    #expect(model.labels == [0, 0, 0] && model.weightOfCluster == [4])
  }

  @Test("parameters and clusters that cannot be are refused") func refusals() throws {
    for k in [0, -3] {
      #expect(throws: ClusteringError.clusterCountOutOfRange(requested: k, distinctPoints: 0)) {
        try KMeans(clusterCount: k)
      }
    }
    #expect(throws: ClusteringError.optionOutOfRange(option: .restarts, value: 0)) {
      try KMeans(clusterCount: 2, restarts: 0)
    }
    #expect(throws: ClusteringError.optionOutOfRange(option: .iterationLimit, value: 0)) {
      try KMeans(clusterCount: 2, iterationLimit: 0)
    }
    #expect(throws: ClusteringError.optionOutOfRange(option: .threads, value: 0)) {
      try KMeans(clusterCount: 2, threads: 0)
    }
    let points = try FeatureMatrix(columns: [[1, 2, 1, 2], [1, 1, 1, 1]])
    for k in [3, 1_000_000_000] {
      #expect(throws: ClusteringError.clusterCountOutOfRange(requested: k, distinctPoints: 2)) {
        try KMeans(clusterCount: k).fit(points)
      }
    }
    #expect(throws: ClusteringError.shapeMismatch(expected: 4, found: 1)) {
      try KMeans(clusterCount: 2).fit(points, weights: [1])
    }
    #expect(throws: ClusteringError.weightNotPositive(sample: 0)) {
      try KMeans(clusterCount: 2).fit(points, weights: [0, 1, 1, 1])
    }
  }

  @Test("points that squares cannot tell apart are counted as one, not looped over")
  func underflow() throws {
    let points = try FeatureMatrix(columns: [[0, 1e-200, 2e-200, 1]])
    #expect(throws: ClusteringError.clusterCountOutOfRange(requested: 4, distinctPoints: 2)) {
      try KMeans(clusterCount: 4).fit(points)
    }
    #expect(try KMeans(clusterCount: 2).fit(points).labels == [0, 0, 0, 1])
  }

  @Test(
    "huge and tiny coordinates are clustered like others", arguments: [1e-100, 1e-30, 1, 1e100])
  func scales(scale: Double) throws {
    let points = try Generated.blobs(200, features: 2, groups: 3, seed: 5, spread: 0.2)
    let scaled = try FeatureMatrix(columns: points.columns.map { $0.map { $0 * scale } })
    let expected = try KMeans(clusterCount: 3).fit(points)
    let model = try KMeans(clusterCount: 3).fit(scaled)
    #expect(model.labels == expected.labels)
  }

  @Test("stopping at the iteration limit is a result") func iterationLimit() throws {
    let points = try Generated.blobs(2000, features: 2, groups: 9, seed: 6, spread: 2)
    let model = try KMeans(clusterCount: 9, restarts: 1, iterationLimit: 1).fit(points)
    #expect(!model.hasConverged)
    check(model, points, weights: nil, "limit")
  }

  @Test("a cancelled fit ends", arguments: [300, 30_000])
  func cancellation(n: Int) throws {
    let points = try Generated.blobs(n, features: 2, groups: 9, seed: 6, spread: 2)
    let calls = Atomic<Int>(0)
    let kMeans = try KMeans(clusterCount: 9, threads: 2) {
      calls.wrappingAdd(1, ordering: .relaxed).newValue > 3
    }
    #expect(throws: ClusteringError.cancelled) { try kMeans.fit(points) }
  }

  @Test("many points: as good as many full tries", arguments: [(20_000, 3, 7), (60_000, 5, 20)])
  func many(n: Int, d: Int, k: Int) throws {
    let points = try Generated.blobs(n, features: d, groups: k, seed: 40, spread: 0.8)
    let model = try KMeans(clusterCount: k, threads: 2).fit(points)
    var best = Double.infinity
    try Cloud.withCloud(points, weights: nil, team: WorkTeam(threads: 1), cancellation: nil) {
      (cloud) throws(ClusteringError) in
      for seed in 0..<5 as Range<UInt64> {
        var search = LocalSearch(Ground(few: cloud), clusterCount: k, iterationLimit: 300)
        var random = RandomSource(seed: seed)
        best = min(best, try search.tryFromSeeds(random: &random).inertia)
      }
    }
    #expect(model.inertia <= best * (1 + 1e-5), "\(model.inertia) \(best)")
    #expect(model.hasConverged)
    if n <= 20_000 { check(model, points, weights: nil, "many") }
  }

  @Test("a far small group among many points gets its own cluster") func smallGroup() throws {
    let many = try Generated.blobs(100_000, features: 2, groups: 2, seed: 50)
    var columns = many.columns
    for i in 0..<40 {
      columns[0].append(500 + Double(i % 7))
      columns[1].append(-300 + Double(i % 5))
    }
    let model = try KMeans(clusterCount: 3).fit(try FeatureMatrix(columns: columns))
    #expect(model.weightOfCluster[2] == 40)
  }
}
