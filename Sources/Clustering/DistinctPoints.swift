/// Samples compressed to distinct points with weights, in lexicographic order.
///
/// k-means on weighted distinct points is the same problem as k-means on all samples. Since equal
/// samples become one point and points are ordered, a fit depends neither on the order of the
/// samples nor on whether a sample is given twice or with weight 2.
///
/// The exception: more than 2¹⁸ samples that hardly repeat are taken as they stand, one point each,
/// since sorting them would cost more than the fit gains. ``isCompressed`` tells.
public struct DistinctPoints: Sendable {
  /// `m × d`: the distinct rows, ascending.
  public let points: FeatureMatrix
  /// `m` sums of the weights of the samples at each point.
  public let weights: [Double]
  /// Where the point of a sample is found.
  private let samples: Samples
  /// Whether equal samples share a point.
  public let isCompressed: Bool

  private enum Samples: Sendable {
    /// By the combination of its values.
    case counted([CodedColumn], pointOfCombination: Buffer<Int32>, count: Int)
    case listed([Int32])
    /// Sample and point have the same number.
    case same
  }

  /// The largest weight; beyond it counts are no longer exact (2⁵³ is about 9 · 10¹⁵).
  static let weightLimit = 1e15
  /// Samples up to which rows are always sorted.
  private static let sortLimit = 1 << 18
  /// Combinations of values up to which each has a counter of its own.
  private static let counterLimit = 1 << 22

  /// Finds the distinct rows of a matrix.
  ///
  /// - Parameters:
  ///   - matrix: `n × d` samples.
  ///   - weights: `n` weights above zero, at most 1e15; nil means 1 each.
  ///   - threads: threads to use at most.
  /// - Throws: ``ClusteringError/shapeMismatch(expected:found:)``,
  ///   ``ClusteringError/weightNotPositive(sample:)``,
  ///   ``ClusteringError/optionOutOfRange(option:value:)``.
  /// - Complexity: O(*dn*) when the values are few, else O(*dn* log *n*).
  public init(
    _ matrix: FeatureMatrix, weights: [Double]? = nil, threads: Int = 1
  ) throws(ClusteringError) {
    try self.init(
      columns: (0..<matrix.featureCount).map { .float64(matrix.column($0)) }, weights: weights,
      threads: threads)
  }

  /// Finds the distinct rows of columns, without copying them in Float64.
  ///
  /// - Parameters:
  ///   - columns: one column of `n` values for each feature.
  ///   - weights: `n` weights above zero, at most 1e15; nil means 1 each.
  ///   - threads: threads to use at most.
  /// - Throws: as ``init(_:weights:threads:)`` and ``FeatureMatrix/init(columns:)``.
  /// - Complexity: O(*dn*) when the values are few, else O(*dn* log *n*).
  public init(
    columns: [SampleColumn], weights: [Double]? = nil, threads: Int = 1
  ) throws(ClusteringError) {
    guard let first = columns.first else { throw .shapeMismatch(expected: 1, found: 0) }
    guard first.count > 0 else { throw .noSamples }
    guard first.count <= Int(Int32.max) else { throw .tooManySamples(found: first.count) }
    guard threads >= 1 else { throw .optionOutOfRange(option: .threads, value: threads) }
    for (feature, column) in columns.enumerated() {
      guard column.count == first.count else {
        throw .shapeMismatch(expected: first.count, found: column.count)
      }
      if let sample = column.firstIllegal() { throw .notFinite(sample: sample, feature: feature) }
    }
    try Self.check(weights, sampleCount: first.count)
    let team = WorkTeam(threads: threads)
    // Sums of whole numbers are exact in any order; of others, only sorting fixes the order.
    let isCountable = weights?.allSatisfy { $0 == $0.rounded() } ?? true
    let coded = isCountable ? Self.coded(columns, team: team) : nil
    if let coded {
      // Counters that stay mostly empty cost more than sorting the samples.
      let limit = min(Self.counterLimit, max(4096, 8 * first.count))
      if coded.combinations <= limit {
        self.init(counting: coded.columns, weights: weights, sampleCount: first.count, team: team)
        return
      }
      if first.count <= Self.sortLimit {
        self.init(
          ordering: CombinationOrder(
            coded.columns, combinations: coded.combinations, sampleCount: first.count),
          of: coded.columns, weights: weights)
        return
      }
    }
    let columns = columns.map(\.joined)
    if first.count <= Self.sortLimit || Self.repeats(columns) {
      self.init(sorting: columns, weights: weights)
    } else {
      self.init(taking: columns, weights: weights)
    }
  }

  // MARK: - From points back to samples

