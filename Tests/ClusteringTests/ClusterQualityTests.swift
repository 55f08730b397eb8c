import Testing

@testable import Clustering

@Suite("ClusterQuality", .timeLimit(.minutes(2))) struct ClusterQualityTests {
  @Test("indices equal the plain ones on every sample listed", arguments: 0..<15 as Range<UInt64>)
  func plain(seed: UInt64) throws {
    var random = RandomSource(seed: seed, stream: [4])
    let points = try Generated.integers(
      60 + random.below(100), features: 1 + random.below(5), below: 9, seed: seed)
    let distinct = try DistinctPoints(points)
    let k = 2 + random.below(4)
    let model = try KMeans(clusterCount: k).fit(distinct.points, weights: distinct.weights)
    let quality = try ClusterQuality.evaluate(
      distinct.points, weights: distinct.weights, model: model, threads: 2)
    let pointOfSample = distinct.pointOfSample
    let labels = pointOfSample.map { model.labels[Int($0)] }
    let rows = points.rows
    let silhouettes = Plain.silhouettes(rows, labels: labels, k: k)
    let mean = silhouettes.reduce(0, +) / Double(rows.count)
    #expect(try #require(quality.silhouette).isClose(to: mean, 1e-11), "seed \(seed)")
    let ofPoint = try #require(quality.silhouetteOfPoint)
    for (sample, value) in silhouettes.enumerated() {
      #expect((ofPoint[Int(pointOfSample[sample])] - value).magnitude < 1e-12)
    }
    for cluster in 0..<k {
      let members = labels.indices.filter { labels[$0] == Int32(cluster) }
      let mean = members.reduce(0) { $0 + silhouettes[$1] } / Double(members.count)
      #expect(try #require(quality.silhouetteOfCluster[cluster]).isClose(to: mean, 1e-9))
    }
    #expect(quality.silhouetteError == nil)
    #expect(quality.silhouetteWeight == Double(rows.count))

    let centroids = model.centroids.rows
    let n = Double(rows.count)
    let middle = (0..<points.featureCount).map { points.column($0).reduce(0, +) / n }
    let total = rows.reduce(0) { $0 + Plain.squaredDistance($1, middle) }
    #expect(try #require(quality.explainedVariance).isClose(to: 1 - model.inertia / total))
    let between = total - model.inertia
    let variance = between / Double(k - 1) / (model.inertia / (n - Double(k)))
    #expect(try #require(quality.calinskiHarabasz).isClose(to: variance))
    let spread = (0..<k).map { cluster in
      let members = rows.indices.filter { labels[$0] == Int32(cluster) }
      let sum = members.reduce(0) {
        $0 + Plain.squaredDistance(rows[$1], centroids[cluster]).squareRoot()
      }
      return sum / Double(members.count)
    }
    let worst = (0..<k).map { a in
      (0..<k).filter { $0 != a }.map { b in
        (spread[a] + spread[b])
          / Plain.squaredDistance(centroids[a], centroids[b]).squareRoot()
      }.max() ?? 0
    }
    #expect(try #require(quality.daviesBouldin).isClose(to: worst.reduce(0, +) / Double(k)))
    let simplified = rows.reduce(0) { sum, row in
      let distances = centroids.map { Plain.squaredDistance(row, $0).squareRoot() }.sorted()
      return sum + (distances[1] > 0 ? 1 - distances[0] / distances[1] : 0)
    }
    #expect(try #require(quality.simplifiedSilhouette).isClose(to: simplified / n))
  }

  @Test("one cluster has no index that compares clusters") func oneCluster() throws {
    let points = try Generated.integers(30, features: 2, below: 5, seed: 1)
    let model = try KMeans(clusterCount: 1).fit(points)
    let quality = try ClusterQuality.evaluate(points, model: model)
    #expect(quality.silhouette == nil && quality.simplifiedSilhouette == nil)
    #expect(quality.daviesBouldin == nil && quality.calinskiHarabasz == nil)
    #expect(quality.silhouetteOfCluster == [nil] && quality.silhouetteOfPoint == nil)
    #expect(try #require(quality.explainedVariance).magnitude < 1e-12)
  }

  @Test("clusters of one have silhouette 0, and no inertia has no variance ratio")
  func singletons() throws {
    let points = try FeatureMatrix(columns: [[0, 1, 5]])
    let model = try KMeans(clusterCount: 3).fit(points)
    let quality = try ClusterQuality.evaluate(points, model: model)
    #expect(quality.silhouetteOfPoint == [0, 0, 0])
    #expect(quality.calinskiHarabasz == nil)
    #expect(quality.daviesBouldin == 0)
    #expect(quality.explainedVariance == 1)
    let alone = try FeatureMatrix(columns: [[3]])
    let single = try ClusterQuality.evaluate(alone, model: KMeans(clusterCount: 1).fit(alone))
    #expect(single.explainedVariance == nil)
  }

  @Test("a sampled silhouette keeps its promise: the exact one lies within ±")
  func sampled() throws {
    let points = try Generated.blobs(15_000, features: 2, groups: 5, seed: 3, spread: 1.2)
    let weights = (0..<15_000).map { Double(1 + $0 % 4) }
    let model = try KMeans(clusterCount: 5).fit(points, weights: weights)
    let exact = try ClusterQuality.evaluate(points, weights: weights, model: model, threads: 2)
    let value = try #require(exact.silhouette)
    var misses = 0
    for seed in 0..<10 as Range<UInt64> {
      let quality = try ClusterQuality.evaluate(
        points, weights: weights, model: model, exactLimit: 1000, seed: seed, threads: 2)
      let error = try #require(quality.silhouetteError)
      #expect(error > 0 && error < 0.02)
      #expect(quality.silhouetteWeight == 10_000 && quality.silhouetteOfPoint == nil)
      if (try #require(quality.silhouette) - value).magnitude > error { misses += 1 }
    }
    #expect(misses <= 2)
  }

  @Test("one, two and seven threads give the same bits") func threads() throws {
    let points = try Generated.blobs(5000, features: 3, groups: 5, seed: 3)
    let model = try KMeans(clusterCount: 4).fit(points)
    for limit in [20_000, 1000] {
      let one = try ClusterQuality.evaluate(points, model: model, exactLimit: limit, threads: 1)
      for threads in [2, 7] {
        #expect(
          try ClusterQuality.evaluate(
            points, model: model, exactLimit: limit, threads: threads) == one)
      }
    }
  }

  @Test("a model of other points is refused") func refusals() throws {
    let points = try FeatureMatrix(columns: [[0, 1, 5]])
    let other = try FeatureMatrix(columns: [[0, 1], [2, 3]])
    let model = try KMeans(clusterCount: 2).fit(points)
    #expect(throws: ClusteringError.shapeMismatch(expected: 2, found: 3)) {
      try ClusterQuality.evaluate(other, model: model)
    }
    #expect(throws: ClusteringError.cancelled) {
      try ClusterQuality.evaluate(points, model: model) { true }
    }
  }
}
