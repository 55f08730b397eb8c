/// The files of a store in their folder: one for each dataset and run, named by its id.
///
///     lock                   held by the service that uses the folder
///     journal                the lists, and what people chose
///     ds_….dataset           a dataset
///     run_….run              a run
///     ….tmp                  a file that is being written; removed at the start
///     ….damaged              a file that was set aside
struct ObjectFiles: Sendable {
  let folder: String

  static let temporarySuffix = ".tmp"
  static let damagedSuffix = ".damaged"
  static let lockName = "lock"
  static let journalName = "journal"

  var journalPath: String { path(ObjectFiles.journalName) }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// The name of the file of an object.
  static func name(_ id: String, _ kind: ArchiveFile.Kind) -> String {
    switch kind {
    case .dataset: "\(id).dataset"
    case .run: "\(id).run"
    }
  }

  /// The object that a file holds; nil for files of other names.
  static func object(_ name: String) -> (id: String, kind: ArchiveFile.Kind)? {
    for (suffix, prefix, kind) in [
      (".dataset", "ds_", ArchiveFile.Kind.dataset), (".run", "run_", .run),
    ] where name.hasSuffix(suffix) && name.hasPrefix(prefix) {
      return (String(name.dropLast(suffix.count)), kind)
    }
    return nil
  }

  /// Reads the outline of a dataset.
  func outline(ofDataset id: String, content: Deferred<Dataset>) throws(ArchiveFault)
    -> StoredDataset
  {
    let file = try ArchiveFile(path(ObjectFiles.name(id, .dataset)), kind: .dataset)
    let outline = try file.outline { reader throws(ArchiveFault) in
      try StoredDataset(from: &reader, content: content)
    }
    guard outline.id == id else { throw .damaged("it is the file of another dataset") }
    return outline
  }

  /// Reads a dataset.
  func dataset(_ id: String) throws(ArchiveFault) -> Dataset {
    let file = try ArchiveFile(path(ObjectFiles.name(id, .dataset)), kind: .dataset)
    let dataset = try file.body { reader throws(ArchiveFault) in try Dataset(from: &reader) }
    guard dataset.id == id else { throw .damaged("it is the file of another dataset") }
    return dataset
  }

  /// Reads all of a run but its rows.
  ///
  /// - Parameter rows: gives the rows, of the dataset whose id is found, to be read later.
  func run<Run: ArchivedRun>(
    _ id: String, rows: (_ datasetID: String) throws(ArchiveFault) -> Deferred<Run.Rows>
  ) throws(ArchiveFault) -> Run {
    let file = try ArchiveFile(path(ObjectFiles.name(id, .run)), kind: .run)
    return try file.outline { reader throws(ArchiveFault) in
      guard try String(from: &reader) == id else {
        throw .damaged("it is the file of another run")
      }
      let datasetID: String = try reader.get()
      return try Run.restored(
        id: id, datasetID: datasetID, outline: &reader, rows: try rows(datasetID))
    }
  }

  /// Reads the rows of a run.
  func rows<Run: ArchivedRun>(of type: Run.Type, _ id: String, dataset: Dataset)
    throws(ArchiveFault) -> Run.Rows
  {
    try ArchiveFile(path(ObjectFiles.name(id, .run)), kind: .run).body {
      reader throws(ArchiveFault) in try Run.rows(from: &reader, dataset: dataset)
    }
  }

  /// Writes a dataset under a name that is not its own yet.
  func write(_ dataset: Dataset, to name: String) throws(ArchiveFault) {
    try ArchiveFile.write(
      path(name), kind: .dataset, outline: { StoredDataset(dataset).writeOutline(to: &$0) },
      body: { $0.put(dataset) })
  }

  /// Writes a run, its rows being in memory, under a name that is not its own yet.
  func write(_ run: some ArchivedRun, to name: String) throws(ArchiveFault) {
    var fault: StoreError?
    try ArchiveFile.write(
      path(name), kind: .run,
      outline: { writer in
        writer.put(run.id)
        writer.put(run.datasetID)
        run.writeOutline(to: &writer)
      },
      body: { writer in
        do throws(StoreError) {
          try run.writeRows(to: &writer)
        } catch {
          fault = error
        }
      })
    if let fault { throw .damaged("the rows of the run are not there (\(fault))") }
  }
}