  /// For each of the `n` samples the index of its point.
  ///
  /// - Complexity: O(*dn*) time and four bytes a sample: ``spread(_:threads:)`` goes without them.
  public var pointOfSample: [Int32] {
    spread((0..<points.sampleCount).map { Int32(truncatingIfNeeded: $0) }, threads: 1)
  }

  /// For each of the `n` samples what its point has.
  ///
  /// - Parameters:
  ///   - values: one a point.
  ///   - threads: threads to use at most.
  /// - Complexity: O(*dn*).
  public func spread(_ values: [UInt8], threads: Int) -> [UInt8] {
    spread(values, over: WorkTeam(threads: threads))
  }

  /// For each of the `n` samples what its point has.
  ///
  /// - Parameters:
  ///   - values: one a point.
  ///   - threads: threads to use at most.
  /// - Complexity: O(*dn*).
  public func spread(_ values: [Int32], threads: Int) -> [Int32] {
    spread(values, over: WorkTeam(threads: threads))
  }

  private func spread<Value: BitwiseCopyable & Sendable>(
    _ values: [Value], over team: WorkTeam
  ) -> [Value] {
    precondition(values.count == points.sampleCount)
    switch samples {
    case .same: return values
    case .listed(let pointOfSample): return pointOfSample.map { values[Int($0)] }
    case .counted(let columns, let pointOfCombination, let sampleCount):
      let valueOfCombination = Buffer<Value>(
        repeating: values[0], count: pointOfCombination.count)
      for combination in 0..<pointOfCombination.count where pointOfCombination[combination] >= 0 {
        valueOfCombination[combination] = values[Int(pointOfCombination[combination])]
      }
      return [Value](unsafeUninitializedCapacity: sampleCount) { buffer, count in
        // Safety: each block writes its own range, and together they write every element.
        nonisolated(unsafe) let target = buffer
        let blockCount = (sampleCount + Self.blockSize - 1) / Self.blockSize
        team.forEachWorker(blockCount) { claim in
          let memory = Buffer<UInt32>(uninitializedCount: Self.blockSize)
          guard let base = target.baseAddress else { return }
          while let block = claim() {
            let range = Self.keys(columns, sampleCount, block, into: memory)
            for i in 0..<range.count {
              (base + range.lowerBound + i).initialize(to: valueOfCombination[Int(memory[i])])
            }
          }
        }
        count = sampleCount
      }
    }
  }

  /// Refuses weights that do not fit the samples.
  static func check(_ weights: [Double]?, sampleCount: Int) throws(ClusteringError) {
    guard let weights else { return }
    guard weights.count == sampleCount else {
      throw .shapeMismatch(expected: sampleCount, found: weights.count)
    }
    if let sample = weights.firstIndex(where: { !($0 > 0 && $0 <= weightLimit) }) {
      throw .weightNotPositive(sample: sample)
    }
  }

  // MARK: - Few values: one counter for each combination

  /// The columns numbered, when their combinations can be numbered, too.
  private static func coded(
    _ columns: [SampleColumn], team: WorkTeam
  ) -> (columns: [CodedColumn], combinations: Int)? {
    // Of many samples the combinations are only good for counters.
    let limit = columns[0].count > sortLimit ? counterLimit : Int(UInt32.max)
    var coded: [CodedColumn] = []
    var combinations = 1
    for column in columns {
      guard let next = CodedColumn(column, team: team) else { return nil }
      combinations *= next.values.count
      guard combinations <= limit else { return nil }
      coded.append(next)
    }
    return (coded, combinations)
  }

  private static let blockSize = 4096

  /// The combination of each sample in a block: its numbers as digits, the first feature first, so
  /// combinations ascend as rows do.
  private static func keys(
    _ columns: [CodedColumn], _ sampleCount: Int, _ block: Int, into keys: Buffer<UInt32>
  ) -> Range<Int> {
    let range = block * blockSize..<min((block + 1) * blockSize, sampleCount)
    CodedColumn.combinations(of: columns, range, into: keys)
    return range
  }

  private init(
    counting columns: [CodedColumn], weights: [Double]?, sampleCount: Int, team: WorkTeam
  ) {
    let pointOfCombination: Buffer<Int32>
    if let weights {
      let sums = Self.totals(columns, sampleCount: sampleCount, team: team) {
        (own: UnsafeMutablePointer<Double>, keys: Buffer<UInt32>, range: Range<Int>) in
        for i in 0..<range.count { own[Int(keys[i])] += weights[range.lowerBound + i] }
      }
      (points, self.weights, pointOfCombination) = Self.collect(columns, sums, team: team) { $0 }
    } else {
      let counts = Self.totals(columns, sampleCount: sampleCount, team: team) {
        (own: UnsafeMutablePointer<UInt32>, keys: Buffer<UInt32>, range: Range<Int>) in
        for i in 0..<range.count { own[Int(keys[i])] &+= 1 }
      }
      (points, self.weights, pointOfCombination) = Self.collect(columns, counts, team: team) {
        Double($0)
      }
    }
    samples = .counted(columns, pointOfCombination: pointOfCombination, count: sampleCount)
    isCompressed = true
  }

