import HTTPServer
import Segmentation
import Synchronization

/// What the process and its server are busy with, as whoever owns them tells.
public struct ProcessGauges: Sendable {
  /// Requests that are being worked on, off the event loops.
  public var runningWork = 0
  /// Requests that wait for a thread.
  public var waitingWork = 0
  /// The most that may wait.
  public var waitingLimit = 0
  /// Memory that the process holds, in bytes.
  public var residentBytes = 0
  /// Processor time that the process has used, in seconds.
  public var processorSeconds = 0.0

  /// Nothing known.
  public init() {}
}

/// Everything that `/metrics` tells: requests, work, store, process, and the segments themselves.
public final class ServiceMetrics: Sendable {
  /// What the server did.
  public let requests: RequestMetrics
  private let gauges: @Sendable () -> ProcessGauges
  // By phase: few, since the names are those of the service's own phases.
  private let phases = Mutex<[String: (count: Int, seconds: Double)]>([:])

  init(requests: RequestMetrics, gauges: @escaping @Sendable () -> ProcessGauges) {
    self.requests = requests
    self.gauges = gauges
  }

  /// Adds the time that a phase of a fit took.
  func note(phase: String, _ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    phases.withLock { phases in
      let known = phases[phase] ?? (0, 0)
      phases[phase] = (
        known.count + 1, known.seconds + Double(seconds) + Double(attoseconds) / 1e18
      )
    }
  }

  /// The text for Prometheus.
  ///
  /// - Parameter disclosure: which segments are not told of.
  func text(service: SegmentationService, isOpenMetrics: Bool, disclosure: Disclosure)
    -> MetricsText
  {
    var text = MetricsText(isOpenMetrics: isOpenMetrics)
    requests.write(to: &text)
    writeWork(to: &text)
    writeStore(service, disclosure, to: &text)
    text.finish()
    return text
  }

  private func writeWork(to text: inout MetricsText) {
    let phases = phases.withLock { $0 }.sorted { $0.key < $1.key }
    text.family("segmentation_phase_runs", .counter, "How often each phase of a fit ran.")
    for (name, phase) in phases { text.sample(Double(phase.count), [("phase", name)]) }
    text.family(
      "segmentation_phase_seconds", .counter, "Time spent in each phase of fits.", unit: "seconds")
    for (name, phase) in phases { text.sample(phase.seconds, [("phase", name)]) }
    let gauges = gauges()
    text.single(
      "segmentd_work_running", .gauge, "Requests that are being worked on.",
      Double(gauges.runningWork))
    text.single(
      "segmentd_work_queued", .gauge, "Requests that wait for a thread.",
      Double(gauges.waitingWork))
    text.single(
      "segmentd_work_queue_limit", .gauge, "Requests that may wait for a thread.",
      Double(gauges.waitingLimit))
    text.single(
      "process_cpu_seconds", .counter, "Processor time used.", gauges.processorSeconds,
      unit: "seconds")
    text.single(
      "process_resident_memory_bytes", .gauge, "Memory held.", Double(gauges.residentBytes),
      unit: "bytes")
  }

  private func writeStore(
    _ service: SegmentationService, _ disclosure: Disclosure, to text: inout MetricsText
  ) {
    let snapshot = service.snapshot
    text.single(
      "segmentd_store_bytes", .gauge, "Memory that datasets and runs hold.",
      Double(snapshot.byteCount), unit: "bytes")
    text.single(
      "segmentd_store_datasets", .gauge, "Datasets that are stored.",
      Double(snapshot.datasets.count))
    text.single("segmentd_store_runs", .gauge, "Runs that are stored.", Double(snapshot.runs.count))
    // A series is a label: only so many are told, the first by name.
    let current = snapshot.series.keys.sorted().prefix(Self.seriesLimit).compactMap { name in
      snapshot.current(series: name).map { (name, $0) }
    }
    text.family("segment_customers", .gauge, "Customers of each segment of the current runs.")
    for (name, run) in current {
      let withheld = disclosure.withheld(in: run)
      for (segment, cluster) in zip(run.segments, run.clusters)
      where !withheld.contains(cluster.index) {
        text.sample(cluster.size, [("series", name), ("segment", segment.id)])
      }
    }
    text.family(
      "segmentation_silhouette_ratio", .gauge, "The silhouette of the current runs.", unit: "ratio")
    for (name, run) in current {
      if let silhouette = run.quality.silhouette { text.sample(silhouette, [("series", name)]) }
    }
    text.family(
      "segmentation_moved_ratio", .gauge,
      "The share of common customers in another segment than in the run before.", unit: "ratio")
    let compared = current.compactMap { name, run in comparison(service, name, run) }
    for (name, comparison) in compared {
      if let moved = comparison.movedShare { text.sample(moved, [("series", name)]) }
    }
    text.family(
      "segmentation_drift_ratio", .gauge,
      "The population stability index of each feature against the run before.", unit: "ratio")
    for (name, comparison) in compared {
      for drift in comparison.drift {
        if let index = drift.index {
          text.sample(index, [("series", name), ("feature", drift.key)])
        }
      }
    }
  }

  /// The most series that are told of.
  static let seriesLimit = 50

  private struct Kept: Sendable {
    var runID: String
    var earlierID: String
    var comparison: RunComparison
  }
  // One a series; a comparison looks at every customer, and scrapes come often.
  private let comparisons = Mutex<[String: Kept]>([:])

  private func comparison(
    _ service: SegmentationService, _ series: String, _ run: Run
  ) -> (String, RunComparison)? {
    let pair: (from: Run, to: Run)
    do {
      pair = try service.runs(from: nil, to: run.id, series: series)
    } catch {
      // The first run of a series has none before it.
      return nil
    }
    guard !pair.from.isRestored, !pair.to.isRestored else { return nil }
    if let known = comparisons.withLock({ $0[series] }), known.runID == run.id,
      known.earlierID == pair.from.id
    {
      return (series, known.comparison)
    }
    let made = RunComparison(
      from: pair.from, to: pair.to, threads: service.configuration.threads)
    comparisons.withLock { kept in
      if kept.count >= Self.seriesLimit { kept = [:] }
      kept[series] = Kept(runID: run.id, earlierID: pair.from.id, comparison: made)
    }
    return (series, made)
  }
}
