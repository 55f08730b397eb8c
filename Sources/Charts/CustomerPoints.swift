/// Customers with their features and segments.
public struct CustomerPoints: Sendable {
  /// The features, in the order of `values`.
  public let features: [ChartFeature]
  /// One list a feature, each with one value a customer.
  public let values: [[Double]]
  /// The segment of each customer, an index of `segments`.
  public let labels: [Int]
  /// How many customers each row stands for; nil for one each.
  public let weights: [Double]?
  /// The segments, the largest first.
  public let segments: [ChartSegment]

  /// Customers in rows; every list must be of one length.
  public init(
    features: [ChartFeature], values: [[Double]], labels: [Int], weights: [Double]? = nil,
    segments: [ChartSegment]
  ) {
    precondition(features.count == values.count, "one list of values a feature")
    precondition(values.allSatisfy { $0.count == labels.count }, "one value a customer")
    precondition(weights.map { $0.count == labels.count } ?? true, "one weight a customer")
    precondition(labels.allSatisfy(segments.indices.contains), "labels are segments")
    self.features = features
    self.values = values
    self.labels = labels
    self.weights = weights
    self.segments = segments
  }

  /// The share of a feature's variance that lies between the segments, 0...1 (eta squared); nil when
  /// it does not vary.
  func separation(of feature: Int) -> Double? {
    var counts = Array(repeating: 0.0, count: segments.count)
    var sums = counts
    var all = 0.0
    var weight = 0.0
    for (row, label) in labels.enumerated() {
      let share = weights?[row] ?? 1
      counts[label] += share
      sums[label] += share * values[feature][row]
      weight += share
      all += share * values[feature][row]
    }
    guard weight > 0 else { return nil }
    let mean = all / weight
    var total = 0.0
    for row in labels.indices {
      let difference = values[feature][row] - mean
      total += (weights?[row] ?? 1) * difference * difference
    }
    var between = 0.0
    for segment in segments.indices where counts[segment] > 0 {
      let difference = sums[segment] / counts[segment] - mean
      between += counts[segment] * difference * difference
    }
    guard total > 0, total.isFinite, between.isFinite else { return nil }
    return min(between / total, 1)
  }
}
