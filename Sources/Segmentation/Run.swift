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
