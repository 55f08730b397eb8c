import Clustering

/// What each index would answer if it were asked alone.
///
/// The elbow of the inertia is no vote: a bend can be seen in any falling curve.
/// - SeeAlso: Schubert 2022, doi:10.1145/3606274.3606278
public struct ClusterCountVotes: Sendable, Equatable {
  /// The largest mean silhouette.
  public let silhouette: Int?
  /// The largest Calinski–Harabasz index.
  public let calinskiHarabasz: Int?
  /// The smallest Davies–Bouldin index.
  public let daviesBouldin: Int?
  /// The smallest number whose gap is within a standard error of the next one's; it may be 1.
  public let gap: Int?
  /// The largest number whose segments are all highly stable.
  public let stability: Int?

  /// Counts the votes of a table of k.
  init(_ candidates: [ChoiceOfClusterCount.Candidate], gap: Int?) {
    func best(_ value: (ChoiceOfClusterCount.Candidate) -> Double?) -> Int? {
      var best: (count: Int, value: Double)?
      for candidate in candidates {
        guard let value = value(candidate) else { continue }
        if value > best?.value ?? -.infinity { best = (candidate.clusterCount, value) }
      }
      return best?.count
    }
    silhouette = best(\.silhouette)
    calinskiHarabasz = best(\.calinskiHarabasz)
    daviesBouldin = best { $0.daviesBouldin.map { -$0 } }
    self.gap = gap
    stability =
      candidates.last {
        $0.minimumStability.map { StabilityWord($0) == .highlyStable } ?? false
      }?.clusterCount
  }
}

/// Chooses among the clusterings of a table of k.
enum ClusterCountDecision {
  /// Silhouettes closer than this are as good as each other to a shop.
  static let tie = 0.02

  /// The position of the chosen candidate.
  ///
  /// The best silhouette among the feasible ones wins, the smaller number on a tie. Only when it has
  /// an unstable segment, and another one within ``tie`` has all segments stable, does that one win:
  /// segments that come and go are no base for a plan. With none feasible all are looked at.
  static func choose(_ candidates: [ChoiceOfClusterCount.Candidate]) -> Int {
    let feasible = candidates.indices.filter { candidates[$0].isFeasible }
    let open = feasible.isEmpty ? Array(candidates.indices) : feasible
    func silhouette(_ index: Int) -> Double { candidates[index].silhouette ?? -.infinity }
    var best = open[0]
    for index in open where silhouette(index) > silhouette(best) { best = index }
    guard let stability = candidates[best].minimumStability, StabilityWord(stability) == .unstable
    else { return best }
    let rivals = open.filter { index in
      silhouette(index) >= silhouette(best) - tie
        && (candidates[index].minimumStability ?? 0) >= 0.75
    }
    return rivals.max { silhouette($0) < silhouette($1) } ?? best
  }
}
