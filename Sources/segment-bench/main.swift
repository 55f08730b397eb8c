import Datasets

/// Runs benchmarks one after the other; a line of JSON for each, and one for people beside it.
func measure(_ suites: [Suite], _ measuring: Invocation.Measuring) throws {
  for benchmark in benchmarks(suites, measuring) {
    let measurement = try Measurement(benchmark, measuring.surroundings, runs: measuring.runs)
    Terminal.printLine(measurement.fields.json)
    let figures = measurement.outcome.figures.isEmpty ? "" : " \(measurement.outcome.figures.json)"
    Terminal.printError(
      "\(benchmark.suite.rawValue) \(benchmark.name) ×\(benchmark.threads): "
        + "\(Comparison.short(measurement.median)) \(benchmark.metric), "
        + "90 % below \(Comparison.short(measurement.p90))\(figures)")
  }
}

func benchmarks(_ suites: [Suite], _ measuring: Invocation.Measuring) -> [Benchmark] {
  let all = suites.flatMap { $0.benchmarks(measuring.surroundings) }
  guard let filter = measuring.filter else { return all }
  return all.filter { $0.name.contains(filter) }
}

extension Invocation.Measuring {
  var surroundings: Surroundings {
    Surroundings(threads: threads, dataFolder: dataFolder, rowLimit: rowLimit)
  }
}

func readOnce(_ path: String, what: String, threads: Int) throws {
  let start = ContinuousClock.now
  var decoder = TableDecoder(DecodingOptions(format: .csv, threadCount: threads))
  try FilePieces.forEach(of: path) { try decoder.consume($0) }
  let table = try decoder.finish().table
  if what == "features" {
    // What a fit is fed: every number as a Double.
    for column in table.columns where column.isNumeric { _ = column.numbers() }
  }
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  Terminal.printLine([Field("seconds", seconds), Field("rows", table.rowCount)].json)
}

func contents(of path: String) throws -> (name: String, bytes: [UInt8]) {
  var bytes: [UInt8] = []
  try FilePieces.forEach(of: path) { piece in
    for index in piece.indices { bytes.append(piece[index]) }
  }
  return (path, bytes)
}

do {
  switch try Invocation(Array(CommandLine.arguments.dropFirst())) {
  case .measure(let suites, let measuring): try measure(suites, measuring)
  case .list(let suites, let measuring):
    for benchmark in benchmarks(suites, measuring) {
      Terminal.printLine("\(benchmark.suite.rawValue)  \(benchmark.name)  ×\(benchmark.threads)")
    }
  case .compare(let paths):
    Terminal.printLine(try Comparison(journals: paths.map(contents)).table)
  case .write(let file, let folder): try file.write(into: folder)
  case .read(let path, let what, let threads): try readOnce(path, what: what, threads: threads)
  case .help: Terminal.printLine(Invocation.usage)
  }
} catch let failure as BenchFailure {
  Terminal.printError("segment-bench: \(failure)")
  Terminal.end(2)
} catch {
  Terminal.printError("segment-bench: \(error)")
  Terminal.end(1)
}
