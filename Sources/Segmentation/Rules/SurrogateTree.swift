import Datasets

/// A small decision tree that tells clusters apart in the features' own units, for people to read.
///
/// Grown best first by Gini impurity, pruned to a number of leaves by the customers that each split
/// keeps right, then improved one split at a time. There is no chance in it: the same points give
/// the same tree.
/// - SeeAlso: Breiman, Friedman, Olshen and Stone, Classification and Regression Trees, 1984;
///   Carreira-Perpiñán and Tavallali, Alternating optimization of decision trees, NeurIPS 2018.
struct SurrogateTree: Sendable, Equatable {
  /// A node of the tree.
  enum Node: Sendable, Equatable {
    /// Customers who come here are taken for this cluster.
    case leaf(cluster: Int)
    /// Customers with `feature <= threshold` go on at node `low`, the others at `high`.
    case split(feature: Int, threshold: Double, low: Int, high: Int)
  }

  /// The nodes, the root first.
  private(set) var nodes: [Node]

  /// Fits the tree.
  ///
  /// - Parameters:
  ///   - points: at least one.
  ///   - leafLimit: the most leaves, unless a cluster would be left without.
  ///   - threads: how many may be used; the tree does not depend on it.
  /// - Complexity: O(*dm* log *m*) for *m* points of *d* features, and O(*dm*) a split.
  init(_ points: LabelledPoints, leafLimit: Int, threads: Int) {
    let ranked = RankedPoints(points, threads: threads)
    let grower = TreeGrower(ranked)
    // The best first split need not begin the best tree; the next best ones are tried too.
    let roots = Array(grower.roots.prefix(Self.rootLimit))
    let grown = ParallelMap.map(roots.count, threads: threads) { index in
      var grower = grower
      grower.grow(from: roots[index], leafLimit: 2 * leafLimit)
      grower.prune(leafLimit: leafLimit)
      var improver = TreeImprover(ranked, nodes: grower.compactNodes)
      improver.improve()
      return (right: improver.right, nodes: improver.readableNodes)
    }
    // The earliest of equals.
    let best = grown.indices.min { (-grown[$0].right, $0) < (-grown[$1].right, $1) }
    nodes = best.map { grown[$0].nodes } ?? [.leaf(cluster: grower.majority)]
  }

  /// How many features are tried for the first split.
  private static let rootLimit = 3

  /// How many leaves there are.
  var leafCount: Int {
    nodes.count { if case .leaf = $0 { true } else { false } }
  }

  /// The index of the leaf that a point comes to.
  ///
  /// - Parameter value: the point's value of a feature.
  func leaf(_ value: (Int) -> Double) -> Int {
    var index = 0
    while case .split(let feature, let threshold, let low, let high) = nodes[index] {
      index = value(feature) <= threshold ? low : high
    }
    return index
  }
}
