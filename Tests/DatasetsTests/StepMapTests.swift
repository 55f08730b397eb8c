import Testing

@testable import Datasets

@Suite("Compact sequences", .timeLimit(.minutes(1)))
struct StepMapTests {
  @Test("a step map is the sequence it was given, however it was joined", arguments: 0..<200)
  func sequence(seed: UInt64) {
    var random = TestRandom(state: seed)
    var values: [Int] = []
    var whole = StepMap()
    var joined = StepMap()
    var value = 0
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      var part = StepMap()
      let shift = value
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        value += [0, 0, 1, 1, 1, 1, 1, 4].randomElement(using: &random) ?? 1
        values.append(value)
        whole.append(value)
        part.append(value - shift)
      }
      joined.append(part, shift: shift)
    }
    #expect(whole.count == values.count && joined.count == values.count)
    #expect(values.indices.map { whole[$0] } == values, "seed \(seed)")
    #expect(values.indices.map { joined[$0] } == values, "seed \(seed)")
    for candidate in 0...(value + 1) {
      let found = joined.index(of: candidate)
      #expect((found != nil) == values.contains(candidate), "seed \(seed)")
      if let found { #expect(values[found] == candidate) }
    }
  }

  @Test("a selection knows its rows and their positions", arguments: 0..<50)
  func selection(seed: UInt64) {
    var random = TestRandom(state: seed)
    let used = (0..<60).filter { _ in Bool.random(using: &random) }
    var ranges: [Range<Int>] = []
    for row in used {
      if let last = ranges.last, last.upperBound == row {
        ranges[ranges.count - 1] = last.lowerBound..<row + 1
      } else {
        ranges.append(row..<row + 1)
      }
    }
    let selection = RowSelection(ranges: ranges)
    #expect(selection.count == used.count)
    #expect((0..<used.count).map { selection[$0] } == used)
    for row in 0..<60 { #expect(selection.position(ofRow: row) == used.firstIndex(of: row)) }
  }
}
