import FoundationEssentials

/// Bytes as text (RFC 4648 §4).
enum Base64 {
  static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

  /// The bytes of a text, with or without padding; nil when it is not Base64.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let padding = [UInt8](repeating: UInt8(ascii: "="), count: (4 - text.count % 4) % 4)
    return Data(base64Encoded: Data(text) + padding).map { Array($0) }
  }
}
