/// The formats rows come in.
public enum DatasetFormat: String, CaseIterable, Hashable, Sendable {
  /// Delimited text: RFC 4180 and its relatives with `;`, TAB or `|`.
  case csv
  /// One JSON document: an array of objects, or `{"columns":[…],"rows":[[…]]}`.
  case jsonRows
  /// One JSON object a line.
  case ndjson

  /// The format the first bytes of some content look like.
  ///
  /// A `[` means JSON rows. A `{` means NDJSON when the first object is followed by another one or
  /// by nothing, and JSON rows when its first member is `columns` or `rows`. All else is CSV.
  ///
  /// - Parameter bytes: the beginning of the content; a few hundred bytes are enough.
  public static func sniff(_ bytes: Span<UInt8>) -> DatasetFormat {
    var index = 0
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { index = 3 }
    func skipBlanks() {
      while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }
    skipBlanks()
    guard index < bytes.count else { return .csv }
    if bytes[index] == UInt8(ascii: "[") { return .jsonRows }
    guard bytes[index] == UInt8(ascii: "{") else { return .csv }
    index += 1
    skipBlanks()
    for name in ["\"columns\"", "\"rows\""] {
      let wanted = Array(name.utf8)
      guard index + wanted.count <= bytes.count else { continue }
      guard (0..<wanted.count).allSatisfy({ bytes[index + $0] == wanted[$0] }) else { continue }
      var next = index + wanted.count
      while next < bytes.count, [0x20, 0x09, 0x0A, 0x0D, 0x3A].contains(bytes[next]) { next += 1 }
      if next < bytes.count, bytes[next] == UInt8(ascii: "[") { return .jsonRows }
    }
    return .ndjson
  }
}
