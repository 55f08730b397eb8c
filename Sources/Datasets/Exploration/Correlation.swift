/// How columns go together.
enum Correlation {
  /// Correlations of each column with each, over the rows in which both have a number.
  static func matrix(_ columns: [[Double]]) -> [[Double?]] {
    var matrix = [[Double?]](
      repeating: [Double?](repeating: nil, count: columns.count), count: columns.count)
    for one in columns.indices {
      for other in 0...one {
        let value = one == other ? same(columns[one]) : pair(columns[one], columns[other])
        matrix[one][other] = value
        matrix[other][one] = value
      }
    }
    return matrix
  }

  /// Beyond so many rows with gaps, ranks are a column's own rather than those of each pair.
  private static let pairwiseLimit = 20_000

  /// Correlations of ranks, over the rows in which both have a number.
  static func ofRanks(_ columns: [[Double]], threads: Int = 1) -> [[Double?]] {
    var matrix = matrix(ParallelMap.map(columns.count, threads: threads) { ranks(columns[$0]) })
    let hasGaps = columns.map { $0.contains(where: \.isNaN) }
    for one in columns.indices {
      for other in 0..<one where hasGaps[one] || hasGaps[other] {
        guard columns[one].count <= pairwiseLimit else { continue }
        let rows = columns[one].indices.filter {
          !columns[one][$0].isNaN && !columns[other][$0].isNaN
        }
        let value = pair(
          ranks(rows.map { columns[one][$0] }), ranks(rows.map { columns[other][$0] }))
        matrix[one][other] = value
        matrix[other][one] = value
      }
    }
    return matrix
  }

  /// 1 for a column that varies.
  private static func same(_ numbers: [Double]) -> Double? {
    guard let first = numbers.first(where: { !$0.isNaN }) else { return nil }
    return numbers.contains { !$0.isNaN && $0 != first } ? 1 : nil
  }

  private static func pair(_ first: [Double], _ second: [Double]) -> Double? {
    var count = 0.0
    var (sumX, sumY) = (0.0, 0.0)
    for index in first.indices where !first[index].isNaN && !second[index].isNaN {
      count += 1
      sumX += first[index]
      sumY += second[index]
    }
    guard count > 1 else { return nil }
    let (meanX, meanY) = (sumX / count, sumY / count)
    var (squaresX, squaresY, products) = (0.0, 0.0, 0.0)
    for index in first.indices where !first[index].isNaN && !second[index].isNaN {
      let (dx, dy) = (first[index] - meanX, second[index] - meanY)
      squaresX += dx * dx
      squaresY += dy * dy
      products += dx * dy
    }
    guard squaresX > 0, squaresY > 0 else { return nil }
    return min(1, max(-1, products / (squaresX.squareRoot() * squaresY.squareRoot())))
  }

  /// The rank of each number, from 1, equal ones at the mean of theirs; NaN stays NaN.
  static func ranks(_ numbers: [Double]) -> [Double] {
    let values = ValueCounts(numbers)
    var means: [Double] = []
    means.reserveCapacity(values.values.count)
    var before = 0
    for found in values.counts {
      means.append(Double(before) + Double(found + 1) / 2)
      before += found
    }
    return numbers.map { number in
      guard !number.isNaN else { return .nan }
      var low = 0
      var high = values.values.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if values.values[middle] <= number { low = middle } else { high = middle }
      }
      return means[low]
    }
  }
}
