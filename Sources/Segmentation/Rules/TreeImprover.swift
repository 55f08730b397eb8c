/// Improves a tree one split at a time, the rest held still, and gives its thresholds few digits.
///
/// A split can only be exchanged for one that keeps more customers right, so the tree never gets
/// worse and the search ends.
struct TreeImprover {
  private let ranked: RankedPoints
  private var nodes: [RankedNode]
  /// The node above each node; the root has none.
  private let parents: [Int?]
  /// How many points of each cluster are put where they belong.
  private var rightOfCluster: [Int]
  /// Nodes that cannot be bettered as long as those above and below them stay as they are.
  private var isSettled: [Bool]

  /// Rounds over all splits; the last ones rarely change anything.
  private static let roundLimit = 8

  init(_ ranked: RankedPoints, nodes: [RankedNode]) {
    self.ranked = ranked
    self.nodes = nodes
    var parents = [Int?](repeating: nil, count: nodes.count)
    for (index, node) in nodes.enumerated() where node.feature != nil {
      parents[node.low] = index
      parents[node.high] = index
    }
    self.parents = parents
    isSettled = nodes.map { $0.feature == nil }
    rightOfCluster = [Int](repeating: 0, count: ranked.points.clusterCount)
    for point in 0..<ranked.points.count {
      let label = ranked.points.labels[point]
      if cluster(of: point, from: 0) == label { rightOfCluster[Int(label)] += 1 }
    }
  }

  /// The weight of the points that the tree puts where they belong.
  var right: Double {
    (0..<ranked.points.count).reduce(0) { right, point in
      let isRight = cluster(of: point, from: 0) == ranked.points.labels[point]
      return isRight ? right + ranked.points.weights[point] : right
    }
  }

  /// Goes over all splits, the lowest first, until none can be bettered.
  mutating func improve() {
    for _ in 0..<Self.roundLimit {
      for index in nodes.indices.reversed() where !isSettled[index] { improve(index) }
      if !isSettled.contains(false) { return }
    }
  }

  /// What one split can win: how each point at its node fares below, on one side and on the other.
  private struct Fates {
    var here: [Int32] = []
    /// Whether the point is right on the low side, and on the high side.
    var isRight: [(low: Bool, high: Bool)] = []
    /// The weight that is right as the split is.
    var current = 0.0
    /// The weight that is right when all go to the high side.
    var allHigh = 0.0
  }

  /// A split in ranks and the weight it keeps right.
  private struct Split {
    let right: Double
    /// How far the neighbours of the threshold are apart, of the range of all.
    let gap: Double
    let feature: Int
    let limit: Int32
  }

  /// Gives a node the best split.
  private mutating func improve(_ index: Int) {
    isSettled[index] = true
    let fates = fates(at: index)
    guard let best = bestSplit(fates), best.right > fates.current * (1 + 1e-12) else { return }
    var after = rightOfCluster
    let old = nodes[index]
    for (point, isRight) in zip(fates.here, fates.isRight) {
      let label = Int(ranked.points.labels[Int(point)])
      after[label] -= side(of: Int(point), old.feature, old.limit, isRight) ? 1 : 0
      after[label] += side(of: Int(point), best.feature, best.limit, isRight) ? 1 : 0
    }
    // A small segment is not given up for a few more customers of the large ones.
    if zip(rightOfCluster, after).contains(where: { $0 > 0 && $1 == 0 }) {
      isSettled[index] = false
      return
    }
    rightOfCluster = after
    nodes[index].feature = best.feature
    nodes[index].limit = best.limit
    unsettleAround(index)
  }

  private func side(
    of point: Int, _ feature: Int?, _ limit: Int32, _ isRight: (low: Bool, high: Bool)
  ) -> Bool {
    guard let feature else { return false }
    return ranked.ranks[feature][point] <= limit ? isRight.low : isRight.high
  }

  /// Those above have other points below them now, those below have other points.
  private mutating func unsettleAround(_ index: Int) {
    var above = parents[index]
    while let node = above {
      isSettled[node] = false
      above = parents[node]
    }
    var open = [nodes[index].low, nodes[index].high]
    while let node = open.popLast() {
      guard nodes[node].feature != nil else { continue }
      isSettled[node] = false
      open += [nodes[node].low, nodes[node].high]
    }
  }

