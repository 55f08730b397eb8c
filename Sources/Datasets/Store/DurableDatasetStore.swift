import Synchronization

/// A store whose datasets, runs and choices outlive the process: what it has acknowledged is on the
/// disk.
///
/// An object is written to a file of its own under another name, brought to the disk, renamed, and
/// then named in the journal: who reads the folder at any moment finds all of it or nothing. Rows are
/// read when they are first asked for, and stay in memory then.
public final class DurableDatasetStore<Run: ArchivedRun>: DatasetStore {
  /// The most memory that datasets and runs may take once they are all there, in bytes.
  public let budgetBytes: Int
  /// What is done when they do not take what is to be stored.
  public let eviction: EvictionPolicy

  let files: ObjectFiles
  private let lock: OpenFile
  // Held while the disk is written, by one change at a time; readers do not wait for it.
  private let journal: Mutex<Journal>
  // Held for the few instructions of taking or publishing a snapshot.
  private let state: Mutex<StoreSnapshot<Run>>
  private let published: Atomic<UInt64>
  private let damages: Damages
  private let temporaryNumber = Atomic<Int>(0)

  /// Opens the store in a folder, which is made when it is not there.
  ///
  /// - Parameters:
  ///   - folder: the path of the folder; no other service may use it meanwhile.
  ///   - report: told of each file that is set aside.
  /// - Throws: ``StoreOpeningError``; damaged files are no reason.
  /// - Complexity: a read of the journal and of the beginning of each file.
  public init(
    folder: String, budgetBytes: Int, eviction: EvictionPolicy = .refuse,
    report: @escaping @Sendable (SetAsideFile) -> Void = { _ in }
  ) throws(StoreOpeningError) {
    self.budgetBytes = budgetBytes
    self.eviction = eviction
    let files = ObjectFiles(folder: folder)
    let damages = Damages(files: files, report: report)
    self.files = files
    self.damages = damages
    do {
      try FileSystem.makeFolder(folder)
      lock = try OpenFile(files.path(ObjectFiles.lockName), for: .appending)
      guard try lock.lock() else { throw StoreOpeningError.inUse(folder: folder) }
      let opening = try StoreOpening<Run>(files: files, damages: damages)
      journal = Mutex(opening.journal)
      state = Mutex(opening.snapshot)
      published = Atomic(opening.snapshot.version)
    } catch let error as StoreOpeningError {
      throw error
    } catch let fault as ArchiveFault {
      throw .unusable(folder: folder, reason: fault.description)
    } catch {
      throw .unusable(folder: folder, reason: "\(error)")
    }
    damages.removal.withLock { remove in
      remove = { [weak self] id, kind, reason in self?.giveUp(id, kind, reason) }
    }
  }

  /// Everything there is, as of one moment.
  public var snapshot: StoreSnapshot<Run> { state.withLock { $0 } }

  /// The version of the latest snapshot.
  public var version: UInt64 { published.load(ordering: .acquiring) }

  /// Files that were found damaged and set aside since the start.
  public var setAside: [SetAsideFile] { damages.all }

  // MARK: Changes

  /// Makes a change of what has its files already.
  public func change<Value: Sendable>(
    _ change: StoreChange<Run>, expecting revision: UInt64?,
    _ value: (_ before: StoreSnapshot<Run>, _ after: StoreSnapshot<Run>) -> Value
  ) throws(StoreError) -> Value {
    try self.change(change, expecting: revision, placing: { _ in [] }, value)
  }

  /// Makes a change: on the disk first, then for readers.
  ///
  /// - Parameter place: brings the files of new objects in place; it is told what is there already,
  ///   and gives their names.
  private func change<Value: Sendable>(
    _ change: StoreChange<Run>, expecting revision: UInt64?,
    placing place: (StoreSnapshot<Run>) throws(ArchiveFault) -> [String],
    _ value: (_ before: StoreSnapshot<Run>, _ after: StoreSnapshot<Run>) -> Value
  ) throws(StoreError) -> Value {
    try journal.withLock { journal throws(StoreError) -> Value in
      let before = snapshot
      let after = try before.applying(
        change, expecting: revision, budget: budgetBytes, policy: eviction)
      if after.version != before.version {
        var placed: [String] = []
        do throws(ArchiveFault) {
          placed = try place(before)
          try journal.append(from: StoreLists(before), to: StoreLists(after))
        } catch {
          remove(placed)
          throw StoreError(error)
        }
        state.withLock { $0 = after }
        published.store(after.version, ordering: .releasing)
      }
      // The journal says that they are gone; files that a stop leaves behind go at the next start.
      // Still in the lock: an object that is stored anew has a file of the same name.
      remove(Self.namesGone(from: before, to: after))
      return value(before, after)
    }
  }

  /// The files of objects that are no more.
  private static func namesGone(from before: StoreSnapshot<Run>, to after: StoreSnapshot<Run>)
    -> [String]
  {
    before.datasetIDs.filter { after.datasets[$0] == nil }.map { ObjectFiles.name($0, .dataset) }
      + before.runIDs.filter { after.runs[$0] == nil }.map { ObjectFiles.name($0, .run) }
  }

  private func remove(_ names: [String]) {
    for name in names {
      do {
        try FileSystem.remove(files.path(name))
      } catch {
        damages.tell(SetAsideFile(name: name, reason: "it could not be removed: \(error)"))
      }
    }
  }

