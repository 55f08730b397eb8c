/// Which centroid is nearest to a sample, which comes second, and how far both are.
///
/// This scores customers that were not part of the fit, and tells how borderline each one is.
public struct NearestCentroids: Sendable {
  /// The answer for one sample.
  ///
  /// Distances are Euclidean, not squared.
  public struct Match: Sendable, Equatable {
    /// The nearest centroid; a tie goes to the lower index.
    public let nearest: Int
    /// The distance to it.
    public let distance: Double
    /// The next one; nil when there is one centroid only.
    public let second: Int?
    /// The distance to the next one.
    public let secondDistance: Double?
  }

  /// `k × d`.
  public let centroids: FeatureMatrix

  /// Takes the centroids to compare with.
  public init(centroids: FeatureMatrix) {
    self.centroids = centroids
  }

  /// The match of one sample.
  ///
  /// - Parameter sample: `d` coordinates, scaled as the centroids are.
  /// - Throws: ``ClusteringError/shapeMismatch(expected:found:)``,
  ///   ``ClusteringError/notFinite(sample:feature:)``.
  public func match(_ sample: [Double]) throws(ClusteringError) -> Match {
    guard sample.count == centroids.featureCount else {
      throw .shapeMismatch(expected: centroids.featureCount, found: sample.count)
    }
    if let feature = sample.firstIndex(where: {
      !($0.magnitude <= FeatureMatrix.coordinateLimit)
    }) {
      throw .notFinite(sample: 0, feature: feature)
    }
    return match { sample[$0] }
  }

  /// The matches of `n` samples, in their order.
  ///
  /// - Parameters:
  ///   - samples: `n × d`, scaled as the centroids are.
  ///   - threads: threads to use at most.
  /// - Throws: ``ClusteringError/shapeMismatch(expected:found:)``,
  ///   ``ClusteringError/optionOutOfRange(option:value:)``.
  /// - Complexity: O(*nkd*).
  public func matches(
    _ samples: FeatureMatrix, threads: Int = 1
  ) throws(ClusteringError) -> [Match] {
    guard samples.featureCount == centroids.featureCount else {
      throw .shapeMismatch(expected: centroids.featureCount, found: samples.featureCount)
    }
    guard threads >= 1 else { throw .optionOutOfRange(option: .threads, value: threads) }
    return allMatches(samples)
  }

  /// The matches of samples that are known to fit.
  func allMatches(_ samples: FeatureMatrix) -> [Match] {
    (0..<samples.sampleCount).map { sample in match { samples[sample, $0] } }
  }

  private func match(_ coordinate: (Int) -> Double) -> Match {
    var nearest = (index: 0, squared: Double.infinity)
    var second = (index: 0, squared: Double.infinity)
    for cluster in 0..<centroids.sampleCount {
      var squared = 0.0
      for feature in 0..<centroids.featureCount {
        let delta = coordinate(feature) - centroids[cluster, feature]
        squared += delta * delta
      }
      if squared < nearest.squared {
        second = nearest
        nearest = (cluster, squared)
      } else if squared < second.squared {
        second = (cluster, squared)
      }
    }
    let hasSecond = centroids.sampleCount > 1
    return Match(
      nearest: nearest.index, distance: nearest.squared.squareRoot(),
      second: hasSecond ? second.index : nil,
      secondDistance: hasSecond ? second.squared.squareRoot() : nil)
  }
}
