import Datasets
import FoundationEssentials
import Testing

@testable import Segmentation

private func table(_ text: [UInt8]) throws -> Table {
  var decoder = TableDecoder()
  try decoder.consume(text.span)
  return try decoder.finish().table
}

private func service(threads: Int = 1, budget: Int = 1 << 30) -> SegmentationService {
  SegmentationService(
    configuration: .init(threads: threads), store: InMemoryDatasetStore(budgetBytes: budget))
}

private func options(_ change: (inout SegmentationOptions) -> Void) -> SegmentationOptions {
  var options = SegmentationOptions()
  change(&options)
  return options
}

@Suite struct SegmentationServiceTests {
  private let sample = SampleCustomers.csv()

  @Test("a run's numbers are the same on any number of threads")
  func threads() throws {
    let runs = try [1, 2, 7].map { threads in
      try service(threads: threads).segment(table(sample), options: SegmentationOptions()).run
    }
    for run in runs.dropFirst() {
      #expect(run.id == runs[0].id)
      #expect(run.clusters == runs[0].clusters)
      #expect(run.quality == runs[0].quality)
      #expect(run.rowLabels == runs[0].rowLabels)
    }
  }

  @Test("the same table and options give the run that exists")
  func idempotent() throws {
    let service = service()
    let first = try service.segment(table(sample), options: SegmentationOptions())
    let second = try service.segment(table(sample), options: SegmentationOptions())
    #expect(first.isNew)
    #expect(!second.isNew)
    #expect(first.run === second.run)
    let other = try service.segment(table(sample), options: options { $0.seed = 1 })
    #expect(other.isNew)
    #expect(other.run.id != first.run.id)
    #expect(other.run.dataset.id == first.run.dataset.id)
    #expect(service.snapshot.datasets.count == 1)
  }

