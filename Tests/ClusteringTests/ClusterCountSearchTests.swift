import Testing

@testable import Clustering

@Suite("ClusterCountSearch", .timeLimit(.minutes(2))) struct ClusterCountSearchTests {
  @Test("the number of separate groups is chosen", arguments: 2..<8)
  func groups(count: Int) throws {
    var columns: [[Double]] = [[], []]
    var random = RandomSource(seed: UInt64(count))
    for index in 0..<count * 40 {
      columns[0].append(Double(index % count) * 20 + random.unit())
      columns[1].append(Double((index % count) * (index % count)) * 5 + random.unit())
    }
    let choice = try ClusterCountSearch(threads: 2).run(FeatureMatrix(columns: columns))
    #expect(choice.chosen.clusterCount == count)
    #expect(choice.candidates.map(\.clusterCount) == Array(2...10))
    for (a, b) in zip(choice.candidates, choice.candidates.dropFirst()) {
      #expect(b.model.inertia < a.model.inertia)
    }
  }

  @Test("numbers above the distinct points are left out") func fewPoints() throws {
    let points = try FeatureMatrix(columns: [[1, 1, 2, 2, 9, 9]])
    let choice = try ClusterCountSearch().run(points)
    #expect(choice.candidates.map(\.clusterCount) == [2, 3])
    #expect(throws: ClusteringError.clusterCountOutOfRange(requested: 4, distinctPoints: 3)) {
      try ClusterCountSearch(range: 4...9).run(points)
    }
    #expect(throws: ClusteringError.clusterCountOutOfRange(requested: 0, distinctPoints: 0)) {
      try ClusterCountSearch(range: 0...3)
    }
  }

  @Test("one, two and seven threads give the same bits", arguments: [300, 30_000])
  func threads(n: Int) throws {
    let points = try Generated.blobs(n, features: 2, groups: 5, seed: 8)
    let one = try ClusterCountSearch(range: 2...6, threads: 1).run(points)
    for threads in [2, 7] {
      let more = try ClusterCountSearch(range: 2...6, threads: threads).run(points)
      #expect(more.chosenIndex == one.chosenIndex)
      for (a, b) in zip(more.candidates, one.candidates) {
        #expect(a.model == b.model && a.quality == b.quality)
      }
    }
  }

  @Test("a cancelled search ends") func cancellation() throws {
    let points = try Generated.blobs(500, features: 2, groups: 5, seed: 8)
    let search = try ClusterCountSearch(cancellation: { true })
    #expect(throws: ClusteringError.cancelled) { try search.run(points) }
  }
}
