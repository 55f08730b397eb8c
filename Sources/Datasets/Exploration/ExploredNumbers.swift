extension ExploredNumbers {
  init?(_ values: ValueCounts, binCount: Int) {
    guard let mean = values.mean, let low = values.values.first, let high = values.values.last,
      let q1 = values.quantile(0.25), let median = values.quantile(0.5),
      let q3 = values.quantile(0.75)
    else { return nil }
    self.mean = mean
    minimum = low
    maximum = high
    firstQuartile = q1
    self.median = median
    thirdQuartile = q3
    let n = Double(values.count)
    let second = values.weightedSum { ($0 - mean) * ($0 - mean) } / n
    standardDeviation = n > 1 ? (second * n / (n - 1)).squareRoot() : nil
    // Joanes and Gill 1998: G1 and G2.
    if second > 0, n > 2 {
      let third = values.weightedSum { ($0 - mean) * ($0 - mean) * ($0 - mean) } / n
      skewness =
        third / (second * second.squareRoot()) * (n * (n - 1)).squareRoot() / (n - 2)
    } else {
      skewness = nil
    }
    if second > 0, n > 3 {
      let fourth =
        values.weightedSum {
          let square = ($0 - mean) * ($0 - mean)
          return square * square
        } / n
      let excess = fourth / (second * second) - 3
      kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6)
    } else {
      kurtosis = nil
    }
    histogram = Histogram(values, binCount: binCount)
    let reach = 1.5 * (q3 - q1)
    fences = q1 - reach...q3 + reach
    outlierCount = values.count(outside: fences)
  }
}

extension Histogram {
  init(_ values: ValueCounts, binCount: Int) {
    guard let low = values.values.first, let high = values.values.last else {
      edges = []
      counts = []
      return
    }
    // As numpy does: a single value gets a bin one wide around it.
    let (first, last) = low == high ? (low - 0.5, high + 0.5) : (low, high)
    let width = (last - first) / Double(binCount)
    edges = (0...binCount).map { $0 == binCount ? last : first + Double($0) * width }
    var counts = [Int](repeating: 0, count: binCount)
    for (value, found) in zip(values.values, values.counts) {
      var bin = min(binCount - 1, max(0, Int((value - first) / width)))
      // Division and multiplication round apart; the edges decide.
      if value < edges[bin] {
        bin -= 1
      } else if bin + 1 < binCount, value >= edges[bin + 1] {
        bin += 1
      }
      counts[bin] += found
    }
    self.counts = counts
  }
}
