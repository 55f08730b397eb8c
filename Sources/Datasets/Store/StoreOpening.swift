/// What is found in the folder of a store at the start, put in order.
struct StoreOpening<Run: ArchivedRun> {
  let journal: Journal
  let snapshot: StoreSnapshot<Run>

  init(files: ObjectFiles, damages: Damages) throws(ArchiveFault) {
    var contents = try StoreOpening.readJournal(files, damages)
    var datasets: [String: StoredDataset] = [:]
    var runIDs: [String] = []
    for name in try FileSystem.names(in: files.folder) {
      if name.hasSuffix(ObjectFiles.temporarySuffix) {
        try FileSystem.remove(files.path(name))
        continue
      }
      guard let (id, kind) = ObjectFiles.object(name) else { continue }
      if contents.removed.contains(id) {
        // Taken away, and stopped before the file was.
        try FileSystem.remove(files.path(name))
        continue
      }
      switch kind {
      case .run: runIDs.append(id)
      case .dataset:
        do throws(ArchiveFault) {
          datasets[id] = try files.outline(
            ofDataset: id,
            content: Deferred { () throws(StoreError) in
              do throws(ArchiveFault) {
                return try files.dataset(id)
              } catch {
                throw damages.error(error, id, .dataset)
              }
            })
        } catch {
          try StoreOpening.setAside(name, error, damages)
        }
      }
    }
    var runs: [String: Run] = [:]
    for id in runIDs {
      do throws(ArchiveFault) {
        runs[id] = try files.run(id) { datasetID throws(ArchiveFault) -> Deferred<Run.Rows> in
          guard let dataset = datasets[datasetID] else {
            throw .damaged("its dataset \(datasetID) is not there")
          }
          return Deferred { () throws(StoreError) in
            let rows = try dataset.content.load()
            do throws(ArchiveFault) {
              return try files.rows(of: Run.self, id, dataset: rows)
            } catch {
              throw damages.error(error, id, .run)
            }
          }
        }
      } catch {
        try StoreOpening.setAside(ObjectFiles.name(id, .run), error, damages)
      }
    }
    StoreOpening.tellMissing(contents.lists, datasets, runs, damages)
    let listed = contents.lists
    contents.lists.adopt(datasets: datasets, runs: runs)
    snapshot = StoreSnapshot(restoring: contents.lists, datasets: datasets, runs: runs)
    // Lists that name what is not there, or do not name what is, are written anew.
    if StoreLists(snapshot) != listed, contents.damage == nil {
      contents.damage = "the lists were mended"
    }
    contents.lists = StoreLists(snapshot)
    journal = try Journal(files.journalPath, contents)
  }

  private static func readJournal(_ files: ObjectFiles, _ damages: Damages) throws(ArchiveFault)
    -> Journal.Contents
  {
    let path = files.journalPath
    guard FileSystem.exists(path) else { return Journal.Contents() }
    let file = try OpenFile(path, for: .reading)
    let byteCount = try file.byteCount()
    var reader = ArchiveReader(file, at: 0, byteCount: byteCount)
    let contents = try Journal.read(try reader.bulk(UInt8.self, count: byteCount))
    if let damage = contents.damage {
      damages.setAside(
        ObjectFiles.journalName,
        reason: "\(damage); every record that is whole was read, and a new journal was written")
    }
    return contents
  }

  /// A file that this version cannot know is no damage: to start without it would look like a loss.
  private static func setAside(_ name: String, _ fault: ArchiveFault, _ damages: Damages)
    throws(ArchiveFault)
  {
    switch fault {
    case .damaged(let reason): damages.setAside(name, reason: reason)
    case .newerFormat, .system: throw fault
    }
  }

  /// Tells of objects that the journal names and that have no file.
  private static func tellMissing(
    _ lists: StoreLists, _ datasets: [String: StoredDataset], _ runs: [String: Run],
    _ damages: Damages
  ) {
    let missing =
      lists.datasetIDs.filter { datasets[$0] == nil }.map { ObjectFiles.name($0, .dataset) }
      + lists.runIDs.filter { runs[$0] == nil }.map { ObjectFiles.name($0, .run) }
    let known = Set(damages.all.map(\.name))
    for name in missing
    where !known.contains(where: { $0.hasPrefix(name) }) {
      damages.tell(SetAsideFile(name: name, reason: "the journal names it, and it is not there"))
    }
  }
}

extension StoreLists {
  /// Takes in objects that have a file and are in no list: a stop came between the two, or the
  /// journal was damaged.
  ///
  /// A run that is taken in becomes current only where none was.
  mutating func adopt<Run: StoredRun>(datasets: [String: StoredDataset], runs: [String: Run]) {
    let listedDatasets = Set(datasetIDs)
    let listedRuns = Set(runIDs)
    datasetIDs += datasets.keys.filter { !listedDatasets.contains($0) }.sorted()
    for id in runs.keys.filter({ !listedRuns.contains($0) }).sorted() {
      runIDs.append(id)
    }
    for id in runIDs {
      guard let run = runs[id], series[run.series]?.runIDs.contains(id) != true else { continue }
      version += 1
      var state = series[run.series] ?? SeriesState()
      state.runIDs.append(id)
      if !state.activations.contains(where: { runs[$0] != nil }) { state.activations.append(id) }
      state.revision = version
      series[run.series] = state
    }
  }
}
