/// Turns UTF-16 that arrives in pieces into UTF-8; lone surrogates become U+FFFD.
struct UTF16Transcoder: Sendable {
  private let isBigEndian: Bool
  private var oddByte: UInt8?
  private var highSurrogate: UInt32?

  init(isBigEndian: Bool) {
    self.isBigEndian = isBigEndian
  }

  /// Appends the UTF-8 of the next bytes.
  mutating func append(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
    for index in bytes.indices {
      guard let first = oddByte else {
        oddByte = bytes[index]
        continue
      }
      oddByte = nil
      let (high, low) = isBigEndian ? (first, bytes[index]) : (bytes[index], first)
      append(unit: UInt32(high) << 8 | UInt32(low), to: &output)
    }
  }

  /// Appends what a cut-off end stands for.
  mutating func finish(to output: inout [UInt8]) {
    if highSurrogate != nil || oddByte != nil { append(scalar: 0xFFFD, to: &output) }
    highSurrogate = nil
    oddByte = nil
  }

  private mutating func append(unit: UInt32, to output: inout [UInt8]) {
    if let high = highSurrogate {
      highSurrogate = nil
      if (0xDC00..<0xE000).contains(unit) {
        return append(scalar: 0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00), to: &output)
      }
      append(scalar: 0xFFFD, to: &output)
    }
    if (0xD800..<0xDC00).contains(unit) {
      highSurrogate = unit
    } else {
      append(scalar: (0xDC00..<0xE000).contains(unit) ? 0xFFFD : unit, to: &output)
    }
  }

  private func append(scalar: UInt32, to output: inout [UInt8]) {
    func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(scalar >> shift & 0x3F) }
    switch scalar {
    case 0..<0x80: output.append(UInt8(scalar))
    case 0x80..<0x800:
      output.append(0xC0 | UInt8(scalar >> 6))
      output.append(tail(0))
    case 0x800..<0x10000:
      output.append(0xE0 | UInt8(scalar >> 12))
      output.append(tail(6))
      output.append(tail(0))
    default:
      output.append(0xF0 | UInt8(scalar >> 18))
      output.append(tail(12))
      output.append(tail(6))
      output.append(tail(0))
    }
  }
}
