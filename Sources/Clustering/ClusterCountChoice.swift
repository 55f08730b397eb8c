/// The outcome of a ``ClusterCountSearch``: every candidate, and which one was chosen.
public struct ClusterCountChoice: Sendable {
  /// One number of clusters with its fit and its indices.
  public struct Candidate: Sendable {
    /// `k`.
    public let clusterCount: Int
    /// The best model found for it.
    public let model: KMeansModel
    /// The indices of that model.
    public let quality: ClusterQuality
  }

  /// By ascending number of clusters; at least one.
  public let candidates: [Candidate]
  /// The position in ``candidates`` of the chosen one.
  public let chosenIndex: Int

  /// The chosen candidate.
  public var chosen: Candidate { candidates[chosenIndex] }
}
