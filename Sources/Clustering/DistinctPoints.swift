/// Samples compressed to distinct points with weights, in lexicographic order.
///
/// k-means on weighted distinct points is the same problem as k-means on all samples. Since equal
/// samples become one point and points are ordered, a fit depends neither on the order of the
/// samples nor on whether a sample is given twice or with weight 2.
public struct DistinctPoints: Sendable {
  /// `m × d`: the distinct rows, ascending.
  public let points: FeatureMatrix
  /// `m` sums of the weights of the samples at each point.
  public let weights: [Double]
  /// For each of the `n` samples the index of its point.
  public let pointOfSample: [Int32]

  /// Finds the distinct rows of a matrix.
  ///
  /// - Parameters:
  ///   - matrix: `n × d` samples.
  ///   - weights: `n` weights above zero, at most 1e15; nil means 1 each.
  /// - Throws: ``ClusteringError/shapeMismatch(expected:found:)``,
  ///   ``ClusteringError/weightNotPositive(sample:)``.
  /// - Complexity: O(*dn* log *n*).
  public init(_ matrix: FeatureMatrix, weights: [Double]? = nil) throws(ClusteringError) {
    try Self.check(weights, sampleCount: matrix.sampleCount)
    var order = (0..<matrix.sampleCount).map { Int32(truncatingIfNeeded: $0) }
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
    var pointOfSample = [Int32](repeating: 0, count: matrix.sampleCount)
    for sample in order.lazy.map(Int.init) {
      if let last = firsts.last, matrix.rowsAreEqual(last, sample) {
        sums[sums.count - 1] += weights?[sample] ?? 1
      } else {
        firsts.append(sample)
        sums.append(weights?[sample] ?? 1)
      }
      pointOfSample[sample] = Int32(firsts.count - 1)
    }
    var values: [Double] = []
    values.reserveCapacity(firsts.count * matrix.featureCount)
    for feature in 0..<matrix.featureCount {
      for sample in firsts { values.append(matrix[sample, feature]) }
    }
    self.points = FeatureMatrix(checked: values, sampleCount: firsts.count)
    self.weights = sums
    self.pointOfSample = pointOfSample
  }

  /// The largest weight; beyond it counts are no longer exact (2⁵³ is about 9 · 10¹⁵).
  static let weightLimit = 1e15

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
}
