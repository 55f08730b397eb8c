/// Everything in a store as of one moment.
public struct StoreSnapshot<Run: StoredRun>: Sendable {
  /// Grows with each change.
  public private(set) var version: UInt64 = 0
  /// Datasets by id.
  public private(set) var datasets: [String: Dataset] = [:]
  /// The ids of the datasets in the order they were stored.
  public private(set) var datasetIDs: [String] = []
  /// Runs by id.
  public private(set) var runs: [String: Run] = [:]
  /// The ids of the runs in the order they were stored.
  public private(set) var runIDs: [String] = []
  /// For each series the ids of its runs in the order of activation, the current one last.
  public private(set) var activations: [String: [String]] = [:]
  /// The memory that datasets and runs hold, in bytes.
  public private(set) var byteCount = 0

  /// The current run of a series, nil when none was activated.
  public func current(series: String) -> Run? {
    guard let id = activations[series]?.last else { return nil }
    return runs[id]
  }

  /// Whether a run is the current one of its series.
  public func isCurrent(_ run: Run) -> Bool {
    activations[run.series]?.last == run.id
  }

  /// What publishing would add, in bytes.
  func bytesNeeded(for dataset: Dataset, run: Run?) -> Int {
    var bytes = datasets[dataset.id] == nil ? dataset.byteCount : 0
    if let run, runs[run.id] == nil { bytes += run.byteCount }
    return bytes
  }

  mutating func add(_ dataset: Dataset) {
    guard datasets[dataset.id] == nil else { return }
    datasets[dataset.id] = dataset
    datasetIDs.append(dataset.id)
    byteCount += dataset.byteCount
    version += 1
  }

  mutating func add(_ run: Run) {
    guard runs[run.id] == nil else { return }
    runs[run.id] = run
    runIDs.append(run.id)
    byteCount += run.byteCount
    version += 1
  }

  mutating func activate(_ run: Run) {
    guard !isCurrent(run) else { return }
    activations[run.series, default: []].removeAll { $0 == run.id }
    activations[run.series, default: []].append(run.id)
    version += 1
  }

  mutating func remove(_ run: Run) {
    runs[run.id] = nil
    runIDs.removeAll { $0 == run.id }
    activations[run.series]?.removeAll { $0 == run.id }
    if activations[run.series]?.isEmpty == true { activations[run.series] = nil }
    byteCount -= run.byteCount
    version += 1
  }

  mutating func remove(_ dataset: Dataset) {
    datasets[dataset.id] = nil
    datasetIDs.removeAll { $0 == dataset.id }
    byteCount -= dataset.byteCount
    version += 1
  }
}
