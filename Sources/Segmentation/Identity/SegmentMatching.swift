import Clustering

/// What became of a segment from one run to the next.
public enum SegmentVerdict: String, Sendable, CaseIterable {
  /// The same segment in both runs.
  case kept
  /// There was none like it.
  case new
  /// There is none like it any more.
  case gone
  /// A part of an earlier segment.
  case split
  /// Joined with another into a later segment.
  case merged
}

/// By what segments of two runs were compared.
public enum MatchingBasis: String, Sendable {
  /// By the customers in both.
  case customers
  /// By their centroids in the scale of the older run.
  case centroids
  /// Neither customers nor features are shared.
  case none
}

/// Which clusters of two runs are the same, and what became of the others.
///
/// Clusters are paired so that the Jaccard indices of their customers have the largest sum; those
/// that have hardly any customers in common are paired by their centroids.
/// - SeeAlso: Hennig 2007, doi:10.1016/j.csda.2006.11.025, for the Jaccard index as the likeness of
///   clusters.
struct SegmentMatching: Sendable, Equatable {
  /// What became of one cluster, or what one came from.
  struct Relation: Sendable, Equatable {
    /// The cluster of the older run; nil when the newer one is new.
    let old: Int?
    /// The cluster of the newer run; nil when the older one is gone.
    let new: Int?
    let verdict: SegmentVerdict
  }

  /// What most pairs were found by.
  let basis: MatchingBasis
  /// The clusters of the older run in order, each with what came of it, then those that are new.
  let relations: [Relation]
  /// For each cluster of the newer run the one it continues.
  let predecessors: [Int?]

  /// The customers in common, as a share of the smaller run, from which on customers decide.
  static let leastSharedShare = 0.3
  /// A pair less alike than this is no pair.
  static let leastJaccard = 0.3
  /// With fewer shared customers than this a cluster is compared by its centroid.
  static let leastCustomers = 10

  /// - Parameter known: for each cluster of the newer run the one it continues, when that was
  ///   settled before; nil to find out.
  init(overlap: CustomerOverlap, places: ClusterPlaces?, predecessors known: [Int?]? = nil) {
    let (oldCount, newCount) = (overlap.oldSizes.count, overlap.newSizes.count)
    let smaller = min(overlap.customers.old, overlap.customers.new)
    let usesCustomers =
      smaller > 0
      && Double(overlap.customers.shared) >= SegmentMatching.leastSharedShare * Double(smaller)
    let sharedOfOld = overlap.sharedOfOld
    let sharedOfNew = overlap.sharedOfNew
    var successors = [Int?](repeating: nil, count: oldCount)
    var predecessors = [Int?](repeating: nil, count: newCount)
    let isUnknown: (Int) -> Bool = { !usesCustomers || $0 < SegmentMatching.leastCustomers }
    if let known {
      predecessors = known
      for (to, from) in known.enumerated() {
        if let from { successors[from] = to }
      }
    } else {
      if usesCustomers {
        SegmentMatching.pair(SegmentMatching.costs(overlap), &successors, &predecessors)
      }
      if let places {
        let froms = (0..<oldCount).filter { successors[$0] == nil && isUnknown(sharedOfOld[$0]) }
        let tos = (0..<newCount).filter { predecessors[$0] == nil && isUnknown(sharedOfNew[$0]) }
        for (from, to) in SegmentMatching.pairs(froms, tos, by: places) {
          successors[from] = to
          predecessors[to] = from
        }
      }
    }
    self.predecessors = predecessors
    basis = usesCustomers ? .customers : places == nil ? .none : .centroids
    relations = SegmentMatching.relations(
      overlap: overlap, places: places, isUnknown: isUnknown, successors: successors,
      predecessors: predecessors)
  }

  /// How little clusters are alike by their customers; 0 for those that are no pair.
  private static func costs(_ overlap: CustomerOverlap) -> [[Double]] {
    let (sharedOfOld, sharedOfNew) = (overlap.sharedOfOld, overlap.sharedOfNew)
    return sharedOfOld.indices.map { from in
      sharedOfNew.indices.map { to -> Double in
        let likeness = overlap.jaccard(from, to, sharedOfOld: sharedOfOld, sharedOfNew: sharedOfNew)
        return likeness < leastJaccard ? 0 : -likeness
      }
    }
  }

