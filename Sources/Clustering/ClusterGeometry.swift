/// The indices that need distances to centroids only: one pass over the points.
struct ClusterGeometry: Sendable {
  let simplifiedSilhouette: Double?
  let borderlineWeightOfCluster: [Double]?
  let daviesBouldin: Double?
  let calinskiHarabasz: Double?
  let explainedVariance: Double?

  /// - SeeAlso: Davies, Bouldin 1979, doi:10.1109/TPAMI.1979.4766909; Caliński, Harabasz 1974,
  ///   doi:10.1080/03610927408827101; Vendramin et al. 2010, doi:10.1002/sam.10080
  init(_ cloud: Cloud, model: KMeansModel) {
    let k = model.clusterCount
    let d = cloud.featureCount
    var totalWeight = 0.0
    for total in model.weightOfCluster { totalWeight += total }
    let (spread, borderline, simplified, mean) = Self.pass(cloud, model: model)

    // The centroids lie at the means of their points, up to the last label that moved; around the
    // grand mean, total = within + between.
    var betweenSquares = 0.0
    for cluster in 0..<k {
      var squared = 0.0
      for feature in 0..<d {
        let delta = model.centroids[cluster, feature] - mean[feature] / totalWeight
        squared += delta * delta
      }
      betweenSquares += model.weightOfCluster[cluster] * squared
    }
    let totalSquares = model.inertia + betweenSquares
    explainedVariance = totalSquares > 0 ? betweenSquares / totalSquares : nil
    guard k > 1 else {
      simplifiedSilhouette = nil
      borderlineWeightOfCluster = nil
      daviesBouldin = nil
      calinskiHarabasz = nil
      return
    }
    simplifiedSilhouette = simplified / totalWeight
    borderlineWeightOfCluster = borderline
    let freedom = totalWeight - Double(k)
    calinskiHarabasz =
      model.inertia > 0 && freedom > 0
      ? betweenSquares / Double(k - 1) / (model.inertia / freedom) : nil
    daviesBouldin = Self.daviesBouldin(model, spread: spread)
  }

  /// One pass over the points.
  ///
  /// - Returns: for each cluster the weighted sum of distances to its centroid and the weight near a
  ///   border, the weighted sum of 1 − a/b over all points, and the weighted sum of the points.
  private static func pass(
    _ cloud: Cloud, model: KMeansModel
  ) -> (spread: [Double], borderline: [Double], simplified: Double, sum: [Double]) {
    let k = model.clusterCount
    let d = cloud.featureCount
    let centroids = Buffer<Double>(repeating: 0, count: k * d)
    for cluster in 0..<k {
      for feature in 0..<d { centroids[cluster * d + feature] = model.centroids[cluster, feature] }
    }
    let size = 2 * k + 1 + d
    let partials = Buffer<Double>(repeating: 0, count: size * cloud.chunkCount)
    cloud.team.forEachWorker(cloud.chunkCount) { claim in
      let blockSize = cloud.blockSize
      let memory = cloud.makeBlock()
      let reals = Buffer<Double>(repeating: 0, count: 3 * blockSize)
      let found = Buffer<Int64>(repeating: 0, count: blockSize)
      let (nearest, second) = (reals.base, reals.base + blockSize)
      while let chunk = claim() {
        // Safety: each chunk writes its own partial sums.
        let part = partials.base + chunk * size
        let range = cloud.samples(ofChunk: chunk)
        var first = range.lowerBound
        while first < range.upperBound {
          let count = min(blockSize, range.upperBound - first)
          let block = cloud.block(at: first, packedInto: memory)
          Kernels.assignWithSecondBlock(
            block, stride: blockSize, featureCount: d, count: count, centroids: centroids.base,
            clusterCount: k, nearest: nearest, second: second, labels: found.base,
            scratch: second + blockSize)
          Kernels.squareRoots(nearest, count: count)
          Kernels.squareRoots(second, count: count)
          let weights = cloud.weights(at: first)
          for i in 0..<count {
            let cluster = Int(model.labels[first + i])
            let margin = second[i] > 0 ? 1 - nearest[i] / second[i] : 0
            part[cluster] += weights[i] * nearest[i]
            part[2 * k] += weights[i] * margin
            // The fit's label wins over rounding on a border, where the margin is 0.
            let isBorderline =
              margin < ClusterQuality.borderlineMargin || Int(found[i]) != cluster
            part[k + cluster] += isBorderline ? weights[i] : 0
          }
          for feature in 0..<d {
            part[2 * k + 1 + feature] += Kernels.weightedSum(
              block + feature * blockSize, weights: weights, count: count)
          }
          first += count
        }
      }
    }
    var sums = [Double](repeating: 0, count: size)
    for chunk in 0..<cloud.chunkCount {
      for index in 0..<size { sums[index] += partials[chunk * size + index] }
    }
    return (Array(sums[..<k]), Array(sums[k..<2 * k]), sums[2 * k], Array(sums[(2 * k + 1)...]))
  }

  private static func daviesBouldin(_ model: KMeansModel, spread: [Double]) -> Double? {
    let k = model.clusterCount
    var sum = 0.0
    for a in 0..<k {
      var worst = 0.0
      for b in 0..<k where b != a {
        var squared = 0.0
        for feature in 0..<model.centroids.featureCount {
          let delta = model.centroids[a, feature] - model.centroids[b, feature]
          squared += delta * delta
        }
        guard squared > 0 else { return nil }
        let radii = spread[a] / model.weightOfCluster[a] + spread[b] / model.weightOfCluster[b]
        worst = max(worst, radii / squared.squareRoot())
      }
      sum += worst
    }
    return sum / Double(k)
  }
}
