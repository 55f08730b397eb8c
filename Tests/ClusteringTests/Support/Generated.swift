@testable import Clustering

/// Data made up from a seed.
enum Generated {
  /// Gaussian-like blobs: sums of uniform numbers around random centres.
  static func blobs(
    _ n: Int, features d: Int, groups: Int, seed: UInt64, spread: Double = 1
  ) throws -> FeatureMatrix {
    var random = RandomSource(seed: seed, stream: [1])
    let centers = (0..<groups).map { _ in (0..<d).map { _ in random.unit() * 12 } }
    var columns = Array(repeating: [Double](), count: d)
    for _ in 0..<n {
      let center = centers[random.below(groups)]
      for feature in 0..<d {
        let noise = (0..<6).reduce(0.0) { sum, _ in sum + random.unit() } - 3
        columns[feature].append(center[feature] + noise * spread)
      }
    }
    return try FeatureMatrix(columns: columns)
  }

  /// Small whole numbers with many repeats.
  static func integers(
    _ n: Int, features d: Int, below bound: Int, seed: UInt64
  ) throws -> FeatureMatrix {
    var random = RandomSource(seed: seed, stream: [2])
    return try FeatureMatrix(
      columns: (0..<d).map { _ in (0..<n).map { _ in Double(random.below(bound)) } })
  }

  /// An order of `0..<n`.
  static func permutation(_ n: Int, seed: UInt64) -> [Int] {
    var random = RandomSource(seed: seed, stream: [3])
    var order = Array(0..<n)
    for index in order.indices.reversed() { order.swapAt(index, random.below(index + 1)) }
    return order
  }
}

extension FeatureMatrix {
  var columns: [[Double]] { (0..<featureCount).map { column($0) } }
  var rows: [[Double]] { (0..<sampleCount).map { row($0) } }

  func rows(_ order: [Int]) throws -> FeatureMatrix {
    try FeatureMatrix(columns: columns.map { column in order.map { column[$0] } })
  }
}

/// Plain implementations to hold the fast ones against.
enum Plain {
  static func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  static func nearest(_ point: [Double], _ centroids: [[Double]]) -> Int {
    var best = 0
    for index in centroids.indices
    where squaredDistance(point, centroids[index]) < squaredDistance(point, centroids[best]) {
      best = index
    }
    return best
  }

  static func inertia(_ points: FeatureMatrix, weights: [Double]?, labels: [Int32], k: Int)
    -> Double
  {
    let d = points.featureCount
    var sums = Array(repeating: Array(repeating: 0.0, count: d), count: k)
    var totals = Array(repeating: 0.0, count: k)
    for sample in 0..<points.sampleCount {
      let weight = weights?[sample] ?? 1
      totals[Int(labels[sample])] += weight
      for feature in 0..<d {
        sums[Int(labels[sample])][feature] += weight * points[sample, feature]
      }
    }
    var inertia = 0.0
    for sample in 0..<points.sampleCount {
      let label = Int(labels[sample])
      let mean = sums[label].map { $0 / totals[label] }
      inertia += (weights?[sample] ?? 1) * squaredDistance(points.row(sample), mean)
    }
    return inertia
  }

  /// The best inertia over every way to put the points into at most `k` clusters.
  static func bestInertia(_ points: FeatureMatrix, weights: [Double]?, k: Int) -> Double {
    var labels = [Int32](repeating: 0, count: points.sampleCount)
    var best = Double.infinity
    func place(_ sample: Int, used: Int32) {
      if sample == labels.count {
        if Int(used) == k {
          best = min(best, inertia(points, weights: weights, labels: labels, k: k))
        }
        return
      }
      for label in 0...min(used, Int32(k - 1)) {
        labels[sample] = label
        place(sample + 1, used: max(used, label + 1))
      }
    }
    place(0, used: 0)
    return best
  }

  /// The silhouette of each sample, every sample listed as often as its weight says.
  static func silhouettes(_ rows: [[Double]], labels: [Int32], k: Int) -> [Double] {
    rows.indices.map { i in
      var sums = Array(repeating: 0.0, count: k)
      var counts = Array(repeating: 0.0, count: k)
      for j in rows.indices where j != i {
        sums[Int(labels[j])] += squaredDistance(rows[i], rows[j]).squareRoot()
        counts[Int(labels[j])] += 1
      }
      let own = Int(labels[i])
      guard counts[own] > 0 else { return 0 }
      let a = sums[own] / counts[own]
      let others = (0..<k).filter { $0 != own && counts[$0] > 0 }
      let b = others.map { sums[$0] / counts[$0] }.min() ?? a
      return max(a, b) > 0 ? (b - a) / max(a, b) : 0
    }
  }
}
