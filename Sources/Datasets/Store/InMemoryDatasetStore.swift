import Synchronization

/// The store of a service without a folder for its data: everything in memory, within a budget of
/// bytes, and gone with the process.
public final class InMemoryDatasetStore<Run: StoredRun>: DatasetStore {
  /// The most memory that datasets and runs may hold, in bytes.
  public let budgetBytes: Int
  /// What is done when they do not take what is to be stored.
  public let eviction: EvictionPolicy

  // Held for the few instructions of a change or of taking a snapshot, never during a fit.
  private let state = Mutex(StoreSnapshot<Run>())
  // Follows the state's version, written while the state is held.
  private let published = Atomic<UInt64>(0)

  /// An empty store.
  public init(budgetBytes: Int, eviction: EvictionPolicy = .refuse) {
    self.budgetBytes = budgetBytes
    self.eviction = eviction
  }

  /// Everything there is, as of one moment.
  public var snapshot: StoreSnapshot<Run> {
    state.withLock { $0 }
  }

  /// The version of the latest snapshot.
  public var version: UInt64 { published.load(ordering: .acquiring) }

  /// Makes a change; its version is seen once it is whole.
  public func change<Value: Sendable>(
    _ change: StoreChange<Run>, expecting revision: UInt64?,
    _ value: (_ before: StoreSnapshot<Run>, _ after: StoreSnapshot<Run>) -> Value
  ) throws(StoreError) -> Value {
    let (budget, policy) = (budgetBytes, eviction)
    return try state.withLock { state throws(StoreError) in
      let before = state
      state = try before.applying(change, expecting: revision, budget: budget, policy: policy)
      published.store(state.version, ordering: .releasing)
      return value(before, state)
    }
  }

  /// Stores a dataset, and a run over it, in one step.
  public func publish(
    _ dataset: Dataset, run: Run?, activates: Bool, expecting revision: UInt64? = nil
  ) throws(StoreError) -> Publication<Run> {
    try change(.publish(dataset, run: run, activates: activates), expecting: revision) {
      Publication(of: dataset, run, from: $0, to: $1)
    }
  }
}
