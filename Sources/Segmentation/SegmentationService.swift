import Clustering
import Datasets
import FoundationEssentials
import Synchronization

/// The use cases: clean, choose, fit, name, store, and look things up again.
///
/// Knows neither HTTP nor JSON. Safe to call from any thread; readers never wait for a fit.
public final class SegmentationService: Sendable {
  /// How the service works whatever is asked of it.
  public struct Configuration: Sendable {
    /// Threads that one fit may use; the numbers do not depend on it.
    public var threads: Int
    /// The words by which columns are recognised.
    public var aliases: ColumnAliases
    /// What to do with which kind of segment.
    public var playbook: Playbook
    /// What takes the place of customer ids before anything is stored; nil keeps them.
    public var idHashing: IDHashing?

    /// A configuration with the words that the service knows by itself.
    public init(
      threads: Int = 1, aliases: ColumnAliases = .standard, playbook: Playbook = .standard,
      idHashing: IDHashing? = nil
    ) {
      self.threads = threads
      self.aliases = aliases
      self.playbook = playbook
      self.idHashing = idHashing
    }
  }

  /// What came of a fit.
  public struct Outcome: Sendable {
    /// The run that is stored now.
    public let run: Run
    /// Whether it was made by this call, not found.
    public let isNew: Bool
    /// How long each phase took.
    public let timings: [PhaseTiming]
  }

  /// Time spent in one phase of the work.
  public struct PhaseTiming: Sendable {
    /// The name of the phase, in one word.
    public let name: String
    /// How long it took.
    public let duration: Duration
  }

  /// How the service works whatever is asked of it.
  public var configuration: Configuration { currentConfiguration.withLock { $0 } }
  private let currentConfiguration: Mutex<Configuration>
  private let store: any DatasetStore<Run>
  /// The latest list of customers who moved; it names its runs by id and keeps none of them.
  let migrations = Mutex<Migration?>(nil)

  /// A service over a store.
  public init(configuration: Configuration = Configuration(), store: any DatasetStore<Run>) {
    currentConfiguration = Mutex(configuration)
    self.store = store
  }

  /// Takes other words and advice for what is read from now on; runs that exist keep theirs.
  public func replaceWords(aliases: ColumnAliases, playbook: Playbook) {
    currentConfiguration.withLock { configuration in
      configuration.aliases = aliases
      configuration.playbook = playbook
    }
  }

  /// Everything stored, as of one moment.
  public var snapshot: StoreSnapshot<Run> { store.snapshot }

  /// The version of the latest snapshot.
  public var version: UInt64 { store.version }

  /// Cleans a table without storing anything.
  public func clean(_ table: Table, options: CleaningOptions) throws(SegmentationError) -> Dataset {
    do {
      return try Dataset.clean(
        table, options: options, aliases: configuration.aliases, threads: configuration.threads,
        idHashing: configuration.idHashing)
    } catch {
      throw .dataset(error)
    }
  }

  /// Stores a dataset without a fit.
  public func keep(_ dataset: Dataset) throws(SegmentationError) -> (dataset: Dataset, isNew: Bool)
  {
    let publication = try publish(dataset, run: nil, activates: false, expecting: nil)
    return (publication.dataset, publication.isNewDataset)
  }

  /// Cleans a table, fits it and stores both, in one step.
  ///
  /// The same table and options give the run that exists.
  /// - Parameters:
  ///   - cancellation: answering true ends the work with ``SegmentationError/cancelled``.
  ///   - hasEnded: called at the end of each phase.
  public func segment(
    _ table: Table, options: SegmentationOptions,
    cancellation: @escaping @Sendable () -> Bool = { false },
    hasEnded: (@Sendable (FitPhase) -> Void)? = nil
  ) throws(SegmentationError) -> Outcome {
    var clock = PhaseClock(hasEnded: hasEnded)
    let cleaned = try clean(table, options: options.cleaning)
    // The same rows are in memory once.
    let dataset = try stored(datasetID: cleaned.id) ?? cleaned
    clock.mark(.clean)
    let id = Run.fingerprint(dataset: dataset, options: options)
    if let known = store.snapshot.runs[id] {
      return try found(known, options: options, clock: &clock)
    }
    let fit = try SegmentationFit(
      dataset: dataset, options: options, threads: configuration.threads,
      aliases: configuration.aliases, playbook: configuration.playbook,
      cancellation: cancellation, clock: &clock)
    guard !cancellation() else { throw .cancelled }
    let run = fit.run(id: id, createdAt: SegmentationService.now())
    clock.mark(.describe)
    guard !cancellation() else { throw .cancelled }
    let publication = try enter(run, activates: options.activates)
    clock.mark(.store)
    return Outcome(
      run: publication.run ?? run, isNew: publication.isNewRun, timings: clock.timings)
  }

