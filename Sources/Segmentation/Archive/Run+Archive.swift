import Clustering
import Datasets

/// A run as it stands in a file. Nothing is computed anew when it is read, so its answers are the
/// same to the last bit, whatever playbook or engine reads it.
extension Run: ArchivedRun {
  /// Writes all but the cluster of each row and what people chose.
  public func writeOutline(to writer: inout ArchiveWriter) {
    writer.put(createdAt)
    writer.put(outline.rowCount)
    writer.put(outline.byteCount)
    writer.put(outline.columns)
    writer.put(options)
    writer.put(features)
    writer.put(clusters)
    writer.put(segments)
    writer.put(quality)
    writer.put(choice)
    writer.put(warnings)
    writer.put(insight)
    writer.put(identity)
  }

  /// Writes the cluster of each row.
  public func writeRows(to writer: inout ArchiveWriter) throws(StoreError) {
    writer.put(clusters.count)
    try rows.load().labels.write(to: &writer)
  }

  /// Reads a run whose parts all fit each other.
  public static func restored(
    id: String, datasetID: String, outline reader: inout ArchiveReader, rows: Deferred<RunRows>
  ) throws(ArchiveFault) -> Run {
    let createdAt: Int64 = try reader.get()
    let outline = Outline(
      datasetID: datasetID, rowCount: try reader.integer(in: 0...Int(Int32.max)),
      byteCount: try reader.integer(in: 0...(1 << 40)), columns: try reader.get())
    let options: SegmentationOptions = try reader.get()
    let features: [RunFeature] = try reader.get()
    let clusters: [Cluster] = try reader.get()
    let segments: [Segment] = try reader.get()
    let quality: RunQuality = try reader.get()
    let choice: ChoiceOfClusterCount? = try reader.get()
    let warnings: [RunWarning] = try reader.get()
    let insight: RunInsight = try reader.get()
    let identity: RunIdentity = try reader.get()
    let centroids: FeatureMatrix
    do {
      centroids = try FeatureMatrix(
        columns: features.indices.map { feature in
          clusters.map { feature < $0.scaledCentroid.count ? $0.scaledCentroid[feature] : .nan }
        })
    } catch {
      throw .damaged("a centroid is no point")
    }
    let isWhole =
      clusters.indices.allSatisfy { clusters[$0].index == $0 }
      && segments.map(\.cluster) == Array(clusters.indices)
      && clusters.allSatisfy { $0.fits(featureCount: features.count) }
      && features.allSatisfy { outline.columns.indices.contains($0.column) }
      && insight.fits(
        clusterCount: clusters.count, featureCount: features.count,
        columnCount: outline.columns.count)
    guard isWhole else { throw .damaged("the parts of the run do not fit each other") }
    return Run(
      id: id, createdAt: createdAt, outline: outline, rows: rows, options: options,
      features: features, clusters: clusters, centroids: NearestCentroids(centroids: centroids),
      segments: segments, quality: quality, choice: choice, warnings: warnings, insight: insight,
      identity: identity)
  }

  /// Reads the cluster of each row of a dataset.
  public static func rows(
    from reader: inout ArchiveReader, dataset: Dataset
  ) throws(ArchiveFault) -> RunRows {
    let clusterCount = try reader.integer(in: 1...(1 << 30))
    return RunRows(
      dataset: dataset,
      labels: try RowLabels(
        from: &reader, rowCount: dataset.table.rowCount, clusterCount: clusterCount))
  }
}

extension Dataset.EmptyColumn: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    for text in [key, header] { writer.put(text) }
    writer.put(unit)
    writer.put(isFeature)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      key: try reader.get(), header: try reader.get(), unit: try reader.get(),
      isFeature: try reader.get())
  }
}

extension Cluster {
  fileprivate func fits(featureCount: Int) -> Bool {
    [scaledCentroid, centroid, means, z].allSatisfy { $0.count == featureCount }
  }
}

extension RunInsight {
  fileprivate func fits(clusterCount: Int, featureCount: Int, columnCount: Int) -> Bool {
    let features = 0..<featureCount
    let rulesFit =
      rules.map { rules in
        rules.ofCluster.count == clusterCount
          && rules.ofCluster.compactMap(\.self).allSatisfy { rule in
            rule.alternatives.joined().allSatisfy { features.contains($0.feature) }
          }
      } ?? true
    let valueFits =
      value.map { value in
        value.column >= 0 && value.column < columnCount
          && value.meanOfCluster.count == clusterCount
          && value.shareOfCluster.map { $0.count == clusterCount } ?? true
      } ?? true
    return rulesFit && valueFits && plays.count == clusterCount
      && plays.allSatisfy { $0.features.values.allSatisfy(features.contains) }
  }
}

