import Clustering
import Datasets

/// One fit over one dataset with one set of options: immutable, and the same bits wherever and
/// however often it is made.
public final class Run: Sendable {
  /// The version of everything that shapes the numbers of a run; part of its fingerprint.
  public static let engineVersion = 2

  /// `run_` and the fingerprint of dataset, options and engine version.
  public let id: String
  /// When the run was first made, in milliseconds since 1970 UTC.
  public let createdAt: Int64
  /// What is known of its rows without them.
  let outline: Outline
  /// Its rows, which may still be on the disk.
  let rows: Deferred<RunRows>
  /// What was asked for.
  public let options: SegmentationOptions
  /// The features in the order of the file, with their scaling.
  public let features: [RunFeature]
  /// The clusters, largest first.
  public let clusters: [Cluster]
  /// The centroids in scaled units, `k × d`, that customers are scored by.
  let centroids: NearestCentroids
  /// The segments, one for each cluster, in the same order.
  public let segments: [Segment]
  /// How well the clusters describe the customers.
  public let quality: RunQuality
  /// Why this number of clusters; nil when it was given.
  public let choice: ChoiceOfClusterCount?
  /// What a reader must not miss.
  public let warnings: [RunWarning]
  /// Rules, value and what to do.
  public let insight: RunInsight
  /// How its segments follow those of the run that was current when it entered its series.
  public let identity: RunIdentity
  private let keptProfile: KeptProfile

  convenience init(
    id: String, createdAt: Int64, dataset: Dataset, options: SegmentationOptions,
    features: [RunFeature], clusters: [Cluster], centroids: NearestCentroids, segments: [Segment],
    quality: RunQuality, choice: ChoiceOfClusterCount?, rowLabels: RowLabels,
    warnings: [RunWarning], insight: RunInsight,
    keptProfile: KeptProfile = KeptProfile(threads: 1)
  ) {
    self.init(
      id: id, createdAt: createdAt,
      outline: Outline(
        dataset,
        byteCount: rowLabels.byteCount
          + RunProfile.largestByteCount(
            of: dataset, features: features, clusterCount: clusters.count)),
      rows: Deferred(RunRows(dataset: dataset, labels: rowLabels)), options: options,
      features: features, clusters: clusters, centroids: centroids, segments: segments,
      quality: quality, choice: choice, warnings: warnings, insight: insight,
      keptProfile: keptProfile)
  }

  init(
    id: String, createdAt: Int64, outline: Outline, rows: Deferred<RunRows>,
    options: SegmentationOptions,
    features: [RunFeature], clusters: [Cluster], centroids: NearestCentroids, segments: [Segment],
    quality: RunQuality, choice: ChoiceOfClusterCount?,
    warnings: [RunWarning],
    insight: RunInsight, identity: RunIdentity = RunIdentity(),
    keptProfile: KeptProfile = KeptProfile(threads: 1)
  ) {
    self.id = id
    self.createdAt = createdAt
    self.outline = outline
    self.rows = rows
    self.options = options
    self.features = features
    self.clusters = clusters
    self.centroids = centroids
    self.segments = segments
    self.quality = quality
    self.choice = choice
    self.warnings = warnings
    self.insight = insight
    self.identity = identity
    self.keptProfile = keptProfile
  }

  /// The same run with other segments, one for each cluster in the same order.
  func with(_ segments: [Segment], identity: RunIdentity) -> Run {
    Run(
      id: id, createdAt: createdAt, outline: outline, rows: rows, options: options,
      features: features, clusters: clusters, centroids: centroids, segments: segments,
      quality: quality, choice: choice, warnings: warnings, insight: insight,
      identity: identity, keptProfile: keptProfile)
  }

  /// The rows it was fitted on.
  ///
  /// Of a run whose rows could not be read, which ``load()`` would have told, the columns alone.
  public var dataset: Dataset {
    _read { yield loadedRows.dataset }
  }

  /// The cluster of each row of the dataset's table.
  public var rowLabels: RowLabels {
    _read { yield loadedRows.labels }
  }

  private var loadedRows: RunRows {
    if let rows = rows.loaded { return rows }
    do {
      return try rows.load()
    } catch {
      return outline.withoutRows
    }
  }

  /// What the rows say about the segments beyond centroids; made when it is first asked for.
  ///
  /// - Complexity: O(1) but for the first time, which looks at every row.
  public var profile: RunProfile { keptProfile.profile(of: self) }

