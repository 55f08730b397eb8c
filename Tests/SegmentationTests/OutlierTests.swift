import Datasets
import Testing

@testable import Segmentation

@Suite("Rows kept out of the fit", .timeLimit(.minutes(1)))
struct OutlierTests {
  private func run(_ outliers: CleaningOptions.Outliers, threads: Int = 1) throws -> Run {
    var text = "id,x,y\n"
    for row in 0..<90 {
      let heap = row % 3
      text += "c\(row),\(row == 40 ? -4000 : heap * 100 + row % 7),\(heap * 10 + row % 5)\n"
    }
    // A twin of the outlier has its segment.
    text += "c40,-4000,10\n"
    var decoder = TableDecoder()
    try decoder.consume(Array(text.utf8).span)
    var options = SegmentationOptions()
    options.clusterCount = .fixed(3)
    options.cleaning.outliers = outliers
    return try SegmentationService(
      configuration: .init(threads: threads), store: InMemoryDatasetStore(budgetBytes: 1 << 30)
    ).segment(decoder.finish().table, options: options).run
  }

  @Test("they are assigned to the nearest cluster and counted in none")
  func assigned() throws {
    let run = try run(.setAside)
    #expect(run.dataset.outlierRows == [40])
    #expect(run.clusters.map(\.size).reduce(0, +) == 89)
    let label = try #require(run.rowLabels[40])
    let score = try #require(run.score(row: 40))
    #expect(score.cluster == label)
    #expect(run.score([-4000, 10])?.cluster == label)
    #expect(run.dataset.standIn(forRow: 90) == 40)
    #expect(run.dataset.isOutlier(row: 40) && !run.dataset.isOutlier(row: 41))
    // As if the row had not been there.
    for cluster in run.clusters { #expect(cluster.means[0] >= 0) }
  }

  @Test("each choice makes another run, the same on any number of threads")
  func ids() throws {
    let ids = try CleaningOptions.Outliers.allCases.map { choice in
      let runs = try [1, 2, 7].map { try run(choice, threads: $0) }
      #expect(Set(runs.map(\.id)).count == 1)
      #expect(runs.allSatisfy { $0.rowLabels == runs[0].rowLabels })
      return runs[0].id
    }
    #expect(Set(ids).count == 3)
  }

  @Test("a clipped number is the end of the range in every answer")
  func clipped() throws {
    let run = try run(.clip)
    let fill = try #require(run.dataset.fills.first)
    #expect(fill.row == 40 && fill.value < 0 && fill.value > -4000)
    #expect(run.featureValues(row: 40)[0] == fill.value)
    #expect(run.dataset.numbers(ofColumn: 1)[40] == fill.value)
    #expect(run.dataset.compactNumbers(ofColumn: 1) == .float64(run.dataset.numbers(ofColumn: 1)))
  }
}
