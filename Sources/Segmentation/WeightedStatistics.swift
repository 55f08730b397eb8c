/// Mean and population standard deviation of weighted values, in two passes.
struct WeightedMoments: Sendable, Equatable {
  let totalWeight: Double
  let mean: Double
  let standardDeviation: Double

  /// - Complexity: O(*n*).
  init(_ values: [Double], weights: [Double]) {
    var total = 0.0
    var sum = 0.0
    for index in values.indices {
      total += weights[index]
      sum += weights[index] * values[index]
    }
    let mean = total > 0 ? sum / total : 0
    var squares = 0.0
    for index in values.indices {
      let difference = values[index] - mean
      squares += weights[index] * difference * difference
    }
    self.totalWeight = total
    self.mean = mean
    self.standardDeviation = total > 0 ? (squares / total).squareRoot() : 0
  }
}

/// Quantiles of weighted values by linear interpolation (Hyndman and Fan's type 7, as numpy and
/// pandas do), a weight of 2 counting as the value given twice.
struct WeightedQuantiles: Sendable {
  private let values: [Double]
  /// The sum of weights up to and with each value.
  private let cumulative: [Double]

  /// - Complexity: O(*n* log *n*).
  init(_ values: [Double], weights: [Double]) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    self.values = order.map { values[$0] }
    var total = 0.0
    self.cumulative = order.map {
      total += weights[$0]
      return total
    }
  }

  /// Takes values that are in order already.
  ///
  /// - Complexity: O(*n*).
  init(ascending values: [Double], weights: [Double]) {
    self.values = values
    var total = 0.0
    self.cumulative = weights.map {
      total += $0
      return total
    }
  }

  /// The quantile at `share` in 0...1; 0 when there is no value.
  ///
  /// - Complexity: O(log *n*).
  func value(at share: Double) -> Double {
    guard let total = cumulative.last, let largest = values.last else { return 0 }
    let position = max(0, (total - 1) * share)
    let rank = position.rounded(.down)
    let lower = value(atRank: rank) ?? largest
    let upper = value(atRank: rank + 1) ?? largest
    return lower + (upper - lower) * (position - rank)
  }

  /// The value that stands at a rank, counted from 0, when each is repeated by its weight.
  private func value(atRank rank: Double) -> Double? {
    var low = 0
    var high = cumulative.count
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > rank { high = middle } else { low = middle + 1 }
    }
    return low < values.count ? values[low] : nil
  }
}