  /// The sum of the sizes of all clusters: the customers that were clustered.
  public var customerCount: Double { clusters.reduce(0) { $0 + $1.size } }

  /// The position of the segment with this id.
  public func segmentIndex(id: String) -> Int? {
    segments.firstIndex { $0.id == id }
  }
}

extension Run: StoredRun {
  /// The dataset it was fitted on.
  public var datasetID: String { outline.datasetID }
  /// The line of runs it belongs to.
  public var series: String { options.series }
  /// The labels, the profile that is kept once it was asked for, and a generous kilobyte a cluster
  /// for the rest.
  public var byteCount: Int { outline.byteCount + 1024 * (clusters.count + 4) }
  /// The same run over these rows, which are its own.
  public func over(_ dataset: Dataset) -> Run {
    guard let own = rows.loaded else { return self }
    return Run(
      id: id, createdAt: createdAt, outline: outline,
      rows: Deferred(RunRows(dataset: dataset, labels: own.labels)), options: options,
      features: features, clusters: clusters, centroids: centroids, segments: segments,
      quality: quality, choice: choice, warnings: warnings, insight: insight,
      identity: identity, keptProfile: keptProfile)
  }

  /// The ids of the segments, in the order of the clusters.
  public var segmentIDs: [String] { segments.map(\.id) }

  /// The same run, its segments shown as a person described them.
  public func described(by details: [String: SegmentDetails]) -> Run {
    let described = segments.map { $0.described(by: details[$0.id] ?? SegmentDetails()) }
    return described == segments ? self : with(described, identity: identity)
  }
}

/// A feature of a run: the column it comes from and how it was scaled.
public struct RunFeature: Sendable, Equatable {
  /// Its position among the columns of the table.
  public let column: Int
  /// The column's key.
  public let key: String
  /// The column's header as the file has it.
  public let header: String
  /// The unit in parentheses in the header, such as `k$`.
  public let unit: String?
  /// The scaling that distances are taken in.
  public let scaling: FeatureScaling
  /// Mean over all customers, in the feature's own unit.
  public let mean: Double
  /// Population standard deviation over all customers.
  public let standardDeviation: Double
  /// The share of the feature's variance that lies between clusters (eta squared, 0...1).
  public let importance: Double?
  /// The share of all squared distances from the mean of all customers, in scaled units, that
  /// this feature makes up: all features together have 1; nil for a run restored from its model.
  public let distanceShare: Double?
  /// The category that the feature stands for; nil for a column of numbers.
  public var level: CategoryLevel?
}

/// What a run found: a centroid and the statistics of the customers nearest to it.
public struct Cluster: Sendable, Equatable {
  /// Its position, the largest first.
  public let index: Int
  /// The number of customers: the sum of their sample weights.
  public let size: Double
  /// `size` over all customers.
  public let share: Double
  /// The centroid in scaled units, one value a feature.
  public let scaledCentroid: [Double]
  /// The centroid in the features' own units.
  public let centroid: [Double]
  /// The mean of each feature in its own unit.
  public let means: [Double]
  /// (mean − overall mean) / overall standard deviation, one value a feature.
  public let z: [Double]
  /// The sum of squared scaled distances to the centroid.
  public let inertia: Double
  /// The mean silhouette of its customers; nil when undefined.
  public let silhouette: Double?
  /// The 99th percentile of its customers' distances, in scaled units; who is beyond is far.
  public let farDistance: Double
  /// How many of its customers stand near the border to another: those with a margin below
  /// ``Run/borderlineMargin``; nil for a single cluster, and for a run restored from its model.
  public let borderlineSize: Double?
  /// How surely it is found again when the customers are drawn anew: the mean Jaccard coefficient
  /// over bootstraps, 0...1; nil when none were made.
  public let stability: Double?
}

/// A cluster with a name that a shop can use.
public struct Segment: Sendable, Equatable {
  /// A slug, unique within the series: `high-income-high-spending`.
  public internal(set) var id: String
  /// What sets the customers apart, from the centroid (`High income, high spending`), or the name a
  /// person chose.
  public internal(set) var name: String
  /// The cluster it stands for.
  public let cluster: Int
  /// What a person chose.
  public private(set) var details = SegmentDetails()
  /// The name from the data where a person chose another.
  private var namedByData: String?

