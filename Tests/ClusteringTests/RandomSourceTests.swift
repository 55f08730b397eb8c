import Testing

@testable import Clustering

@Suite("RandomSource") struct RandomSourceTests {
  @Test("the first values are frozen: stored results depend on them")
  func frozen() {
    var plain = RandomSource(seed: 0)
    // The published first outputs of SplitMix64 for seed 0.
    #expect(plain.next() == 0xE220_A839_7B1D_CDAF)
    #expect(plain.next() == 0x6E78_9E6A_A1B9_65F4)
    #expect(plain.next() == 0x06C4_5D18_8009_454F)
    var stream = RandomSource(seed: 7, stream: [5, 3])
    #expect(stream.next() == 14_886_571_091_822_936_151)
    #expect(stream.below(1000) == 117)
    #expect(stream.unit() == 0.7384753980607044)
  }

  @Test("streams of one seed differ") func streams() {
    let firsts = (0..<100 as Range<UInt64>).flatMap { k in
      (0..<100 as Range<UInt64>).map { restart -> UInt64 in
        var source = RandomSource(seed: 1, stream: [k, restart])
        return source.next()
      }
    }
    #expect(Set(firsts).count == firsts.count)
  }

  @Test("numbers below a bound are all reached and evenly so") func below() {
    var source = RandomSource(seed: 3)
    var counts = Array(repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[source.below(7)] += 1 }
    for count in counts { #expect((9_600...10_400).contains(count)) }
  }

  @Test("unit numbers lie in 0..<1 with mean one half") func unit() {
    var source = RandomSource(seed: 4)
    var sum = 0.0
    for _ in 0..<100_000 {
      let value = source.unit()
      #expect(value >= 0 && value < 1)
      sum += value
    }
    #expect((sum / 100_000 - 0.5).magnitude < 0.005)
  }
}
