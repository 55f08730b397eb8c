/// A decoder for all formats: bytes in, one typed table out.
///
/// A pure value: it never sees a socket or a file. Feed it the bytes as they come, in pieces of
/// any size; the table does not depend on where the pieces were cut.
public struct TableDecoder: Sendable {
  private let options: DecodingOptions

  public init(_ options: DecodingOptions = .init()) {
    self.options = options
  }

  /// Takes the next bytes of the content.
  public mutating func consume(_ bytes: Span<UInt8>) throws(DatasetError) {
  }

  /// Ends the content and gives what was read.
  public mutating func finish() throws(DatasetError) -> DecodedTable {
    throw .emptyContent
  }
}

/// What a ``TableDecoder`` made of some content.
public struct DecodedTable: Sendable {
  public let table: Table
  /// The text of every record, when ``DecodingOptions/keepsText`` asked for it.
  public let archive: RecordArchive?
}
