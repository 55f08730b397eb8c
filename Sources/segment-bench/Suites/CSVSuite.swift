import Datasets

/// Reading of CSV into a table: all columns, types found, from bytes to what is stored.
enum CSVSuite {
  static func benchmarks(_ surroundings: Surroundings) -> [Benchmark] {
    let corpora: [(Corpus.Kind, Int)] = [
      (.mall, 10_000), (.mall, 1_000_000), (.mall, 10_000_000), (.messy, 1_000_000),
    ]
    return corpora.filter { $0.1 <= surroundings.rowLimit }.flatMap { kind, rowCount in
      surroundings.threads.map { threads in benchmark(kind, rowCount, threads, surroundings) }
    }
  }

  private static func benchmark(
    _ kind: Corpus.Kind, _ rowCount: Int, _ threads: Int, _ surroundings: Surroundings
  ) -> Benchmark {
    let name = "\(kind.rawValue)-\(Corpus.short(rowCount))"
    var benchmark = Benchmark(suite: .csv, name: name, threads: threads) { surroundings in
      let corpus = try Corpus(kind, rowCount: rowCount, surroundings)
      return { try read(corpus, threads: threads) }
    }
    if let folder = surroundings.dataFolder,
      FilePieces.size(of: "\(folder)/\(Corpus.fileName(kind, rowCount: rowCount))") != nil
    {
      benchmark.peer = [
        Field("tool", "csv"), Field("file", name), Field("what", "all"), Field("threads", threads),
      ]
    }
    return benchmark
  }

  /// Reads a whole corpus and says how quick it was.
  private static func read(_ corpus: Corpus, threads: Int) throws -> Benchmark.Outcome {
    let start = ContinuousClock.now
    let cpu = Meter.processSeconds()
    let table = try decode(corpus, threads: threads)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return Benchmark.Outcome(
      value: seconds,
      figures: [
        Field("mb_s", Double(corpus.byteCount) / 1e6 / seconds),
        Field("ns_row", seconds * 1e9 / Double(table.rowCount)),
        Field("cpu_s", Meter.processSeconds() - cpu),
      ],
      counters: [
        Field("bytes", corpus.byteCount), Field("rows", table.rowCount),
        Field("columns", table.columns.count), Field("set_aside", table.setAsideCount),
        Field("table_bytes", table.byteCount),
      ])
  }

  /// The table of a corpus.
  static func decode(_ corpus: Corpus, threads: Int) throws -> Table {
    var decoder = TableDecoder(DecodingOptions(format: .csv, threadCount: threads))
    try corpus.forEachPiece { try decoder.consume($0) }
    return try decoder.finish().table
  }
}
