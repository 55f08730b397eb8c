import Datasets

/// How a revenue-like measure splits over the clusters.
public struct ValueSplit: Sendable, Equatable {
  /// The position of the value column in the table.
  public let column: Int
  /// The column's key.
  public let key: String
  /// The sum over all customers.
  public let total: Double
  /// The mean of a customer.
  public let mean: Double
  /// The sum of each cluster over ``total``; nil unless the total is above zero.
  public let shareOfCluster: [Double]?
  /// The mean of a customer in each cluster.
  public let meanOfCluster: [Double]

  /// Sums of weighted values by cluster, exact and so the same for any order of the rows; cells
  /// without a number count as nothing.
  struct Tally {
    private var exactSums: ExactSums
    private var exactWeights: ExactSums

    init(clusterCount: Int) {
      exactSums = ExactSums(count: clusterCount)
      exactWeights = exactSums
    }

    var sums: [Double] { exactSums.values }
    var weights: [Double] { exactWeights.values }

    mutating func add(_ value: Double, weight: Double, cluster: Int) {
      guard !value.isNaN else { return }
      exactSums.add(weight * value, to: cluster)
      exactWeights.add(weight, to: cluster)
    }

    /// Rows that are looked at at a time.
    private static let pieceSize = 1 << 14

    /// Goes through the used rows of a dataset a piece at a time: no array is a row long.
    init(of dataset: Dataset, column: Int, _ labels: RowLabels, clusterCount: Int) {
      self.init(clusterCount: clusterCount)
      for range in dataset.rows.ranges {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceSize) {
          let rows = start..<min(range.upperBound, start + Self.pieceSize)
          let values = dataset.table.columns[column].numbers(in: rows)
          let weights = dataset.weightColumn.map { dataset.table.columns[$0].numbers(in: rows) }
          for (position, row) in rows.enumerated() {
            guard let cluster = labels[row] else { continue }
            add(values[position], weight: weights?[position] ?? 1, cluster: cluster)
          }
        }
      }
    }
  }

  /// Splits values.
  ///
  /// - Parameters:
  ///   - values: one value a row; NaN where there is none.
  ///   - weight: how often a row counts.
  ///   - cluster: the cluster of a row.
  /// - Complexity: O(*n*).
  init(
    column: Int, key: String, clusterCount: Int, values: [Double],
    weight: (Int) -> Double, cluster: (Int) -> Int
  ) {
    var tally = Tally(clusterCount: clusterCount)
    for row in values.indices {
      tally.add(values[row], weight: weight(row), cluster: cluster(row))
    }
    self.init(column: column, key: key, tally: tally)
  }

  /// Takes sums that were made before.
  init(column: Int, key: String, tally: Tally) {
    let (sums, weights) = (tally.sums, tally.weights)
    let total = sums.reduce(0, +)
    let count = weights.reduce(0, +)
    self.column = column
    self.key = key
    self.total = total
    mean = count > 0 ? total / count : 0
    shareOfCluster = total > 0 ? sums.map { $0 / total } : nil
    meanOfCluster = zip(sums, weights).map { $1 > 0 ? $0 / $1 : 0 }
  }
}
