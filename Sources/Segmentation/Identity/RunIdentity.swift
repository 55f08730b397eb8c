/// How the segments of a run follow those of the run that was current when it entered its series.
public struct RunIdentity: Sendable, Equatable {
  /// What became of a segment, or what one came from.
  public struct Relation: Sendable, Equatable {
    /// The earlier segment's id; nil when the later one is new.
    public let from: String?
    /// The later segment's id; nil when the earlier one is gone.
    public let to: String?
    /// What became of it.
    public let verdict: SegmentVerdict
  }

  /// The run its segments were matched with; nil for the first of a series.
  public let previousRunID: String?
  /// By what they were matched.
  public let basis: MatchingBasis
  /// What became of each earlier segment, then the segments that are new.
  public let relations: [Relation]

  /// The identity of the first run of a series, or of given relations.
  init(previousRunID: String? = nil, basis: MatchingBasis = .none, relations: [Relation] = []) {
    self.previousRunID = previousRunID
    self.basis = basis
    self.relations = relations
  }

  /// What the segment with this id is, seen from the run before; nil in the first run of a series.
  public func verdict(ofSegment id: String) -> SegmentVerdict? {
    relations.first { $0.to == id && $0.verdict != .merged }?.verdict
  }
}
