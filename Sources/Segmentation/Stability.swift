import Clustering

/// How surely a segment is found again when the customers are drawn anew, in a word.
///
/// - SeeAlso: Hennig 2007, doi:10.1016/j.csda.2006.11.025, whose bands these are.
public enum StabilityWord: String, Sendable, CaseIterable {
  /// Below 0.6: the segment comes and goes with the draw.
  case unstable
  /// From 0.6: there is something, with borders that move.
  case doubtful
  /// From 0.75.
  case stable
  /// From 0.85.
  case highlyStable = "highly_stable"

  /// The word for a mean Jaccard coefficient.
  public init(_ stability: Double) {
    self =
      switch stability {
      case ..<0.6: .unstable
      case ..<0.75: .doubtful
      case ..<0.85: .stable
      default: .highlyStable
      }
  }
}

/// How clear the groups of a run are.
public enum StructureStrength: String, Sendable, CaseIterable {
  /// Customers fall into groups that stand apart.
  case strong
  /// There are groups, and they touch.
  case fair
  /// Customers are spread evenly or the groups change with the draw: segments are slices of a crowd.
  case weak

  /// Judges a run by its indices; nil for a single cluster.
  ///
  /// Weak is a silhouette below 0.25 (Kaufman and Rousseeuw's "no substantial structure"), a gap that
  /// does not beat the one of a single cluster by a standard error, or an unstable segment while the
  /// silhouette is below 0.5. Strong is a silhouette from 0.5 on with every segment highly stable.
  init?(silhouette: Double?, stability: Double?, gap: GapStatistic.Gap?, single: Double?) {
    guard let silhouette else { return nil }
    let beatsCrowd =
      if let gap, let single { gap.value > single + gap.standardError } else { true }
    if silhouette < 0.25 || !beatsCrowd {
      self = .weak
    } else if silhouette < 0.5, let stability, StabilityWord(stability) == .unstable {
      self = .weak
    } else if silhouette >= 0.5, StabilityWord(stability ?? 1) == .highlyStable {
      self = .strong
    } else {
      self = .fair
    }
  }
}

/// What resampling says about the clusterings of a fit.
struct ResamplingEvidence {
  /// One value for each model; nil where bootstraps were switched off or there are too many
  /// clusters.
  var stability: [BootstrapStability?]
  /// The gap of each model; nil where it is undefined.
  var gaps: [GapStatistic.Gap?]
  /// The gap of a single cluster.
  var singleGap: GapStatistic.Gap?
  /// The number of clusters the gap's own rule answers.
  var gapChoice: Int?

  /// Reference sets of the gap.
  static let referenceCount = 10
  /// Clusters up to which resampling is made unasked: nobody acts on more, and it takes long.
  static let clusterLimit = 64

  /// Resamples for models by ascending number of clusters.
  init(
    _ points: FeatureMatrix, weights: [Double], models: [KMeansModel],
    options: SegmentationOptions, threads: Int, cancellation: @escaping @Sendable () -> Bool
  ) throws(ClusteringError) {
    let tried = models.filter { $0.clusterCount <= Self.clusterLimit }
    stability = models.map { _ in nil }
    gaps = stability.map { _ in nil }
    let bootstrapCount = options.bootstrapCount
    guard !tried.isEmpty, bootstrapCount > 0 else { return }
    let found = try BootstrapStability.evaluate(
      points, weights: weights, models: tried, bootstrapCount: bootstrapCount, seed: options.seed,
      threads: threads, cancellation: cancellation)
    for (index, value) in found.enumerated() { stability[index] = value }
    guard
      let gap = try GapStatistic.evaluate(
        points, weights: weights, models: tried, referenceCount: Self.referenceCount,
        seed: options.seed, threads: threads, cancellation: cancellation)
    else { return }
    singleGap = gap.single
    gapChoice = gap.choice
    for (index, model) in tried.enumerated() {
      gaps[index] = gap.gaps.first { $0.clusterCount == model.clusterCount }
    }
  }

  /// The strength of the structure that a model describes.
  func structure(ofModel index: Int, silhouette: Double?) -> StructureStrength? {
    StructureStrength(
      silhouette: silhouette, stability: stability[index]?.minimum, gap: gaps[index],
      single: singleGap?.value)
  }
}
