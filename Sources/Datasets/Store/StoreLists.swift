/// The lists of a store: what is in it, in which order, and how its series stand.
///
/// The objects themselves are elsewhere.
struct StoreLists: Sendable, Equatable {
  /// The version of the store.
  var version: UInt64 = 0
  /// The ids of the datasets in the order they were stored.
  var datasetIDs: [String] = []
  /// The ids of the runs in the order they were stored.
  var runIDs: [String] = []
  /// The lines of runs by name.
  var series: [String: SeriesState] = [:]

  /// Empty lists.
  init() {}

  /// The lists of a snapshot.
  init(_ snapshot: StoreSnapshot<some StoredRun>) {
    version = snapshot.version
    datasetIDs = snapshot.datasetIDs
    runIDs = snapshot.runIDs
    series = snapshot.series
  }
}

/// What changed in the lists of a store, as it stands in the journal: it says how the lists are
/// afterwards, so that one that is lost takes no later one with it.
struct StoreListsChange: Sendable, Equatable, Archivable {
  let version: UInt64
  let addedDatasets: [String]
  let removedDatasets: [String]
  let addedRuns: [String]
  let removedRuns: [String]
  /// Series that are another way now; nil for one that is gone.
  let series: [String: SeriesState?]

  /// The way from one state of the lists to a later one.
  init(from old: StoreLists, to new: StoreLists) {
    func added(_ old: [String], _ new: [String]) -> [String] {
      // Nearly always the new list is the old one and a little more.
      if new.starts(with: old) { return Array(new[old.count...]) }
      let known = Set(old)
      return new.filter { !known.contains($0) }
    }
    version = new.version
    addedDatasets = added(old.datasetIDs, new.datasetIDs)
    removedDatasets = added(new.datasetIDs, old.datasetIDs)
    addedRuns = added(old.runIDs, new.runIDs)
    removedRuns = added(new.runIDs, old.runIDs)
    var series: [String: SeriesState?] = [:]
    for (name, state) in new.series where old.series[name]?.revision != state.revision {
      series[name] = .some(state)
    }
    for name in old.series.keys where new.series[name] == nil {
      series.updateValue(nil, forKey: name)
    }
    self.series = series
  }

  func write(to writer: inout ArchiveWriter) {
    writer.put(version)
    for ids in [addedDatasets, removedDatasets, addedRuns, removedRuns] { writer.put(ids) }
    writer.put(series)
  }

  init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    version = try reader.get()
    addedDatasets = try reader.get()
    removedDatasets = try reader.get()
    addedRuns = try reader.get()
    removedRuns = try reader.get()
    series = try reader.get()
  }
}

extension StoreLists {
  /// Makes a change.
  mutating func apply(_ change: StoreListsChange) {
    version = max(version, change.version)
    func changed(_ ids: [String], added: [String], removed: [String]) -> [String] {
      let gone = Set(removed + added)
      return ids.filter { !gone.contains($0) } + added
    }
    datasetIDs = changed(
      datasetIDs, added: change.addedDatasets, removed: change.removedDatasets)
    runIDs = changed(runIDs, added: change.addedRuns, removed: change.removedRuns)
    for (name, state) in change.series { series[name] = state }
  }
}

extension SeriesState: Archivable {
  /// Writes all of it.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(revision)
    writer.put(runIDs)
    writer.put(activations)
    writer.put(details)
  }

  /// Reads a state.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init()
    revision = try reader.get()
    runIDs = try reader.get()
    activations = try reader.get()
    details = try reader.get()
  }
}

extension SegmentDetails: Archivable {
  /// Writes all of it.
  public func write(to writer: inout ArchiveWriter) {
    for text in [name, description, colour] { writer.put(text) }
    writer.put(isPinned)
  }

  /// Reads details.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      name: try reader.get(), description: try reader.get(), colour: try reader.get(),
      isPinned: try reader.get())
  }
}
