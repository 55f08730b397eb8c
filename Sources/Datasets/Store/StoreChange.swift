/// One change of a store as a value: applied in order to an empty snapshot, the changes of a store
/// give its contents again.
public enum StoreChange<Run: StoredRun>: Sendable {
  /// Stores a dataset and, unless nil, a run over it; `activates` makes the run current.
  case publish(Dataset, run: Run?, activates: Bool)
  /// Makes a stored run the current one of its series.
  case activate(runID: String)
  /// Sets what a person chose for a segment; empty details take the choice back.
  case describe(segment: String, series: String, details: SegmentDetails)
  /// Takes a run away.
  case removeRun(id: String)
  /// Takes a dataset away with all runs over it.
  case removeDataset(id: String)

  /// The series that the change is about, where it names one.
  var series: String? {
    switch self {
    case .publish(_, let run, _): run?.series
    case .describe(_, let series, _): series
    case .activate, .removeRun, .removeDataset: nil
    }
  }
}

extension StoreSnapshot {
  /// Makes a change; none of it when it throws.
  ///
  /// - Parameter budget: the most memory that everything may hold, in bytes.
  mutating func apply(_ change: StoreChange<Run>, budget: Int) throws(StoreError) {
    switch change {
    case .publish(let dataset, let run, let activates):
      try checkRoom(for: bytesNeeded(for: dataset, run: run), budget: budget)
      add(dataset)
      guard let run else { return }
      add(run)
      if activates { activate(runs[run.id] ?? run) }
    case .activate(let id):
      guard let run = runs[id] else { throw .unknownRun(id: id) }
      activate(run)
    case .describe(let segment, let series, let details):
      guard hasSegment(segment, series: series) else {
        throw .unknownSegment(id: segment, series: series)
      }
      try checkRoom(
        for: details.byteCount - (self.series[series]?.details[segment]?.byteCount ?? 0),
        budget: budget)
      describe(segment, series: series, details)
    case .removeRun(let id):
      guard let run = runs[id] else { throw .unknownRun(id: id) }
      remove(run)
    case .removeDataset(let id):
      guard let dataset = datasets[id] else { throw .unknownDataset(id: id) }
      for run in runs(over: id) { remove(run) }
      remove(dataset)
    }
  }

  private func checkRoom(for needed: Int, budget: Int) throws(StoreError) {
    guard needed <= max(0, budget - byteCount) else {
      throw .full(neededBytes: needed, freeBytes: budget - byteCount, budgetBytes: budget)
    }
  }

  private func hasSegment(_ id: String, series name: String) -> Bool {
    series[name]?.runIDs.contains { runs[$0]?.segmentIDs.contains(id) == true } == true
  }
}