  private func fates(at index: Int) -> Fates {
    let node = nodes[index]
    guard let feature = node.feature else { return Fates() }
    var fates = Fates(here: members(of: index))
    fates.isRight.reserveCapacity(fates.here.count)
    let ranks = ranked.ranks[feature]
    for point in fates.here {
      let label = ranked.points.labels[Int(point)]
      let weight = ranked.points.weights[Int(point)]
      let isRight = (
        low: cluster(of: Int(point), from: node.low) == label,
        high: cluster(of: Int(point), from: node.high) == label
      )
      fates.isRight.append(isRight)
      if isRight.high { fates.allHigh += weight }
      if ranks[Int(point)] <= node.limit ? isRight.low : isRight.high { fates.current += weight }
    }
    return fates
  }

  private func bestSplit(_ fates: Fates) -> Split? {
    var best: Split?
    for (feature, ranks) in ranked.ranks.enumerated() {
      let values = ranked.values[feature]
      // What a rank adds when its points go to the low side.
      var gains = [Double](repeating: 0, count: values.count)
      var isPresent = [Bool](repeating: false, count: values.count)
      for (point, isRight) in zip(fates.here, fates.isRight) {
        let rank = Int(ranks[Int(point)])
        isPresent[rank] = true
        guard isRight.low != isRight.high else { continue }
        let weight = ranked.points.weights[Int(point)]
        gains[rank] += isRight.low ? weight : -weight
      }
      guard let first = isPresent.firstIndex(of: true), let last = isPresent.lastIndex(of: true)
      else { continue }
      let range = values[last] - values[first]
      var right = fates.allHigh
      var lower = first
      for rank in first...last where isPresent[rank] {
        if rank > first {
          let gap = (values[rank] - values[lower]) / range
          let isBetter =
            best.map { right > $0.right || (right == $0.right && gap > $0.gap) } ?? true
          if isBetter {
            best = Split(
              right: right, gap: gap, feature: feature, limit: Int32(truncatingIfNeeded: lower))
          }
        }
        right += gains[rank]
        lower = rank
      }
    }
    return best
  }

  /// The cluster that a point is taken for.
  private func cluster(of point: Int, from start: Int) -> Int32 {
    var index = start
    while let feature = nodes[index].feature {
      index =
        ranked.ranks[feature][point] <= nodes[index].limit ? nodes[index].low : nodes[index].high
    }
    return nodes[index].cluster
  }

  /// The points that come to a node: those in the box that the splits above it leave.
  private func members(of index: Int) -> [Int32] {
    var members = (0..<ranked.points.count).map { Int32(truncatingIfNeeded: $0) }
    var below = index
    while let node = parents[below], let feature = nodes[node].feature {
      let ranks = ranked.ranks[feature]
      let limit = nodes[node].limit
      let isLow = nodes[node].low == below
      members = members.filter { (ranks[Int($0)] <= limit) == isLow }
      below = node
    }
    return members
  }

  /// The nodes with each threshold moved between its neighbours to where it has few digits, without
  /// splits that no longer tell anything apart.
  var readableNodes: [SurrogateTree.Node] {
    var compact: [SurrogateTree.Node] = []
    func append(_ index: Int, _ here: [Int32]) -> Int {
      let position = compact.count
      let node = nodes[index]
      guard let feature = node.feature else {
        compact.append(.leaf(cluster: Int(node.cluster)))
        return position
      }
      let ranks = ranked.ranks[feature]
      let lows = here.filter { ranks[Int($0)] <= node.limit }
      let highs = here.filter { ranks[Int($0)] > node.limit }
      // An exchange above may have left a split without points on one side.
      guard let lower = lows.map({ ranks[Int($0)] }).max() else { return append(node.high, highs) }
      guard let upper = highs.map({ ranks[Int($0)] }).min() else { return append(node.low, lows) }
      compact.append(.leaf(cluster: 0))
      let lowPosition = append(node.low, lows)
      let highPosition = append(node.high, highs)
      if case .leaf(let a) = compact[lowPosition], case .leaf(let b) = compact[highPosition], a == b
      {
        compact.removeLast(2)
        compact[position] = .leaf(cluster: a)
      } else {
        let values = ranked.values[feature]
        compact[position] = .split(
          feature: feature,
          threshold: ReadableNumber.between(values[Int(lower)], values[Int(upper)]),
          low: lowPosition, high: highPosition)
      }
      return position
    }
    _ = append(0, (0..<ranked.points.count).map { Int32(truncatingIfNeeded: $0) })
    return compact
  }
}
