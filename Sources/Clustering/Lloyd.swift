/// The end of one try.
struct LloydResult: Sendable {
  /// `centroids[cluster * d + feature]`.
  var centroids: [Double]
  var labels: [Int32]
  var inertia: Double
  var iterationCount: Int
  var hasConverged: Bool
  var distanceComputations: Int
}

/// What one pass over the points gives: everything the next step needs.
private struct Assignment {
  var labels: [Int32]
  /// `n` squared distances to the own centroid.
  var squaredDistances: [Double]
}

extension WeightedPoints {
  /// Lloyd's algorithm from seeds among the points, until no label changes.
  func lloyd(
    from seeds: [Int], iterationLimit: Int, cancellation: (@Sendable () -> Bool)?
  ) throws(ClusteringError) -> LloydResult {
    let k = seeds.count
    var centroids = seeds.flatMap { points.row($0) }
    var assignment = assign(to: centroids, clusterCount: k)
    var passes = 1
    var iterationCount = 0
    var hasConverged = false
    while true {
      if cancellation?() ?? false { throw .cancelled }
      let isFull = try relocateEmptyClusters(
        &centroids, assignment: &assignment, clusterCount: k, passes: &passes)
      if iterationCount == iterationLimit || hasConverged, isFull { break }
      iterationCount += 1
      centroids = means(of: assignment.labels, clusterCount: k, keeping: centroids)
      let next = assign(to: centroids, clusterCount: k)
      passes += 1
      hasConverged = next.labels == assignment.labels
      assignment = next
    }
    var inertia = 0.0
    for (squared, weight) in zip(assignment.squaredDistances, weights) {
      inertia += squared * weight
    }
    return LloydResult(
      centroids: centroids, labels: assignment.labels, inertia: inertia,
      iterationCount: iterationCount, hasConverged: hasConverged,
      distanceComputations: passes * sampleCount * k)
  }

  /// The nearest centroid of every point; a tie goes to the lower index.
  private func assign(to centroids: [Double], clusterCount: Int) -> Assignment {
    var labels = [Int32](repeating: 0, count: sampleCount)
    var nearest = [Double](repeating: .infinity, count: sampleCount)
    let d = featureCount
    let n = sampleCount
    let values = points.values
    labels.withUnsafeMutableBufferPointer { labels in
      nearest.withUnsafeMutableBufferPointer { nearest in
        // Safety: each chunk writes its own samples only, and the pointers outlive the call.
        nonisolated(unsafe) let labels = labels
        nonisolated(unsafe) let nearest = nearest
        team.forEach(chunkCount: chunkCount) { chunk in
          let range = samples(ofChunk: chunk)
          for cluster in 0..<clusterCount {
            for sample in range {
              var squared = 0.0
              for feature in 0..<d {
                let delta = values[feature &* n &+ sample] - centroids[cluster &* d &+ feature]
                squared += delta * delta
              }
              if squared < nearest[sample] {
                nearest[sample] = squared
                labels[sample] = Int32(truncatingIfNeeded: cluster)
              }
            }
          }
        }
      }
    }
    return Assignment(labels: labels, squaredDistances: nearest)
  }

  /// The weighted mean of each cluster; an empty one keeps its centroid.
  private func means(of labels: [Int32], clusterCount: Int, keeping old: [Double]) -> [Double] {
    let d = featureCount
    var sums = [Double](repeating: 0, count: clusterCount * d)
    var totals = [Double](repeating: 0, count: clusterCount)
    for sample in 0..<sampleCount { totals[Int(labels[sample])] += weights[sample] }
    for feature in 0..<d {
      for sample in 0..<sampleCount {
        sums[Int(labels[sample]) * d + feature] +=
          weights[sample] * points.values[feature * sampleCount + sample]
      }
    }
    for cluster in 0..<clusterCount {
      for index in cluster * d..<(cluster + 1) * d {
        sums[index] = totals[cluster] > 0 ? sums[index] / totals[cluster] : old[index]
      }
    }
    return sums
  }

  /// Gives each empty cluster the point farthest from its own centroid.
  ///
  /// - Returns: whether no cluster was empty to begin with.
  private func relocateEmptyClusters(
    _ centroids: inout [Double], assignment: inout Assignment, clusterCount: Int, passes: inout Int
  ) throws(ClusteringError) -> Bool {
    var isFull = true
    while true {
      var isUsed = [Bool](repeating: false, count: clusterCount)
      for label in assignment.labels { isUsed[Int(label)] = true }
      guard let empty = isUsed.firstIndex(of: false) else { return isFull }
      isFull = false
      var farthest = 0
      for sample in 0..<sampleCount
      where assignment.squaredDistances[sample] > assignment.squaredDistances[farthest] {
        farthest = sample
      }
      guard assignment.squaredDistances[farthest] > 0 else {
        // Distinct points whose distance is zero in Float64 cannot be told apart.
        throw .clusterCountOutOfRange(
          requested: clusterCount, distinctPoints: isUsed.count { $0 })
      }
      for feature in 0..<featureCount {
        centroids[empty * featureCount + feature] = points[farthest, feature]
      }
      // The point is at distance zero from its new centroid and was not from any other, so each
      // step fills a cluster and lowers the inertia.
      assignment = assign(to: centroids, clusterCount: clusterCount)
      passes += 1
    }
  }
}

extension LloydResult {
  /// The model with its clusters in their final order.
  func model(
    of data: WeightedPoints, restartCount: Int, distanceComputations: Int
  ) -> KMeansModel {
    let d = data.featureCount
    let k = centroids.count / d
    var totals = [Double](repeating: 0, count: k)
    var parts = [Double](repeating: 0, count: k)
    for sample in 0..<data.sampleCount {
      let cluster = Int(labels[sample])
      var squared = 0.0
      for feature in 0..<d {
        let delta = data.points[sample, feature] - centroids[cluster * d + feature]
        squared += delta * delta
      }
      totals[cluster] += data.weights[sample]
      parts[cluster] += squared * data.weights[sample]
    }
    let order = (0..<k).sorted { a, b in
      if totals[a] != totals[b] { return totals[a] > totals[b] }
      return centroids[a * d..<(a + 1) * d].lexicographicallyPrecedes(
        centroids[b * d..<(b + 1) * d])
    }
    var newIndex = [Int32](repeating: 0, count: k)
    for (index, cluster) in order.enumerated() { newIndex[cluster] = Int32(index) }
    var columns: [Double] = []
    for feature in 0..<d {
      for cluster in order { columns.append(centroids[cluster * d + feature]) }
    }
    let ordered = order.map { parts[$0] }
    return KMeansModel(
      centroids: FeatureMatrix(checked: columns, sampleCount: k),
      labels: labels.map { newIndex[Int($0)] },
      weightOfCluster: order.map { totals[$0] }, inertia: ordered.reduce(0, +),
      inertiaOfCluster: ordered, iterationCount: iterationCount, hasConverged: hasConverged,
      restartCount: restartCount, distanceComputations: distanceComputations)
  }
}