  /// A segment as the data have it.
  init(id: String, name: String, cluster: Int) {
    self.id = id
    self.name = name
    self.cluster = cluster
  }

  /// The name from the data.
  var dataName: String { namedByData ?? name }

  /// The segment as a person described it.
  func described(by details: SegmentDetails) -> Segment {
    var segment = self
    segment.details = details
    segment.name = details.name ?? dataName
    segment.namedByData = details.name == nil ? nil : dataName
    return segment
  }
}

/// The quality indices of a run; nil where an index is undefined.
public struct RunQuality: Sendable, Equatable {
  /// The sum of squared scaled distances to the own centroid.
  public let inertia: Double
  /// Mean silhouette (Rousseeuw 1987).
  public let silhouette: Double?
  /// The half-width of the 95 % interval when the silhouette was sampled; nil when exact.
  public let silhouetteError: Double?
  /// Calinski–Harabasz index (1974).
  public let calinskiHarabasz: Double?
  /// Davies–Bouldin index (1979).
  public let daviesBouldin: Double?
  /// Mean simplified silhouette, from distances to centroids.
  public let simplifiedSilhouette: Double?
  /// 1 − inertia / total sum of squares.
  public let explainedVariance: Double?
  /// How clear the groups are; nil for a single cluster.
  public let structure: StructureStrength?
  /// The stability of the cluster that is found again least; nil when no bootstraps were made.
  public let minimumStability: Double?
  /// The half-width of the widest 95 % interval among the stabilities.
  public let stabilityError: Double?
  /// Bootstraps made.
  public let bootstrapCount: Int
  /// Customers drawn in each bootstrap; fewer than there are when there are very many.
  public let bootstrapDrawCount: Int?
  /// Whether the last iteration moved nothing.
  public let hasConverged: Bool
  /// Lloyd iterations of the kept try.
  public let iterationCount: Int
  /// Independent tries that were made.
  public let restartCount: Int
  /// Point-to-centroid distances computed, a measure of work that does not depend on the machine.
  public let distanceComputations: Int
}

/// The table of k, and why one was chosen.
public struct ChoiceOfClusterCount: Sendable, Equatable {
  /// One number of clusters that was tried.
  public struct Candidate: Sendable, Equatable {
    /// The number of clusters.
    public let clusterCount: Int
    /// The sum of squared scaled distances to the own centroid.
    public let inertia: Double
    /// Mean silhouette; the higher the better, 1 at most.
    public let silhouette: Double?
    /// Mean simplified silhouette; the higher the better, 1 at most.
    public let simplifiedSilhouette: Double?
    /// Calinski–Harabasz index; the higher the better.
    public let calinskiHarabasz: Double?
    /// Davies–Bouldin index; the lower the better.
    public let daviesBouldin: Double?
    /// The gap to points without structure.
    public let gap: Double?
    /// The standard error of the gap.
    public let gapError: Double?
    /// The stability of each cluster, the largest first; empty when no bootstraps were made.
    public let stability: [Double]
    /// The size of the smallest cluster, in customers.
    public let smallestSize: Double
    /// Whether every cluster has the minimum size asked for.
    public let isFeasible: Bool

    /// The stability of the cluster that is found again least.
    public var minimumStability: Double? { stability.min() }
  }

  /// In ascending order of the number of clusters.
  public let candidates: [Candidate]
  /// The number of clusters chosen, and left after small ones were merged.
  public let chosen: Int
  /// The number of clusters of the chosen candidate; ``chosen`` is smaller if clusters were merged.
  public let best: Int
  /// What each index would answer alone.
  public let votes: ClusterCountVotes
  /// The gap of a single cluster, for comparison.
  public let singleGap: Double?
  /// The standard error of that gap.
  public let singleGapError: Double?

  /// The candidate that was chosen.
  public var bestCandidate: Candidate? { candidates.first { $0.clusterCount == best } }
}

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

extension Run {
  /// The id of the run that a dataset and options make with this engine.
  static func fingerprint(dataset: Dataset, options: SegmentationOptions) -> String {
    var fingerprint = Fingerprint()
    fingerprint.add("engine \(engineVersion)")
    fingerprint.add(dataset.id)
    fingerprint.add(options.canonicalText)
    for feature in dataset.features { fingerprint.add(dataset.table.columns[feature].key) }
    return "run_\(fingerprint.hex)"
  }
}
