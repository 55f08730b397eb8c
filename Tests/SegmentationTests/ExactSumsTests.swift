import Datasets
import Testing

@testable import Segmentation

@Suite("Exact sums") struct ExactSumsTests {
  private func sum(_ values: [Double]) -> Double {
    var sums = ExactSums(count: 2)
    for value in values { sums.add(value, to: 1) }
    #expect(sums.values[0] == 0)
    return sums.values[1]
  }

  private static let tiny = Double.leastNonzeroMagnitude

  // math.fsum of CPython, which rounds once as well.
  static let cases: [([Double], Double)] = [
    ([], 0), ([0.1], 0.1), ([Double](repeating: 0.1, count: 10), 1),
    ([1e100, 1, -1e100], 1), ([1e16, 1, 1], 1e16 + 2), ([1e16, 1], 1e16),
    ([1e16, 1, 1e-9], 1e16 + 2), ([-1e16, -1, -1e-9], -1e16 - 2), ([3, -3], 0),
    ([-0.5, 0.25], -0.25), ([1e308, 1e308, -1e308], 1e308), ([1e308, 1e308], .infinity),
    ([tiny, tiny], 2 * tiny), ([tiny, -1, 1], tiny),
    ([.leastNormalMagnitude - tiny, tiny], .leastNormalMagnitude),
    ([.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 7], 7), ([1.5, .infinity], .infinity),
    ([1, 1e-16, 1e-16, 1e-16], 1.000_000_000_000_000_2),
    ([9_007_199_254_740_992, 1], 9_007_199_254_740_992),
    ([9_007_199_254_740_992, 1, 1e-300], 9_007_199_254_740_994),
    ([4_294_967_296, 4_294_967_295], 8_589_934_591),
  ]

  @Test("a sum is the number nearest to the true one", arguments: cases)
  func known(values: [Double], expected: Double) {
    #expect(sum(values) == expected)
    #expect(sum(values.reversed()) == expected)
    #expect(sum(values.map { -$0 }) == -expected)
  }

  @Test(
    "numbers of all sizes, in any order, give the same bits", arguments: 0..<40 as Range<UInt64>)
  func orders(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
    var values = (0..<500).map { _ in
      Double(
        sign: next() % 2 == 0 ? .plus : .minus, exponent: Int(next() % 120) - 60,
        significand: 1 + Double(next() >> 12) / 0x1p52)
    }
    // What is added and taken away again leaves nothing.
    let noise = (0..<100).map { _ in
      Double(sign: .plus, exponent: Int(next() % 2000) - 1000, significand: 1.7)
    }
    let expected = sum(values)
    values += noise + noise.map { -$0 }
    for _ in 0..<3 {
      for index in values.indices.dropLast() {
        values.swapAt(index, index + Int(next() % UInt64(values.count - index)))
      }
      #expect(sum(values).bitPattern == expected.bitPattern, "seed \(seed)")
    }
    // Whole numbers have a sum that is known.
    let whole = (0..<1000).map { _ in Int(next() >> 12) - (1 << 51) }
    #expect(sum(whole.map(Double.init)) == Double(whole.reduce(0, +)), "seed \(seed)")
  }

  @Test("the value of segments is the same bits for any order of the rows") func value() throws {
    let rows = (0..<300).map { row in
      "\(row),\(20 + row % 40),\(row * 7919 % 1_000_003).\(row % 97)\n"
    }
    func split(_ rows: [String]) throws -> ValueSplit {
      var decoder = TableDecoder()
      try decoder.consume(Array(("id,age,spent\n" + rows.joined()).utf8).span)
      var options = SegmentationOptions()
      options.clusterCount = .fixed(3)
      options.cleaning.value = "spent"
      options.cleaning.features = ["age"]
      let service = SegmentationService(store: InMemoryDatasetStore(budgetBytes: 1 << 30))
      return try #require(
        try service.segment(decoder.finish().table, options: options).run.insight.value)
    }
    let expected = try split(rows)
    for stride in [7, 101, 149] {
      #expect(try split(rows.indices.map { rows[$0 * stride % 300] }) == expected)
    }
  }
}
