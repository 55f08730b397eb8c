import Testing

@testable import Datasets

/// The loops for some processors, held against the plain ones that stand in for them elsewhere.
@Suite(
  "Loops chosen at run time", .timeLimit(.minutes(3)),
  .enabled(if: VectorText.isAvailable, "this processor has no AVX-512"))
struct VectorTextTests {
  private struct Found: Equatable {
    var fields: [[UInt32]]
    var quoted: [UInt32]
    var escaped: [UInt32]
    var lineFeeds: Int
    var flags: [Bool]

    init(_ bounds: FieldBounds) {
      fields = bounds.fields[..<bounds.count].map { [$0.start, $0.end] }
      quoted = Array(bounds.quoted[..<bounds.quotedCount])
      escaped = Array(bounds.escaped[..<bounds.escapedCount])
      lineFeeds = bounds.lineFeedCount
      flags = [bounds.hasNUL, bounds.hasReturns, bounds.isIrregular]
    }
  }

  private func found(_ text: [UInt8], _ range: Range<Int>, usesVectors: Bool) -> [Found] {
    let padding = [UInt8](repeating: 0x20, count: SeparatorScanner.padding)
    let bytes = padding + text + padding
    var scanner = SeparatorScanner(delimiter: UInt8(ascii: ","), usesVectors: usesVectors)
    var bounds = FieldBounds()
    // Twice, since a scanner that has seen a carriage return looks closer.
    return (0..<2).map { _ in
      scanner.scan(
        bytes, range.lowerBound + padding.count..<range.upperBound + padding.count, into: &bounds)
      return Found(bounds)
    }
  }

  @Test("separators, quotes and line ends", arguments: 0..<60)
  func separators(seed: UInt64) {
    var random = TestRandom(state: seed)
    // From hardly any separators to nothing else; from well-formed quotes to any.
    let alphabets = [
      "a,", ",", ",\n", "abcdefgh,\n", "a\",\n", "\"", "a,\"\"\n\r", "abcdefghijk,\"\n",
    ]
    let alphabet = Array(alphabets[Int(seed) % alphabets.count].utf8)
    var text = (0..<Int(random.next() % 700)).map { _ in
      alphabet[Int(random.next() % UInt64(alphabet.count))]
    }
    if seed % 11 == 0, !text.isEmpty { text[text.count / 2] = 0 }
    for start in [0, min(3, text.count), text.count / 2] {
      let range = start..<text.count
      let plain = found(text, range, usesVectors: false)
      #expect(found(text, range, usesVectors: true) == plain, "seed \(seed) from \(start)")
    }
  }

  @Test("fields that follow RFC 4180, quoted ones among them", arguments: 0..<40)
  func records(seed: UInt64) {
    var random = TestRandom(state: 1000 + seed)
    var text: [UInt8] = []
    let fields = [
      "", "7", "name", "\"a, b\"", "\"say \"\"so\"\"\"", "\"\"", "\"\"\"\"", "\"line\nline\"",
    ]
    for _ in 0..<Int(random.next() % 200) {
      let end = ["\n", ",", ",", ",", "\r\n"][Int(random.next() % (seed % 3 == 0 ? 5 : 4))]
      text += Array((fields[Int(random.next() % UInt64(fields.count))] + end).utf8)
    }
    text.append(0x0A)
    let plain = found(text, 0..<text.count, usesVectors: false)
    #expect(plain.allSatisfy { !$0.flags[2] })
    #expect(found(text, 0..<text.count, usesVectors: true) == plain, "seed \(seed)")
  }

  @Test("cells read as numbers", arguments: 0..<60)
  func numbers(seed: UInt64) {
    var random = TestRandom(state: 2000 + seed)
    let alphabet = Array((seed % 4 == 0 ? "0123456789.-ax" : "01234567890123456789.").utf8)
    var text = [UInt8](repeating: 0x20, count: SeparatorScanner.padding)
    var bounds: [FieldBound] = []
    let stride = 1 + Int(seed % 5)
    let count = Int(random.next() % 100)
    for _ in 0..<count * stride {
      let start = text.count
      for _ in 0..<Int(random.next() % 11) {
        text.append(alphabet[Int(random.next() % UInt64(alphabet.count))])
      }
      bounds.append(FieldBound(start: UInt32(start), end: UInt32(text.count)))
      text.append(UInt8(ascii: ","))
    }
    text += [UInt8](repeating: 0x20, count: SeparatorScanner.padding)
    guard count > 0 else { return }
    typealias Reading = (CellBatch, inout BatchRoom) -> Int
    func read(_ read: Reading) -> (failures: [UInt32], values: [[Int]]) {
      text.withUnsafeBytes { text in
        bounds.withUnsafeBufferPointer { bounds in
          guard let text = text.baseAddress, let bounds = bounds.baseAddress else {
            return ([], [])
          }
          let batch = CellBatch(text: text, bounds: bounds, stride: stride, count: count)
          var room = BatchRoom()
          room.reserve(count)
          let failed = read(batch, &room)
          let failures = Array(room.failures[..<failed])
          let values = (0..<count).filter { !failures.contains(UInt32($0)) }
            .map { [$0, Int(room.values[$0]), Int(room.places[$0])] }
          return (failures, values)
        }
      }
    }
    let integers = read(ColumnWriter.readIntegers)
    let quickIntegers = read(VectorText.readIntegers)
    #expect(quickIntegers.failures == integers.failures, "seed \(seed)")
    #expect(quickIntegers.values == integers.values, "seed \(seed)")
    let decimals = read(ColumnWriter.readDecimals)
    let quickDecimals = read(VectorText.readDecimals)
    #expect(quickDecimals.failures == decimals.failures, "seed \(seed)")
    #expect(quickDecimals.values == decimals.values, "seed \(seed)")
    #expect(seed % 4 == 0 || count < 20 || !decimals.values.isEmpty)
  }
}
