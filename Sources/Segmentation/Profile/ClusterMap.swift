/// How far the centroids of a run are from each other, and a map of them on a page.
public struct ClusterMap: Sendable, Equatable {
  /// `k × k` Euclidean distances in scaled units.
  public let distances: [[Double]]
  /// One place a cluster: the plane that shows most of the variance between the centroids.
  public let places: [(x: Double, y: Double)]
  /// The share of the variance between centroids that the map shows; nil when there is none.
  public let explained: Double?

  /// Whether all distances and places are equal.
  public static func == (a: ClusterMap, b: ClusterMap) -> Bool {
    a.distances == b.distances && a.explained == b.explained
      && a.places.elementsEqual(b.places) { $0 == $1 }
  }

  /// Measures and projects centroids.
  ///
  /// - Parameters:
  ///   - centroids: `k` rows of `d` scaled coordinates.
  ///   - weights: the size of each cluster; larger ones draw the plane towards them.
  /// - Complexity: O(*k²d*).
  /// - SeeAlso: principal components, by orthogonal iteration; Golub and Van Loan, Matrix
  ///   Computations, 8.2.
  init(_ centroids: [[Double]], weights: [Double]) {
    distances = centroids.map { a in
      centroids.map { b in
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      }
    }
    let dimension = centroids.first?.count ?? 0
    let total = weights.reduce(0, +)
    let middle = (0..<dimension).map { feature in
      zip(centroids, weights).reduce(0) { $0 + $1.0[feature] * $1.1 } / total
    }
    let rows = centroids.map { zip($0, middle).map { $0 - $1 } }
    let variance = zip(rows, weights).reduce(0) { sum, row in
      sum + row.1 * row.0.reduce(0) { $0 + $1 * $1 }
    }
    let axes = Self.axes(rows, weights: weights, dimension: dimension)
    let coordinates = axes.map { axis in rows.map { Self.product($0, axis) } }
    places = rows.indices.map { row in
      (coordinates.first?[row] ?? 0, coordinates.count > 1 ? coordinates[1][row] : 0)
    }
    let shown = coordinates.reduce(0) { sum, values in
      sum + zip(values, weights).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
    }
    explained = centroids.count > 1 && variance > 0 ? min(1, shown / variance) : nil
  }

  private static func product(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The first two principal axes of weighted rows, of length 1, the largest entry of each positive.
  private static func axes(_ rows: [[Double]], weights: [Double], dimension: Int) -> [[Double]] {
    // The columns with most variance are never orthogonal to the axes all at once.
    var axes = (0..<min(2, dimension)).map { index in
      (0..<dimension).map { 1 / Double(1 + abs($0 - index)) }
    }
    for _ in 0..<1000 {
      let before = axes
      for index in axes.indices {
        var next = [Double](repeating: 0, count: dimension)
        for (row, weight) in zip(rows, weights) {
          let scale = weight * product(row, axes[index])
          for feature in 0..<dimension { next[feature] += scale * row[feature] }
        }
        // Twice is enough to keep the axes orthogonal to the last digits.
        for _ in 0..<2 {
          for earlier in axes[..<index] {
            let along = product(next, earlier)
            for feature in 0..<dimension { next[feature] -= along * earlier[feature] }
          }
        }
        let length = product(next, next).squareRoot()
        guard length > 1e-150 else {
          axes[index] = [Double](repeating: 0, count: dimension)
          continue
        }
        axes[index] = next.map { $0 / length }
      }
      let change = zip(axes, before).map { a, b in
        zip(a, b).map { abs($0 - $1) }.max() ?? 0
      }.max()
      if (change ?? 0) < 1e-15 { break }
    }
    return axes.map { axis in
      let largest = axis.max { abs($0) < abs($1) } ?? 0
      return largest < 0 ? axis.map { -$0 } : axis
    }
  }
}

extension Run {
  /// How far the centroids are from each other, and a map of them.
  public var clusterMap: ClusterMap {
    ClusterMap(clusters.map(\.scaledCentroid), weights: clusters.map(\.size))
  }
}
