import Testing

@testable import Clustering

@Suite("Many clusters")
struct BreathingTests {
  /// `groups` well separated square groups of `size` points each, in two features.
  private static func groups(_ groups: Int, size: Int, seed: UInt64) throws -> FeatureMatrix {
    var random = RandomSource(seed: seed, stream: [7])
    var columns: [[Double]] = [[], []]
    for group in 0..<groups {
      for _ in 0..<size {
        columns[0].append(Double(group % 6) * 10 + random.unit())
        columns[1].append(Double(group / 6) * 10 + random.unit())
      }
    }
    return try FeatureMatrix(columns: columns)
  }

  @Test("one try ends with one centroid on each of many groups", arguments: 0..<8 as Range<UInt64>)
  func eachGroupHasOne(seed: UInt64) throws {
    let points = try Self.groups(30, size: 300, seed: seed)
    let model = try KMeans(clusterCount: 30, seed: seed, restarts: 1).fit(points)
    #expect(model.weightOfCluster.allSatisfy { $0 == 300 }, "seed \(seed)")
  }

  @Test("threads change no bit of many clusters")
  func threadsAgree() throws {
    let points = try Self.groups(12, size: 600, seed: 3)
    let one = try KMeans(clusterCount: 20, seed: 5, threads: 1).fit(points)
    for threads in [2, 7] {
      let other = try KMeans(clusterCount: 20, seed: 5, threads: threads).fit(points)
      #expect(one.centroids == other.centroids)
      #expect(one.labels == other.labels)
      #expect(one.inertia.bitPattern == other.inertia.bitPattern)
    }
  }

  @Test("a grid keeps weight and mean of the points, with fewer of them")
  func gridKeepsMoments() throws {
    let points = try Self.groups(30, size: 1000, seed: 1)
    let weights = (0..<points.sampleCount).map { Double(1 + $0 % 3) }
    try Cloud.withCloud(
      points, weights: weights, team: WorkTeam(threads: 2), cancellation: nil
    ) { (cloud) throws(ClusteringError) in
      let grid = GridSummary(cloud)
      #expect(grid.weights.count < points.sampleCount)
      #expect(grid.weights.reduce(0, +) == weights.reduce(0, +))
      for feature in 0..<2 {
        var before = 0.0
        for (value, weight) in zip(points.column(feature), weights) { before += value * weight }
        var after = 0.0
        for (value, weight) in zip(grid.points.column(feature), grid.weights) {
          after += value * weight
        }
        #expect((after - before).magnitude <= 1e-9 * before)
      }
    }
  }
}
