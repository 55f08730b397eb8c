/// What came of the runs of a benchmark.
struct Measurement: Sendable {
  let benchmark: Benchmark
  /// One value a run, ascending.
  let values: [Double]
  let outcome: Benchmark.Outcome

  /// At least so many runs, and short ones until they have taken this long together.
  static let shortRunsSeconds = 0.5
  private static let mostRuns = 500

  /// Prepares, warms up once and measures.
  ///
  /// - Parameter runs: how many at least.
  init(_ benchmark: Benchmark, _ surroundings: Surroundings, runs: Int) throws {
    let work = try benchmark.prepare(surroundings)
    let first = try work()
    var values: [Double] = []
    var last = first
    var total = 0.0
    while values.count < runs
      || (total < Measurement.shortRunsSeconds && values.count < Measurement.mostRuns)
    {
      let start = ContinuousClock.now
      last = try work()
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      guard last.counters == first.counters else {
        throw BenchFailure(
          "\(benchmark.suite.rawValue) \(benchmark.name): runs differ: \(first.counters.json) and \(last.counters.json)"
        )
      }
      total += seconds
      values.append(last.value ?? seconds)
    }
    self.benchmark = benchmark
    self.values = values.sorted()
    outcome = last
  }

  var median: Double {
    let middle = values.count / 2
    return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
  }

  /// The value that nine of ten runs stay below.
  var p90: Double { values[min(values.count - 1, values.count * 9 / 10)] }

  /// The journal line.
  var fields: [Field] {
    var fields = [
      Field("tool", "segment-bench"), Field("suite", benchmark.suite.rawValue),
      Field("case", benchmark.name), Field("threads", benchmark.threads),
      Field("metric", benchmark.metric), Field("runs", values.count), Field("median", median),
      Field("p90", p90), Field("min", values[0]),
    ]
    if !outcome.figures.isEmpty { fields.append(Field("figures", outcome.figures)) }
    if !outcome.counters.isEmpty { fields.append(Field("counters", outcome.counters)) }
    if !benchmark.peer.isEmpty { fields.append(Field("peer", benchmark.peer)) }
    return fields
  }
}