extension RunFeature: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(column)
    for text in [key, header] { writer.put(text) }
    writer.put(unit)
    writer.put(scaling)
    for number in [mean, standardDeviation] { writer.put(number) }
    for number in [importance, distanceShare] { writer.put(number) }
    writer.put(level)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      column: try reader.get(), key: try reader.get(), header: try reader.get(),
      unit: try reader.get(), scaling: try reader.get(), mean: try reader.get(),
      standardDeviation: try reader.get(), importance: try reader.get(),
      distanceShare: try reader.get(), level: try reader.get())
  }
}

extension FeatureScaling: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(center)
    writer.put(spread)
    writer.put(isLogarithmic)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      center: try reader.get(), spread: try reader.get(), isLogarithmic: try reader.get())
  }
}

extension CategoryLevel: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    for text in [columnKey, columnHeader, name] { writer.put(text) }
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      columnKey: try reader.get(), columnHeader: try reader.get(), name: try reader.get())
  }
}

extension Cluster: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(index)
    for number in [size, share] { writer.put(number) }
    for numbers in [scaledCentroid, centroid, means, z] { writer.put(numbers) }
    writer.put(inertia)
    writer.put(silhouette)
    writer.put(farDistance)
    writer.put(borderlineSize)
    writer.put(stability)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      index: try reader.get(), size: try reader.get(), share: try reader.get(),
      scaledCentroid: try reader.get(), centroid: try reader.get(), means: try reader.get(),
      z: try reader.get(), inertia: try reader.get(), silhouette: try reader.get(),
      farDistance: try reader.get(), borderlineSize: try reader.get(),
      stability: try reader.get())
  }
}

/// As the data have it: what people chose is in the store's journal.
extension Segment: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(id)
    writer.put(dataName)
    writer.put(cluster)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(id: try reader.get(), name: try reader.get(), cluster: try reader.get())
  }
}

extension RunQuality: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(inertia)
    for number in [
      silhouette, silhouetteError, calinskiHarabasz, daviesBouldin, simplifiedSilhouette,
      explainedVariance,
    ] { writer.put(number) }
    writer.put(structure)
    for number in [minimumStability, stabilityError] { writer.put(number) }
    writer.put(bootstrapCount)
    writer.put(bootstrapDrawCount)
    writer.put(hasConverged)
    for count in [iterationCount, restartCount, distanceComputations] { writer.put(count) }
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      inertia: try reader.get(), silhouette: try reader.get(), silhouetteError: try reader.get(),
      calinskiHarabasz: try reader.get(), daviesBouldin: try reader.get(),
      simplifiedSilhouette: try reader.get(), explainedVariance: try reader.get(),
      structure: try reader.get(), minimumStability: try reader.get(),
      stabilityError: try reader.get(), bootstrapCount: try reader.get(),
      bootstrapDrawCount: try reader.get(), hasConverged: try reader.get(),
      iterationCount: try reader.get(), restartCount: try reader.get(),
      distanceComputations: try reader.get())
  }
}

extension StructureStrength: Archivable {}

extension RunWarning: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(code)
    writer.put(column)
    writer.put(cluster)
    writer.put(detail)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      code: try reader.get(), column: try reader.get(), cluster: try reader.get(),
      detail: try reader.get())
  }
}

extension RunWarning.Code: Archivable {}

extension RunIdentity: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    writer.put(previousRunID)
    writer.put(basis)
    writer.put(relations)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(
      previousRunID: try reader.get(), basis: try reader.get(), relations: try reader.get())
  }
}

extension MatchingBasis: Archivable {}
extension SegmentVerdict: Archivable {}

extension RunIdentity.Relation: Archivable {
  /// Writes the value.
  public func write(to writer: inout ArchiveWriter) {
    for id in [from, to] { writer.put(id) }
    writer.put(verdict)
  }
  /// Reads a value.
  public init(from reader: inout ArchiveReader) throws(ArchiveFault) {
    self.init(from: try reader.get(), to: try reader.get(), verdict: try reader.get())
  }
}
