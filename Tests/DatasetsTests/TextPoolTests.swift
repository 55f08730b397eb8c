import Testing

@testable import Datasets

@Suite("texts that cells share", .timeLimit(.minutes(1)))
struct TextPoolTests {
  /// Texts of 0 to 80 bytes of which many begin and end alike, drawn in an order that `seed` gives.
  private static func texts(_ count: Int, seed: UInt64) -> [String] {
    var state = seed
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    return (0..<count).map { _ in
      let length = next(81)
      let letter = next(3)
      let place = next(max(length, 1))
      return String(
        String.UnicodeScalarView(
          (0..<length).map { Unicode.Scalar(UInt8(97 + ($0 == place ? letter : 0))) }))
    }
  }

  @Test("each text has one number, whatever its length", arguments: [1, 2, 3] as [UInt64])
  func numbers(seed: UInt64) {
    var pool = TextPool()
    var numbers: [String: Int] = [:]
    for text in Self.texts(20_000, seed: seed) {
      let bytes = Array(text.utf8)
      let number = pool.intern(bytes.span)
      #expect(numbers[text, default: numbers.count] == number, "\(text), seed \(seed)")
      numbers[text] = number
      #expect(pool.string(number) == text)
      #expect(pool.find(bytes.span, TextKey(bytes.span)) == number)
    }
    #expect(pool.count == numbers.count)
  }

  @Test("a text and the same with NULs behind it are two")
  func nul() {
    var pool = TextPool()
    let texts: [[UInt8]] = [[], [0], [97], [97, 0], [97, 0, 0]]
    for (number, text) in texts.enumerated() { #expect(pool.intern(text.span) == number) }
    for (number, text) in texts.enumerated() { #expect(pool.intern(text.span) == number) }
  }

  @Test(
    "cells read in batches keep their texts, quoted or not, over many blocks",
    arguments: [1, 2, 3] as [UInt64])
  func batches(seed: UInt64) throws {
    // Number, text, text with quotes, and a number that is a word here and there.
    let texts = Self.texts(9_000, seed: seed)
    let words = ["", "NA", "none", "a word of more than thirty-two bytes in all"]
    var content = "n,plain,quoted,mixed\n"
    for (row, text) in texts.enumerated() {
      let mixed = row % 7 == 0 ? words[row % 4] : "\(row % 500)"
      content += "\(row),\(text),\"\(text)\"\"\(text)\",\(mixed)\n"
    }
    var options = DecodingOptions(format: .csv)
    options.blockLength = 1 << 17
    var decoder = TableDecoder(options)
    let bytes = Array(content.utf8)
    try decoder.consume(bytes.span)
    let table = try decoder.finish().table
    try #require(table.rowCount == texts.count)
    for (row, text) in texts.enumerated() {
      var cells = [[UInt8]](repeating: [], count: 4)
      for column in 0..<4 { table.columns[column].appendText(at: row, to: &cells[column]) }
      #expect(cells[1] == Array(text.utf8), "row \(row), seed \(seed)")
      #expect(cells[2] == Array("\(text)\"\(text)".utf8), "row \(row), seed \(seed)")
      #expect(
        cells[3] == Array((row % 7 == 0 ? words[row % 4] : "\(row % 500)").utf8), "row \(row)")
    }
  }
}
