extension KMeans {
  /// Merges clusters that are too small into their neighbours, then repairs the rest, until each has
  /// a minimum of weight or one is left.
  ///
  /// A round merges the smallest cluster with the one whose centroid is nearest, as long as there
  /// is one below the minimum, and then lets Lloyd's iterations settle the borders anew, since those
  /// may take members from a cluster again. Each round leaves fewer clusters, so there are at most
  /// `k` of them; mostly one.
  ///
  /// - Parameters:
  ///   - model: a clustering of the points.
  ///   - points: the `n × d` points it was fitted to.
  ///   - weights: their `n` weights; nil means 1 each.
  ///   - minimum: the least weight of a cluster.
  /// - Returns: the same model when each cluster has the minimum, else one with fewer clusters.
  /// - Throws: as ``fit(_:weights:)``.
  /// - Complexity: O(*nkd*) for each iteration of a round.
  public func merging(
    _ model: KMeansModel, below minimum: Double, of points: FeatureMatrix, weights: [Double]? = nil
  ) throws(ClusteringError) -> KMeansModel {
    try DistinctPoints.check(weights, sampleCount: points.sampleCount)
    guard model.labels.count == points.sampleCount else {
      throw .shapeMismatch(expected: points.sampleCount, found: model.labels.count)
    }
    guard model.centroids.featureCount == points.featureCount else {
      throw .shapeMismatch(expected: points.featureCount, found: model.centroids.featureCount)
    }
    return try Cloud.withCloud(
      points, weights: weights, team: WorkTeam(threads: threads), cancellation: cancellation
    ) { (cloud) throws(ClusteringError) in
      var model = model
      while let centroids = Self.merged(model, below: minimum) {
        model = try repaired(centroids, of: cloud, after: model)
      }
      return model
    }
  }

  /// The centroids that are left when small clusters are merged, row by row; nil when none is small.
  private static func merged(_ model: KMeansModel, below minimum: Double) -> [Double]? {
    var clusters = (0..<model.clusterCount).map {
      (weight: model.weightOfCluster[$0], centroid: model.centroids.row($0))
    }
    var hasMerged = false
    while clusters.count > 1 {
      // The largest stand first, so of equally small ones the last goes.
      var smallest = 0
      for index in clusters.indices where clusters[index].weight <= clusters[smallest].weight {
        smallest = index
      }
      guard clusters[smallest].weight < minimum else { break }
      let gone = clusters.remove(at: smallest)
      var nearest = (index: 0, squared: Double.infinity)
      for index in clusters.indices {
        var squared = 0.0
        for (a, b) in zip(clusters[index].centroid, gone.centroid) { squared += (a - b) * (a - b) }
        if squared < nearest.squared { nearest = (index, squared) }
      }
      let kept = clusters[nearest.index]
      let weight = kept.weight + gone.weight
      clusters[nearest.index] = (
        weight,
        zip(kept.centroid, gone.centroid).map {
          ($0 * kept.weight + $1 * gone.weight) / weight
        }
      )
      hasMerged = true
    }
    return hasMerged ? clusters.flatMap(\.centroid) : nil
  }

  /// The model to which Lloyd's iterations lead from centroids.
  private func repaired(
    _ centroids: [Double], of cloud: Cloud, after model: KMeansModel
  ) throws(ClusteringError) -> KMeansModel {
    let clusterCount = centroids.count / cloud.featureCount
    let partition = Partition(cloud, clusterCount: clusterCount)
    partition.setCentroids(centroids)
    var end = try partition.lloyd(iterationLimit: Self.repairLimit)
    var rounds = 0
    while rounds < 8, partition.sortClusters() {
      let next = try partition.lloyd(iterationLimit: 1)
      end = (end.iterationCount + next.iterationCount, end.hasConverged && next.hasConverged)
      rounds += 1
    }
    return partition.model(
      iterationCount: model.iterationCount + end.iterationCount, hasConverged: end.hasConverged,
      restartCount: model.restartCount,
      distanceComputations: model.distanceComputations + partition.distanceComputations)
  }

  /// Iterations of one repair: most of what there is to gain, in bounded time on millions of points.
  private static let repairLimit = 40
}
