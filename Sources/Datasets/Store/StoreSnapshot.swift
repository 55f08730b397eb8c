/// Everything in a store as of one moment.
public struct StoreSnapshot<Run: StoredRun>: Sendable {
  /// Grows with each change.
  public private(set) var version: UInt64 = 0
  /// Datasets by id.
  public private(set) var datasets: [String: StoredDataset] = [:]
  /// The ids of the datasets in the order they were stored.
  public private(set) var datasetIDs: [String] = []
  /// Runs by id.
  public private(set) var runs: [String: Run] = [:]
  /// The ids of the runs in the order they were stored.
  public private(set) var runIDs: [String] = []
  /// The lines of runs by name; each has at least one run.
  public private(set) var series: [String: SeriesState] = [:]
  /// The memory that datasets, runs and what people chose hold, in bytes.
  public private(set) var byteCount = 0

  /// An empty snapshot.
  public init() {}

  /// Everything that was in a store before, as it was: its lists, and the objects they name.
  ///
  /// What is not there any more is left out of the lists.
  init(
    restoring lists: StoreLists, datasets: [String: StoredDataset], runs: [String: Run]
  ) {
    version = lists.version
    datasetIDs = lists.datasetIDs.filter { datasets[$0] != nil }
    runIDs = lists.runIDs.filter { runs[$0] != nil }
    for id in datasetIDs { self.datasets[id] = datasets[id] }
    for (name, state) in lists.series {
      var state = state
      state.runIDs.removeAll { runs[$0] == nil }
      state.activations.removeAll { runs[$0] == nil }
      let shown = Set(state.runIDs.flatMap { runs[$0]?.segmentIDs ?? [] })
      state.details = state.details.filter { shown.contains($0.key) }
      if !state.runIDs.isEmpty { series[name] = state }
    }
    for id in runIDs {
      self.runs[id] = runs[id].map { $0.described(by: series[$0.series]?.details ?? [:]) }
    }
    byteCount =
      self.datasets.values.reduce(0) { $0 + $1.byteCount }
      + self.runs.values.reduce(0) { $0 + $1.byteCount }
      + series.values.reduce(0) { $0 + $1.byteCount }
  }

  /// The current run of a series, nil when none was activated.
  public func current(series: String) -> Run? {
    guard let id = self.series[series]?.activations.last else { return nil }
    return runs[id]
  }

  /// Whether a run is the current one of its series.
  public func isCurrent(_ run: Run) -> Bool {
    series[run.series]?.activations.last == run.id
  }

  /// The runs over a dataset, in the order they were stored.
  func runs(over datasetID: String) -> [Run] {
    runIDs.compactMap { runs[$0] }.filter { $0.datasetID == datasetID }
  }

  /// What publishing would add, in bytes.
  func bytesNeeded(for dataset: Dataset, run: Run?) -> Int {
    var bytes = datasets[dataset.id] == nil ? dataset.byteCount : 0
    if let run, runs[run.id] == nil { bytes += run.byteCount }
    return bytes
  }

  mutating func add(_ dataset: Dataset) {
    guard datasets[dataset.id] == nil else { return }
    datasets[dataset.id] = StoredDataset(dataset)
    datasetIDs.append(dataset.id)
    byteCount += dataset.byteCount
    version += 1
  }

  mutating func add(_ run: Run) {
    guard runs[run.id] == nil else { return }
    // Rows are in memory once, whoever else decoded them at the same time.
    let shared = datasets[run.datasetID]?.content.loaded.map { run.over($0) } ?? run
    runs[run.id] = shared.described(by: series[run.series]?.details ?? [:])
    runIDs.append(run.id)
    byteCount += run.byteCount
    changeSeries(run.series) { $0.runIDs.append(run.id) }
  }

  mutating func activate(_ run: Run) {
    guard !isCurrent(run) else { return }
    changeSeries(run.series) { state in
      state.activations.removeAll { $0 == run.id }
      state.activations.append(run.id)
    }
  }

  /// Keeps what a person chose, and shows it in every run of the series.
  mutating func describe(_ segment: String, series name: String, _ details: SegmentDetails) {
    guard series[name]?.details[segment] ?? SegmentDetails() != details else { return }
    changeSeries(name) { $0.details[segment] = details.isEmpty ? nil : details }
    for id in series[name]?.runIDs ?? [] {
      guard let run = runs[id], run.segmentIDs.contains(segment) else { continue }
      runs[id] = run.described(by: series[name]?.details ?? [:])
    }
  }

  mutating func remove(_ run: Run) {
    runs[run.id] = nil
    runIDs.removeAll { $0 == run.id }
    byteCount -= run.byteCount
    changeSeries(run.series) { state in
      state.runIDs.removeAll { $0 == run.id }
      state.activations.removeAll { $0 == run.id }
    }
    // What was chosen goes with the last run that shows it.
    let left = Set((series[run.series]?.runIDs ?? []).flatMap { runs[$0]?.segmentIDs ?? [] })
    changeSeries(run.series) { state in
      state.details = state.details.filter { left.contains($0.key) }
    }
    if series[run.series]?.runIDs.isEmpty == true { series[run.series] = nil }
  }

  mutating func remove(_ dataset: StoredDataset) {
    datasets[dataset.id] = nil
    datasetIDs.removeAll { $0 == dataset.id }
    byteCount -= dataset.byteCount
    version += 1
  }

  /// Changes one series, which gives it a new revision.
  private mutating func changeSeries(_ name: String, _ body: (inout SeriesState) -> Void) {
    version += 1
    var state = series[name] ?? SeriesState()
    byteCount -= state.byteCount
    body(&state)
    state.revision = version
    byteCount += state.byteCount
    series[name] = state
  }
}
