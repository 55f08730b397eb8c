/// What a run tells a shop beyond centroids: rules, value and what to do, made with the run.
///
/// What needs another look at every row is in ``RunProfile`` and made when asked for.
public struct RunInsight: Sendable, Equatable {
  /// A rule for each segment; nil for a run that came back as its model, without customers.
  public let rules: SegmentRules?
  /// Who brings the value; nil without a value column.
  public let value: ValueSplit?
  /// What to do with each segment, in the order of the clusters.
  public let plays: [SegmentPlay]
}