  /// Fits a stored dataset again with other options.
  public func segment(
    datasetID: String, options: SegmentationOptions,
    cancellation: @escaping @Sendable () -> Bool = { false },
    hasEnded: (@Sendable (FitPhase) -> Void)? = nil
  ) throws(SegmentationError) -> Outcome {
    return try segment(
      try dataset(id: datasetID).table, options: options, cancellation: cancellation,
      hasEnded: hasEnded)
  }

  /// A stored dataset, with its rows.
  public func dataset(id: String) throws(SegmentationError) -> Dataset {
    guard let dataset = try stored(datasetID: id) else { throw .unknownDataset(id: id) }
    return dataset
  }

  private func stored(datasetID id: String) throws(SegmentationError) -> Dataset? {
    guard let stored = store.snapshot.datasets[id] else { return nil }
    do {
      return try stored.content.load()
    } catch {
      throw SegmentationError(error)
    }
  }

  /// The same run with its rows in memory.
  func loaded(_ run: Run) throws(SegmentationError) -> Run {
    do {
      try run.load()
      return run
    } catch {
      throw SegmentationError(error)
    }
  }

  /// Files that were found damaged and set aside.
  public var setAside: [SetAsideFile] { store.setAside }

  private func found(_ run: Run, options: SegmentationOptions, clock: inout PhaseClock)
    throws(SegmentationError) -> Outcome
  {
    let run = try loaded(run)
    if options.activates { _ = try activate(runID: run.id) }
    return Outcome(run: run, isNew: false, timings: clock.timings)
  }

  /// The run that is asked about: by id, or else the current one of a series.
  public func run(id: String?, series: String) throws(SegmentationError) -> Run {
    let snapshot = store.snapshot
    if let id {
      guard let run = snapshot.runs[id] else { throw .unknownRun(id: id) }
      return try loaded(run)
    }
    guard let run = snapshot.current(series: series) else { throw .noCurrentRun(series: series) }
    return try loaded(run)
  }

  /// Keeps what a person chose for a segment; every run of the series that has it shows it.
  ///
  /// - Parameter revision: the revision of the series that the choice was made for.
  /// - Throws: ``SegmentationError/seriesChanged(series:)`` at another revision,
  ///   ``SegmentationError/unknownSegment(id:series:)``,
  ///   ``SegmentationError/storeFull(neededBytes:freeBytes:budgetBytes:)``.
  public func describe(
    segment id: String, series: String, _ details: SegmentDetails, expecting revision: UInt64
  ) throws(SegmentationError) {
    do {
      try store.describe(segment: id, series: series, details, expecting: revision)
    } catch {
      throw SegmentationError(error)
    }
  }

  /// Makes a run the current one of its series.
  public func activate(runID: String) throws(SegmentationError) -> Run {
    do {
      let run = try store.activate(runID: runID)
      try run.load()
      return run
    } catch {
      throw SegmentationError(error)
    }
  }

  /// Takes a run away.
  public func removeRun(id: String) throws(SegmentationError) -> Run {
    do {
      return try store.removeRun(id: id)
    } catch {
      throw SegmentationError(error)
    }
  }

  /// Takes a dataset away with all runs over it.
  public func removeDataset(id: String) throws(SegmentationError) -> [Run] {
    do {
      return try store.removeDataset(id: id)
    } catch {
      throw SegmentationError(error)
    }
  }

  /// Stores a run with segments that follow those of its series.
  ///
  /// Who enters the series in the meantime goes first; the segments are then matched anew.
  private func enter(_ run: Run, activates: Bool) throws(SegmentationError) -> Publication<Run> {
    while true {
      let snapshot = store.snapshot
      if let current = snapshot.current(series: run.series) { _ = try loaded(current) }
      let entering = run.entering(snapshot, threads: configuration.threads)
      do {
        return try publish(
          run.dataset, run: entering, activates: activates,
          expecting: snapshot.series[run.series]?.revision ?? 0)
      } catch .seriesChanged {
        continue
      }
    }
  }

  func publish(
    _ dataset: Dataset, run: Run?, activates: Bool, expecting revision: UInt64?
  ) throws(SegmentationError) -> Publication<Run> {
    do {
      return try store.publish(dataset, run: run, activates: activates, expecting: revision)
    } catch {
      throw SegmentationError(error)
    }
  }

  static func now() -> Int64 {
    Int64((Date().timeIntervalSince1970 * 1000).rounded())
  }
}
