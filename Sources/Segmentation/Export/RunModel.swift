import Datasets

/// What is known of a run that is written down as its model: everything but the customers.
public struct RunModel: Sendable, Equatable {
  /// A feature and how it is scaled.
  public struct Feature: Sendable, Equatable {
    /// The column's key.
    public var key: String
    /// The column's header as the file had it.
    public var header: String
    /// The column's unit, if it has one.
    public var unit: String?
    /// How the column's numbers are written, if not as programs write them.
    public var numberStyle: NumberStyle?
    /// How its values are scaled.
    public var scaling: FeatureScaling
    /// Mean over all customers, in the feature's own unit.
    public var mean: Double
    /// Population standard deviation over all customers.
    public var standardDeviation: Double
    /// The share of the feature's variance that lies between clusters.
    public var importance: Double?
    /// The category of a column that it stands for; nil for a column of numbers.
    public var level: CategoryLevel?

    /// A feature from its parts.
    public init(
      key: String, header: String, unit: String?, numberStyle: NumberStyle? = nil,
      scaling: FeatureScaling, mean: Double, standardDeviation: Double, importance: Double?,
      level: CategoryLevel? = nil
    ) {
      self.key = key
      self.header = header
      self.unit = unit
      self.numberStyle = numberStyle
      self.scaling = scaling
      self.mean = mean
      self.standardDeviation = standardDeviation
      self.importance = importance
      self.level = level
    }
  }

  /// A cluster and the segment it stands for.
  public struct Cluster: Sendable, Equatable {
    /// The slug of the segment.
    public var segmentID: String
    /// The name of the segment.
    public var segmentName: String
    /// The number of customers.
    public var size: Double
    /// The centroid in scaled units, one value a feature.
    public var scaledCentroid: [Double]
    /// The mean of each feature in its own unit.
    public var means: [Double]
    /// The sum of squared scaled distances to the centroid.
    public var inertia: Double
    /// The mean silhouette of its customers.
    public var silhouette: Double?
    /// Beyond this distance a customer is far.
    public var farDistance: Double

    /// A cluster from its parts.
    public init(
      segmentID: String, segmentName: String, size: Double, scaledCentroid: [Double],
      means: [Double], inertia: Double, silhouette: Double?, farDistance: Double
    ) {
      self.segmentID = segmentID
      self.segmentName = segmentName
      self.size = size
      self.scaledCentroid = scaledCentroid
      self.means = means
      self.inertia = inertia
      self.silhouette = silhouette
      self.farDistance = farDistance
    }
  }

  /// The quality indices of the fit; nil where one is undefined.
  public struct Quality: Sendable, Equatable {
    /// The sum of squared scaled distances to the own centroid.
    public var inertia: Double
    /// Mean silhouette.
    public var silhouette: Double?
    /// Mean simplified silhouette.
    public var simplifiedSilhouette: Double?
    /// Calinski–Harabasz index.
    public var calinskiHarabasz: Double?
    /// Davies–Bouldin index.
    public var daviesBouldin: Double?
    /// 1 − inertia / total sum of squares.
    public var explainedVariance: Double?

    /// Indices from their values.
    public init(
      inertia: Double, silhouette: Double?, simplifiedSilhouette: Double?,
      calinskiHarabasz: Double?, daviesBouldin: Double?, explainedVariance: Double?
    ) {
      self.inertia = inertia
      self.silhouette = silhouette
      self.simplifiedSilhouette = simplifiedSilhouette
      self.calinskiHarabasz = calinskiHarabasz
      self.daviesBouldin = daviesBouldin
      self.explainedVariance = explainedVariance
    }
  }

  /// The features in their order.
  public var features: [Feature]
  /// The clusters in their order.
  public var clusters: [Cluster]
  /// The quality indices of the fit.
  public var quality: Quality
  /// How features were scaled.
  public var scale: Scale
  /// The seed of the fit.
  public var seed: UInt64
  /// The line of runs it belongs to.
  public var series: String

  /// A model from its parts.
  public init(
    features: [Feature], clusters: [Cluster], quality: Quality, scale: Scale, seed: UInt64,
    series: String
  ) {
    self.features = features
    self.clusters = clusters
    self.quality = quality
    self.scale = scale
    self.seed = seed
    self.series = series
  }
}

extension Run {
  /// How the numbers of a feature's column are written, as was decided when the run's dataset was
  /// read; `nil` for categories and for numbers as programs write them.
  public func numberStyle(of feature: RunFeature) -> NumberStyle? {
    feature.level == nil ? dataset.table.columns[feature.column].numberStyle : nil
  }

  /// The run without its customers.
  public var model: RunModel {
    RunModel(
      features: features.map {
        .init(
          key: $0.key, header: $0.header, unit: $0.unit, numberStyle: numberStyle(of: $0),
          scaling: $0.scaling, mean: $0.mean, standardDeviation: $0.standardDeviation,
          importance: $0.importance, level: $0.level)
      },
      clusters: zip(clusters, segments).map { cluster, segment in
        .init(
          segmentID: segment.id, segmentName: segment.name, size: cluster.size,
          scaledCentroid: cluster.scaledCentroid, means: cluster.means, inertia: cluster.inertia,
          silhouette: cluster.silhouette, farDistance: cluster.farDistance)
      },
      quality: .init(
        inertia: quality.inertia, silhouette: quality.silhouette,
        simplifiedSilhouette: quality.simplifiedSilhouette,
        calinskiHarabasz: quality.calinskiHarabasz, daviesBouldin: quality.daviesBouldin,
        explainedVariance: quality.explainedVariance),
      scale: options.scale, seed: options.seed, series: series)
  }
}
