/// What a store needs to know of a run; what else a run holds is the business of those above.
public protocol StoredRun: Sendable {
  /// Unique among runs: a fingerprint of dataset, options and engine version.
  var id: String { get }
  /// The dataset it was fitted on.
  var datasetID: String { get }
  /// The line of runs it belongs to.
  var series: String { get }
  /// The memory it holds beside its dataset, in bytes.
  var byteCount: Int { get }
  /// The ids of its segments, unique in its series.
  var segmentIDs: [String] { get }
  /// The same run over the rows of this dataset, which are the same as its own.
  func over(_ dataset: Dataset) -> Self
  /// The same run, its segments shown as a person described them.
  ///
  /// - Parameter details: what was chosen, by segment id; a segment that is not in it is shown as
  ///   the data have it.
  func described(by details: [String: SegmentDetails]) -> Self
}

/// A place where datasets and their runs are kept.
///
/// Datasets and runs are immutable values; each change is published at once, so a reader sees all
/// of it or nothing and never waits for a fit.
public protocol DatasetStore<Run>: Sendable {
  associatedtype Run: StoredRun

  /// Everything there is, as of one moment.
  var snapshot: StoreSnapshot<Run> { get }

  /// Files that were found damaged and set aside; empty for a store without files.
  var setAside: [SetAsideFile] { get }

  /// The version of the latest snapshot, for those who only ask whether anything has changed.
  var version: UInt64 { get }

  /// Stores a dataset, and a run over it, in one step.
  ///
  /// What is there already under the same id is kept.
  /// - Parameters:
  ///   - dataset: the dataset; unchanged if its id is known.
  ///   - run: a run over this dataset, or nil for the dataset alone.
  ///   - activates: whether the run becomes the current one of its series.
  ///   - revision: the revision of the run's series that its segments were named for; nil for any.
  /// - Returns: the dataset and the run that are stored now under these ids.
  /// - Throws: ``StoreError/full(neededBytes:freeBytes:budgetBytes:)``, or
  ///   ``StoreError/seriesChanged(series:)`` at another revision; nothing is changed then.
  @discardableResult
  func publish(_ dataset: Dataset, run: Run?, activates: Bool, expecting revision: UInt64?)
    throws(StoreError) -> Publication<Run>

  /// Makes a change of what is stored.
  ///
  /// - Parameters:
  ///   - revision: the revision that the series of the change has to be at; nil for any.
  ///   - value: reads what is asked for from everything there was before the change, and after it.
  func change<Value: Sendable>(
    _ change: StoreChange<Run>, expecting revision: UInt64?,
    _ value: (_ before: StoreSnapshot<Run>, _ after: StoreSnapshot<Run>) -> Value
  ) throws(StoreError) -> Value
}

extension DatasetStore {
  /// A store without files has none to set aside.
  public var setAside: [SetAsideFile] { [] }

  /// Keeps what a person chose for a segment of a series; empty details take the choice back.
  ///
  /// - Parameter revision: the revision of the series that the choice was made for; nil for any.
  /// - Throws: ``StoreError/unknownSegment(id:series:)``, ``StoreError/seriesChanged(series:)`` at
  ///   another revision, ``StoreError/full(neededBytes:freeBytes:budgetBytes:)``.
  public func describe(
    segment id: String, series: String, _ details: SegmentDetails,
    expecting revision: UInt64? = nil
  ) throws(StoreError) {
    try change(
      .describe(segment: id, series: series, details: details), expecting: revision
    ) { _, _ in }
  }

  /// Makes a stored run the current one of its series.
  public func activate(runID: String) throws(StoreError) -> Run {
    let run = try change(.activate(runID: runID), expecting: nil) { _, after in after.runs[runID] }
    guard let run else { throw .unknownRun(id: runID) }
    return run
  }

  /// Takes a run away; the one activated before it becomes current.
  public func removeRun(id: String) throws(StoreError) -> Run {
    let run = try change(.removeRun(id: id), expecting: nil) { before, _ in before.runs[id] }
    guard let run else { throw .unknownRun(id: id) }
    return run
  }

  /// Takes a dataset away with all runs over it.
  /// - Returns: the runs that went with it.
  public func removeDataset(id: String) throws(StoreError) -> [Run] {
    try change(.removeDataset(id: id), expecting: nil) { before, _ in before.runs(over: id) }
  }
}

/// A file that was found damaged: it is kept under another name and never read again.
public struct SetAsideFile: Sendable, Equatable {
  /// The name it has now, in the folder of the store.
  public let name: String
  /// What is wrong with it.
  public let reason: String
}

/// What a store does when its budget does not take what is to be stored.
public enum EvictionPolicy: String, CaseIterable, Sendable {
  /// It says so and stays as it is.
  case refuse
  /// It gives up the oldest datasets, with their runs, but for those with the current run of a
  /// series.
  case oldestUnpinned = "oldest_unpinned"
}

/// What stands in a store after something was published.
public struct Publication<Run: StoredRun>: Sendable {
  /// The dataset under the id that was published.
  public let dataset: Dataset
  /// Whether the dataset was not there before.
  public let isNewDataset: Bool
  /// The run under the id that was published.
  public let run: Run?
  /// Whether the run was not there before.
  public let isNewRun: Bool

  /// What a change made of a dataset and a run over it, from the store before and after it.
  init(
    of dataset: Dataset, _ run: Run?, from before: StoreSnapshot<Run>, to after: StoreSnapshot<Run>
  ) {
    self.dataset = after.datasets[dataset.id]?.content.loaded ?? dataset
    isNewDataset = before.datasets[dataset.id] == nil
    self.run = run.map { after.runs[$0.id] ?? $0 }
    isNewRun = run.map { before.runs[$0.id] == nil } ?? false
  }
}

/// Why a store cannot do what it was asked to.
public enum StoreError: Error, Equatable, Sendable {
  /// The budget does not take it.
  case full(neededBytes: Int, freeBytes: Int, budgetBytes: Int)
  case unknownRun(id: String)
  case unknownDataset(id: String)
  /// No run of the series has the segment.
  case unknownSegment(id: String, series: String)
  /// The series is at another revision than the one expected.
  case seriesChanged(series: String)
  /// The stored object was damaged and has been set aside.
  case damaged(id: String, reason: String)
  /// The disk takes no more.
  case diskFull(reason: String)
  /// The disk cannot be read or written.
  case unavailable(reason: String)
}
