/// One clustering in progress, in Float64: centroids, the labels that belong to them, and the sums
/// from which the next centroids follow.
///
/// The steps of Lloyd's algorithm are its methods.
final class Partition {
  let cloud: Cloud
  let clusterCount: Int
  /// `k × d`, row-major.
  let centroids: Buffer<Double>
  /// `n`; the nearest centroid of each point after `assign`, −1 before.
  let labels: Buffer<Int32>
  /// `k` total weights of the labelled points.
  let totals: Buffer<Double>
  /// `k` weighted sums of squared distances at the last `assign`.
  let inertias: Buffer<Double>
  /// `k × d` weighted sums of the labelled points.
  let sums: Buffer<Double>
  /// Distances computed so far.
  private(set) var distanceComputations = 0

  /// For each chunk: changed labels, then for each cluster total, inertia and `d` sums.
  private let partials: Buffer<Double>
  private let partialSize: Int

  init(_ cloud: Cloud, clusterCount: Int) {
    let k = clusterCount
    let d = cloud.featureCount
    self.cloud = cloud
    self.clusterCount = k
    centroids = Buffer(repeating: 0, count: k * d)
    labels = Buffer(repeating: -1, count: cloud.sampleCount)
    totals = Buffer(repeating: 0, count: k)
    inertias = Buffer(repeating: 0, count: k)
    sums = Buffer(repeating: 0, count: k * d)
    partialSize = 1 + k * (d + 2)
    partials = Buffer(repeating: 0, count: partialSize * cloud.chunkCount)
  }

  /// The weighted sum of squared distances at the last `assign`.
  var inertia: Double {
    var sum = 0.0
    for cluster in 0..<clusterCount { sum += inertias[cluster] }
    return sum
  }

  func setCentroids(_ values: [Double]) {
    precondition(values.count == centroids.count)
    for (index, value) in values.enumerated() { centroids[index] = value }
  }

  /// Labels every point with its nearest centroid and sums up the clusters.
  ///
  /// - Returns: the number of labels that changed.
  func assign() -> Int {
    let k = clusterCount
    let d = cloud.featureCount
    partials.fill(with: 0)
    let (cloud, centroids, labels, partials, partialSize) = (
      cloud, centroids, labels, partials, partialSize
    )
    cloud.team.forEachWorker(cloud.chunkCount) { claim in
      let blockSize = cloud.blockSize
      let memory = cloud.makeBlock()
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * blockSize) { reals in
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: blockSize) { found in
          guard let nearest = reals.baseAddress, let near = found.baseAddress else { return }
          while let chunk = claim() {
            // Safety: a chunk writes the labels of its own points and its own partial sums.
            let part = partials.base + chunk &* partialSize
            let range = cloud.samples(ofChunk: chunk)
            var first = range.lowerBound
            while first < range.upperBound {
              let count = min(blockSize, range.upperBound &- first)
              let block = cloud.block(at: first, packedInto: memory)
              Kernels.assignBlock(
                block, stride: blockSize, featureCount: d, count: count,
                centroids: centroids.base, clusterCount: k, nearest: nearest, labels: near,
                scratch: nearest + blockSize)
              let changed = Kernels.accumulate(
                block, stride: blockSize, featureCount: d, count: count,
                weights: cloud.weights(at: first), squared: nearest, found: near,
                labels: labels.base + first, rows: part + 1)
              part[0] += Double(changed)
              first &+= blockSize
            }
          }
        }
      }
    }
    distanceComputations += cloud.sampleCount * k
    var changed = 0.0
    totals.fill(with: 0)
    inertias.fill(with: 0)
    sums.fill(with: 0)
    for chunk in 0..<cloud.chunkCount {
      let part = partials.base + chunk * partialSize
      changed += part[0]
      for cluster in 0..<k {
        let row = part + 1 + cluster * (d + 2)
        totals[cluster] += row[0]
        inertias[cluster] += row[1]
        for feature in 0..<d { sums[cluster * d + feature] += row[2 + feature] }
      }
    }
    return Int(changed)
  }

  /// Moves each centroid to the weighted mean of its points; an empty cluster keeps its own.
  func update() {
    let d = cloud.featureCount
    for cluster in 0..<clusterCount where totals[cluster] > 0 {
      for index in cluster * d..<(cluster + 1) * d {
        centroids[index] = sums[index] / totals[cluster]
      }
    }
  }

  /// Gives each empty cluster the point farthest from its centroid.
  ///
  /// - Returns: whether there was an empty cluster.
  func relocateEmptyClusters() throws(ClusteringError) -> Bool {
    var hasRelocated = false
    while true {
      var empty: Int?
      var usedCount = 0
      for cluster in 0..<clusterCount {
        if totals[cluster] > 0 { usedCount += 1 } else { empty = empty ?? cluster }
      }
      guard let empty else { return hasRelocated }
      hasRelocated = true
      let farthest = farthestPoint()
      guard farthest.squared > 0 else {
        // Distinct points whose squared distance is zero in Float64 cannot be told apart.
        throw .clusterCountOutOfRange(requested: clusterCount, distinctPoints: usedCount)
      }
      cloud.copyPoint(farthest.sample, to: centroids.base + empty * cloud.featureCount)
      // The point lies on its new centroid and on no other, so each step fills a cluster and
      // lowers the inertia.
      _ = assign()
    }
  }

  /// The point with the largest squared distance to its own centroid; a tie goes to the first.
  private func farthestPoint() -> (sample: Int, squared: Double) {
    var farthest = (sample: 0, squared: -1.0)
    let d = cloud.featureCount
    for sample in 0..<cloud.sampleCount {
      let row = Int(labels[sample]) * d
      var squared = 0.0
      for feature in 0..<d {
        let delta = cloud.value(sample, feature) - centroids[row + feature]
        squared += delta * delta
      }
      if squared > farthest.squared { farthest = (sample, squared) }
    }
    return farthest
  }

  /// Lloyd's algorithm from the present centroids, until no label changes.
  ///
  /// - Returns: iterations made, and whether it converged within the limit.
  func lloyd(
    iterationLimit: Int
  ) throws(ClusteringError) -> (iterationCount: Int, hasConverged: Bool) {
    _ = assign()
    var iterationCount = 0
    var changed = 1
    while true {
      try cloud.checkCancellation()
      if try relocateEmptyClusters() { changed = 1 }
      if changed == 0 { return (iterationCount, true) }
      if iterationCount >= iterationLimit { return (iterationCount, false) }
      update()
      changed = assign()
      iterationCount += 1
    }
  }

  /// Makes the centroids the weighted means of the present labels.
  func takeMeansOfLabels() {
    let d = cloud.featureCount
    totals.fill(with: 0)
    sums.fill(with: 0)
    for sample in 0..<cloud.sampleCount {
      let cluster = Int(labels[sample])
      let weight = cloud.weight(sample)
      totals[cluster] += weight
      for feature in 0..<d {
        sums[cluster * d + feature] += weight * cloud.value(sample, feature)
      }
    }
    update()
  }
}
