/// Grows a tree best first and prunes it.
struct TreeGrower {
  /// A node while the tree grows.
  private struct Node {
    /// The weight of each cluster among the points that come here.
    let weightOfCluster: [Double]
    /// nil while the node is a leaf.
    var split: (feature: Int, lower: Double, low: Int, high: Int)?

    /// The cluster with most weight, ties to the lowest index.
    var majority: Int {
      weightOfCluster.indices.max {
        (weightOfCluster[$0], $1) < (weightOfCluster[$1], $0)
      } ?? 0
    }
    /// The weight that is right when all points are taken for the majority.
    var right: Double { weightOfCluster.max() ?? 0 }
  }

  /// A leaf that may be split, with the best way to do it.
  private struct Candidate {
    let node: Int
    /// The points that come here, ascending in each feature.
    let orders: [[Int32]]
    let split: Split
  }

  /// Points up to `lower` in a feature go one way, the others the other.
  private struct Split {
    let feature: Int
    let lower: Double
    /// How much less the Gini impurity is, times the weight.
    let gain: Double
  }

  /// A split that keeps fewer customers right than this share is not worth a line to read.
  private static let worthwhile = 0.0025
  /// A tree that keeps this share right need not grow: short rules serve better than the last
  /// customers.
  private static let sufficient = 0.98
  /// Splits spent on a cluster that has no leaf: one for each side of a box in two features.
  private static let focusLimit = 4

  private let points: LabelledPoints
  /// The points, ascending in each feature.
  let orders: [[Int32]]
  private var nodes: [Node] = []

  init(_ points: LabelledPoints) {
    self.points = points
    let indices = (0..<points.count).map { Int32(truncatingIfNeeded: $0) }
    orders = points.columns.map { column in
      indices.sorted { a, b in
        let (x, y) = (column[Int(a)], column[Int(b)])
        return x < y || (x == y && a < b)
      }
    }
  }

  /// The features that can be split first, those that gain most first.
  var roots: [Int] {
    let weights = weightOfCluster(orders.first ?? [])
    return orders.indices
      .compactMap { feature in bestSplit([feature], orders, weights) }
      .sorted { ($1.gain, $0.feature) < ($0.gain, $1.feature) }
      .map(\.feature)
  }

  /// The cluster with most weight.
  var majority: Int { Node(weightOfCluster: weightOfCluster(orders.first ?? [])).majority }

  /// Splits the leaf that gains most, again and again.
  ///
  /// - Parameter root: the feature of the first split.
  mutating func grow(from root: Int, leafLimit: Int) {
    var candidates: [Candidate] = []
    add(orders, splittingBy: [root], to: &candidates)
    var leafCount = 1
    while leafCount < leafLimit,
      let best = candidates.indices.max(by: {
        (candidates[$0].split.gain, $1) < (candidates[$1].split.gain, $0)
      })
    {
      let candidate = candidates.remove(at: best)
      divide(candidate, at: candidate.split, into: &candidates)
      leafCount += 1
    }
    for cluster in 0..<points.clusterCount { findLeaf(for: cluster, among: &candidates) }
  }

  /// Splits a leaf.
  private mutating func divide(
    _ candidate: Candidate, at split: Split, into candidates: inout [Candidate]
  ) {
    let column = points.columns[split.feature]
    let isLow: (Int32) -> Bool = { column[Int($0)] <= split.lower }
    nodes[candidate.node].split = (split.feature, split.lower, nodes.count, nodes.count + 1)
    // Filtering keeps each order ascending.
    let low = candidate.orders.map { $0.filter(isLow) }
    let high = candidate.orders.map { order in order.filter { !isLow($0) } }
    add(low, splittingBy: orders.indices, to: &candidates)
    add(high, splittingBy: orders.indices, to: &candidates)
  }

  /// Splits where most of a cluster is, for it alone, when it is the majority nowhere: a small
  /// segment wants a rule as well.
  private mutating func findLeaf(for cluster: Int, among candidates: inout [Candidate]) {
    for _ in 0..<Self.focusLimit {
      guard !nodes.contains(where: { $0.split == nil && $0.majority == cluster }) else { return }
      let weights = candidates.map { nodes[$0.node].weightOfCluster[cluster] }
      guard
        let most = candidates.indices.max(by: { (weights[$0], $1) < (weights[$1], $0) }),
        weights[most] > 0
      else { return }
      let node = nodes[candidates[most].node].weightOfCluster
      let alone = [node.reduce(0, +) - node[cluster], node[cluster]]
      let candidate = candidates.remove(at: most)
      guard
        let split = bestSplit(orders.indices, candidate.orders, alone, focus: cluster)
      else { return }
      divide(candidate, at: split, into: &candidates)
    }
  }

