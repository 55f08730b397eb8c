/// Improves a tree one split at a time, the rest held still, and gives its thresholds few digits.
///
/// A split can only be exchanged for one that keeps more customers right, so the tree never gets
/// worse and the search ends.
struct TreeImprover {
  private let points: LabelledPoints
  /// The points, ascending in each feature.
  private let orders: [[Int32]]
  private var nodes: [SurrogateTree.Node]

  /// Rounds over all splits; the last ones rarely change anything.
  private static let roundLimit = 8

  /// - Parameter orders: the points, ascending in each feature.
  init(_ points: LabelledPoints, orders: [[Int32]], nodes: [SurrogateTree.Node]) {
    self.points = points
    self.orders = orders
    self.nodes = nodes
  }

  /// The weight of the points that the tree puts where they belong.
  var right: Double { rightOfCluster.reduce(0, +) }

  /// The same, for each cluster.
  private var rightOfCluster: [Double] {
    var right = [Double](repeating: 0, count: points.clusterCount)
    for point in 0..<points.count {
      let label = Int(points.labels[point])
      if cluster(of: point, from: 0) == label { right[label] += points.weights[point] }
    }
    return right
  }

  /// Goes over all splits, the lowest first, until none can be bettered.
  mutating func improve() {
    for _ in 0..<Self.roundLimit {
      var hasChanged = false
      for index in nodes.indices.reversed() where improve(index) { hasChanged = true }
      if !hasChanged { return }
    }
  }

  /// Whether a node got a better split.
  private mutating func improve(_ index: Int) -> Bool {
    guard case .split(let feature, let threshold, let low, let high) = nodes[index] else {
      return false
    }
    let isHere = members(of: index)
    // What a point adds when it goes one way or the other.
    var lowGain = [Double](repeating: 0, count: points.count)
    var highGain = lowGain
    var current = 0.0
    for point in 0..<points.count where isHere[point] {
      let weight = points.weights[point]
      let label = Int(points.labels[point])
      if cluster(of: point, from: low) == label { lowGain[point] = weight }
      if cluster(of: point, from: high) == label { highGain[point] = weight }
      current +=
        points.columns[feature][point] <= threshold ? lowGain[point] : highGain[point]
    }
    var best: (right: Double, gap: Double, feature: Int, threshold: Double)?
    for (feature, order) in orders.enumerated() {
      let here = order.filter { isHere[Int($0)] }
      guard let first = here.first, let last = here.last else { continue }
      let column = points.columns[feature]
      let range = column[Int(last)] - column[Int(first)]
      var right = here.reduce(0) { $0 + highGain[Int($1)] }
      for position in 0..<here.count - 1 {
        let point = Int(here[position])
        right += lowGain[point] - highGain[point]
        let gap = column[Int(here[position + 1])] - column[point]
        guard gap > 0 else { continue }
        let isBetter =
          best.map { right > $0.right || (right == $0.right && gap / range > $0.gap) } ?? true
        if isBetter { best = (right, gap / range, feature, column[point]) }
      }
    }
    guard let best, best.right > current * (1 + 1e-12) else { return false }
    let before = (node: nodes[index], right: rightOfCluster)
    nodes[index] = .split(
      feature: best.feature, threshold: best.threshold, low: low, high: high)
    // A small segment is not given up for a few more customers of the large ones.
    if zip(before.right, rightOfCluster).contains(where: { $0 > 0 && $1 == 0 }) {
      nodes[index] = before.node
      return false
    }
    return true
  }

  private func cluster(of point: Int, from start: Int) -> Int {
    var index = start
    while true {
      switch nodes[index] {
      case .leaf(let cluster): return cluster
      case .split(let feature, let threshold, let low, let high):
        index = points.columns[feature][point] <= threshold ? low : high
      }
    }
  }

  /// Which points come to a node.
  private func members(of node: Int) -> [Bool] {
    (0..<points.count).map { point in
      var index = 0
      while index != node, case .split(let feature, let threshold, let low, let high) = nodes[index]
      {
        index = points.columns[feature][point] <= threshold ? low : high
      }
      return index == node
    }
  }

  /// The nodes with each threshold moved between its neighbours to where it has few digits, without
  /// splits that no longer tell anything apart.
  var readableNodes: [SurrogateTree.Node] {
    var compact: [SurrogateTree.Node] = []
    func append(_ index: Int, _ here: [Int32]) -> Int {
      let position = compact.count
      guard case .split(let feature, let threshold, let low, let high) = nodes[index] else {
        compact.append(nodes[index])
        return position
      }
      let column = points.columns[feature]
      let lows = here.filter { column[Int($0)] <= threshold }
      let highs = here.filter { column[Int($0)] > threshold }
      // An exchange above may have left a split without points on one side.
      guard let lower = lows.map({ column[Int($0)] }).max() else { return append(high, highs) }
      guard let upper = highs.map({ column[Int($0)] }).min() else { return append(low, lows) }
      compact.append(.leaf(cluster: 0))
      let lowPosition = append(low, lows)
      let highPosition = append(high, highs)
      if case .leaf(let a) = compact[lowPosition], case .leaf(let b) = compact[highPosition], a == b
      {
        compact.removeLast(2)
        compact[position] = .leaf(cluster: a)
      } else {
        compact[position] = .split(
          feature: feature, threshold: ReadableNumber.between(lower, upper), low: lowPosition,
          high: highPosition)
      }
      return position
    }
    _ = append(0, (0..<points.count).map { Int32(truncatingIfNeeded: $0) })
    return compact
  }
}
