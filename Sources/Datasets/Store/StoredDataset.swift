/// A dataset in a store: what lists tell of it, and the rest once it is asked for.
public struct StoredDataset: Sendable {
  /// The id of the dataset.
  public let id: String
  /// All records below the header.
  public let rowsRead: Int
  /// Rows a fit looks at.
  public let rowsUsed: Int
  /// The number of columns.
  public let columnCount: Int
  /// The memory it takes once it is there, in bytes.
  public let byteCount: Int
  /// The dataset itself.
  public let content: Deferred<Dataset>

  /// A dataset that is in memory.
  public init(_ dataset: Dataset) {
    self.init(outline: dataset, content: Deferred(dataset))
  }

  private init(outline dataset: Dataset, content: Deferred<Dataset>) {
    id = dataset.id
    rowsRead = dataset.report.rowsRead
    rowsUsed = dataset.report.rowsUsed
    columnCount = dataset.report.columns.count
    byteCount = dataset.byteCount
    self.content = content
  }

  /// A dataset whose outline was read from a file.
  init(
    from reader: inout ArchiveReader, content: Deferred<Dataset>
  ) throws(ArchiveFault) {
    id = try reader.get()
    rowsRead = try reader.integer(in: 0...(1 << 53))
    rowsUsed = try reader.integer(in: 0...(1 << 53))
    columnCount = try reader.integer(in: 0...(1 << 53))
    byteCount = try reader.integer(in: 0...(1 << 53))
    self.content = content
  }

  /// Writes what lists tell of the dataset.
  func writeOutline(to writer: inout ArchiveWriter) {
    writer.put(id)
    for count in [rowsRead, rowsUsed, columnCount, byteCount] { writer.put(count) }
  }
}
