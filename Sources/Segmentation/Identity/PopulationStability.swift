import Clustering

/// The population stability index of one feature: how far its distribution has moved.
///
/// Σ (q − p) ln(q / p) over bins, p and q being the shares of the earlier and the later customers in
/// each. The bins are the tenths of the earlier ones; half a customer is added to each bin, so that
/// an empty one is no infinity.
/// - SeeAlso: Siddiqi 2006, Credit Risk Scorecards, for the index and its bands.
enum PopulationStability {
  /// From here on a distribution is said to drift.
  static let drifting = 0.1
  /// From here on it is another one.
  static let changed = 0.25
  /// Tenths are taken from so many values at most, spread evenly over the file.
  static let sampleLimit = 1 << 17

  /// - Parameters:
  ///   - old: the earlier values; weights one each, nil for 1.
  ///   - new: the later ones.
  /// - Returns: nil when either is empty.
  /// - Complexity: O(*n*), with a sort of at most ``sampleLimit`` values.
  static func index(
    old: (values: [Double], weights: [Double]?), new: (values: [Double], weights: [Double]?)
  ) -> Double? {
    guard !old.values.isEmpty, !new.values.isEmpty else { return nil }
    let edges = edges(old.values, old.weights)
    let p = shares(old.values, old.weights, edges)
    let q = shares(new.values, new.weights, edges)
    return zip(p, q).reduce(0) { $0 + ($1.1 - $1.0) * logarithm($1.1 / $1.0) }
  }

  /// The different ones among the nine values between tenths, in ascending order.
  private static func edges(_ values: [Double], _ weights: [Double]?) -> [Double] {
    let step = max(1, (values.count + sampleLimit - 1) / sampleLimit)
    let sample = Array(stride(from: 0, to: values.count, by: step))
    let quantiles = WeightedQuantiles(
      sample.map { values[$0] }, weights: sample.map { weights?[$0] ?? 1 })
    var edges: [Double] = []
    for tenth in 1...9 {
      let edge = quantiles.value(at: Double(tenth) / 10)
      if edge != edges.last { edges.append(edge) }
    }
    return edges
  }

  /// The share in each bin: up to the first edge, above it up to the second, …, above the last.
  private static func shares(_ values: [Double], _ weights: [Double]?, _ edges: [Double])
    -> [Double]
  {
    var counts = [Double](repeating: 0.5, count: edges.count + 1)
    for (index, value) in values.enumerated() {
      var bin = 0
      while bin < edges.count, value > edges[bin] { bin += 1 }
      counts[bin] += weights?[index] ?? 1
    }
    let total = counts.reduce(0, +)
    return counts.map { $0 / total }
  }

  /// The natural logarithm of a ratio, the same bits on every machine.
  private static func logarithm(_ ratio: Double) -> Double {
    ratio >= 1 ? logarithmOfOnePlus(ratio - 1) : -logarithmOfOnePlus(1 / ratio - 1)
  }
}
