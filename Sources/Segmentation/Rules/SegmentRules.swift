/// What a customer must show to be in a segment, in the features' own units.
public struct SegmentRule: Sendable, Equatable {
  /// One comparison: a feature above a threshold, or not above it.
  public struct Condition: Sendable, Equatable {
    /// The position of the feature in the run.
    public let feature: Int
    /// `feature > threshold` if true, `feature <= threshold` if false.
    public let isAbove: Bool
    /// In the feature's own unit.
    public let threshold: Double
  }

  /// Each a list of conditions that hold together; one of the lists is enough.
  public let alternatives: [[Condition]]
  /// Of the customers who fit the rule, the share that is in the segment.
  public let precision: Double?
  /// Of the customers in the segment, the share that fits the rule.
  public let recall: Double

  /// The rule for people: `spending_score > 60.5 and annual_income > 54`.
  ///
  /// - Parameter keys: the key of each feature of the run.
  public func text(keys: [String]) -> String {
    text {
      "\(keys[$0.feature]) \($0.isAbove ? ">" : "<=") \(ReadableNumber.text($0.threshold))"
    }
  }

  /// The rule for people, categories by their names: `age > 40 and gender is Female`.
  ///
  /// - Parameter features: the features of the run.
  public func text(features: [RunFeature]) -> String {
    text { condition in
      let feature = features[condition.feature]
      guard let level = feature.level else {
        let sign = condition.isAbove ? ">" : "<="
        return "\(feature.key) \(sign) \(ReadableNumber.text(condition.threshold))"
      }
      return "\(level.columnKey) \(condition.isAbove ? "is" : "is not") \(level.name)"
    }
  }

  private func text(_ condition: (Condition) -> String) -> String {
    let parts = alternatives.map { $0.map(condition).joined(separator: " and ") }
    if parts.contains("") { return "everybody" }
    // `and` binds tighter than `or`, yet not every reader knows.
    return parts.count == 1
      ? parts[0] : parts.map { $0.contains(" and ") ? "(\($0))" : $0 }.joined(separator: " or ")
  }

  /// Whether a customer fits the rule.
  ///
  /// - Parameter values: one value a feature, in the features' own units.
  public func holds(for values: [Double]) -> Bool {
    alternatives.contains { conditions in
      conditions.allSatisfy { (values[$0.feature] > $0.threshold) == $0.isAbove }
    }
  }
}

/// The rules of a run: a small decision tree that stands in for the distances to the centroids.
public struct SegmentRules: Sendable, Equatable {
  /// The rule of each cluster; nil when the tree has no leaf for it.
  public let ofCluster: [SegmentRule?]
  /// The share of customers that the tree puts where the run puts them.
  public let fidelity: Double
  /// How many leaves the tree has.
  public let leafCount: Int

  /// The most leaves of a tree for a number of clusters, unless one of them would be left without.
  public static func leafLimit(clusterCount: Int) -> Int {
    max(8, clusterCount * 4 / 3)
  }

  /// The most cells, points times features, that a tree is fitted on.
  private static let fittingCellLimit = 1 << 14
  /// The most points that precision, recall and fidelity are measured on.
  private static let measuringLimit = 1 << 20

  /// Fits the tree and measures it.
  ///
  /// Large data are represented by a systematic sample; nothing depends on chance.
  /// - Parameter threads: how many may be used; the rules do not depend on it.
  init(_ points: LabelledPoints, threads: Int = 1) {
    let limit = max(2048, Self.fittingCellLimit / max(1, points.columns.count))
    let tree = SurrogateTree(
      points.sampled(limit: limit), leafLimit: Self.leafLimit(clusterCount: points.clusterCount),
      threads: threads)
    self.init(tree, measuredOn: points.sampled(limit: Self.measuringLimit))
  }

  private init(_ tree: SurrogateTree, measuredOn points: LabelledPoints) {
    var weightOfLeaf = [Double](repeating: 0, count: tree.nodes.count)
    var rightOfLeaf = weightOfLeaf
    var weightOfCluster = [Double](repeating: 0, count: points.clusterCount)
    for point in 0..<points.count {
      let leaf = tree.leaf { points.columns[$0][point] }
      let weight = points.weights[point]
      let label = Int(points.labels[point])
      weightOfLeaf[leaf] += weight
      weightOfCluster[label] += weight
      if tree.nodes[leaf] == .leaf(cluster: label) { rightOfLeaf[leaf] += weight }
    }
    let paths = Self.paths(of: tree)
    ofCluster = (0..<points.clusterCount).map { cluster in
      let leaves = tree.nodes.indices
        .filter { tree.nodes[$0] == .leaf(cluster: cluster) }
        .sorted { (weightOfLeaf[$1], $0) < (weightOfLeaf[$0], $1) }
      guard !leaves.isEmpty else { return nil }
      let weight = leaves.reduce(0) { $0 + weightOfLeaf[$1] }
      let right = leaves.reduce(0) { $0 + rightOfLeaf[$1] }
      let size = weightOfCluster[cluster]
      return SegmentRule(
        alternatives: leaves.map { paths[$0] ?? [] }, precision: weight > 0 ? right / weight : nil,
        recall: size > 0 ? right / size : 0)
    }
    let total = weightOfCluster.reduce(0, +)
    fidelity = total > 0 ? rightOfLeaf.reduce(0, +) / total : 0
    leafCount = tree.leafCount
  }

  /// The conditions on the way to each leaf; of several on one side of a feature, the last says all.
  private static func paths(of tree: SurrogateTree) -> [Int: [SegmentRule.Condition]] {
    var paths: [Int: [SegmentRule.Condition]] = [:]
    func walk(_ index: Int, _ path: [SegmentRule.Condition]) {
      switch tree.nodes[index] {
      case .leaf: paths[index] = path
      case .split(let feature, let threshold, let low, let high):
        for (isAbove, next) in [(false, low), (true, high)] {
          let condition = SegmentRule.Condition(
            feature: feature, isAbove: isAbove, threshold: threshold)
          var longer = path
          if let known = path.firstIndex(where: { $0.feature == feature && $0.isAbove == isAbove })
          {
            longer[known] = condition
          } else {
            longer.append(condition)
          }
          walk(next, longer)
        }
      }
    }
    walk(0, [])
    return paths
  }
}
