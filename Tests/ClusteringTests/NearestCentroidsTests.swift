import Testing

@testable import Clustering

@Suite("NearestCentroids") struct NearestCentroidsTests {
  @Test("single and bulk answers agree with plain ones", arguments: [1, 2, 5])
  func agreement(k: Int) throws {
    for d in 1...6 {
      let centroids = try Generated.blobs(k, features: d, groups: 3, seed: 1)
      let samples = try Generated.blobs(700, features: d, groups: 4, seed: 2)
      let scorer = NearestCentroids(centroids: centroids)
      let bulk = try scorer.matches(samples, threads: 2)
      #expect(bulk.count == 700)
      for sample in 0..<700 {
        let match = try scorer.match(samples.row(sample))
        #expect(bulk[sample] == match)
        let distances = centroids.rows.map {
          Plain.squaredDistance(samples.row(sample), $0).squareRoot()
        }
        #expect(match.nearest == Plain.nearest(samples.row(sample), centroids.rows))
        #expect(match.distance.isClose(to: distances.min() ?? .nan, 1e-12))
        #expect((match.second == nil) == (k == 1))
        if k > 1 {
          #expect(try #require(match.secondDistance).isClose(to: distances.sorted()[1], 1e-12))
        }
      }
    }
  }

  @Test("the labels of a fit are the nearest centroids") func ofFit() throws {
    let points = try Generated.blobs(3000, features: 3, groups: 4, seed: 3)
    let model = try KMeans(clusterCount: 4).fit(points)
    #expect(
      try NearestCentroids(centroids: model.centroids).matches(points).nearest == model.labels)
  }

  @Test("samples of another shape or beyond numbers are refused") func refusals() throws {
    let scorer = NearestCentroids(centroids: try FeatureMatrix(columns: [[1, 2], [3, 4]]))
    #expect(throws: ClusteringError.shapeMismatch(expected: 2, found: 1)) { try scorer.match([1]) }
    #expect(throws: ClusteringError.notFinite(sample: 0, feature: 1)) {
      try scorer.match([1, .nan])
    }
    #expect(throws: ClusteringError.shapeMismatch(expected: 2, found: 1)) {
      try scorer.matches(FeatureMatrix(columns: [[1]]))
    }
  }
}
