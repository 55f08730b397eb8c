/// Percent-encoding (RFC 3986 §2.1).
public enum PercentCoding {
  /// Decodes escapes that are known to be well formed; anything else stands for itself.
  static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> String {
    String(decoding: decoded(bytes, plusIsSpace: plusIsSpace), as: UTF8.self)
  }

  static func decoded(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == ASCII.percent, index + 2 < bytes.endIndex,
        let high = ASCII.hexValue(bytes[index + 1]), let low = ASCII.hexValue(bytes[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(plusIsSpace && byte == 0x2B ? ASCII.space : byte)
        index += 1
      }
    }
    return decoded
  }

  /// The text with everything but unreserved characters escaped: fit for one segment of a path or
  /// one part of a query.
  public static func encode(_ text: String) -> String {
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, ASCII.dash, ASCII.dot, 0x5F, 0x7E:
        encoded.append(byte)
      default:
        encoded.append(ASCII.percent)
        for digit in [byte >> 4, byte & 15] {
          encoded.append(digit < 10 ? 0x30 + digit : 0x37 + digit)
        }
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
