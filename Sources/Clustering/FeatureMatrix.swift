/// Samples by features: `n × d` finite numbers, stored feature by feature (column-major).
///
/// Column-major is what the kernels want: a loop over samples of one feature reads memory in
/// order and is vectorised by the compiler.
public struct FeatureMatrix: Sendable, Equatable {
  /// `n`, the number of samples (rows); at least 1.
  public let sampleCount: Int
  /// `d`, the number of features (columns); at least 1.
  public let featureCount: Int
  /// `values[feature * sampleCount + sample]`.
  let values: [Double]

  /// The largest magnitude of a coordinate: weighted sums of squared distances stay finite over
  /// 2³¹ samples of 10⁵ features.
  static let coordinateLimit = 1e120

  /// Joins columns of equal length to a matrix.
  ///
  /// Negative zero is stored as zero, so that equal rows have equal bits.
  /// - Parameter columns: one array of `n` values for each feature.
  /// - Throws: ``ClusteringError/noSamples``, ``ClusteringError/shapeMismatch(expected:found:)``,
  ///   ``ClusteringError/tooManySamples(found:)`` or
  ///   ``ClusteringError/notFinite(sample:feature:)`` (also for magnitudes above 1e120).
  /// - Complexity: O(*nd*).
  public init(columns: [[Double]]) throws(ClusteringError) {
    guard let first = columns.first else {
      throw .shapeMismatch(expected: 1, found: 0)
    }
    guard !first.isEmpty else { throw .noSamples }
    guard first.count <= Int(Int32.max) else { throw .tooManySamples(found: first.count) }
    var joined: [Double] = []
    joined.reserveCapacity(columns.count * first.count)
    for (feature, column) in columns.enumerated() {
      guard column.count == first.count else {
        throw .shapeMismatch(expected: first.count, found: column.count)
      }
      if let sample = column.firstIndex(where: { !($0.magnitude <= Self.coordinateLimit) }) {
        throw .notFinite(sample: sample, feature: feature)
      }
      for value in column { joined.append(value + 0.0) }
    }
    self.init(checked: joined, sampleCount: first.count)
  }

  /// A matrix of the same shape, made feature by feature.
  ///
  /// - Parameters:
  ///   - threads: how many features may be made at the same time.
  ///   - write: gets a feature, its `n` values and the place for as many new ones, all 0 yet.
  /// - Throws: ``ClusteringError/notFinite(sample:feature:)``, as ``init(columns:)``.
  /// - Complexity: O(*nd*) and what `write` takes.
  public func mapped(
    threads: Int,
    _ write:
      @Sendable (_ feature: Int, _ values: ArraySlice<Double>, _ mapped: inout MutableSpan<Double>)
      -> Void
  ) throws(ClusteringError) -> FeatureMatrix {
    let (n, d, values) = (sampleCount, featureCount, values)
    // The first illegal sample of each feature, or `n`.
    var illegal: [Int] = []
    let mapped = [Double](unsafeUninitializedCapacity: n * d) { buffer, count in
      // Safety: each feature writes its own range, and together they write every element.
      nonisolated(unsafe) let target = buffer
      illegal = WorkTeam(threads: threads).values(d) { feature in
        let own = UnsafeMutableBufferPointer(rebasing: target[feature * n..<(feature + 1) * n])
        own.initialize(repeating: 0)
        var span = own.mutableSpan
        write(feature, values[feature * n..<(feature + 1) * n], &span)
        var isLegal = true
        for sample in own.indices {
          isLegal = isLegal && own[sample].magnitude <= Self.coordinateLimit
          own[sample] += 0.0
        }
        return isLegal ? n : own.firstIndex { !($0.magnitude <= Self.coordinateLimit) } ?? n
      }
      count = n * d
    }
    for (feature, sample) in illegal.enumerated() where sample < n {
      throw .notFinite(sample: sample, feature: feature)
    }
    return FeatureMatrix(checked: mapped, sampleCount: n)
  }

  /// Takes values that are known to be legal.
  init(checked values: [Double], sampleCount: Int) {
    precondition(sampleCount > 0 && !values.isEmpty && values.count % sampleCount == 0)
    self.sampleCount = sampleCount
    self.featureCount = values.count / sampleCount
    self.values = values
  }

  /// One coordinate.
  public subscript(sample: Int, feature: Int) -> Double {
    precondition(sample >= 0 && sample < sampleCount && feature >= 0 && feature < featureCount)
    return values[feature * sampleCount + sample]
  }

  /// The `n` values of one feature.
  /// - Complexity: O(*n*).
  public func column(_ feature: Int) -> [Double] {
    precondition(feature >= 0 && feature < featureCount)
    return Array(values[feature * sampleCount..<(feature + 1) * sampleCount])
  }

  /// The `d` values of one sample.
  /// - Complexity: O(*d*).
  public func row(_ sample: Int) -> [Double] {
    (0..<featureCount).map { self[sample, $0] }
  }

  /// Whether two samples have the same coordinates.
  func rowsAreEqual(_ a: Int, _ b: Int) -> Bool {
    (0..<featureCount).allSatisfy {
      values[$0 * sampleCount + a] == values[$0 * sampleCount + b]
    }
  }

  /// Whether row `a` comes before row `b` in lexicographic order.
  func rowPrecedes(_ a: Int, _ b: Int) -> Bool {
    for feature in 0..<featureCount {
      let x = values[feature * sampleCount + a]
      let y = values[feature * sampleCount + b]
      if x != y { return x < y }
    }
    return false
  }

  /// The number of distinct rows, counted no further than `limit`.
  /// - Complexity: O(*nd* · limit), and far less when the first rows differ.
  func distinctRowCount(atMost limit: Int) -> Int {
    var found: [Int] = []
    for sample in 0..<sampleCount where found.count < limit {
      if !found.contains(where: { rowsAreEqual($0, sample) }) { found.append(sample) }
    }
    return found.count
  }
}
