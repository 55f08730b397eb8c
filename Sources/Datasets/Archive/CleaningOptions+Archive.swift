/// What was asked of cleaning, as it stands in a file.
extension CleaningOptions: Archivable {
  /// Writes all of it.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(missing)
    writer.put(outliers)
    writer.put(duplicates)
    writer.put(strict)
    writer.put(features)
    for name in [id, weight, value, category] { writer.put(name) }
    writer.put(transactions)
  }

  /// Reads options.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      missing: try reader.get(), outliers: try reader.get(), duplicates: try reader.get(),
      strict: try reader.get(), features: try reader.get(), id: try reader.get(),
      weight: try reader.get(), value: try reader.get(), category: try reader.get(),
      transactions: try reader.get())
  }
}

extension CleaningOptions.Missing: Archivable {}
extension CleaningOptions.Outliers: Archivable {}
extension CleaningOptions.Duplicates: Archivable {}
extension TransactionOptions.Mode: Archivable {}

extension TransactionOptions: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(mode)
    writer.put(date)
    writer.put(amount)
    writer.put(asOf)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      mode: try reader.get(), date: try reader.get(), amount: try reader.get(),
      asOf: try reader.get())
  }
}
