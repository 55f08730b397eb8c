/// How the bytes of some content stand for text.
public enum TextEncoding: String, Hashable, Sendable {
  case utf8 = "utf-8"
  /// UTF-8 with a byte order mark before the first character.
  case utf8WithMark = "utf-8-bom"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"
  /// Windows-1252, which holds the text of Latin-1 (ISO 8859-1) within it.
  case windows1252 = "windows-1252"

  /// The encoding a `charset` parameter names, or `nil` for one that is not read here.
  public init?(charset: String) {
    switch charset.lowercased() {
    case "utf-8", "utf8", "us-ascii", "ascii": self = .utf8
    case "utf-16", "utf-16le": self = .utf16LittleEndian
    case "utf-16be": self = .utf16BigEndian
    // Browsers read all of these as Windows-1252 (WHATWG Encoding Standard).
    case "windows-1252", "cp1252", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1":
      self = .windows1252
    default: return nil
    }
  }

  /// The encoding that a byte order mark at the beginning tells, and the mark's length.
  static func mark(of bytes: Span<UInt8>) -> (encoding: TextEncoding, length: Int)? {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
      return (.utf8WithMark, 3)
    }
    guard bytes.count >= 2 else { return nil }
    if bytes[0] == 0xFF, bytes[1] == 0xFE { return (.utf16LittleEndian, 2) }
    if bytes[0] == 0xFE, bytes[1] == 0xFF { return (.utf16BigEndian, 2) }
    return nil
  }
}
