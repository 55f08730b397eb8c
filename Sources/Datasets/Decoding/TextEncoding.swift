/// How the bytes of some content stand for text.
public enum TextEncoding: String, Hashable, Sendable {
  case utf8 = "utf-8"
  /// UTF-8 with a byte order mark before the first character.
  case utf8WithMark = "utf-8-bom"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"
  /// Windows-1252, which holds Latin-1 (ISO 8859-1) within it.
  case windows1252 = "windows-1252"
}
