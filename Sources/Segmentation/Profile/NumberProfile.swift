/// How the values of a group of customers are spread.
public struct NumberSummary: Sendable, Equatable {
  /// How many customers have a value.
  public let count: Double
  /// The arithmetic mean.
  public let mean: Double
  /// With n: the population's.
  public let standardDeviation: Double
  /// The smallest value.
  public let minimum: Double
  /// The value below which a tenth of the customers lie; quantiles are linear as pandas' are.
  public let q10: Double
  /// The first quartile.
  public let q25: Double
  /// The value below which half of the customers lie.
  public let median: Double
  /// The third quartile.
  public let q75: Double
  /// The value below which nine tenths of the customers lie.
  public let q90: Double
  /// The largest value.
  public let maximum: Double

  /// The summary of values with weights; nil when there is none.
  ///
  /// - Parameters:
  ///   - values: ascending.
  ///   - mean: the mean where it is known already, so that all answers show the same bits.
  init?(ascending values: [Double], weights: [Double], mean: Double? = nil) {
    guard let first = values.first, let last = values.last else { return nil }
    let moments = WeightedMoments(values, weights: weights)
    let quantiles = WeightedQuantiles(ascending: values, weights: weights)
    count = moments.totalWeight
    self.mean = mean ?? moments.mean
    standardDeviation = moments.standardDeviation
    minimum = first
    q10 = quantiles.value(at: 0.1)
    q25 = quantiles.value(at: 0.25)
    median = quantiles.value(at: 0.5)
    q75 = quantiles.value(at: 0.75)
    q90 = quantiles.value(at: 0.9)
    maximum = last
  }
}

/// A numeric column in each cluster beside all customers.
public struct NumberProfile: Sendable, Equatable {
  /// The position of the column in the table.
  public let column: Int
  /// Its position among the features of the run; nil when it only describes.
  public let feature: Int?
  /// All customers.
  public let overall: NumberSummary
  /// Each cluster; nil where no customer has a value.
  public let ofCluster: [NumberSummary?]

  /// (mean − overall mean) / overall standard deviation; 0 for a constant.
  public func z(ofCluster cluster: Int) -> Double? {
    guard let summary = ofCluster[cluster] else { return nil }
    return overall.standardDeviation > 0
      ? (summary.mean - overall.mean) / overall.standardDeviation : 0
  }

  /// Mean / overall mean; nil when the two cannot be compared as a ratio.
  public func lift(ofCluster cluster: Int) -> Double? {
    ofCluster[cluster].flatMap { Run.lift($0.mean, overall: overall.mean) }
  }
}

/// The values of a column by cluster, ascending, on the way to a ``NumberProfile``.
struct GroupedValues {
  /// The values of each cluster, ascending.
  private(set) var values: [[Double]]
  /// How often each counts.
  private(set) var weights: [[Double]]

  /// Whole numbers in a range of at most so many get a counter each and need no sorting.
  private static let counterLimit = 1 << 20

  /// Groups one value a row; NaN is passed over.
  ///
  /// - Complexity: O(*n*) for whole numbers close together, O(*n* log *n*) otherwise.
  init(_ numbers: [Double], weights: [Double]?, clusters: [Int32], clusterCount: Int) {
    var (low, high) = (Double.infinity, -Double.infinity)
    var isWhole = true
    for number in numbers where !number.isNaN {
      low = min(low, number)
      high = max(high, number)
      if number != number.rounded() { isWhole = false }
    }
    values = Array(repeating: [], count: clusterCount)
    self.weights = values
    guard low <= high else { return }
    if isWhole, (high - low + 1) * Double(clusterCount) <= Double(Self.counterLimit) {
      count(numbers, from: low, width: Int(high - low) + 1, weights: weights, clusters: clusters)
    } else {
      sort(numbers, weights: weights, clusters: clusters)
    }
  }

  private mutating func count(
    _ numbers: [Double], from low: Double, width: Int, weights: [Double]?, clusters: [Int32]
  ) {
    var counts = [Double](repeating: 0, count: width * values.count)
    for row in numbers.indices where !numbers[row].isNaN {
      counts[Int(clusters[row]) * width + Int(numbers[row] - low)] += weights?[row] ?? 1
    }
    for cluster in values.indices {
      for offset in 0..<width where counts[cluster * width + offset] > 0 {
        values[cluster].append(low + Double(offset))
        self.weights[cluster].append(counts[cluster * width + offset])
      }
    }
  }

  private mutating func sort(_ numbers: [Double], weights: [Double]?, clusters: [Int32]) {
    guard let weights else {
      for row in numbers.indices where !numbers[row].isNaN {
        values[Int(clusters[row])].append(numbers[row])
      }
      for cluster in values.indices {
        values[cluster].sort()
        self.weights[cluster] = [Double](repeating: 1, count: values[cluster].count)
      }
      return
    }
    // Weights of equal values ascend too: the sums have the same bits in any order of the rows.
    let order = numbers.indices.filter { !numbers[$0].isNaN }.sorted {
      (numbers[$0], weights[$0]) < (numbers[$1], weights[$1])
    }
    for row in order {
      values[Int(clusters[row])].append(numbers[row])
      self.weights[Int(clusters[row])].append(weights[row])
    }
  }

  /// The values of all clusters together.
  var all: (values: [Double], weights: [Double]) {
    let joined = values.flatMap(\.self)
    let joinedWeights = weights.flatMap(\.self)
    let order = joined.indices.sorted { (joined[$0], $0) < (joined[$1], $1) }
    return (order.map { joined[$0] }, order.map { joinedWeights[$0] })
  }
}