  private func temporaryName(_ name: String) -> String {
    let number = temporaryNumber.add(1, ordering: .relaxed).newValue
    return "\(name).\(number)\(ObjectFiles.temporarySuffix)"
  }

  /// Stores a dataset, and a run over it, in one step.
  public func publish(
    _ dataset: Dataset, run: Run?, activates: Bool, expecting revision: UInt64? = nil
  ) throws(StoreError) -> Publication<Run> {
    // What takes long is written before anybody has to wait for it.
    let known = snapshot
    // What cannot find room need not be written.
    _ = try known.applying(
      .publish(dataset, run: run, activates: activates), budget: budgetBytes, policy: eviction)
    let datasetName = ObjectFiles.name(dataset.id, .dataset)
    let runName = run.map { ObjectFiles.name($0.id, .run) }
    var written: (dataset: String?, run: String?) = (nil, nil)
    defer { remove([written.dataset, written.run].compactMap(\.self)) }
    do throws(ArchiveFault) {
      if known.datasets[dataset.id] == nil {
        written.dataset = temporaryName(datasetName)
        try files.write(dataset, to: written.dataset ?? datasetName)
      }
      if let run, let runName, known.runs[run.id] == nil {
        written.run = temporaryName(runName)
        try files.write(run, to: written.run ?? runName)
      }
    } catch {
      throw StoreError(error)
    }
    return try change(
      .publish(dataset, run: run, activates: activates), expecting: revision,
      placing: { before throws(ArchiveFault) in
        var placed: [String] = []
        do throws(ArchiveFault) {
          if before.datasets[dataset.id] == nil {
            // Somebody may have taken it away since it was looked for.
            if written.dataset == nil {
              written.dataset = temporaryName(datasetName)
              try files.write(dataset, to: written.dataset ?? datasetName)
            }
            try place(written.dataset, as: datasetName)
            written.dataset = nil
            placed.append(datasetName)
          }
          if let run, let runName, before.runs[run.id] == nil {
            if written.run == nil {
              written.run = temporaryName(runName)
              try files.write(run, to: written.run ?? runName)
            }
            try place(written.run, as: runName)
            written.run = nil
            placed.append(runName)
          }
          if !placed.isEmpty { try FileSystem.synchronize(folder: files.folder) }
        } catch {
          remove(placed)
          throw error
        }
        return placed
      }
    ) { Publication(of: dataset, run, from: $0, to: $1) }
  }

  private func place(_ temporary: String?, as name: String) throws(ArchiveFault) {
    guard let temporary else { return }
    try FileSystem.rename(files.path(temporary), to: files.path(name))
  }

  // MARK: Damage

  /// Sets a file that turned out to be damaged aside, and takes its object out of the lists.
  private func giveUp(_ id: String, _ kind: ArchiveFile.Kind, _ reason: String) {
    var isStoredAnew = false
    do throws(StoreError) {
      try change(
        kind == .dataset ? .removeDataset(id: id) : .removeRun(id: id), expecting: nil,
        placing: { before throws(ArchiveFault) in
          guard isDamaged(id, kind, in: before) else {
            isStoredAnew = true
            throw .damaged("it has been stored anew")
          }
          damages.setAside(ObjectFiles.name(id, kind), reason: reason)
          guard kind == .dataset else { return [] }
          // The files of its runs are good: they are set aside, not removed.
          for run in before.runs(over: id) {
            damages.setAside(
              ObjectFiles.name(run.id, .run), reason: "its dataset \(id) is damaged")
          }
          return []
        }
      ) { _, _ in }
    } catch {
      switch error {
      case .unknownDataset, .unknownRun: break  // Somebody else took it away.
      case .unavailable where isStoredAnew: break
      default:
        // It stays in the lists until the disk can be written, and is served no more than before.
        damages.tell(SetAsideFile(name: ObjectFiles.name(id, kind), reason: "\(error)"))
      }
    }
  }

  /// Whether a file is still damaged: its object may have been stored anew since that was found.
  private func isDamaged(
    _ id: String, _ kind: ArchiveFile.Kind, in snapshot: StoreSnapshot<Run>
  ) -> Bool {
    do throws(ArchiveFault) {
      switch kind {
      case .dataset: _ = try files.dataset(id)
      case .run:
        guard let dataset = snapshot.runs[id].flatMap({ snapshot.datasets[$0.datasetID] }),
          let rows = dataset.content.loaded
        else { return true }
        _ = try files.rows(of: Run.self, id, dataset: rows)
      }
      return false
    } catch {
      return true
    }
  }
}

/// Why a store cannot be opened.
public enum StoreOpeningError: Error, Equatable, Sendable {
  /// Another process uses the folder.
  case inUse(folder: String)
  /// The folder cannot be read or written, or holds files of a later version.
  case unusable(folder: String, reason: String)
}

extension StoreError {
  /// What a fault of the disk means to a change.
  init(_ fault: ArchiveFault) {
    switch fault {
    case .system(_, let code, _) where FileSystem.isFull(code):
      self = .diskFull(reason: fault.description)
    case .system, .newerFormat, .damaged:
      self = .unavailable(reason: fault.description)
    }
  }
}
