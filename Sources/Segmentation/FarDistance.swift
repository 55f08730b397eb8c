import Clustering

/// The distance beyond which a customer is far from the segment: the 99th percentile of the
/// distances of the segment's own customers.
///
/// It is the smallest distance that at least 99 % of the customers do not exceed, so that a row
/// with weight 3 counts as three rows and distinct weighted rows have the limits of all rows.
enum FarDistance {
  /// The share of its customers that are not far from a segment.
  static let quantile = 0.99

  /// Bins that the distances of one cluster are counted in; only one of them is sorted.
  private static let binCount = 256

  /// The limit of each cluster, in scaled units.
  ///
  /// - Parameters:
  ///   - points: `n × d`, in the features' own units.
  ///   - weights: one weight a point, positive.
  ///   - labels: the cluster of each point.
  ///   - centroids: `k × d`, scaled.
  /// - Complexity: O(*nd*) time and a sort of about 1/256 of the points; O(*n*) memory.
  static func limits(
    points: FeatureMatrix, weights: [Double], labels: [Int32], scalings: [FeatureScaling],
    centroids: FeatureMatrix
  ) -> [Double] {
    // The same operations in the same order as a score, so that no customer is far by rounding.
    var squared = [Double](repeating: 0, count: labels.count)
    for (feature, scaling) in scalings.enumerated() {
      let column = points.column(feature)
      let coordinates = centroids.column(feature)
      for point in squared.indices {
        let delta = scaling.scaled(column[point]) - coordinates[Int(labels[point])]
        squared[point] += delta * delta
      }
    }
    let clusterCount = centroids.sampleCount
    var largest = [Double](repeating: 0, count: clusterCount)
    for point in squared.indices {
      largest[Int(labels[point])] = max(largest[Int(labels[point])], squared[point])
    }
    // Zero where all customers stand on the centroid, or as good as: one bin takes them all.
    let scales = largest.map { $0 > 1e-300 ? Double(binCount) / $0 : 0 }
    func bin(_ point: Int) -> Int {
      min(binCount - 1, Int(squared[point] * scales[Int(labels[point])]))
    }
    var counts = [Double](repeating: 0, count: clusterCount * binCount)
    for point in squared.indices {
      counts[Int(labels[point]) * binCount + bin(point)] += weights[point]
    }
    var bins = [Int](repeating: binCount - 1, count: clusterCount)
    var missing = [Double](repeating: 0, count: clusterCount)
    for cluster in 0..<clusterCount {
      let row = counts[cluster * binCount..<(cluster + 1) * binCount]
      let wanted = quantile * row.reduce(0, +)
      var before = 0.0
      for (index, count) in row.enumerated() {
        if before + count >= wanted {
          bins[cluster] = index
          missing[cluster] = wanted - before
          break
        }
        before += count
      }
    }
    var chosen = [[(squared: Double, weight: Double)]](repeating: [], count: clusterCount)
    for point in squared.indices where bin(point) == bins[Int(labels[point])] {
      chosen[Int(labels[point])].append((squared[point], weights[point]))
    }
    return zip(chosen, missing).map { points, missing in
      let sorted = points.sorted { $0.squared < $1.squared }
      var before = 0.0
      let limit = sorted.first {
        before += $0.weight
        return before >= missing
      }
      return (limit ?? sorted.last)?.squared.squareRoot() ?? 0
    }
  }
}
