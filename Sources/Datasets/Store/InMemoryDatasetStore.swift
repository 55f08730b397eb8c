import Synchronization

/// The store the service starts with: everything in memory, within a budget of bytes.
public final class InMemoryDatasetStore<Run: StoredRun>: DatasetStore {
  /// The most memory that datasets and runs may hold, in bytes.
  public let budgetBytes: Int

  // Held for the few instructions of a change or of taking a snapshot, never during a fit.
  private let state = Mutex(StoreSnapshot<Run>())
  // Follows the state's version, written while the state is held.
  private let published = Atomic<UInt64>(0)

  /// An empty store.
  public init(budgetBytes: Int) {
    self.budgetBytes = budgetBytes
  }

  /// Everything there is, as of one moment.
  public var snapshot: StoreSnapshot<Run> {
    state.withLock { $0 }
  }

  /// The version of the latest snapshot.
  public var version: UInt64 { published.load(ordering: .acquiring) }

  /// Makes a change; its version is seen once it is whole.
  private func change<Value, Failure: Error>(
    _ body: (inout StoreSnapshot<Run>) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    try state.withLock { state throws(Failure) in
      defer { published.store(state.version, ordering: .releasing) }
      return try body(&state)
    }
  }

  /// Stores a dataset, and a run over it, in one step.
  public func publish(_ dataset: Dataset, run: Run?, activates: Bool) throws(StoreError)
    -> Publication<Run>
  {
    let budget = budgetBytes
    return try change { state throws(StoreError) in
      let needed = state.bytesNeeded(for: dataset, run: run)
      guard needed <= budget - state.byteCount else {
        throw .full(
          neededBytes: needed, freeBytes: budget - state.byteCount, budgetBytes: budget)
      }
      let isNewDataset = state.datasets[dataset.id] == nil
      state.add(dataset)
      var isNewRun = false
      if let run {
        isNewRun = state.runs[run.id] == nil
        state.add(run)
        if activates { state.activate(state.runs[run.id] ?? run) }
      }
      return Publication(
        dataset: state.datasets[dataset.id] ?? dataset, isNewDataset: isNewDataset,
        run: run.map { state.runs[$0.id] ?? $0 }, isNewRun: isNewRun)
    }
  }

  /// Makes a stored run the current one of its series.
  public func activate(runID: String) throws(StoreError) -> Run {
    try change { state throws(StoreError) in
      guard let run = state.runs[runID] else { throw .unknownRun(id: runID) }
      state.activate(run)
      return run
    }
  }

  /// Takes a run away; the one activated before it becomes current.
  public func removeRun(id: String) throws(StoreError) -> Run {
    try change { state throws(StoreError) in
      guard let run = state.runs[id] else { throw .unknownRun(id: id) }
      state.remove(run)
      return run
    }
  }

  /// Takes a dataset away with all runs over it.
  public func removeDataset(id: String) throws(StoreError) -> [Run] {
    try change { state throws(StoreError) in
      guard let dataset = state.datasets[id] else { throw .unknownDataset(id: id) }
      let runs = state.runIDs.compactMap { state.runs[$0] }.filter { $0.datasetID == id }
      for run in runs { state.remove(run) }
      state.remove(dataset)
      return runs
    }
  }
}
