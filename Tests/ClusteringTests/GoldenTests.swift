import Testing

@testable import Clustering

@Suite(
  "Golden values", .enabled(if: SharedData.isPresent, "needs shared/data above the package"),
  .timeLimit(.minutes(5)))
struct GoldenTests {
  @Test("Mall income and score, raw, five clusters: the same for 100 seeds")
  func mallFive() throws {
    let points = try SharedData.mall(["Income", "Score"], scaling: "raw")
    let distinct = try DistinctPoints(points)
    for seed in 0..<100 as Range<UInt64> {
      let model = try KMeans(clusterCount: 5, seed: seed).fit(
        distinct.points, weights: distinct.weights)
      #expect(model.inertia.isClose(to: 44448.45544793371), "seed \(seed)")
      #expect(model.weightOfCluster == [81, 39, 35, 23, 22], "seed \(seed)")
      #expect(model.hasConverged)
      guard seed == 0 else { continue }
      let quality = try ClusterQuality.evaluate(
        distinct.points, weights: distinct.weights, model: model)
      #expect(try #require(quality.silhouette).isClose(to: 0.553931997444648))
      #expect(try #require(quality.daviesBouldin).isClose(to: 0.5725628995597082))
      #expect(try #require(quality.calinskiHarabasz).isClose(to: 247.35899338037282))
      #expect(model.centroids.row(0)[0].isClose(to: 55.296296, 1e-7))
      #expect(model.centroids.row(4)[1].isClose(to: 79.363636, 1e-7))
    }
  }

  @Test("Mall, three z-scored features: the search answers six")
  func mallSix() throws {
    let distinct = try DistinctPoints(
      SharedData.mall(["Age", "Income", "Score"], scaling: "zscore"))
    let choice = try ClusterCountSearch().run(distinct.points, weights: distinct.weights)
    #expect(choice.candidates.map(\.clusterCount) == Array(2...10))
    #expect(choice.chosen.clusterCount == 6)
    let model = choice.chosen.model
    #expect(model.inertia.isClose(to: 133.86833362685587))
    #expect(model.weightOfCluster == [45, 39, 38, 33, 24, 21])
    let inertias = [23.990, 22.475, 20.312, 34.690, 11.776, 20.627]
    for (found, expected) in zip(model.inertiaOfCluster, inertias) {
      #expect((found - expected).magnitude < 0.0006)
    }
    let quality = choice.chosen.quality
    #expect(try #require(quality.silhouette).isClose(to: 0.4274, 2e-4))
    #expect(try #require(quality.daviesBouldin).isClose(to: 0.8277, 2e-4))
    #expect(try #require(quality.calinskiHarabasz).isClose(to: 135.102, 1e-5))
    #expect(try #require(quality.explainedVariance).isClose(to: 0.7769, 1e-4))
    let silhouettes = [0.491, 0.505, 0.394, 0.329, 0.488, 0.294]
    for (found, expected) in zip(quality.silhouetteOfCluster, silhouettes) {
      #expect((try #require(found) - expected).magnitude < 0.0006)
    }
  }

  @Test("every best known Mall figure is reached, with its indices")
  func everyBestKnown() throws {
    let runs = try ReferenceRun.all().filter(\.isBestKnownMall)
    #expect(runs.count >= 60)
    for run in runs {
      let points = try SharedData.mall(run.features, scaling: run.scaling)
      let model = try KMeans(clusterCount: run.k).fit(points)
      let name = "\(run.features) \(run.scaling) k=\(run.k)"
      #expect(model.inertia.isClose(to: run.inertia), "\(name): \(model.inertia) \(run.inertia)")
      #expect(model.weightOfCluster == run.sizes.sorted(by: >), "\(name)")
      let quality = try ClusterQuality.evaluate(points, model: model)
      if let silhouette = run.silhouette {
        #expect(try #require(quality.silhouette).isClose(to: silhouette), "\(name)")
        #expect(try #require(quality.daviesBouldin).isClose(to: #require(run.db)), "\(name)")
        #expect(try #require(quality.calinskiHarabasz).isClose(to: #require(run.ch)), "\(name)")
      } else {
        #expect(quality.silhouette == nil && quality.daviesBouldin == nil)
        #expect(quality.calinskiHarabasz == nil)
      }
    }
  }
}
