import Clustering
import FoundationEssentials
import Testing

@testable import segment_bench

@Suite("the clustering benchmarks", .timeLimit(.minutes(2)))
struct ClusteringSuiteTests {
  @Test("every size, mixture and number of clusters that is promised is there")
  func cases() {
    let benchmarks = Suite.clustering.benchmarks(Surroundings(threads: [2, 1]))
    let names = Set(benchmarks.map { "\($0.name) ×\($0.threads)" })
    for threads in [1, 2] {
      for size in ["10k", "100k", "1M", "10M"] {
        #expect(names.contains("over-\(size) d=3 k=8 ×\(threads)"))
        #expect(names.contains("mall-\(size) d=3 k=5 ×\(threads)"))
      }
    }
    for features in [2, 3, 8, 16] {
      for kind in ["sep", "over"] {
        for k in [5, 8, 50] { #expect(names.contains("\(kind)-1M d=\(features) k=\(k) ×2")) }
      }
    }
  }

  @Test("a limit on rows leaves out what is larger")
  func limit() {
    let names = Suite.clustering.benchmarks(Surroundings(threads: [1], rowLimit: 10_000)).map(
      \.name)
    #expect(
      names == [
        "over-10k d=3 k=8", "mall-10k d=3 k=5", "mall-200 d=3 k=2...10", "mall-200 d=3 k=5 indices",
        "mall-10k d=3 k=2...10", "mall-10k d=3 k=5 indices",
      ])
  }

  @Test("counters are the same on one and on three threads, and those of a fit made here")
  func counters() throws {
    var seen: [String: [Field]] = [:]
    for threads in [1, 3] {
      let surroundings = Surroundings(threads: [threads], rowLimit: 10_000)
      for benchmark in Suite.clustering.benchmarks(surroundings) {
        let counters = try benchmark.prepare(surroundings)().counters
        #expect(!counters.isEmpty)
        if let before = seen[benchmark.name] { #expect(counters == before) }
        seen[benchmark.name] = counters
      }
    }
    let columns = try ClusteringSuite.mallColumns(10_000, Surroundings(threads: [1]))
    let distinct = try DistinctPoints(columns: columns)
    let model = try KMeans(clusterCount: 5).fit(
      ClusteringSuite.standardized(distinct), weights: distinct.weights)
    let counters = try #require(seen["mall-10k d=3 k=5"])
    for expected in [
      Field("rows", 10_000), Field("k", 5), Field("inertia", model.inertia),
      Field("tries", model.restartCount), Field("iterations", model.iterationCount),
      Field("distance_computations", model.distanceComputations),
      Field("distinct_points", distinct.points.sampleCount),
    ] { #expect(counters.contains(expected)) }
    #expect(seen["over-10k d=3 k=8"]?.contains(Field("tries", 10)) == true)
  }

  @Test("what is fitted has mean 0 and deviation 1 over all rows")
  func standardized() throws {
    func check(_ column: [Double], _ weights: [Double], _ tolerance: Double) {
      let total = weights.reduce(0, +)
      let mean = zip(column, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
      let squares = zip(column, weights).reduce(0) { $0 + $1.0 * $1.0 * $1.1 } / total
      #expect(mean.magnitude < tolerance)
      #expect((squares - 1).magnitude < tolerance)
    }
    let mixture = Mixture(count: 3000, features: 2, distance: .overlapping)
    for column in mixture.columns {
      check(ClusteringSuite.standardized(column), Array(repeating: 1, count: 3000), 1e-6)
    }
    let distinct = try DistinctPoints(
      columns: ClusteringSuite.mallColumns(3000, Surroundings(threads: [1])))
    let points = try ClusteringSuite.standardized(distinct)
    for feature in 0..<3 { check(points.column(feature), distinct.weights, 1e-9) }
  }

  @Test("over the peers' file a benchmark meets the peers' line about it")
  func peers() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "segment-bench-\(UInt64.random(in: 0 ... .max))").path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Invocation.DataFile.mallMatrix(rowCount: 10_000).write(into: folder)
    let surroundings = Surroundings(threads: [2], dataFolder: folder, rowLimit: 10_000)
    let benchmarks = Suite.clustering.benchmarks(surroundings)
    let mall = try #require(benchmarks.first { $0.name == "mall-10k d=3 k=5" })
    let measurement = try Measurement(mall, surroundings, runs: 1)
    let peer = """
      {"tool":"kmeans","data":"mall:10000:3","dtype":"f32","k":5,"impl":"sk-lloyd","mode":"pp10",\
      "threads":2,"seconds":1000.0,"inertia":1e9}
      {"tool":"kmeans","data":"mall:10000:3","dtype":"f32","k":5,"impl":"faiss","mode":"given",\
      "threads":2,"seconds":1000.0,"inertia":1e9}
      """
    let ratios = try Comparison(journals: [
      ("ours", Array(measurement.fields.json.utf8)), ("peers", Array(peer.utf8)),
    ]).ratios
    #expect(ratios.map(\.peer) == ["sk-lloyd"])
    let ratio = try #require(ratios.first)
    #expect(ratio.times > 1)
    #expect(try #require(ratio.inertia) > 1)
    // Generated data are not those of the peers.
    let over = try #require(benchmarks.first { $0.name == "over-10k d=3 k=8" })
    #expect(over.peer.isEmpty)
  }
}
