import Clustering
import Datasets

/// One fit on its way from a cleaned dataset to a run: distinct points, scaling, clusters, quality.
struct SegmentationFit {
  private let dataset: Dataset
  private let options: SegmentationOptions
  private let aliases: ColumnAliases
  private let playbook: Playbook
  private let features: [FitFeature]
  /// The distinct points in the features' own units.
  private let points: DistinctPoints
  /// Of each feature, in its own unit.
  private let moments: [WeightedMoments]
  private let scalings: [FeatureScaling]
  private let model: KMeansModel
  private let quality: ClusterQuality
  private let rules: SegmentRules
  private let stability: BootstrapStability?
  private let structure: StructureStrength?
  /// The table of k; nil when the number of clusters was given.
  let choice: ChoiceOfClusterCount?
  private let threads: Int

  /// Fits the used rows of a dataset.
  ///
  /// - Parameter threads: how many the numerics may use; the result does not depend on it.
  init(
    dataset: Dataset, options: SegmentationOptions, threads: Int, aliases: ColumnAliases,
    playbook: Playbook,
    cancellation: @escaping @Sendable () -> Bool, clock: inout PhaseClock
  ) throws(SegmentationError) {
    self.dataset = dataset
    self.options = options
    self.aliases = aliases
    self.threads = threads
    self.playbook = playbook
    let features = FitFeature.all(of: dataset, options: options)
    self.features = features
    let points = try SegmentationFit.attempt { () throws(ClusteringError) in
      try DistinctPoints(
        columns: FitFeature.columns(of: features, in: dataset),
        weights: dataset.weights(), threads: threads)
    }
    clock.mark(.distinct)
    let columns = ParallelMap.map(points.points.featureCount, threads: threads) {
      points.points.column($0)
    }
    let moments = ParallelMap.map(columns.count, threads: threads) {
      WeightedMoments(columns[$0], weights: points.weights)
    }
    let scalings = try SegmentationFit.scalings(
      of: columns, moments: moments, weights: points.weights, scale: options.scale,
      features: features, threads: threads)
    let scaled = try SegmentationFit.attempt { () throws(ClusteringError) in
      try points.points.mapped(threads: threads) { feature, values, scaled in
        scalings[feature].scale(values, into: &scaled)
      }
    }
    clock.mark(.scale)
    self.points = points
    self.moments = moments
    self.scalings = scalings
    let distinctCount = points.points.sampleCount
    let search = SegmentSearch(
      points: scaled, weights: points.weights, options: options, threads: threads,
      cancellation: cancellation
    ) { model in
      SegmentRules(
        LabelledPoints(
          columns: (0..<points.points.featureCount).map { points.points.column($0) },
          labels: model.labels, weights: points.weights, clusterCount: model.clusterCount),
        threads: threads)
    }
    let found: SegmentSearch.Outcome
    switch options.clusterCount {
    case .fixed(let clusterCount):
      guard clusterCount <= distinctCount else {
        throw .tooManyClusters(requested: clusterCount, distinct: distinctCount)
      }
      found = try SegmentationFit.attempt { () throws(ClusteringError) in
        try search.fit(clusterCount: clusterCount, clock: &clock)
      }
    case .automatic(let range):
      guard distinctCount >= 2 else {
        throw .allCustomersAlike(
          features: features.map(\.key))
      }
      guard distinctCount >= range.lowerBound else {
        throw .tooManyClusters(requested: range.lowerBound, distinct: distinctCount)
      }
      found = try SegmentationFit.attempt { () throws(ClusteringError) in
        try search.choose(
          from: range.lowerBound...min(range.upperBound, distinctCount), clock: &clock)
      }
    }
    model = found.model
    quality = found.quality
    rules = found.rules
    stability = found.stability
    structure = found.structure
    choice = found.choice
  }

  /// Numerics, with their errors in the words of this module.
  private static func attempt<Value>(_ work: () throws(ClusteringError) -> Value)
    throws(SegmentationError) -> Value
  {
    do {
      return try work()
    } catch {
      throw error == .cancelled ? .cancelled : .clustering(error)
    }
  }

