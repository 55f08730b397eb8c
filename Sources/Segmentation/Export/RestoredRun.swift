import Clustering
import Datasets

extension Run {
  /// A run from its model, without customers; it assigns as the run did that the model is of.
  ///
  /// Its id is a fingerprint of the model and not the id of that run, which has rows.
  /// - Throws: ``SegmentationError/clustering(_:)`` when a centroid has no distance.
  public convenience init(
    restoring model: RunModel, createdAt: Int64, aliases: ColumnAliases = .standard,
    playbook: Playbook = .standard
  ) throws(SegmentationError) {
    let centroids: FeatureMatrix
    do {
      centroids = try FeatureMatrix(
        columns: model.features.indices.map { feature in
          model.clusters.map { $0.scaledCentroid[feature] }
        })
    } catch {
      throw .clustering(error)
    }
    var options = SegmentationOptions()
    options.clusterCount = .fixed(model.clusters.count)
    options.scale = model.scale
    options.categorical = model.features.contains { $0.level != nil } ? .onehot : .describe
    options.seed = model.seed
    options.series = model.series
    let clusters = model.runClusters
    // Rules need customers; what to do follows from the centroids.
    let plays = playbook.plays(
      features: model.features.map {
        .init(
          key: $0.key, meaning: $0.level == nil ? aliases.meaning(ofKey: $0.key) : nil,
          level: $0.level)
      },
      z: clusters.map(\.z), shares: clusters.map(\.share), value: nil)
    self.init(
      id: model.fingerprint, createdAt: createdAt,
      dataset: .empty(columns: model.columns),
      options: options, features: model.runFeatures, clusters: clusters,
      centroids: NearestCentroids(centroids: centroids), segments: model.runSegments,
      quality: model.quality.runQuality, choice: nil,
      rowLabels: RowLabels(rowCount: 0, clusterCount: model.clusters.count), warnings: [],
      insight: RunInsight(rules: nil, value: nil, plays: plays))
  }
}

extension RunModel {
  /// The id of the run that is restored from the model.
  fileprivate var fingerprint: String {
    var fingerprint = Fingerprint()
    fingerprint.add("model \(Run.engineVersion) \(scale.rawValue) \(seed)")
    fingerprint.add(series)
    func add(_ values: [Double]) {
      fingerprint.add(values.map { String($0.bitPattern, radix: 16) }.joined(separator: " "))
    }
    for feature in features {
      fingerprint.add(feature.key)
      fingerprint.add(feature.header)
      fingerprint.add(feature.scaling.isLogarithmic ? "log" : "linear")
      add([feature.scaling.center, feature.scaling.spread])
      if let style = feature.numberStyle {
        fingerprint.add("numbers")
        fingerprint.add(String(style.decimalMark))
        fingerprint.add(style.unit)
      }
      if let level = feature.level {
        fingerprint.add("category")
        fingerprint.add(level.columnKey)
        fingerprint.add(level.columnHeader)
        fingerprint.add(level.name)
      }
    }
    for cluster in clusters {
      fingerprint.add(cluster.segmentID)
      fingerprint.add(cluster.segmentName)
      add([cluster.size, cluster.farDistance] + cluster.scaledCentroid)
    }
    return "run_\(fingerprint.hex)"
  }

  /// The columns that customers are assigned by, each once.
  fileprivate var columns: [Dataset.EmptyColumn] {
    var columns: [Dataset.EmptyColumn] = []
    for feature in features {
      let key = feature.level?.columnKey ?? feature.key
      guard !columns.contains(where: { $0.key == key }) else { continue }
      columns.append(
        .init(
          key: key, header: feature.level?.columnHeader ?? feature.header, unit: feature.unit,
          numberStyle: feature.numberStyle, isFeature: feature.level == nil))
    }
    return columns
  }

  fileprivate var runFeatures: [RunFeature] {
    let columns = columns
    return features.map { feature in
      RunFeature(
        column: columns.firstIndex { $0.key == feature.level?.columnKey ?? feature.key } ?? 0,
        key: feature.key, header: feature.header, unit: feature.unit,
        scaling: feature.scaling, mean: feature.mean,
        standardDeviation: feature.standardDeviation, importance: feature.importance,
        distanceShare: nil, level: feature.level)
    }
  }

  fileprivate var runClusters: [Segmentation.Cluster] {
    let total = clusters.reduce(0) { $0 + $1.size }
    return clusters.enumerated().map { index, cluster in
      Segmentation.Cluster(
        index: index, size: cluster.size, share: total > 0 ? cluster.size / total : 0,
        scaledCentroid: cluster.scaledCentroid,
        centroid: zip(features, cluster.scaledCentroid).map { $0.scaling.original($1) },
        means: cluster.means,
        z: zip(features, cluster.means).map { feature, mean in
          feature.standardDeviation > 0 ? (mean - feature.mean) / feature.standardDeviation : 0
        }, inertia: cluster.inertia, silhouette: cluster.silhouette,
        farDistance: cluster.farDistance, borderlineSize: nil, stability: nil)
    }
  }

  fileprivate var runSegments: [Segment] {
    clusters.enumerated().map { Segment(id: $1.segmentID, name: $1.segmentName, cluster: $0) }
  }
}

extension RunModel.Quality {
  /// The indices of a run that made no search of its own.
  fileprivate var runQuality: RunQuality {
    RunQuality(
      inertia: inertia, silhouette: silhouette, silhouetteError: nil,
      calinskiHarabasz: calinskiHarabasz, daviesBouldin: daviesBouldin,
      simplifiedSilhouette: simplifiedSilhouette, explainedVariance: explainedVariance,
      structure: nil, minimumStability: nil, stabilityError: nil, bootstrapCount: 0,
      bootstrapDrawCount: nil,
      hasConverged: true, iterationCount: 0, restartCount: 0, distanceComputations: 0)
  }
}

extension SegmentationService {
  /// Stores a run that comes back as its model; the same model gives the run that exists.
  public func restore(_ model: RunModel, activates: Bool) throws(SegmentationError) -> (
    run: Run, isNew: Bool
  ) {
    let run = try Run(
      restoring: model, createdAt: SegmentationService.now(), aliases: configuration.aliases,
      playbook: configuration.playbook)
    // Its segments keep the ids the model has for them: it assigns as the run did.
    let publication = try publish(run.dataset, run: run, activates: activates, expecting: nil)
    return (publication.run ?? run, publication.isNewRun)
  }
}
