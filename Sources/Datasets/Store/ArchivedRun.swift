/// A run that can be kept in a file: what every answer needs at once, and its rows, which are read
/// when they are first needed.
public protocol ArchivedRun: StoredRun {
  /// What the run knows of each row.
  associatedtype Rows: Sendable

  /// Writes all but what it knows of each row, and what people chose for its segments.
  func writeOutline(to writer: inout ArchiveWriter)
  /// Writes what it knows of each row.
  ///
  /// - Throws: ``StoreError`` when its rows cannot be read themselves.
  func writeRows(to writer: inout ArchiveWriter) throws(StoreError)
  /// Reads a run.
  ///
  /// - Parameters:
  ///   - id: the id of the run.
  ///   - datasetID: the id of its dataset.
  ///   - rows: its rows, to be read later.
  static func restored(
    id: String, datasetID: String, outline reader: inout ArchiveReader, rows: Deferred<Rows>
  ) throws(ArchiveFault) -> Self
  /// Reads what a run knows of each row of its dataset.
  static func rows(from reader: inout ArchiveReader, dataset: Dataset) throws(ArchiveFault) -> Rows
}
