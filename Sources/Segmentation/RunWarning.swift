/// Something a reader of a run must not miss.
public struct RunWarning: Sendable, Equatable {
  /// What kind of warning.
  public enum Code: String, Sendable {
    case weakStructure = "weak_structure"
    case kAtEdge = "k_at_edge"
    case smallSegmentsMerged = "small_segments_merged"
    case oneClusterDominates = "one_cluster_dominates"
    case oneFeatureDominates = "one_feature_dominates"
    case idLikeFeature = "id_like_feature"
    case noCategories = "no_categories"
    case unstableSegment = "unstable_segment"
    case notConverged = "not_converged"
    case rowsSetAside = "rows_set_aside"
  }

  /// What kind of warning it is.
  public let code: Code
  /// The key of the column it is about.
  public var column: String?
  /// The cluster it is about.
  public var cluster: Int?
  /// One sentence.
  public let detail: String
}
