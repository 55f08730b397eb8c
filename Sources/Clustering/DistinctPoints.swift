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
  /// For each of the `n` samples the index of its point.
  public let pointOfSample: [Int32]
  /// Whether equal samples share a point.
  public let isCompressed: Bool

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
    if isCountable, let coded = Self.coded(columns, team: team) {
      self.init(counting: coded, weights: weights, sampleCount: first.count, team: team)
    } else if first.count <= Self.sortLimit || Self.repeats(columns) {
      self.init(sorting: columns, weights: weights)
    } else {
      self.init(taking: columns, weights: weights)
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

  /// The columns numbered, when their combinations are few enough to count.
  private static func coded(_ columns: [SampleColumn], team: WorkTeam) -> [CodedColumn]? {
    // Counters that stay mostly empty cost more than sorting the samples.
    let limit = min(counterLimit, max(4096, 8 * columns[0].count))
    var coded: [CodedColumn] = []
    var combinations = 1
    for column in columns {
      guard let next = CodedColumn(column, team: team) else { return nil }
      combinations *= next.values.count
      guard combinations <= limit else { return nil }
      coded.append(next)
    }
    return coded
  }

  private static let blockSize = 4096

  private init(
    counting columns: [CodedColumn], weights: [Double]?, sampleCount: Int, team: WorkTeam
  ) {
    let combinations = columns.reduce(1) { $0 * $1.values.count }
    let blockSize = Self.blockSize
    let blockCount = (sampleCount + blockSize - 1) / blockSize

    // The combination of each sample in a block: its numbers as digits, the first feature first, so
    // combinations ascend as rows do.
    @Sendable func keys(_ block: Int, into keys: Buffer<UInt32>) -> Range<Int> {
      let range = block * blockSize..<min((block + 1) * blockSize, sampleCount)
      keys.fill(with: 0)
      for column in columns {
        column.append(to: keys.base, from: range.lowerBound, count: range.count)
      }
      return range
    }

    // Whole numbers add up to the same sum in any order, so each worker may have its own counters.
    let partCount = min(team.threads, 8)
    let counts = Buffer<Double>(repeating: 0, count: weights == nil ? 0 : combinations * partCount)
    let numbers = Buffer<UInt32>(
      repeating: 0, count: weights == nil ? combinations * partCount : 0)
    team.forEach(partCount) { part in
      // Safety: each part has its own counters.
      let memory = Buffer<UInt32>(uninitializedCount: blockSize)
      for block in blockCount * part / partCount..<blockCount * (part + 1) / partCount {
        let range = keys(block, into: memory)
        if let weights {
          let own = counts.base + part * combinations
          for i in 0..<range.count { own[Int(memory[i])] += weights[range.lowerBound + i] }
        } else {
          let own = numbers.base + part * combinations
          for i in 0..<range.count { own[Int(memory[i])] &+= 1 }
        }
      }
    }

    var pointWeights: [Double] = []
    var combinationOfPoint: [Int] = []
    let pointOfCombination = Buffer<Int32>(repeating: -1, count: combinations)
    for combination in 0..<combinations {
      var sum = 0.0
      for part in 0..<partCount {
        sum +=
          weights == nil
          ? Double(numbers[part * combinations + combination])
          : counts[part * combinations + combination]
      }
      guard sum > 0 else { continue }
      pointOfCombination[combination] = Int32(truncatingIfNeeded: pointWeights.count)
      pointWeights.append(sum)
      combinationOfPoint.append(combination)
    }
    var values = [Double](repeating: 0, count: pointWeights.count * columns.count)
    for (point, combination) in combinationOfPoint.enumerated() {
      var rest = combination
      for feature in columns.indices.reversed() {
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: columns[feature].values.count)
        values[feature * pointWeights.count + point] = columns[feature].values[digit]
        rest = quotient
      }
    }
    pointOfSample = [Int32](unsafeUninitializedCapacity: sampleCount) { buffer, count in
      // Safety: each block writes its own range, and together they write every element.
      nonisolated(unsafe) let target = buffer
      team.forEachWorker(blockCount) { claim in
        let memory = Buffer<UInt32>(uninitializedCount: blockSize)
        while let block = claim() {
          let range = keys(block, into: memory)
          guard let base = target.baseAddress else { return }
          for i in 0..<range.count {
            (base + range.lowerBound + i).initialize(to: pointOfCombination[Int(memory[i])])
          }
        }
      }
      count = sampleCount
    }
    points = FeatureMatrix(checked: values, sampleCount: pointWeights.count)
    self.weights = pointWeights
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
    self.pointOfSample = pointOfSample
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
    pointOfSample = (0..<n).map { Int32(truncatingIfNeeded: $0) }
    isCompressed = false
  }
}
