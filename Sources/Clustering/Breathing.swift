/// Improves an optimum of many clusters by adding a few centroids where the inertia is largest and
/// taking as many away where they are missed least.
///
/// Lloyd's step only moves centroids a little; what it cannot mend is two centroids sharing one
/// group while two groups share one centroid. Each round mends several of these at once; when a
/// round finds nothing, the next moves fewer.
/// - SeeAlso: Fritzke 2020, The breathing k-means algorithm, arXiv:2006.15666
struct Breathing {
  let ground: Ground
  let clusterCount: Int
  let iterationLimit: Int
  /// Who runs a pass.
  let team: WorkTeam

  /// Distances computed so far.
  private(set) var distanceComputations = 0

  /// Centroids moved in the first round.
  private static let depth = 5
  /// Rounds at most.
  ///
  /// In few dimensions a bound that is rarely met. In more, a round costs far more and the first
  /// ones gain what there is to gain over ten tries.
  private var roundLimit: Int {
    ground.cloud.featureCount <= GridSummary.featureLimit ? 40 : 4
  }
  /// The relative gain per iteration at which a round ends, and what it must have gained.
  private static let tolerance = 1e-6

  init(_ ground: Ground, clusterCount: Int, iterationLimit: Int, team: WorkTeam) {
    self.ground = ground
    self.team = team
    self.clusterCount = clusterCount
    self.iterationLimit = iterationLimit
  }

  /// Goes on from an optimum until no round improves it.
  mutating func improve(
    _ start: Optimum, random: inout RandomSource
  ) throws(ClusteringError) -> Optimum {
    guard let blocks = ground.blocks else { return start }
    let d = ground.cloud.featureCount
    // Its inertia may be that of another level.
    var best = try optimum(from: start.centroids, blocks)
    var depth = min(Self.depth, clusterCount - 1)
    var roundCount = 0
    while depth > 0 && roundCount < roundLimit {
      roundCount += 1
      var census = Census(ground.cloud, blocks, best.centroids, team: team)
      var centroids = best.centroids
      for cluster in census.largestInertias(depth) {
        let point = blocks.sample(at: census.draw(from: cluster, random: &random))
        centroids += (0..<d).map { ground.cloud.value(point, $0) }
      }
      centroids = try optimum(from: centroids, blocks).centroids
      census = Census(ground.cloud, blocks, centroids, team: team)
      distanceComputations += 2 * ground.cloud.sampleCount * clusterCount
      let removed = census.leastMissed(depth, centroids: centroids)
      centroids = (0..<clusterCount + depth).filter { !removed.contains($0) }.flatMap {
        centroids[$0 * d..<($0 + 1) * d]
      }
      let next = try optimum(from: centroids, blocks)
      if next.inertia < best.inertia * (1 - Self.tolerance) { best = next } else { depth -= 1 }
    }
    return best
  }

  private mutating func optimum(
    from centroids: [Double], _ blocks: FloatBlocks
  ) throws(ClusteringError) -> Optimum {
    let lloyd = FastLloyd(
      ground.cloud, blocks: blocks, clusterCount: centroids.count / ground.cloud.featureCount,
      team: team)
    lloyd.setCentroids(centroids)
    let optimum = try lloyd.optimum(iterationLimit: iterationLimit, tolerance: Self.tolerance)
    distanceComputations += lloyd.distanceComputations
    return optimum
  }
}

/// What each cluster contributes to the inertia, and what would be lost without its centroid.
private struct Census {
  private let cloud: Cloud
  private let blocks: FloatBlocks
  private let nearest: Buffer<Float>
  private let labels: Buffer<Int32>
  private let inertias: [Double]
  private let losses: [Double]

  init(_ cloud: Cloud, _ blocks: FloatBlocks, _ centroids: [Double], team: WorkTeam) {
    let n = cloud.sampleCount
    let d = cloud.featureCount
    let k = centroids.count / d
    self.cloud = cloud
    self.blocks = blocks
    let (nearest, labels) = (
      Buffer<Float>(uninitializedCount: n), Buffer<Int32>(uninitializedCount: n)
    )
    self.nearest = nearest
    self.labels = labels
    let centers = Buffer(blocks.kernelCoordinates(centroids))
    // For each chunk: inertias, then losses.
    let parts = Buffer<Double>(repeating: 0, count: 2 * k * cloud.chunkCount)
    team.forEachWorker(cloud.chunkCount) { claim in
      let size = blocks.blockSize
      let memory = blocks.makeBlock()
      let second = Buffer<Float>(uninitializedCount: size)
      let scratch = Buffer<Float>(uninitializedCount: size)
      while let chunk = claim() {
        // Safety: a chunk writes what belongs to its own points and its own sums.
        let part = parts.base + 2 &* k &* chunk
        let range = cloud.samples(ofChunk: chunk)
        var first = range.lowerBound
        while first < range.upperBound {
          let count = min(size, range.upperBound &- first)
          Kernels.assignWithSecondFloatBlock(
            blocks.block(at: first, packedInto: memory), stride: size, featureCount: d,
            count: count, centroids: centers.base, clusterCount: k, nearest: nearest.base + first,
            second: second.base, labels: labels.base + first, scratch: scratch.base)
          for i in 0..<count {
            let cluster = Int(labels[first &+ i])
            let weight = cloud.weight(blocks.sample(at: first &+ i))
            part[cluster] += weight * Double(nearest[first &+ i])
            part[k &+ cluster] += weight * Double(second[i] - nearest[first &+ i])
          }
          first &+= count
        }
      }
    }
    var sums = Array(repeating: 0.0, count: 2 * k)
    for chunk in 0..<cloud.chunkCount {
      for index in 0..<2 * k { sums[index] += parts[2 * k * chunk + index] }
    }
    inertias = Array(sums[..<k])
    losses = Array(sums[k...])
  }

  /// The clusters with the largest inertias.
  func largestInertias(_ count: Int) -> ArraySlice<Int> {
    inertias.indices.sorted {
      inertias[$0] != inertias[$1] ? inertias[$0] > inertias[$1] : $0 < $1
    }.prefix(count)
  }

  /// The place of a point of a cluster, drawn in proportion to what it contributes.
  func draw(from cluster: Int, random: inout RandomSource) -> Int {
    var left = random.unit() * inertias[cluster]
    var last = 0
    for place in 0..<cloud.sampleCount where Int(labels[place]) == cluster {
      last = place
      left -= cloud.weight(blocks.sample(at: place)) * Double(nearest[place])
      if left < 0 { break }
    }
    return last
  }

  /// The clusters that would be missed least; no two neighbours while there are others, since the
  /// second would then be missed more.
  func leastMissed(_ count: Int, centroids: [Double]) -> Set<Int> {
    let d = cloud.featureCount
    let order = losses.indices.sorted {
      losses[$0] != losses[$1] ? losses[$0] < losses[$1] : $0 < $1
    }
    var removed: Set<Int> = []
    var spared: Set<Int> = []
    for cluster in order where removed.count < count && !spared.contains(cluster) {
      removed.insert(cluster)
      var neighbour = (index: -1, squared: Double.infinity)
      for other in losses.indices where other != cluster && !removed.contains(other) {
        var squared = 0.0
        for feature in 0..<d {
          let delta = centroids[other * d + feature] - centroids[cluster * d + feature]
          squared += delta * delta
        }
        if squared < neighbour.squared { neighbour = (other, squared) }
      }
      spared.insert(neighbour.index)
    }
    for cluster in order where removed.count < count { removed.insert(cluster) }
    return removed
  }
}
