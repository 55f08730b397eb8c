/// Which centroid is nearest to a sample, which comes second, and how far both are.
///
/// This scores customers that were not part of the fit, and tells how borderline each one is.
public struct NearestCentroids: Sendable {
  /// The answer for one sample.
  public struct Match: Sendable, Equatable {
    /// The nearest centroid; a tie goes to the lower index.
    public let nearest: Int
    /// The Euclidean distance to it.
    public let distance: Double
    /// The next one; nil when there is one centroid only.
    public let second: Int?
    /// The Euclidean distance to the next one.
    public let secondDistance: Double?
  }

  /// The answers for many samples, one array for each part.
  public struct Matches: Sendable, Equatable {
    /// `n` indices of the nearest centroid; a tie goes to the lower index.
    public let nearest: [Int32]
    /// `n` Euclidean distances to it.
    public let distance: [Double]
    /// `n` indices of the next one; empty when there is one centroid only.
    public let second: [Int32]
    /// `n` Euclidean distances to the next one; empty when there is one centroid only.
    public let secondDistance: [Double]

    /// The number of samples.
    public var count: Int { nearest.count }

    /// The answer for one of the samples.
    public subscript(sample: Int) -> Match {
      Match(
        nearest: Int(nearest[sample]), distance: distance[sample],
        second: second.isEmpty ? nil : Int(second[sample]),
        secondDistance: secondDistance.isEmpty ? nil : secondDistance[sample])
    }
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
  /// - Complexity: O(*kd*).
  public func match(_ sample: [Double]) throws(ClusteringError) -> Match {
    guard sample.count == centroids.featureCount else {
      throw .shapeMismatch(expected: centroids.featureCount, found: sample.count)
    }
    if let feature = sample.firstIndex(where: {
      !($0.magnitude <= FeatureMatrix.coordinateLimit)
    }) {
      throw .notFinite(sample: 0, feature: feature)
    }
    var nearest = (index: 0, squared: Double.infinity)
    var second = (index: 0, squared: Double.infinity)
    for cluster in 0..<centroids.sampleCount {
      var squared = 0.0
      for feature in 0..<centroids.featureCount {
        let delta = sample[feature] - centroids[cluster, feature]
        squared += delta * delta
      }
      if squared < nearest.squared {
        // Of two at the same distance the one found first stays second, as in the bulk loop.
        if nearest.squared < second.squared { second = nearest }
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
  ) throws(ClusteringError) -> Matches {
    guard samples.featureCount == centroids.featureCount else {
      throw .shapeMismatch(expected: centroids.featureCount, found: samples.featureCount)
    }
    guard threads >= 1 else { throw .optionOutOfRange(option: .threads, value: threads) }
    return try Cloud.withCloud(
      samples, weights: nil, team: WorkTeam(threads: threads), cancellation: nil
    ) { (cloud) throws(ClusteringError) in matches(cloud) }
  }

  private func matches(_ cloud: Cloud) -> Matches {
    let n = cloud.sampleCount
    let d = cloud.featureCount
    let k = centroids.sampleCount
    let rows = Buffer((0..<k).flatMap { centroids.row($0) })
    let nearest = Buffer<Int32>(uninitializedCount: n)
    let second = Buffer<Int32>(uninitializedCount: n)
    let distance = Buffer<Double>(uninitializedCount: n)
    let secondDistance = Buffer<Double>(uninitializedCount: n)
    cloud.team.forEachWorker(cloud.chunkCount) { claim in
      let size = cloud.blockSize
      let memory = cloud.makeBlock()
      let scratch = Buffer<Double>(uninitializedCount: size)
      let labels = Buffer<Int64>(uninitializedCount: 2 * size)
      while let chunk = claim() {
        let range = cloud.samples(ofChunk: chunk)
        var first = range.lowerBound
        while first < range.upperBound {
          let count = min(size, range.upperBound - first)
          // Safety: a chunk writes the answers for its own samples.
          Kernels.assignTwoBlock(
            cloud.block(at: first, packedInto: memory), stride: size, featureCount: d,
            count: count, centroids: rows.base, clusterCount: k, nearest: distance.base + first,
            second: secondDistance.base + first, labels: labels.base,
            secondLabels: labels.base + size, scratch: scratch.base)
          Kernels.squareRoots(distance.base + first, count: count)
          Kernels.squareRoots(secondDistance.base + first, count: count)
          for i in 0..<count {
            nearest[first + i] = Int32(truncatingIfNeeded: labels[i])
            second[first + i] = Int32(truncatingIfNeeded: labels[size + i])
          }
          first += count
        }
      }
    }
    return Matches(
      nearest: nearest.array, distance: distance.array, second: k > 1 ? second.array : [],
      secondDistance: k > 1 ? secondDistance.array : [])
  }
}
