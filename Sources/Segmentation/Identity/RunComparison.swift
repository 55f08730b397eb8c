import Datasets

/// What has changed from one run to another: segments, customers, features.
public struct RunComparison: Sendable, Equatable {
  /// A segment of the earlier run beside one of the later.
  public struct Match: Sendable, Equatable {
    /// The cluster of the earlier run; nil when the later one is new.
    public let from: Int?
    /// The cluster of the later run; nil when the earlier one is gone.
    public let to: Int?
    /// What became of it.
    public let verdict: SegmentVerdict
    /// Customers in both, of those compared.
    public let customers: Int
    /// The Jaccard index among the customers of both runs; nil when neither has any of them.
    public let jaccard: Double?
    /// The way from centroid to centroid in the scale of the earlier run; nil without both, or
    /// without features in common.
    public let shift: Double?
  }

  /// How far the distribution of a feature has moved.
  public struct Drift: Sendable, Equatable {
    /// The key of the feature.
    public let key: String
    /// The population stability index.
    public let index: Double?
    /// The mean over the earlier customers.
    public let meanBefore: Double
    /// The mean over the later customers.
    public let meanAfter: Double
    /// What the index says.
    public var verdict: Verdict {
      guard let index else { return .stable }
      return index >= PopulationStability.changed
        ? .changed : index >= PopulationStability.drifting ? .drifting : .stable
    }
  }

  /// How much has changed, in one word.
  public enum Verdict: String, Sendable, Comparable {
    case stable, drifting, changed

    private var rank: Int {
      switch self {
      case .stable: 0
      case .drifting: 1
      case .changed: 2
      }
    }

    /// Orders from stable to changed.
    public static func < (left: Verdict, right: Verdict) -> Bool { left.rank < right.rank }
  }

  /// By what segments were compared.
  public let basis: MatchingBasis
  /// How many customers were compared.
  public let customers: SharedCustomers.Counts
  /// One in so many customers was compared; 1 for all.
  public let sampling: Int
  /// The earlier segments in order, each with what became of it, then the new ones.
  public let matches: [Match]
  /// The adjusted Rand index of the two clusterings of the shared customers; nil when undefined.
  public let adjustedRandIndex: Double?
  /// The share of the shared customers that is in another segment; nil without any.
  public let movedShare: Double?
  /// The features of both runs.
  public let drift: [Drift]

  /// From this share of moved customers on the segments are said to drift.
  public static let driftingShare = 0.1
  /// From this share on they are other segments.
  public static let changedShare = 0.25

  /// How much has changed, by the segments, the customers that moved and the drift of features.
  public var verdict: Verdict {
    [segmentVerdict, movedVerdict, drift.map(\.verdict).max() ?? .changed].max() ?? .changed
  }

  /// What the share of moved customers says.
  public var movedVerdict: Verdict {
    guard let movedShare else { return .stable }
    return movedShare >= RunComparison.changedShare
      ? .changed : movedShare >= RunComparison.driftingShare ? .drifting : .stable
  }

  /// What the fate of the segments says: changed when less than half of them were kept.
  public var segmentVerdict: Verdict {
    let kept = matches.count { $0.verdict == .kept }
    let most = max(Set(matches.compactMap(\.from)).count, Set(matches.compactMap(\.to)).count)
    return kept == matches.count ? .stable : kept * 2 < most ? .changed : .drifting
  }

  /// Compares two runs; of one series by the ids of their segments.
  ///
  /// - Complexity: O(*n*) for the customers of both.
  public init(from old: Run, to new: Run, threads: Int = 1) {
    let overlap = CustomerOverlap(old: old, new: new, threads: threads)
    let places = ClusterPlaces(old: old, new: new)
    let matching = SegmentMatching(old: old, new: new, overlap: overlap, places: places)
    let (sharedOfOld, sharedOfNew) = (overlap.sharedOfOld, overlap.sharedOfNew)
    basis = matching.basis
    customers = overlap.customers
    sampling = 1 << overlap.part.bits
    matches = matching.relations.map { relation in
      guard let from = relation.old, let to = relation.new else {
        return Match(
          from: relation.old, to: relation.new, verdict: relation.verdict, customers: 0,
          jaccard: nil, shift: nil)
      }
      let isKnown = sharedOfOld[from] + sharedOfNew[to] > 0
      return Match(
        from: from, to: to, verdict: relation.verdict, customers: overlap.counts[from][to],
        jaccard: isKnown
          ? overlap.jaccard(from, to, sharedOfOld: sharedOfOld, sharedOfNew: sharedOfNew) : nil,
        shift: places?.distances[from][to])
    }
    adjustedRandIndex = overlap.adjustedRandIndex
    let shared = sharedOfOld.reduce(0, +)
    let stayed = matching.predecessors.enumerated().reduce(0) { sum, pair in
      sum + (pair.element.map { overlap.counts[$0][pair.offset] } ?? 0)
    }
    movedShare = shared > 0 ? Double(shared - stayed) / Double(shared) : nil
    drift = old.features.compactMap { feature in
      guard let other = new.features.first(where: { $0.key == feature.key }) else { return nil }
      return Drift(
        key: feature.key,
        index: PopulationStability.index(
          old: (old.numbers(of: feature), old.dataset.weights()),
          new: (new.numbers(of: other), new.dataset.weights())),
        meanBefore: feature.mean, meanAfter: other.mean)
    }
  }
}

extension SegmentMatching {
  /// Compares two runs, of one series by the ids of their segments.
  init(old: Run, new: Run, overlap: CustomerOverlap, places: ClusterPlaces?) {
    var known: [Int?]?
    if old.series == new.series {
      known = new.segments.map { segment in old.segments.firstIndex { $0.id == segment.id } }
    }
    self.init(overlap: overlap, places: places, predecessors: known)
  }
}