  private static func scalings(
    of columns: [[Double]], moments: [WeightedMoments], weights: [Double], scale: Scale,
    features: [FitFeature], threads: Int
  ) throws(SegmentationError) -> [FeatureScaling] {
    if scale == .log {
      for (column, feature) in zip(columns, features) {
        if let minimum = column.min(), minimum < 0 {
          throw .negativeUnderLogarithm(
            column: feature.key, minimum: minimum)
        }
      }
    }
    return ParallelMap.map(columns.count, threads: scale == .zscore ? 1 : threads) {
      if features[$0].level != nil { return features[$0].levelScaling }
      return scale == .zscore
        ? FeatureScaling(zscore: moments[$0])
        : FeatureScaling(scale, fitting: columns[$0], weights: weights)
    }
  }

  /// The run that this fit makes.
  func run(id: String, createdAt: Int64) -> Run {
    let (statistics, fittedLabels) = ParallelMap.both(
      of: points.points.sampleCount, threads: threads
    ) {
      clusterStatistics()
    } _: {
      RowLabels(
        model.labels, of: points, rows: dataset.rows, rowCount: dataset.table.rowCount,
        clusterCount: model.clusterCount, threads: threads)
    }
    var labels = fittedLabels
    // Of those who were fitted: who was kept out for outliers shares in no sum.
    let insight = insight(statistics, labels: labels)
    let centroids = NearestCentroids(centroids: model.centroids)
    assignOutliers(to: centroids, &labels)
    return Run(
      id: id, createdAt: createdAt, dataset: dataset, options: options,
      features: statistics.features, clusters: statistics.clusters,
      centroids: centroids,
      segments: segments(statistics), quality: runQuality, choice: choice, rowLabels: labels,
      warnings: RunWarnings(
        dataset: dataset, features: statistics.features, clusters: statistics.clusters,
        quality: runQuality, choice: choice, options: options
      ).all, insight: insight, keptProfile: KeptProfile(threads: threads))
  }

  /// Gives the rows that were kept out of the fit for their outliers the cluster they are nearest
  /// to; one too far away for a distance gets none.
  private func assignOutliers(to centroids: NearestCentroids, _ labels: inout RowLabels) {
    for row in dataset.outlierRows {
      let values = zip(features, scalings).map { feature, scaling in
        scaling.scaled(
          dataset.value(ofRow: row, column: feature.column, level: feature.level)
            ?? scaling.original(0))
      }
      guard let match = SegmentationFit.match(values, centroids) else { continue }
      labels.assign(match.nearest, toRow: row)
    }
  }

  private static func match(_ values: [Double], _ centroids: NearestCentroids)
    -> NearestCentroids.Match?
  {
    do {
      return try centroids.match(values)
    } catch {
      // A value that is no number after scaling is near to nothing.
      return nil
    }
  }

  private typealias Statistics = (features: [RunFeature], clusters: [Cluster])

  /// What one feature is overall and in each cluster.
  private struct FeatureStatistics {
    var feature: RunFeature
    var means: [Double] = []
    var scores: [Double] = []
  }

  private func statistics(
    ofFeature feature: Int, total: Double, scaledVariance: Double, scatter: Double
  ) -> FeatureStatistics {
    let values = points.points.column(feature)
    let weights = points.weights
    let labels = model.labels
    let overall = moments[feature]
    var sums = [Double](repeating: 0, count: model.clusterCount)
    for point in values.indices { sums[Int(labels[point])] += weights[point] * values[point] }
    var means: [Double] = []
    var scores: [Double] = []
    var between = 0.0
    for cluster in sums.indices {
      let mean = sums[cluster] / model.weightOfCluster[cluster]
      let difference = mean - overall.mean
      between += model.weightOfCluster[cluster] * difference * difference
      means.append(mean)
      scores.append(overall.standardDeviation > 0 ? difference / overall.standardDeviation : 0)
    }
    let variance = overall.standardDeviation * overall.standardDeviation * total
    let source = features[feature]
    return FeatureStatistics(
      feature: RunFeature(
        column: source.column, key: source.key, header: source.header,
        unit: source.unit, scaling: scalings[feature], mean: overall.mean,
        standardDeviation: overall.standardDeviation,
        importance: variance > 0 ? between / variance : nil,
        distanceShare: scatter > 0 ? scaledVariance / scatter : 0, level: source.level),
      means: means, scores: scores)
  }