  /// What the samples of each combination add up to.
  ///
  /// - Parameter add: adds the samples of a range, whose combinations are `keys`, to the totals.
  private static func totals<Total: AdditiveArithmetic & BitwiseCopyable & Sendable>(
    _ columns: [CodedColumn], sampleCount: Int, team: WorkTeam,
    _ add:
      @Sendable (_ own: UnsafeMutablePointer<Total>, _ keys: Buffer<UInt32>, _ range: Range<Int>)
      -> Void
  ) -> Buffer<Total> {
    let combinations = columns.reduce(1) { $0 * $1.values.count }
    let blockCount = (sampleCount + blockSize - 1) / blockSize
    // Whole numbers add up to the same sum in any order, so each worker may have its own totals;
    // for a few samples they would cost more than they save.
    let partCount = sampleCount < combinations / 2 ? 1 : min(team.threads, 8)
    let totals = Buffer<Total>(repeating: .zero, count: combinations * partCount)
    team.forEach(partCount) { part in
      // Safety: each part has its own totals.
      let own = totals.base + part * combinations
      let memory = Buffer<UInt32>(uninitializedCount: blockSize)
      for block in blockCount * part / partCount..<blockCount * (part + 1) / partCount {
        let range = keys(columns, sampleCount, block, into: memory)
        add(own, memory, range)
      }
    }
    for part in 1..<max(partCount, 1) {
      let other = totals.base + part * combinations
      for combination in 0..<combinations { totals.base[combination] += other[combination] }
    }
    return totals
  }

  /// The combinations that occur, ascending, as points.
  ///
  /// Runs of the first columns' combinations are cut into slices; each counts its points, and then
  /// writes them behind those of the slices before.
  private static func collect<
    Total: Comparable & AdditiveArithmetic & BitwiseCopyable & Sendable
  >(
    _ columns: [CodedColumn], _ totals: Buffer<Total>, team: WorkTeam,
    weight: @Sendable (Total) -> Double
  ) -> (FeatureMatrix, [Double], Buffer<Int32>) {
    let featureCount = columns.count
    let lastValues = columns[featureCount - 1].values
    let combinations = columns.reduce(1) { $0 * $1.values.count }
    let runCount = combinations / lastValues.count
    let sliceCount = min(runCount, 64)
    let slices = (0..<sliceCount).map {
      runCount * $0 / sliceCount..<runCount * ($0 + 1) / sliceCount
    }
    let counts = team.values(sliceCount) { slice in
      var count = 0
      for combination
        in slices[slice].lowerBound * lastValues.count..<slices[slice].upperBound * lastValues.count
      {
        count &+= totals.base[combination] > .zero ? 1 : 0
      }
      return count
    }
    let starts = counts.indices.map { counts[..<$0].reduce(0, +) }
    let pointCount = counts.reduce(0, +)
    let pointOfCombination = Buffer<Int32>(uninitializedCount: combinations)
    var weights: [Double] = []
    let values = [Double](unsafeUninitializedCapacity: pointCount * featureCount) {
      valueBuffer, valueCount in
      weights = [Double](unsafeUninitializedCapacity: pointCount) { weightBuffer, weightCount in
        guard let valueBase = valueBuffer.baseAddress, let weightBase = weightBuffer.baseAddress
        else { return }
        // Safety: a slice writes the combinations of its runs and the points that were counted.
        nonisolated(unsafe) let values = valueBase
        nonisolated(unsafe) let weights = weightBase
        team.forEachWorker(sliceCount) { claim in
          // A number is written at the next point's place whether or not it is one, so there is
          // room for one more than a run has.
          let runWeights = Buffer<Double>(uninitializedCount: lastValues.count + 1)
          let runValues = Buffer<Double>(uninitializedCount: lastValues.count + 1)
          while let slice = claim() {
            var start = starts[slice]
            for run in slices[slice] {
              var found = 0
              var combination = run * lastValues.count
              for value in lastValues {
                let total = totals.base[combination]
                let occurs = total > .zero
                pointOfCombination[combination] =
                  occurs ? Int32(truncatingIfNeeded: start &+ found) : -1
                runWeights[found] = weight(total)
                runValues[found] = value
                found &+= occurs ? 1 : 0
                combination &+= 1
              }
              (weights + start).initialize(from: runWeights.base, count: found)
              (values + (featureCount - 1) * pointCount + start).initialize(
                from: runValues.base, count: found)
              // The features before the last have one value each in all these combinations.
              var rest = run
              for feature in (0..<featureCount - 1).reversed() {
                let digits = columns[feature].values
                (values + feature * pointCount + start).initialize(
                  repeating: digits[rest % digits.count], count: found)
                rest /= digits.count
              }
              start &+= found
            }
          }
        }
        weightCount = pointCount
      }
      valueCount = pointCount * featureCount
    }
    return (
      FeatureMatrix(checked: values, sampleCount: pointCount), weights, pointOfCombination
    )
  }

