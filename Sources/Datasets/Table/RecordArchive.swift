/// Every record of a file as it was sent, ready to be written again with more cells.
///
/// Cells keep their text byte for byte (in UTF-8); delimiter, quoting and line ends become RFC
/// 4180's. Records are numbered from 0 and include the ones set aside.
public struct RecordArchive: Sendable {
  public let recordCount: Int
  /// The widest record's number of fields, at least the header's.
  public let fieldCount: Int
  /// An estimate of the memory it holds, in bytes.
  public var byteCount: Int { 0 }

  /// Appends the header, without a line end; fields beyond it are named `column_N`.
  public func appendHeader(to output: inout [UInt8]) {}

  /// Appends a record padded to ``fieldCount`` fields, without a line end.
  public func appendRecord(_ index: Int, to output: inout [UInt8]) {}
}
