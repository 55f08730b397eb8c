/// One thing to measure.
struct Benchmark: Sendable {
  /// What one run found out.
  struct Outcome: Sendable {
    /// What was measured, when the run knows better than the clock around it.
    var value: Double?
    /// Figures that depend on the machine, of the last run: MB/s, memory.
    var figures: [Field] = []
    /// Figures that do not: rows, inertia, distance computations.
    ///
    /// Runs that differ in them fail.
    var counters: [Field] = []
  }

  /// Runs once, after everything that is not measured was made ready.
  typealias Work = () throws -> Outcome

  var suite: Suite
  /// Unique within its suite and number of threads.
  var name: String
  var threads = 1
  /// What the value is, in the word that the peers' journals have for it: `seconds`, or
  /// `cpu_us_req`.
  var metric = "seconds"
  /// What a peer's journal line says when it measured the same work; empty when there is none.
  var peer: [Field] = []
  /// Makes everything ready.
  var prepare: @Sendable (Surroundings) throws -> Work
}

/// A part of the service that can be measured alone.
enum Suite: String, CaseIterable, Sendable {
  case clustering
  case csv
  case wire
  case http
  case endToEnd = "end-to-end"

  /// What it measures.
  func benchmarks(_ surroundings: Surroundings) -> [Benchmark] {
    switch self {
    case .clustering: ClusteringSuite.benchmarks(surroundings)
    case .csv: CSVSuite.benchmarks(surroundings)
    case .wire: WireSuite.benchmarks()
    case .http: HTTPSuite.benchmarks(surroundings)
    case .endToEnd: EndToEndSuite.benchmarks(surroundings)
    }
  }
}

/// What benchmarks are run with.
struct Surroundings: Sendable {
  /// Numbers of threads, each of which is measured.
  var threads: [Int]
  /// Where files of the peers are looked for; without it data are generated.
  var dataFolder: String?
  /// Benchmarks over more rows than this are left out.
  var rowLimit = 10_000_000
}

/// What went wrong, in words.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
