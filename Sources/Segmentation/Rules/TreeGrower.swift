/// Grows a tree best first and prunes it.
struct TreeGrower {
  /// A node while the tree grows.
  private struct Node {
    /// The weight of each cluster among the points that come here.
    let weightOfCluster: [Double]
    /// nil while the node is a leaf.
    var split: (feature: Int, limit: Int32, low: Int, high: Int)?

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

  /// Points up to a rank in a feature go one way, the others the other.
  private struct Split {
    let feature: Int
    let limit: Int32
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

  private let ranked: RankedPoints
  private var nodes: [Node] = []

  init(_ ranked: RankedPoints) {
    self.ranked = ranked
  }

  private var points: LabelledPoints { ranked.points }
  private var orders: [[Int32]] { ranked.orders }

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
    nodes[candidate.node].split = (split.feature, split.limit, nodes.count, nodes.count + 1)
    let ranks = ranked.ranks[split.feature]
    var (lows, highs): ([[Int32]], [[Int32]]) = ([], [])
    for order in candidate.orders {
      // Each side stays ascending.
      var (low, high): ([Int32], [Int32]) = ([], [])
      low.reserveCapacity(order.count)
      high.reserveCapacity(order.count)
      for point in order {
        if ranks[Int(point)] <= split.limit { low.append(point) } else { high.append(point) }
      }
      lows.append(low)
      highs.append(high)
    }
    add(lows, splittingBy: orders.indices, to: &candidates)
    add(highs, splittingBy: orders.indices, to: &candidates)
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
    let (labels, weights) = (points.labels, points.weights)
    var best: Split?
    for feature in features {
      let order = orders[feature]
      let ranks = ranked.ranks[feature]
      var low = [Double](repeating: 0, count: weightOfCluster.count)
      var high = weightOfCluster
      var (lowSquares, highSquares) = (0.0, squares)
      var lowWeight = 0.0
      guard var point = order.first.map(Int.init) else { continue }
      for next in order.dropFirst() {
        let weight = weights[point]
        let label = Int(labels[point])
        let cluster = focus.map { $0 == label ? 1 : 0 } ?? label
        lowSquares += weight * (2 * low[cluster] + weight)
        highSquares -= weight * (2 * high[cluster] - weight)
        low[cluster] += weight
        high[cluster] -= weight
        lowWeight += weight
        let limit = ranks[point]
        point = Int(next)
        guard limit < ranks[point] else { continue }
        let gain =
          lowSquares / lowWeight + highSquares / (total - lowWeight) - squares / total
        if gain > (best?.gain ?? total * 1e-12) {
          best = Split(feature: feature, limit: limit, gain: gain)
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
  var compactNodes: [RankedNode] {
    var compact: [RankedNode] = []
    func append(_ index: Int) -> Int {
      let position = compact.count
      compact.append(RankedNode(cluster: Int32(truncatingIfNeeded: nodes[index].majority)))
      if let split = nodes[index].split {
        let low = append(split.low)
        let high = append(split.high)
        compact[position] = RankedNode(
          feature: split.feature, limit: split.limit, low: low, high: high)
      }
      return position
    }
    _ = append(0)
    return compact
  }
}