  /// Adds a leaf, and a candidate when it can be split.
  private mutating func add(
    _ orders: [[Int32]], splittingBy features: some Sequence<Int>,
    to candidates: inout [Candidate]
  ) {
    let weights = weightOfCluster(orders.first ?? [])
    let node = nodes.count
    nodes.append(Node(weightOfCluster: weights))
    guard let split = bestSplit(features, orders, weights) else { return }
    candidates.append(Candidate(node: node, orders: orders, split: split))
  }

  private func weightOfCluster(_ members: [Int32]) -> [Double] {
    var weights = [Double](repeating: 0, count: points.clusterCount)
    for point in members {
      weights[Int(points.labels[Int(point)])] += points.weights[Int(point)]
    }
    return weights
  }

  /// The split that lessens the Gini impurity most.
  ///
  /// - Parameters:
  ///   - weightOfCluster: the weight of each cluster in `orders`; with a focus that of the others,
  ///     then that of the cluster in focus.
  ///   - focus: a cluster that is to be told from all others, nil to tell all apart.
  private func bestSplit(
    _ features: some Sequence<Int>, _ orders: [[Int32]], _ weightOfCluster: [Double],
    focus: Int? = nil
  ) -> Split? {
    guard weightOfCluster.count(where: { $0 > 0 }) > 1 else { return nil }
    let total = weightOfCluster.reduce(0, +)
    let squares = weightOfCluster.reduce(0) { $0 + $1 * $1 }
    var best: Split?
    for feature in features {
      let order = orders[feature]
      let column = points.columns[feature]
      var low = [Double](repeating: 0, count: weightOfCluster.count)
      var high = weightOfCluster
      var (lowSquares, highSquares) = (0.0, squares)
      var lowWeight = 0.0
      for position in 0..<order.count - 1 {
        let point = Int(order[position])
        let weight = points.weights[point]
        let label = Int(points.labels[point])
        let cluster = focus.map { $0 == label ? 1 : 0 } ?? label
        lowSquares += weight * (2 * low[cluster] + weight)
        highSquares -= weight * (2 * high[cluster] - weight)
        low[cluster] += weight
        high[cluster] -= weight
        lowWeight += weight
        let lower = column[point]
        guard lower < column[Int(order[position + 1])] else { continue }
        let gain =
          lowSquares / lowWeight + highSquares / (total - lowWeight) - squares / total
        if gain > (best?.gain ?? total * 1e-12) {
          best = Split(feature: feature, lower: lower, gain: gain)
        }
      }
    }
    return best
  }

  /// Takes back splits, the least useful first, until the leaves are few enough and each split is
  /// worth its line.
  ///
  /// No cluster loses its last leaf: rather a few leaves more than a segment without a rule.
  mutating func prune(leafLimit: Int) {
    let total = nodes[0].weightOfCluster.reduce(0, +)
    while true {
      let leaves = reachableLeaves
      var leavesOfCluster = [Int](repeating: 0, count: points.clusterCount)
      for leaf in leaves { leavesOfCluster[nodes[leaf].majority] += 1 }
      let ends = nodes.indices.compactMap { index -> (node: Int, loss: Double)? in
        guard let split = nodes[index].split, nodes[split.low].split == nil,
          nodes[split.high].split == nil
        else { return nil }
        var after = leavesOfCluster
        after[nodes[split.low].majority] -= 1
        after[nodes[split.high].majority] -= 1
        after[nodes[index].majority] += 1
        let loss = nodes[split.low].right + nodes[split.high].right - nodes[index].right
        guard !zip(leavesOfCluster, after).contains(where: { $0 > 0 && $1 == 0 }) else {
          return nil
        }
        return (index, loss)
      }
      guard let least = ends.min(by: { ($0.loss, $0.node) < ($1.loss, $1.node) }) else { return }
      let right = leaves.reduce(0) { $0 + nodes[$1].right } - least.loss
      guard
        leaves.count > leafLimit || least.loss < total * Self.worthwhile
          || right >= total * Self.sufficient
      else { return }
      nodes[least.node].split = nil
    }
  }

  private var reachableLeaves: [Int] {
    var leaves: [Int] = []
    var open = [0]
    while let index = open.popLast() {
      if let split = nodes[index].split {
        open += [split.low, split.high]
      } else {
        leaves.append(index)
      }
    }
    return leaves
  }

  /// The nodes that are left, the root first.
  var compactNodes: [SurrogateTree.Node] {
    var compact: [SurrogateTree.Node] = []
    func append(_ index: Int) -> Int {
      let position = compact.count
      compact.append(.leaf(cluster: nodes[index].majority))
      if let split = nodes[index].split {
        let low = append(split.low)
        let high = append(split.high)
        compact[position] = .split(
          feature: split.feature, threshold: split.lower, low: low, high: high)
      }
      return position
    }
    _ = append(0)
    return compact
  }
}