  // MARK: - Few values, fewer samples: combinations in order

  private init(ordering order: CombinationOrder, of columns: [CodedColumn], weights: [Double]?) {
    var combinations: [UInt32] = []
    var sums: [Double] = []
    var pointOfSample = [Int32](repeating: 0, count: order.sampleCount)
    order.forEach { combination, sample in
      let weight = weights?[sample] ?? 1
      if combinations.last == combination {
        // Whole numbers: the sum is the same in any order.
        sums[sums.count - 1] += weight
      } else {
        combinations.append(combination)
        sums.append(weight)
      }
      pointOfSample[sample] = Int32(truncatingIfNeeded: sums.count - 1)
    }
    var values = [Double](repeating: 0, count: sums.count * columns.count)
    for (feature, column) in columns.enumerated().reversed() {
      let digits = UInt32(truncatingIfNeeded: column.values.count)
      for point in combinations.indices {
        let (rest, digit) = combinations[point].quotientAndRemainder(dividingBy: digits)
        values[feature * sums.count + point] = column.values[Int(digit)]
        combinations[point] = rest
      }
    }
    points = FeatureMatrix(checked: values, sampleCount: sums.count)
    self.weights = sums
    samples = .listed(pointOfSample)
    isCompressed = true
  }

  // MARK: - Many values: sorted rows, or rows as they stand

  private init(sorting columns: [SampleColumn], weights: [Double]?) {
    let n = columns[0].count
    let matrix = FeatureMatrix(
      checked: columns.flatMap { column in (0..<n).map { column[$0] } }, sampleCount: n)
    var order = (0..<n).map { Int32(truncatingIfNeeded: $0) }
    order.sort { a, b in
      if matrix.rowPrecedes(Int(a), Int(b)) { return true }
      if matrix.rowPrecedes(Int(b), Int(a)) { return false }
      // Weights of one point are added in ascending order: the sum has the same bits in any
      // order of the samples.
      guard let weights else { return false }
      return weights[Int(a)] < weights[Int(b)]
    }
    var firsts: [Int] = []
    var sums: [Double] = []
    var pointOfSample = [Int32](repeating: 0, count: n)
    for sample in order.lazy.map(Int.init) {
      if let last = firsts.last, matrix.rowsAreEqual(last, sample) {
        sums[sums.count - 1] += weights?[sample] ?? 1
      } else {
        firsts.append(sample)
        sums.append(weights?[sample] ?? 1)
      }
      pointOfSample[sample] = Int32(truncatingIfNeeded: firsts.count - 1)
    }
    var values: [Double] = []
    values.reserveCapacity(firsts.count * columns.count)
    for feature in columns.indices {
      for sample in firsts { values.append(matrix[sample, feature]) }
    }
    points = FeatureMatrix(checked: values, sampleCount: firsts.count)
    self.weights = sums
    samples = .listed(pointOfSample)
    isCompressed = true
  }

  /// Whether rows repeat often enough for sorting to pay, judged by the repeats in a small sample.
  private static func repeats(_ columns: [SampleColumn]) -> Bool {
    let n = columns[0].count
    let size = 1 << 14
    let rows = (0..<size).map { n / size * $0 }
    let order = rows.sorted { a, b in
      for column in columns where column[a] != column[b] { return column[a] < column[b] }
      return false
    }
    var repeats = 0
    for (a, b) in zip(order, order.dropFirst()) where columns.allSatisfy({ $0[a] == $0[b] }) {
      repeats += 1
    }
    // Among m rows drawn from D equally frequent ones, m²/2D pairs are equal.
    let distinct = Double(size) * Double(size) / (2 * Double(max(1, repeats)))
    return distinct * 1.5 < Double(n)
  }

  private init(taking columns: [SampleColumn], weights: [Double]?) {
    let n = columns[0].count
    points = FeatureMatrix(
      checked: columns.flatMap { column in (0..<n).map { column[$0] } }, sampleCount: n)
    self.weights = weights ?? Array(repeating: 1, count: n)
    samples = .same
    isCompressed = false
  }
}
