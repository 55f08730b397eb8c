import Datasets

/// Who moved from which cluster of one run to which of another: every customer of both, none
/// sampled.
public struct Migration: Sendable, Equatable {
  /// A customer who is in another segment than before.
  public struct Mover: Sendable, Equatable {
    /// The row of the earlier run's table.
    public let rowBefore: Int32
    /// The row of the later run's table.
    public let rowAfter: Int32
  }

  /// The feature of a customer that moved most.
  public struct Cause: Sendable, Equatable {
    /// Its position in the earlier run.
    public let feature: Int
    /// The customer's value in the earlier run.
    public let before: Double
    /// The customer's value in the later run.
    public let after: Double
    /// The way between the two in the scale of the earlier run.
    public let change: Double
  }

  /// The id of the earlier run.
  public let fromRunID: String
  /// The id of the later run.
  public let toRunID: String
  /// For each cluster of the later run the one of the earlier that is the same segment.
  public let predecessors: [Int?]
  /// Customers of both runs, by the earlier cluster and then by the later.
  public let counts: [[Int]]
  /// Customers of the later run who were in no cluster before, by cluster.
  public let arrived: [Int]
  /// Customers of the earlier run who are in no cluster any more, by cluster.
  public let left: [Int]
  /// Those whose segment is another one, in the order of the later run's rows.
  public let movers: [Mover]

  /// So many customers at most are compared at a time, which bounds the memory it takes.
  private static let partLimit = 1 << 21

  /// Follows the customers from one run to another.
  ///
  /// - Complexity: O(*n*) time for each part of two million customers; memory for one part and for
  ///   the movers.
  public init(from old: Run, to new: Run, threads: Int = 1) {
    let matching = SegmentMatching(
      old: old, new: new, overlap: CustomerOverlap(old: old, new: new, threads: threads),
      places: ClusterPlaces(old: old, new: new))
    let (oldLabels, newLabels) = (old.rowLabels, new.rowLabels)
    let isSame = old.dataset.id == new.dataset.id
    let (k, m) = (old.clusters.count, new.clusters.count)
    var counts = Array(repeating: [Int](repeating: 0, count: m), count: k)
    var arrived = [Int](repeating: 0, count: m)
    var left = [Int](repeating: 0, count: k)
    var movers: [Mover] = []
    let bits = SharedCustomers.Part(
      of: isSame ? 0 : max(old.dataset.usedRowCount, new.dataset.usedRowCount),
      limit: Migration.partLimit
    ).bits
    for index in 0..<1 << bits {
      SharedCustomers(old: old.dataset, new: new.dataset, threads: threads).forEach(
        in: .init(bits: bits, index: index)
      ) { before, after in
        let from = before.flatMap { oldLabels[$0] }
        let to = after.flatMap { newLabels[$0] }
        guard let from, let to, let before, let after else {
          if let to { arrived[to] += 1 }
          if let from { left[from] += 1 }
          return
        }
        guard matching.predecessors[to] != from else {
          counts[from][to] += 1
          return
        }
        // Two ids with one hash would be a mover who is not one.
        guard
          isSame
            || old.dataset.customerID(ofRow: before) == new.dataset.customerID(ofRow: after)
        else {
          arrived[to] += 1
          left[from] += 1
          return
        }
        counts[from][to] += 1
        movers.append(
          Mover(
            rowBefore: Int32(truncatingIfNeeded: before),
            rowAfter: Int32(truncatingIfNeeded: after)))
      }
    }
    if bits > 0 { movers.sort { $0.rowAfter < $1.rowAfter } }
    fromRunID = old.id
    toRunID = new.id
    predecessors = matching.predecessors
    self.counts = counts
    self.arrived = arrived
    self.left = left
    self.movers = movers
  }
}

extension Migration {
  /// The feature of a customer that moved most, in the scale of the earlier run; nil when none moved:
  /// the border between the segments did.
  ///
  /// - Parameters:
  ///   - mover: a customer of the two runs.
  ///   - old: the earlier run.
  ///   - new: the later one.
  public static func cause(of mover: Mover, from old: Run, to new: Run) -> Cause? {
    var best: Cause?
    for (index, feature) in old.features.enumerated() {
      guard let other = new.features.first(where: { $0.key == feature.key }),
        let before = old.dataset.value(
          ofRow: Int(mover.rowBefore), column: feature.column, level: feature.level),
        let after = new.dataset.value(
          ofRow: Int(mover.rowAfter), column: other.column, level: other.level)
      else { continue }
      let change = feature.scaling.scaled(after) - feature.scaling.scaled(before)
      if abs(change) > abs(best?.change ?? 0) {
        best = Cause(feature: index, before: before, after: after, change: change)
      }
    }
    return best
  }
}
