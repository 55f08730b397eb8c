import Clustering
import Testing

@Suite("KMeans") struct KMeansTests {
  @Test("two far groups are found") func twoGroups() throws {
    let points = try FeatureMatrix(columns: [[0, 1, 10, 11, 12], [0, 0, 5, 5, 5]])
    let model = try KMeans(clusterCount: 2).fit(points)
    #expect(model.labels == [1, 1, 0, 0, 0])
    #expect(model.weightOfCluster == [3, 2])
    #expect(model.centroids.row(0) == [11, 5])
    #expect(model.inertia == 2.5)
  }
}
