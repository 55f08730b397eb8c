extension StoreSnapshot {
  /// What to take away so that a dataset and a run find room: nothing when they do already, nor when
  /// there is not enough to take.
  ///
  /// The oldest dataset goes first, with all its runs, but for one that a current run is over; then
  /// the oldest runs that are not current.
  func evictions(
    for dataset: Dataset, run: Run?, budget: Int, policy: EvictionPolicy
  ) -> [StoreChange<Run>] {
    let needed = bytesNeeded(for: dataset, run: run)
    guard policy == .oldestUnpinned, needed <= budget, byteCount + needed > budget else {
      return []
    }
    let current = series.values.compactMap { $0.activations.last }
    let pinnedRuns = Set(current + [run?.id].compactMap(\.self))
    let pinnedDatasets = Set(current.compactMap { runs[$0]?.datasetID } + [dataset.id])
    var after = self
    var changes: [StoreChange<Run>] = []
    for id in datasetIDs where !pinnedDatasets.contains(id) {
      guard after.byteCount + needed > budget else { return changes }
      guard let old = datasets[id] else { continue }
      for run in runs(over: id) { after.remove(run) }
      after.remove(old)
      changes.append(.removeDataset(id: id))
    }
    for id in runIDs where !pinnedRuns.contains(id) && after.runs[id] != nil {
      guard after.byteCount + needed > budget else { return changes }
      if let old = after.runs[id] { after.remove(old) }
      changes.append(.removeRun(id: id))
    }
    return after.byteCount + needed > budget ? [] : changes
  }

  /// Makes a change, and room for it first where the policy says so; none of it when it throws.
  ///
  /// - Parameter revision: the revision that the change's series has to be at; nil for any.
  func applying(
    _ change: StoreChange<Run>, expecting revision: UInt64? = nil, budget: Int,
    policy: EvictionPolicy
  ) throws(StoreError) -> StoreSnapshot {
    if let revision, let name = change.series, series[name]?.revision ?? 0 != revision {
      throw .seriesChanged(series: name)
    }
    var after = self
    if case .publish(let dataset, let run, _) = change {
      for eviction in evictions(for: dataset, run: run, budget: budget, policy: policy) {
        try after.apply(eviction, budget: budget)
      }
    }
    try after.apply(change, budget: budget)
    return after
  }
}