  @Test("each option that shapes the numbers shapes the id")
  func fingerprints() throws {
    let dataset = try service().clean(table(sample), options: CleaningOptions())
    let variants: [SegmentationOptions] = [
      SegmentationOptions(), options { $0.clusterCount = .fixed(3) },
      options { $0.clusterCount = .automatic(2...5) }, options { $0.scale = .minmax },
      options { $0.seed = 7 }, options { $0.restarts = 3 }, options { $0.series = "x" },
      options { $0.bootstraps = 5 }, options { $0.bootstraps = 0 },
      options { $0.minimumSize = .customers(5) }, options { $0.minimumSize = .share(0.5) },
    ]
    #expect(
      Set(variants.map { Run.fingerprint(dataset: dataset, options: $0) }).count == variants.count)
  }

  @Test("shuffled rows give the same segments")
  func rowOrder() throws {
    var lines = String(decoding: sample, as: UTF8.self).split(separator: "\n")
    let header = lines.removeFirst()
    let straight = try service().segment(table(sample), options: SegmentationOptions()).run
    for _ in 0..<3 {
      lines.shuffle()
      let text = Array(([header] + lines).joined(separator: "\n").utf8)
      let shuffled = try service().segment(table(text), options: SegmentationOptions()).run
      #expect(shuffled.clusters == straight.clusters)
      #expect(shuffled.segments == straight.segments)
      #expect(shuffled.quality == straight.quality)
    }
  }

  @Test("labels, sizes and scores agree", arguments: Scale.allCases)
  func consistency(scale: Scale) throws {
    let run = try service().segment(
      table(sample),
      options: options {
        $0.scale = scale; $0.clusterCount = .fixed(4)
      }
    ).run
    var sizes = [Double](repeating: 0, count: 4)
    var inertia = 0.0
    for row in 0..<200 {
      let label = try #require(run.rowLabels[row])
      let score = try #require(run.score(row: row))
      sizes[label] += 1
      #expect(score.cluster == label)
      inertia += score.distance * score.distance
    }
    #expect(sizes == run.clusters.map(\.size))
    #expect(abs(inertia - run.quality.inertia) < 1e-9 * inertia)
    #expect(sizes == sizes.sorted(by: >))
    #expect(abs(run.clusters.reduce(0) { $0 + $1.share } - 1) < 1e-12)
  }

  @Test("rows set aside have no label and are counted")
  func setAside() throws {
    let text = Array("id,age,income\n1,20,30\n2,,31\n3,60,90\n4,61,91\n5,21,33\n".utf8)
    let run = try service().segment(table(text), options: options { $0.clusterCount = .fixed(2) })
      .run
    #expect(run.rowLabels[1] == nil)
    #expect(run.score(row: 1) == nil)
    #expect(run.customerCount == 4)
    #expect(run.warnings.contains { $0.code == .rowsSetAside })
    let filled = try service().segment(
      table(text),
      options: options {
        $0.clusterCount = .fixed(2)
        $0.cleaning.missing = .median
      }
    ).run
    #expect(filled.customerCount == 5)
    #expect(filled.featureValues(row: 1)[0] == 40.5)
  }

  @Test("a store without room refuses and keeps what it has")
  func storeFull() throws {
    let service = service(budget: 40_000)
    let first = try service.segment(table(sample), options: options { $0.clusterCount = .fixed(3) })
    let large = try table(SampleCustomers.csv(count: 20_000, seed: 3))
    #expect {
      _ = try service.segment(large, options: options { $0.clusterCount = .fixed(3) })
    } throws: { error in
      if case .storeFull = error as? SegmentationError { true } else { false }
    }
    #expect(service.snapshot.current(series: "default") === first.run)
    #expect(service.snapshot.runs.count == 1)
  }

  @Test("what cannot be fitted is told")
  func refusals() throws {
    let text = Array("age,income\n1,2\n1,2\n3,4\n".utf8)
    #expect(throws: SegmentationError.tooManyClusters(requested: 3, distinct: 2)) {
      try service().segment(table(text), options: options { $0.clusterCount = .fixed(3) })
    }
    let negative = Array("age,income\n-1,2\n1,5\n3,4\n".utf8)
    #expect(throws: SegmentationError.negativeUnderLogarithm(column: "age", minimum: -1)) {
      try service().segment(table(negative), options: options { $0.scale = .log })
    }
    #expect(throws: SegmentationError.cancelled) {
      try service().segment(table(sample), options: SegmentationOptions()) { true }
    }
  }

  @Test("activation, removal and falling back")
  func lifecycle() throws {
    let service = service()
    let three = try service.segment(table(sample), options: options { $0.clusterCount = .fixed(3) })
      .run
    let four = try service.segment(table(sample), options: options { $0.clusterCount = .fixed(4) })
      .run
    #expect(service.snapshot.current(series: "default") === four)
    _ = try service.activate(runID: three.id)
    #expect(service.snapshot.current(series: "default") === three)
    _ = try service.removeRun(id: three.id)
    #expect(service.snapshot.current(series: "default") === four)
    #expect(try service.removeDataset(id: four.dataset.id).map(\.id) == [four.id])
    #expect(service.snapshot.byteCount == 0)
    #expect(throws: SegmentationError.noCurrentRun(series: "default")) {
      try service.run(id: nil, series: "default")
    }
  }

  @Test("profiles stand beside the means")
  func profiles() throws {
    let run = try service().segment(table(sample), options: options { $0.clusterCount = .fixed(3) })
      .run
    let numbers = run.profile.numbers
    #expect(numbers.compactMap(\.feature) == [0, 1, 2])
    for (number, feature) in zip(numbers, run.features) {
      #expect(number.overall.mean == feature.mean)
      for cluster in run.clusters {
        let summary = try #require(number.ofCluster[cluster.index])
        let steps = [
          summary.minimum, summary.q10, summary.q25, summary.median, summary.q75, summary.q90,
          summary.maximum,
        ]
        #expect(steps == steps.sorted())
        #expect(summary.count == cluster.size)
      }
    }
  }
}
