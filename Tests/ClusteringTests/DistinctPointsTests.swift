import Testing

@testable import Clustering

@Suite("DistinctPoints", .timeLimit(.minutes(2))) struct DistinctPointsTests {
  /// Checks what must hold for any samples.
  private func check(_ found: DistinctPoints, _ rows: [[Double]], weights: [Double]?) {
    let points = found.points.rows
    for (a, b) in zip(points, points.dropFirst()) { #expect(a.lexicographicallyPrecedes(b)) }
    var sums = Array(repeating: 0.0, count: points.count)
    let pointOfSample = found.pointOfSample
    for (sample, row) in rows.enumerated() {
      let point = Int(pointOfSample[sample])
      #expect(points[point] == row)
      sums[point] += weights?[sample] ?? 1
    }
    for (sum, weight) in zip(sums, found.weights) { #expect(sum.isClose(to: weight, 1e-12)) }
    let bytes = points.indices.map { UInt8(truncatingIfNeeded: $0 &* 7) }
    #expect(found.spread(bytes, threads: 2) == pointOfSample.map { bytes[Int($0)] })
    #expect(found.isCompressed)
  }

  @Test("every sample finds its row, every weight its point", arguments: 0..<20 as Range<UInt64>)
  func property(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let n = 1 + random.below(400)
    let d = 1 + random.below(3)
    let matrix =
      seed.isMultiple(of: 2)
      ? try Generated.integers(n, features: d, below: 1 + random.below(9), seed: seed)
      : try Generated.blobs(n, features: d, groups: 3, seed: seed)
    let weights = [
      nil, (0..<n).map { _ in Double(1 + random.below(4)) },
      (0..<n).map { _ in
        0.1 + random.unit()
      },
    ][Int(seed % 3)]
    check(try DistinctPoints(matrix, weights: weights), matrix.rows, weights: weights)
  }

  @Test("neither the order of samples nor a split of weights changes a bit", arguments: [1, 2, 7])
  func canonical(threads: Int) throws {
    let matrix = try Generated.integers(3000, features: 3, below: 7, seed: 5)
    var random = RandomSource(seed: 9)
    let whole = (0..<3000).map { _ in Double(1 + random.below(5)) }
    let broken = (0..<3000).map { _ in random.unit() + 0.01 }
    for weights in [whole, broken] {
      let plain = try DistinctPoints(matrix, weights: weights)
      let order = Generated.permutation(3000, seed: 6)
      let shuffled = try DistinctPoints(
        matrix.rows(order), weights: order.map { weights[$0] }, threads: threads)
      #expect(shuffled.points == plain.points)
      #expect(shuffled.weights == plain.weights)
    }
    let twice = try DistinctPoints(matrix.rows(Array(0..<3000) + Array(0..<3000)))
    let double = try DistinctPoints(matrix, weights: Array(repeating: 2, count: 3000))
    #expect(twice.points == double.points && twice.weights == double.weights)
  }

  @Test("narrow columns give what Float64 gives", arguments: [1, 2, 7])
  func narrow(threads: Int) throws {
    var random = RandomSource(seed: 11)
    let values = (0..<20_000).map { _ in random.below(60) - 20 }
    let others = (0..<20_000).map { _ in random.below(40) }
    let expected = try DistinctPoints(
      FeatureMatrix(columns: [values.map(Double.init), others.map(Double.init)]))
    // As a table stores them, pieces of different length with a base each, one of them empty.
    let pieces = [0..<1, 1..<1, 1..<7001, 7001..<20_000].map { range in
      let base = values[range].min() ?? 3
      return SamplePiece(base: base, distances: values[range].map { UInt8($0 - base) })
    }
    let first: [SampleColumn] = [
      .pieces(pieces),
      .int8(values.map(Int8.init)), .int16(values.map(Int16.init)),
      .int32(values.map(Int32.init)), .float64(values.map(Double.init)),
    ]
    let second: [SampleColumn] = [
      .uint8(others.map(UInt8.init)), .uint16(others.map(UInt16.init)),
    ]
    for a in first {
      for b in second {
        let found = try DistinctPoints(columns: [a, b], threads: threads)
        #expect(found.points == expected.points)
        #expect(found.weights == expected.weights)
        #expect(found.pointOfSample == expected.pointOfSample)
        let labels = found.points.rows.indices.map { Int32($0 % 300) }
        #expect(
          found.spread(labels, threads: threads)
            == expected.pointOfSample.map { labels[Int($0)] })
      }
    }
    check(expected, zip(values, others).map { [Double($0), Double($1)] }, weights: nil)
  }

  @Test("combinations too many to count are sorted by their digits")
  func ordered() throws {
    var random = RandomSource(seed: 14)
    let n = 5000
    let columns = [200, 2, 150, 3, 100].map { limit in
      (0..<n).map { _ in Double(random.below(limit) - limit / 2) }
    }
    // Some rows come twice.
    let rows = (0..<n).map { sample in columns.map { $0[sample < 4000 ? sample : sample - 4000] } }
    let matrix = try FeatureMatrix(columns: columns.indices.map { f in rows.map { $0[f] } })
    let weights = (0..<n).map { _ in Double(1 + random.below(4)) }
    for weights in [nil, weights] {
      let found = try DistinctPoints(matrix, weights: weights, threads: 2)
      check(found, rows, weights: weights)
      #expect(found.points.sampleCount <= 4000)
      // Halves are not counted in any order, so they are sorted by comparing rows.
      let halves = try DistinctPoints(
        matrix, weights: (0..<n).map { (weights?[$0] ?? 1) / 2 }, threads: 2)
      #expect(found.points == halves.points)
      #expect(found.weights == halves.weights.map { $0 * 2 })
      #expect(found.pointOfSample == halves.pointOfSample)
    }
  }

  @Test("wide values are sorted where they cannot be counted") func wide() throws {
    var random = RandomSource(seed: 12)
    let incomes = (0..<5000).map { _ in Int32(random.below(900) * 2_000_000 - 900_000_000) }
    let shares = (0..<5000).map { _ in Double(random.below(50)) / 7 }
    let found = try DistinctPoints(columns: [.int32(incomes), .float64(shares)])
    check(found, zip(incomes, shares).map { [Double($0), $1] }, weights: nil)
    // Pieces are joined when they are not counted.
    let ages = (0..<5000).map { _ in UInt8(random.below(60)) }
    let mixed = try DistinctPoints(columns: [
      .int32(incomes), .pieces([SamplePiece(base: 18, distances: ages)]),
    ])
    check(mixed, zip(incomes, ages).map { [Double($0), Double($1) + 18] }, weights: nil)
  }

  @Test("the two ends of the integer types do not overflow") func ends() throws {
    let found = try DistinctPoints(columns: [
      .int32([.min, .max, .min]), .int8([.min, .max, .min]), .int16([.min, .max, .min]),
      .uint16([.min, .max, .min]),
    ])
    #expect(found.points.sampleCount == 2)
    #expect(found.weights == [2, 1])
    #expect(found.points.row(1) == [2_147_483_647, 127, 32_767, 65_535])
  }

  @Test("very many samples that hardly repeat are taken as they stand") func asTheyStand() throws {
    let n = 300_000
    var random = RandomSource(seed: 13)
    let values = (0..<n).map { _ in random.unit() }
    let found = try DistinctPoints(columns: [.float64(values)])
    #expect(!found.isCompressed)
    #expect(found.points.column(0) == values)
    #expect(found.pointOfSample.last == Int32(n - 1))
    // The same number of samples that do repeat.
    let repeated = (0..<n).map { _ in Double(random.below(70_000)) / 3 }
    #expect(try DistinctPoints(columns: [.float64(repeated)]).isCompressed)
  }

  @Test("illegal input is refused, with the place") func refusals() throws {
    #expect(throws: ClusteringError.notFinite(sample: 1, feature: 0)) {
      try DistinctPoints(columns: [.float64([1, .nan])])
    }
    #expect(throws: ClusteringError.shapeMismatch(expected: 2, found: 1)) {
      try DistinctPoints(columns: [.uint8([1, 2]), .int8([1])])
    }
    #expect(throws: ClusteringError.noSamples) { try DistinctPoints(columns: [.uint8([])]) }
    let matrix = try FeatureMatrix(columns: [[1, 2]])
    for bad in [0, -1, Double.nan, .infinity, 2e15] {
      #expect(throws: ClusteringError.weightNotPositive(sample: 1)) {
        try DistinctPoints(matrix, weights: [1, bad])
      }
    }
    #expect(throws: ClusteringError.shapeMismatch(expected: 2, found: 1)) {
      try DistinctPoints(matrix, weights: [1])
    }
    #expect(throws: ClusteringError.optionOutOfRange(option: .threads, value: 0)) {
      try DistinctPoints(matrix, threads: 0)
    }
  }
}
