import Datasets
import FoundationEssentials
import Testing

@testable import segment_bench

@Suite("data to measure with", .timeLimit(.minutes(1)))
struct DataTests {
  private let surroundings = Surroundings(threads: [1])

  private func bytes(_ kind: Corpus.Kind, _ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try Corpus.generate(kind, rowCount: count) { piece in
      for index in piece.indices { bytes.append(piece[index]) }
    }
    return bytes
  }

  @Test("the same count gives the same bytes", arguments: Corpus.Kind.allCases)
  func repeats(kind: Corpus.Kind) throws {
    #expect(try bytes(kind, 500) == bytes(kind, 500))
    #expect(try bytes(kind, 500) != bytes(kind, 501))
  }

  @Test("mall customers are whole numbers within their ranges")
  func mall() throws {
    let table = try CSVSuite.decode(
      Corpus(.mall, rowCount: 20_000, surroundings), threads: 1)
    #expect(table.rowCount == 20_000)
    #expect(table.setAsideCount == 0)
    let ranges = [18.0...70, 15...137, 1...100]
    for (column, range) in zip(table.columns[2...], ranges) {
      let facts = try #require(column.statistics())
      #expect(column.isInteger)
      #expect(facts.count == 20_000)
      #expect(range.contains(facts.minimum) && range.contains(facts.maximum))
    }
    // The ids count the rows.
    #expect(table.columns[0].number(at: 19_999) == 20_000)
  }

  @Test("messy customers have gaps, bad cells and quoted names, and no ragged records")
  func messy() throws {
    let table = try CSVSuite.decode(
      Corpus(.messy, rowCount: 20_000, surroundings), threads: 1)
    #expect(table.rowCount == 20_000)
    #expect(table.setAsideCount == 0)
    #expect(table.columns.count == 12)
    for column in table.columns[4...10] {
      #expect(column.isNumeric)
      // 2 % and 0.1 % of 20,000, within five deviations.
      #expect((300...500).contains(column.missingCount))
      #expect((2...45).contains(column.textCount))
    }
    let names = table.columns[1].categories().names
    #expect(names.contains("García, Chloé"))
    #expect(names.contains("Ana \"van\" van der Berg"))
  }

  @Test("matrices are written as NumPy reads them, and read back")
  func matrices() throws {
    let mixture = Mixture(count: 300, features: 3, distance: .apart)
    let path = FileManager.default.temporaryDirectory
      .appending(path: "segment-bench-\(UInt64.random(in: 0 ... .max)).npy").path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let bytes = NumPyFile.bytes(columns: mixture.columns, type: .float32)
    #expect(bytes.count == 128 + 300 * 3 * 4)
    #expect(bytes.prefix(8).elementsEqual([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]))
    #expect(bytes[127] == 0x0A)
    try FilePieces.write(path) { body in try body(bytes.span) }
    #expect(try NumPyFile.columns(path) == mixture.columns)
    try FilePieces.write(path) { body in try body(bytes.span.extracting(0..<bytes.count - 1)) }
    #expect(throws: BenchFailure.self) { try NumPyFile.columns(path) }
  }

  @Test("groups that lie apart do", arguments: [2, 3, 8])
  func apart(features: Int) {
    let mixture = Mixture(count: 2000, features: features, distance: .apart)
    #expect(mixture.columns.count == features)
    #expect(mixture.columns.allSatisfy { $0.count == 2000 })
    // A spread far beyond the unit variance of one group.
    for column in mixture.columns {
      let mean = column.reduce(0, +) / 2000
      #expect(column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2000 > 4)
    }
  }
}

@Suite("what the benchmark program is asked", .timeLimit(.minutes(1)))
struct BenchInvocationTests {
  @Test("suites, options and commands are read")
  func reads() throws {
    #expect(
      try Invocation(["csv", "wire", "--runs", "7", "--threads", "1", "--only", "10M"])
        == .measure(
          [.csv, .wire], .init(runs: 7, threads: [1], filter: "10M")))
    #expect(try Invocation(["compare", "a", "b"]) == .compare(["a", "b"]))
    #expect(
      try Invocation(["write", "over:1000:3", "/tmp"])
        == .write(.mixture(.overlapping, rowCount: 1000, features: 3), folder: "/tmp"))
    #expect(
      try Invocation(["read", "f.csv", "all", "2"]) == .read(path: "f.csv", what: "all", threads: 2)
    )
    guard case .measure(let suites, _) = try Invocation([]) else {
      Issue.record("no suite means all")
      return
    }
    #expect(suites == Suite.allCases)
  }

  @Test(
    "what makes no sense is refused",
    arguments: [
      ["cvs"], ["--runs"], ["--runs", "0"], ["--speed", "1"], ["compare"],
      ["write", "mall", "/tmp"],
      ["write", "sep:10", "/tmp"], ["read", "f.csv", "some", "1"], ["csv", "--threads", "x"],
    ])
  func refuses(arguments: [String]) {
    #expect(throws: BenchFailure.self) { try Invocation(arguments) }
  }

  @Test("names of benchmarks are unique in their suite", arguments: Suite.allCases)
  func names(suite: Suite) {
    let benchmarks = suite.benchmarks(Surroundings(threads: [2, 1]))
    let names = benchmarks.map { "\($0.name) ×\($0.threads)" }
    #expect(Set(names).count == names.count)
    #expect(benchmarks.allSatisfy { $0.suite == suite })
  }

  @Test("a line of the journal is JSON that reads back")
  func journal() throws {
    let line = [
      Field("case", "a \"b\"\n"), Field("median", 0.25), Field("none", Double.nan),
      Field("counters", [Field("rows", 3)]),
    ].json
    #expect(line == #"{"case":"a \"b\"\n","median":0.25,"none":null,"counters":{"rows":3}}"#)
    #expect(try JSONValue.parse(Array(line.utf8).span) != .null)
  }

  @Test("the runs of a benchmark must agree in their counters")
  func counters() {
    let benchmark = Benchmark(suite: .wire, name: "unsteady") { _ in
      var run = 0
      return {
        run += 1
        return Benchmark.Outcome(counters: [Field("run", run)])
      }
    }
    #expect(throws: BenchFailure.self) {
      try Measurement(benchmark, Surroundings(threads: [1]), runs: 2)
    }
  }

  @Test("median and 90 % are those of the runs")
  func statistics() throws {
    let benchmark = Benchmark(suite: .wire, name: "steady") { _ in
      var run = 0.0
      return {
        run += 1
        // The first run warms up and does not count.
        return Benchmark.Outcome(value: run - 1)
      }
    }
    let measurement = try Measurement(benchmark, Surroundings(threads: [1]), runs: 5)
    #expect(measurement.values.count >= 5)
    #expect(measurement.values[0] == 1)
    #expect(
      measurement.median == Double(measurement.values.count + 1) / 2)
  }
}
