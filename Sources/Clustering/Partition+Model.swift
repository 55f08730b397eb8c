extension Partition {
  /// Renumbers the clusters: largest total weight first, ties by centroid.
  ///
  /// - Returns: whether the order changed.
  func sortClusters() -> Bool {
    let d = cloud.featureCount
    let k = clusterCount
    let rows = (0..<k).map { cluster in
      (0..<d).map { centroids[cluster * d + $0] }
    }
    let order = (0..<k).sorted { a, b in
      totals[a] != totals[b]
        ? totals[a] > totals[b] : rows[a].lexicographicallyPrecedes(rows[b])
    }
    guard order != Array(0..<k) else { return false }
    let oldTotals = totals.array
    let oldInertias = inertias.array
    let oldSums = sums.array
    var newIndex = [Int32](repeating: 0, count: k)
    for (index, cluster) in order.enumerated() {
      newIndex[cluster] = Int32(truncatingIfNeeded: index)
      totals[index] = oldTotals[cluster]
      inertias[index] = oldInertias[cluster]
      for feature in 0..<d {
        centroids[index * d + feature] = rows[cluster][feature]
        sums[index * d + feature] = oldSums[cluster * d + feature]
      }
    }
    for sample in 0..<cloud.sampleCount { labels[sample] = newIndex[Int(labels[sample])] }
    return true
  }

  /// The finished model.
  func model(
    iterationCount: Int, hasConverged: Bool, restartCount: Int, distanceComputations: Int
  ) -> KMeansModel {
    let d = cloud.featureCount
    let k = clusterCount
    var columns: [Double] = []
    columns.reserveCapacity(k * d)
    for feature in 0..<d {
      for cluster in 0..<k { columns.append(centroids[cluster * d + feature] + 0.0) }
    }
    return KMeansModel(
      centroids: FeatureMatrix(checked: columns, sampleCount: k), labels: labels.array,
      weightOfCluster: totals.array, inertia: inertia, inertiaOfCluster: inertias.array,
      iterationCount: iterationCount, hasConverged: hasConverged, restartCount: restartCount,
      distanceComputations: distanceComputations)
  }
}
