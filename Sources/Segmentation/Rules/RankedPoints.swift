import Datasets

/// Labelled points with the order of each feature, and each value's rank in it: what a tree is
/// grown and improved on.
///
/// Points that are equal in a feature have one rank there, from 0 up without a gap, so that
/// comparing ranks is comparing values.
struct RankedPoints: Sendable {
  let points: LabelledPoints
  /// For each feature the points, ascending.
  let orders: [[Int32]]
  /// For each feature the rank of each point.
  let ranks: [[Int32]]
  /// For each feature the values in ascending order, each once.
  let values: [[Double]]

  /// - Parameter threads: how many may be used; the result does not depend on it.
  /// - Complexity: O(*dm* log *m*) for *m* points of *d* features.
  init(_ points: LabelledPoints, threads: Int) {
    self.points = points
    let ranked = ParallelMap.map(points.columns.count, threads: points.count < 512 ? 1 : threads) {
      RankedPoints.ranked(points.columns[$0])
    }
    orders = ranked.map(\.order)
    ranks = ranked.map(\.ranks)
    values = ranked.map(\.values)
  }

  private static func ranked(
    _ column: [Double]
  ) -> (order: [Int32], ranks: [Int32], values: [Double]) {
    var sorted = column.indices.map { (value: column[$0], point: Int32(truncatingIfNeeded: $0)) }
    sorted.sort { $0.value < $1.value || ($0.value == $1.value && $0.point < $1.point) }
    var ranks = [Int32](repeating: 0, count: column.count)
    var values: [Double] = []
    for (value, point) in sorted {
      if values.last.map({ $0 < value }) ?? true { values.append(value) }
      ranks[Int(point)] = Int32(truncatingIfNeeded: values.count - 1)
    }
    return (sorted.map(\.point), ranks, values)
  }
}

/// A node of a tree whose thresholds are ranks.
struct RankedNode: Sendable, Equatable {
  /// The feature that is compared; nil in a leaf.
  var feature: Int?
  /// Points up to this rank go on at `low`, the others at `high`.
  var limit: Int32 = 0
  var low = 0
  var high = 0
  /// The cluster that points in a leaf are taken for.
  var cluster: Int32 = 0
}
