import Foundation

@testable import Datasets

/// Decodes bytes in pieces of a given size, or all at once.
func decode(
  _ bytes: [UInt8], _ options: DecodingOptions = .init(), pieces: Int = .max
) throws(DatasetError) -> DecodedTable {
  var decoder = TableDecoder(options)
  var index = 0
  while index < bytes.count {
    let end = pieces < bytes.count - index ? index + pieces : bytes.count
    try decoder.consume(bytes.span.extracting(index..<end))
    index = end
  }
  return try decoder.finish()
}

func decode(_ text: String, _ options: DecodingOptions = .init()) throws(DatasetError) -> Table {
  try decode(Array(text.utf8), options).table
}

/// All cells as text; `nil` where missing.
func cells(_ table: Table) -> [[String?]] {
  (0..<table.rowCount).map { row in table.columns.map { $0.text(at: row) } }
}

/// All of an archive as one text with LF ends.
func archived(_ archive: RecordArchive?) -> String {
  guard let archive else { return "" }
  var bytes: [UInt8] = []
  archive.appendHeader(to: &bytes)
  for index in 0..<archive.recordCount {
    bytes.append(UInt8(ascii: "\n"))
    archive.appendRecord(index, to: &bytes)
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// A small repeatable source of randomness.
struct TestRandom: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Fingerprint.mix(state)
  }
}
