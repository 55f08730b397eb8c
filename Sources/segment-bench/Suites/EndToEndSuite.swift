import Datasets
import Segmentation

/// `POST /segments` from bytes to the answer: in the service alone, and through the real server.
enum EndToEndSuite {
  private static let sizes = [200, 10_000, 100_000, 1_000_000, 10_000_000]

  static func benchmarks(_ surroundings: Surroundings) -> [Benchmark] {
    let threads = surroundings.threads.max() ?? 1
    let sizes = sizes.filter { $0 <= surroundings.rowLimit }
    var benchmarks = sizes.flatMap { rowCount in
      [
        service(.mall, rowCount, k: "5", threads),
        post(.mall, rowCount, k: "5", threads, surroundings),
      ]
    }
    if surroundings.rowLimit >= 1_000_000 {
      benchmarks.append(service(.messy, 1_000_000, k: "5", threads))
    }
    for rowCount in [200, 1_000_000] where rowCount <= surroundings.rowLimit {
      benchmarks.append(post(.mall, rowCount, k: "auto", threads, surroundings))
    }
    if surroundings.rowLimit >= 1_000_000 {
      benchmarks.append(post(.messy, 1_000_000, k: "5", threads, surroundings))
    }
    for (kind, rowCount) in [(Corpus.Kind.mall, 10_000_000), (.messy, 1_000_000)]
    where rowCount <= surroundings.rowLimit {
      benchmarks.append(memory(kind, rowCount, threads))
    }
    return benchmarks
  }

  // MARK: The service alone

  private static func service(_ kind: Corpus.Kind, _ rowCount: Int, k: String, _ threads: Int)
    -> Benchmark
  {
    Benchmark(
      suite: .endToEnd, name: "service \(kind.rawValue)-\(Corpus.short(rowCount)) k=\(k)",
      threads: threads
    ) { surroundings in
      let corpus = try Corpus(kind, rowCount: rowCount, surroundings)
      return {
        let service = SegmentationService(
          configuration: .init(threads: threads),
          store: InMemoryDatasetStore<Run>(budgetBytes: 4 << 30))
        var options = SegmentationOptions()
        if let count = Int(k) { options.clusterCount = .fixed(count) }
        let start = ContinuousClock.now
        let table = try CSVSuite.decode(corpus, threads: threads)
        let parse = (ContinuousClock.now - start) / .milliseconds(1)
        let outcome = try service.segment(table, options: options)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let phases =
          [Field("parse", parse)]
          + outcome.timings.map { Field($0.name, $0.duration / .milliseconds(1)) }
        let quality = outcome.run.quality
        let storedBytes = outcome.run.dataset.byteCount + outcome.run.byteCount
        return Benchmark.Outcome(
          value: seconds,
          figures: [
            Field("ms", phases),
            Field("stored_bytes_row", Double(storedBytes) / Double(table.rowCount)),
          ],
          counters: [
            Field("rows", table.rowCount), Field("k", outcome.run.clusters.count),
            Field("inertia", quality.inertia), Field("silhouette", quality.silhouette ?? .nan),
            Field("tries", quality.restartCount),
            Field("distance_computations", quality.distanceComputations),
          ])
      }
    }
  }

  // MARK: Through the server

  private static func post(
    _ kind: Corpus.Kind, _ rowCount: Int, k: String, _ threads: Int, _ surroundings: Surroundings
  ) -> Benchmark {
    var benchmark = Benchmark(
      suite: .endToEnd, name: "POST \(kind.rawValue)-\(Corpus.short(rowCount)) k=\(k)",
      threads: threads
    ) { surroundings in
      let corpus = try Corpus(kind, rowCount: rowCount, surroundings)
      let service = Stopping(try LocalService(threads: threads))
      return {
        let start = ContinuousClock.now
        let run = try service.local.segment(corpus, query: "k=\(k)")
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        // Else the next run would find this one in the store.
        try service.local.remove(datasetOf: run)
        guard case .object(let quality) = run["quality"] else {
          throw BenchFailure("the answer has no quality")
        }
        return Benchmark.Outcome(
          value: seconds,
          figures: [Field("mb_s", Double(corpus.byteCount) / 1e6 / seconds)],
          counters: [
            Field("bytes", corpus.byteCount), Field("k", run.double("k") ?? .nan),
            Field("inertia", quality.double("inertia") ?? .nan),
            Field("silhouette", quality.double("silhouette") ?? .nan),
          ])
      }
    }
    if let folder = surroundings.dataFolder,
      FilePieces.size(of: "\(folder)/\(Corpus.fileName(kind, rowCount: rowCount))") != nil
    {
      benchmark.peer = [
        Field("tool", "e2e"), Field("suite", "post"), Field("kind", kind.rawValue),
        Field("n", rowCount), Field("path", "/segments?k=\(k)"),
      ]
    }
    return benchmark
  }

  /// Stops the server when the benchmark is done.
  private final class Stopping {
    let local: LocalService

    init(_ local: LocalService) { self.local = local }

    deinit { local.stop() }
  }

  // MARK: Memory

  /// What a request costs at its peak, and what is left of it in memory, over a service that has
  /// done nothing yet.
  private static func memory(_ kind: Corpus.Kind, _ rowCount: Int, _ threads: Int) -> Benchmark {
    Benchmark(
      suite: .endToEnd, name: "memory \(kind.rawValue)-\(Corpus.short(rowCount)) k=5",
      threads: threads, metric: "peak_bytes_row"
    ) { surroundings in
      // Generated while it is sent: only what the service holds is in memory.
      let corpus = try Corpus(kind, rowCount: rowCount, surroundings, isKept: false)
      let service = Stopping(try LocalService(threads: threads))
      let idle = Meter.residentBytes()
      return {
        Meter.forgetPeak()
        let run = try service.local.segment(corpus, query: "k=5")
        let peak = Meter.peakResidentBytes() - idle
        let after = Meter.residentBytes() - idle
        try service.local.remove(datasetOf: run)
        return Benchmark.Outcome(
          value: Double(peak) / Double(rowCount),
          figures: [
            Field("idle_mib", Double(idle) / 1_048_576),
            Field("peak_mib", Double(peak) / 1_048_576),
            Field("after_mib", Double(after) / 1_048_576),
            Field("peak_of_content", Double(peak) / Double(corpus.byteCount)),
          ],
          counters: [Field("rows", rowCount), Field("content_bytes", corpus.byteCount)])
      }
    }
  }
}

extension JSONObject {
  /// A member that is a number.
  func double(_ name: String) -> Double? {
    if case .number(let number) = self[name] { number.value } else { nil }
  }
}
