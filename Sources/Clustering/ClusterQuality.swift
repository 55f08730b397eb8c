/// How good a clustering is, by the usual indices.
///
/// Undefined is nil, never NaN.
///
/// Weight 2 counts as a point given twice, in every index.
public struct ClusterQuality: Sendable, Equatable {
  /// The mean silhouette of all samples, in −1...1; nil for one cluster.
  public let silhouette: Double?
  /// The mean silhouette of each cluster; nil where no member was looked at.
  public let silhouetteOfCluster: [Double?]
  /// The silhouette of each point when all were computed; nil when they were sampled.
  public let silhouetteOfPoint: [Double]?
  /// Half the width of the 95 % interval of ``silhouette`` when it was sampled; nil when it is exact.
  public let silhouetteError: Double?
  /// Points looked at for the silhouette, and the weight they stand for.
  public let silhouettePointCount: Int
  /// The weight of the points looked at.
  public let silhouetteWeight: Double
  /// The silhouette with distances to centroids in place of mean distances to members.
  public let simplifiedSilhouette: Double?
  /// The weight of the borderline points of each cluster, those whose margin, 1 − distance / second
  /// distance, is below ``borderlineMargin``; nil for one cluster, which has no border.
  public let borderlineWeightOfCluster: [Double]?
  /// Davies–Bouldin: smaller is better; nil for one cluster or coinciding centroids.
  public let daviesBouldin: Double?
  /// Calinski–Harabasz, the variance ratio: larger is better; nil for one cluster or no inertia.
  public let calinskiHarabasz: Double?
  /// 1 − inertia / total sum of squares, in 0...1; nil when all points coincide.
  public let explainedVariance: Double?

  /// The margin below which a point stands near the border to another cluster.
  public static let borderlineMargin = 0.1

  /// Distinct points up to which silhouettes are exact.
  public static let exactPointLimit = 20_000

  /// Computes all indices of a model.
  ///
  /// - Parameters:
  ///   - points: the `n × d` points the model was fitted to.
  ///   - weights: their `n` weights; nil means 1 each.
  ///   - model: the model.
  ///   - exactLimit: points up to which silhouettes are exact.
  ///   - seed: chooses the sample above that.
  ///   - threads: threads to use at most.
  ///   - cancellation: answering true ends the work.
  /// - Throws: ``ClusteringError/shapeMismatch(expected:found:)``,
  ///   ``ClusteringError/weightNotPositive(sample:)``,
  ///   ``ClusteringError/optionOutOfRange(option:value:)``, ``ClusteringError/cancelled``.
  /// - Complexity: O(*n²d*) time up to the limit, O(*n*) memory.
  public static func evaluate(
    _ points: FeatureMatrix, weights: [Double]? = nil, model: KMeansModel,
    exactLimit: Int = exactPointLimit, seed: UInt64 = 0, threads: Int = 1,
    cancellation: (@Sendable () -> Bool)? = nil
  ) throws(ClusteringError) -> ClusterQuality {
    try DistinctPoints.check(weights, sampleCount: points.sampleCount)
    guard model.labels.count == points.sampleCount else {
      throw .shapeMismatch(expected: points.sampleCount, found: model.labels.count)
    }
    guard model.centroids.featureCount == points.featureCount else {
      throw .shapeMismatch(expected: points.featureCount, found: model.centroids.featureCount)
    }
    guard threads >= 1 else { throw .optionOutOfRange(option: .threads, value: threads) }
    return try Cloud.withCloud(
      points, weights: weights, team: WorkTeam(threads: threads), cancellation: cancellation
    ) { (cloud) throws(ClusteringError) in
      try evaluate(cloud, models: [model], exactLimit: exactLimit, seed: seed)[0]
    }
  }

  /// The indices of several models of the same points; silhouettes share their distances.
  static func evaluate(
    _ cloud: Cloud, models: [KMeansModel], exactLimit: Int, seed: UInt64
  ) throws(ClusteringError) -> [ClusterQuality] {
    let silhouettes = try Silhouettes.compute(
      cloud, clusterings: models.map { ($0.labels, $0.clusterCount) }, exactLimit: exactLimit,
      seed: seed)
    return zip(models, silhouettes).map { model, silhouettes in
      let geometry = ClusterGeometry(cloud, model: model)
      return ClusterQuality(
        silhouette: silhouettes?.mean,
        silhouetteOfCluster: silhouettes?.meanOfCluster
          ?? Array(repeating: nil, count: model.clusterCount),
        silhouetteOfPoint: silhouettes?.valueOfPoint,
        silhouetteError: silhouettes?.error,
        silhouettePointCount: silhouettes?.pointCount ?? 0,
        silhouetteWeight: silhouettes?.weight ?? 0,
        simplifiedSilhouette: geometry.simplifiedSilhouette,
        borderlineWeightOfCluster: geometry.borderlineWeightOfCluster,
        daviesBouldin: geometry.daviesBouldin,
        calinskiHarabasz: geometry.calinskiHarabasz,
        explainedVariance: geometry.explainedVariance)
    }
  }
}
