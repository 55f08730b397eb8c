/// What it takes to score a customer anywhere: the scaling of each feature, the centroids, and the
/// segments they stand for.
///
/// The exports (SQL, PMML, ONNX) are written from this. All of them compute what ``Run/score(_:)``
/// computes, operation by operation in the same order: `z = (x − center) / spread`, squared
/// differences to a centroid added in the order of the features, ties to the lowest index.
public struct ScoringModel: Sendable, Equatable {
  /// A feature that scoring needs.
  public struct Feature: Sendable, Equatable {
    /// The column's key.
    public let key: String
    /// The column's header as the file had it.
    public let header: String
    /// How its values are scaled.
    public let scaling: FeatureScaling
    /// The category of a column that it stands for, 1 for who has it and 0 for others; nil for a
    /// column of numbers.
    public let level: CategoryLevel?

    /// A feature from its parts.
    public init(
      key: String, header: String, scaling: FeatureScaling, level: CategoryLevel? = nil
    ) {
      self.key = key
      self.header = header
      self.scaling = scaling
      self.level = level
    }
  }

  /// A segment that customers are assigned to.
  public struct Segment: Sendable, Equatable {
    /// Its slug.
    public let id: String
    /// Its name.
    public let name: String
    /// The number of customers it was fitted on.
    public let size: Double
    /// The centroid in scaled units, one value a feature.
    public let centroid: [Double]
    /// Beyond this distance a customer is far from the segment.
    public let farDistance: Double

    /// A segment from its parts.
    public init(id: String, name: String, size: Double, centroid: [Double], farDistance: Double) {
      self.id = id
      self.name = name
      self.size = size
      self.centroid = centroid
      self.farDistance = farDistance
    }
  }

  /// Which of a column's two names an export uses.
  public enum ColumnNames: String, Sendable, CaseIterable {
    case key, header
  }

  /// In the order in which distances are added up.
  public let features: [Feature]
  /// One for each cluster, in their order.
  public let segments: [Segment]

  /// A model from its parts.
  ///
  /// - Precondition: at least one feature and one segment; a centroid value for each feature.
  public init(features: [Feature], segments: [Segment]) {
    precondition(!features.isEmpty && !segments.isEmpty, "a model has features and segments")
    precondition(segments.allSatisfy { $0.centroid.count == features.count }, "one value a feature")
    self.features = features
    self.segments = segments
  }

  /// The name of a feature in an export.
  func name(of feature: Feature, _ names: ColumnNames) -> String {
    switch names {
    case .key: feature.key
    // An unnamed column has no header to be called by.
    case .header: feature.header.isEmpty ? feature.key : feature.header
    }
  }

  /// The name of the column that a feature is read from.
  func columnName(of feature: Feature, _ names: ColumnNames) -> String {
    guard let level = feature.level else { return name(of: feature, names) }
    return switch names {
    case .key: level.columnKey
    case .header: level.columnHeader.isEmpty ? level.columnKey : level.columnHeader
    }
  }
}

extension Run {
  /// The part of the run that scoring needs.
  public var scoringModel: ScoringModel {
    ScoringModel(
      features: features.map {
        .init(key: $0.key, header: $0.header, scaling: $0.scaling, level: $0.level)
      },
      segments: zip(clusters, segments).map { cluster, segment in
        .init(
          id: segment.id, name: segment.name, size: cluster.size, centroid: cluster.scaledCentroid,
          farDistance: cluster.farDistance)
      })
  }
}

extension FeatureScaling {
  /// Scaled values beyond this have no distance.
  static let scaledLimit = 1e120

  /// The values that have a distance: exactly those whose scaled value is at most
  /// ``scaledLimit`` away from 0.
  var domain: ClosedRange<Double> {
    let middle = min(max(original(0), -1e300), 1e300)
    return bound(
      from: middle, to: -.greatestFiniteMagnitude)...bound(
        from: middle, to: .greatestFiniteMagnitude)
  }

  /// The last value from `inside` towards `outside` that has a distance.
  private func bound(from inside: Double, to outside: Double) -> Double {
    func hasDistance(_ value: Double) -> Bool {
      scaled(value).magnitude <= FeatureScaling.scaledLimit
    }
    if hasDistance(outside) { return outside }
    // Doubles in their order are integers in theirs, so halving between them ends in 64 steps.
    var inside = FeatureScaling.rank(inside)
    var outside = FeatureScaling.rank(outside)
    while true {
      // The two may be further apart than an Int can tell.
      let middle = inside / 2 + outside / 2 + (inside % 2 + outside % 2) / 2
      if middle == inside || middle == outside { break }
      if hasDistance(FeatureScaling.value(atRank: middle)) {
        inside = middle
      } else {
        outside = middle
      }
    }
    return FeatureScaling.value(atRank: inside)
  }

  private static func rank(_ value: Double) -> Int {
    let magnitude = Int(value.magnitude.bitPattern)
    return value.sign == .minus ? -magnitude : magnitude
  }

  private static func value(atRank rank: Int) -> Double {
    let magnitude = Double(bitPattern: UInt64(rank.magnitude))
    return rank < 0 ? -magnitude : magnitude
  }
}
