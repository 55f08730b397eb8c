/// The indices that need distances to centroids only: one pass over the points.
struct ClusterGeometry: Sendable {
  let simplifiedSilhouette: Double?
  let daviesBouldin: Double?
  let calinskiHarabasz: Double?
  let explainedVariance: Double?

  /// - SeeAlso: Davies, Bouldin 1979, doi:10.1109/TPAMI.1979.4766909; Caliński, Harabasz 1974,
  ///   doi:10.1080/03610927408827101; Vendramin et al. 2010, doi:10.1002/sam.10080
  init(_ data: WeightedPoints, model: KMeansModel) {
    let k = model.clusterCount
    let d = data.featureCount
    let nearest = NearestCentroids(centroids: model.centroids)
    var totalWeight = 0.0
    var spread = [Double](repeating: 0, count: k)
    var simplified = 0.0
    var mean = [Double](repeating: 0, count: d)
    let matches = nearest.allMatches(data.points)
    for sample in 0..<data.sampleCount {
      let weight = data.weights[sample]
      totalWeight += weight
      spread[Int(model.labels[sample])] += weight * matches[sample].distance
      for feature in 0..<d { mean[feature] += weight * data.points[sample, feature] }
      if let second = matches[sample].secondDistance, second > 0 {
        simplified += weight * (1 - matches[sample].distance / second)
      }
    }
    for feature in 0..<d { mean[feature] /= totalWeight }
    var totalSquares = 0.0
    for feature in 0..<d {
      for sample in 0..<data.sampleCount {
        let delta = data.points[sample, feature] - mean[feature]
        totalSquares += data.weights[sample] * delta * delta
      }
    }
    explainedVariance = totalSquares > 0 ? 1 - model.inertia / totalSquares : nil
    guard k > 1 else {
      simplifiedSilhouette = nil
      daviesBouldin = nil
      calinskiHarabasz = nil
      return
    }
    simplifiedSilhouette = simplified / totalWeight
    var betweenSquares = 0.0
    for cluster in 0..<k {
      var squared = 0.0
      for feature in 0..<d {
        let delta = model.centroids[cluster, feature] - mean[feature]
        squared += delta * delta
      }
      betweenSquares += model.weightOfCluster[cluster] * squared
    }
    let freedom = totalWeight - Double(k)
    calinskiHarabasz =
      model.inertia > 0 && freedom > 0
      ? betweenSquares / Double(k - 1) / (model.inertia / freedom) : nil
    var sum: Double? = 0
    for a in 0..<k {
      var worst = 0.0
      for b in 0..<k where b != a {
        var squared = 0.0
        for feature in 0..<d {
          let delta = model.centroids[a, feature] - model.centroids[b, feature]
          squared += delta * delta
        }
        guard squared > 0 else {
          sum = nil
          continue
        }
        let radii = spread[a] / model.weightOfCluster[a] + spread[b] / model.weightOfCluster[b]
        worst = max(worst, radii / squared.squareRoot())
      }
      sum = sum.map { $0 + worst }
    }
    daviesBouldin = sum.map { $0 / Double(k) }
  }
}