  private func clusterStatistics() -> Statistics {
    let total = points.weights.reduce(0, +)
    let scatters = ParallelMap.map(scalings.count, threads: threads) { scaledVariance(of: $0) }
    let scatter = scatters.reduce(0, +)
    let found = ParallelMap.map(scalings.count, threads: threads) {
      statistics(ofFeature: $0, total: total, scaledVariance: scatters[$0], scatter: scatter)
    }
    let farDistances = FarDistance.limits(
      points: points.points, weights: points.weights, labels: model.labels, scalings: scalings,
      centroids: model.centroids)
    let clusters = (0..<model.clusterCount).map { index in
      let scaled = model.centroids.row(index)
      return Cluster(
        index: index, size: model.weightOfCluster[index],
        share: model.weightOfCluster[index] / total, scaledCentroid: scaled,
        centroid: zip(scalings, scaled).map { $0.original($1) },
        means: found.map { $0.means[index] }, z: found.map { $0.scores[index] },
        inertia: model.inertiaOfCluster[index], silhouette: quality.silhouetteOfCluster[index],
        farDistance: farDistances[index], borderlineSize: quality.borderlineWeightOfCluster?[index],
        stability: stability?.meanOfCluster[index])
    }
    return (found.map(\.feature), clusters)
  }

  /// The variance of a feature in scaled units.
  private func scaledVariance(of feature: Int) -> Double {
    let scaling = scalings[feature]
    // Only a logarithm changes more than the unit.
    let deviation =
      scaling.isLogarithmic
      ? WeightedMoments(
        points.points.column(feature).map(scaling.scaled), weights: points.weights
      ).standardDeviation
      : moments[feature].standardDeviation / scaling.spread
    return deviation * deviation
  }

  /// The features as names and the playbook see them.
  private func namedFeatures(_ statistics: Statistics) -> [SegmentNaming.Feature] {
    statistics.features.map {
      .init(
        key: $0.key, meaning: $0.level == nil ? aliases.meaning(ofKey: $0.key) : nil,
        level: $0.level)
    }
  }

  private func insight(
    _ statistics: Statistics, labels: RowLabels
  ) -> RunInsight {
    let value = dataset.valueColumn.map { valueSplit(column: $0, labels: labels) }
    let plays = playbook.plays(
      features: namedFeatures(statistics), z: statistics.clusters.map(\.z),
      shares: statistics.clusters.map(\.share), value: value)
    return RunInsight(rules: rules, value: value, plays: plays)
  }

  /// How the value column splits over the clusters, from the distinct points where it is a feature.
  private func valueSplit(column: Int, labels: RowLabels) -> ValueSplit {
    let key = dataset.table.columns[column].key
    if let feature = dataset.features.firstIndex(of: column) {
      return ValueSplit(
        column: column, key: key, clusterCount: model.clusterCount,
        values: points.points.column(feature), weight: { points.weights[$0] },
        cluster: { Int(model.labels[$0]) })
    }
    return ValueSplit(
      column: column, key: key,
      tally: ValueSplit.Tally(of: dataset, column: column, labels, clusterCount: model.clusterCount)
    )
  }

  private func segments(_ statistics: Statistics) -> [Segment] {
    let naming = SegmentNaming(features: namedFeatures(statistics))
    let names = naming.names(z: statistics.clusters.map(\.z))
    return zip(statistics.clusters, names).map { cluster, name in
      Segment(id: SegmentNaming.slug(name), name: name, cluster: cluster.index)
    }
  }

  private var runQuality: RunQuality {
    RunQuality(
      inertia: model.inertia, silhouette: quality.silhouette,
      silhouetteError: quality.silhouetteError, calinskiHarabasz: quality.calinskiHarabasz,
      daviesBouldin: quality.daviesBouldin, simplifiedSilhouette: quality.simplifiedSilhouette,
      explainedVariance: quality.explainedVariance, structure: structure,
      minimumStability: stability?.minimum, stabilityError: stability?.errorOfCluster?.max(),
      bootstrapCount: stability?.bootstrapCount ?? 0, bootstrapDrawCount: stability?.drawCount,
      hasConverged: model.hasConverged,
      iterationCount: model.iterationCount, restartCount: model.restartCount,
      distanceComputations: model.distanceComputations)
  }
}

extension SampleColumn {
  /// The numbers of a dataset as clustering takes them: the same arrays, no copy.
  init(_ numbers: CompactNumbers) {
    switch numbers {
    case .uint8(let values): self = .uint8(values)
    case .int16(let values): self = .int16(values)
    case .int32(let values): self = .int32(values)
    case .float64(let values): self = .float64(values)
    case .pieces(let pieces):
      self = .pieces(pieces.map { SamplePiece(base: $0.base, distances: $0.distances) })
    }
  }
}
