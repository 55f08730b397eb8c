import Testing

@testable import Datasets

@Suite("Packed integers", .timeLimit(.minutes(1)))
struct PackedIntegersTests {
  static let cases: [(values: [Int64], byteCount: Int)] = [
    ([], 0), ([7], 1), ([7, 8], 0), ([8, 7], 2), ([1, 2, 3, 4], 0), ([1, 2, 2, 4], 4),
    ([1, 3, 2, 4], 4), ([0, 255], 2), ([0, 256], 4), ([-5, -4, -3], 0), ([0, 65_536], 8),
    ([.min, .max], 16), ([.max - 1, .max], 0), ([5, 6, 7, 9], 4),
    (Array(1000..<5000), 0), (Array(1000..<5000).reversed(), 8000),
  ]

  @Test("come back as they were, in as few bytes as they need", arguments: cases)
  func roundTrip(values: [Int64], byteCount: Int) {
    let packed = PackedIntegers(values)
    #expect(packed.count == values.count)
    #expect(values.indices.map { packed[$0] } == values)
    #expect(packed.byteCount == byteCount)
    guard values.allSatisfy({ Int32(exactly: $0) != nil }) else { return }
    let narrow = PackedIntegers(values.map { Int32($0) })
    #expect(values.indices.map { narrow[$0] } == values)
    #expect(narrow.byteCount == byteCount)
  }

  @Test("a counter's fingerprint is that of the same numbers stored otherwise")
  func fingerprints() throws {
    func column(_ text: String) throws -> Column {
      var decoder = TableDecoder(DecodingOptions(format: .csv))
      try decoder.consume(Array(text.utf8).span)
      return try decoder.finish().table.columns[0]
    }
    let numbers = Array(1...700)
    // The word makes the second column an exception's, and the third has another order first.
    let counter = try column("id,x\n" + numbers.map { "\($0),1\n" }.joined())
    guard case .numerals(let numerals) = counter.segments[0].cells,
      case .counter(700) = numerals.mantissas.distances
    else {
      Issue.record("not stored as a counter")
      return
    }
    var first: UInt64 = 0
    for number in numbers {
      first =
        first &* 0xA409_3822_299F_31D1
        &+ Column.hash(Numeral(mantissa: Int64(number), decimals: 0))
    }
    #expect(CellFingerprint(counter).first == first)
    #expect(counter.numbers() == numbers.map(Double.init))
    #expect(counter.text(at: 699) == "700")
    #expect(WholeNumberTally(counter)?.isStrictlyIncreasing == true)
  }
}