  /// The pairs of some clusters of the older run and some of the newer one, by their centroids:
  /// those within the tolerance of the older one, the nearest together.
  static func pairs(_ froms: [Int], _ tos: [Int], by places: ClusterPlaces)
    -> [(old: Int, new: Int)]
  {
    let costs = froms.map { from in
      tos.map { to -> Double in
        // The way counts in tolerances; a pair that is none costs what leaving both alone costs.
        let tolerance = places.tolerances[from]
        let distance = places.distances[from][to]
        guard distance <= tolerance else { return 0 }
        return tolerance > 0 ? distance / tolerance - 2 : -2
      }
    }
    var found = [Int?](repeating: nil, count: froms.count)
    var taken = [Int?](repeating: nil, count: tos.count)
    pair(costs, &found, &taken)
    return found.enumerated().compactMap { position, to in
      to.map { (froms[position], tos[$0]) }
    }
  }

  /// Pairs at the least total cost; a pair at the cost 0 is none.
  private static func pair(
    _ costs: [[Double]], _ successors: inout [Int?], _ predecessors: inout [Int?]
  ) {
    let columns: [Int?]
    do {
      columns = try Assignment(costs: costs).columnOfRow
    } catch {
      preconditionFailure("costs are a table of finite numbers: \(error)")
    }
    for (from, to) in columns.enumerated() {
      guard let to, costs[from][to] < 0 else { continue }
      successors[from] = to
      predecessors[to] = from
    }
  }

  // MARK: What became of the others

  private static func relations(
    overlap: CustomerOverlap, places: ClusterPlaces?, isUnknown: (Int) -> Bool,
    successors: [Int?], predecessors: [Int?]
  ) -> [Relation] {
    var splits = [[Int]](repeating: [], count: successors.count)
    var news: [Relation] = []
    for to in predecessors.indices where predecessors[to] == nil {
      let from =
        isUnknown(overlap.newSizes[to])
        ? places.flatMap { origin(of: to, $0, successors) }
        : mostly(overlap.counts.map { $0[to] }, of: overlap.newSizes[to])
      if let from {
        splits[from].append(to)
      } else {
        news.append(Relation(old: nil, new: to, verdict: .new))
      }
    }
    var relations: [Relation] = []
    for from in successors.indices {
      if let to = successors[from] {
        relations.append(Relation(old: from, new: to, verdict: .kept))
      }
      relations += splits[from].map { Relation(old: from, new: $0, verdict: .split) }
      guard successors[from] == nil, splits[from].isEmpty else { continue }
      let to =
        isUnknown(overlap.oldSizes[from])
        ? places.flatMap { goal(of: from, $0, predecessors) }
        : mostly(overlap.counts[from], of: overlap.oldSizes[from])
      relations.append(
        to.map { Relation(old: from, new: $0, verdict: .merged) }
          ?? Relation(old: from, new: nil, verdict: .gone))
    }
    return relations + news
  }

  /// The place that holds more than half.
  private static func mostly(_ counts: [Int], of size: Int) -> Int? {
    counts.firstIndex { $0 * 2 > size }
  }

  /// The older cluster that a newer one without a predecessor is a part of, by centroids.
  private static func origin(of to: Int, _ places: ClusterPlaces, _ successors: [Int?]) -> Int? {
    let nearest = places.distances.indices.min {
      places.distances[$0][to] < places.distances[$1][to]
    }
    guard let nearest, let sibling = successors[nearest] else { return nil }
    return places.joins(new: sibling, and: to, at: nearest) ? nearest : nil
  }

  /// The newer cluster that an older one without a successor became a part of, by centroids.
  private static func goal(of from: Int, _ places: ClusterPlaces, _ predecessors: [Int?]) -> Int? {
    let nearest = predecessors.indices.min {
      places.distances[from][$0] < places.distances[from][$1]
    }
    guard let nearest, let sibling = predecessors[nearest] else { return nil }
    return places.joins(old: sibling, and: from, at: nearest) ? nearest : nil
  }
}
