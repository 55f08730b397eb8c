/// Improves a converged partition by chains of single-point moves.
///
/// A move takes into account that centroids follow their points, so it leaves optima that Lloyd's
/// step cannot (Hartigan's method). A chain goes on through moves that cost something, never moving
/// a point twice, and is cut back to the best partition on its way; so it also crosses the small
/// ridges between neighbouring optima, which on data such as 200 customers are what keeps most
/// starts from the best one. Where it ends, every point is at its nearest centroid.
/// - SeeAlso: Telgarsky, Vattani 2010 (Hartigan's method); Kernighan, Lin 1970 (chains of moves).
struct MoveChain {
  /// Points a chain may move: those with the cheapest moves.
  static let width = 48
  /// Moves without a new best after which a chain gives up.
  ///
  /// Measured on the Mall figures: 10 makes a
  /// try two to ten times as likely to end in the best optimum, 20 or 40 add little.
  static let patience = 10
  /// Points up to which single moves are worth looking at: beyond it, one point hardly moves a
  /// centroid.
  static let sampleLimit = 4096

  let cloud: Cloud
  let clusterCount: Int
  /// `n` squared distances to the nearest and second nearest centroid, and their indices.
  private let nearest: Buffer<Double>
  private let second: Buffer<Double>
  private let labels: Buffer<Int64>
  private let secondLabels: Buffer<Int64>
  private let scratch: Buffer<Double>
  private let memory: Buffer<Double>
  /// `n` costs of the cheapest move of each point.
  private let moveCosts: Buffer<Double>
  /// The points of the chain: indices, `d × width` coordinates, weights, clusters.
  private let chosen: Buffer<Int>
  private let coordinates: Buffer<Double>
  private let weights: Buffer<Double>
  private let clusters: Buffer<Int>
  /// `k × width`: squared distances, and costs of joining each cluster.
  private let squared: Buffer<Double>
  private let insertions: Buffer<Double>
  private let bestInsertion: Buffer<Double>
  private let bestTarget: Buffer<Int64>
  private let isLocked: Buffer<Bool>
  /// Distances computed so far.
  private(set) var distanceComputations = 0

  init(_ cloud: Cloud, clusterCount: Int) {
    let n = cloud.sampleCount
    let width = min(n, Self.width)
    self.cloud = cloud
    self.clusterCount = clusterCount
    nearest = Buffer(repeating: 0, count: n)
    second = Buffer(repeating: 0, count: n)
    labels = Buffer(repeating: 0, count: n)
    secondLabels = Buffer(repeating: 0, count: n)
    scratch = Buffer(repeating: 0, count: cloud.blockSize)
    memory = cloud.makeBlock()
    moveCosts = Buffer(repeating: 0, count: n)
    chosen = Buffer(repeating: 0, count: width)
    coordinates = Buffer(repeating: 0, count: width * cloud.featureCount)
    weights = Buffer(repeating: 0, count: width)
    clusters = Buffer(repeating: 0, count: width)
    squared = Buffer(repeating: 0, count: width * clusterCount)
    insertions = Buffer(repeating: 0, count: width * clusterCount)
    bestInsertion = Buffer(repeating: 0, count: width)
    bestTarget = Buffer(repeating: 0, count: width)
    isLocked = Buffer(repeating: false, count: width)
  }

  /// Looks for a chain that lowers the inertia and applies it.
  ///
  /// - Precondition: labels, totals and sums belong to the centroids, as after `lloyd`.
  /// - Returns: whether the partition changed; its centroids are then the means of the new labels.
  mutating func improve(_ partition: Partition) -> Bool {
    let width = chooseCheapestMoves(partition)
    guard width > 0 else { return false }
    let k = clusterCount
    let d = cloud.featureCount
    for cluster in 0..<k { refresh(cluster, partition, width: width) }
    var moves: [(slot: Int, from: Int)] = []
    var cost = 0.0
    // Less than this is rounding, and taking it could go on for ever.
    var best = (cost: -1e-11 * partition.inertia, moveCount: 0)
    while moves.count - best.moveCount < Self.patience {
      Kernels.smallest(
        insertions.base, rowCount: k, stride: width, count: width, value: bestInsertion.base,
        row: bestTarget.base)
      var cheapest = (slot: -1, cost: Double.infinity)
      for slot in 0..<width where !isLocked[slot] {
        let from = clusters[slot]
        let weight = weights[slot]
        let total = partition.totals[from]
        guard total > weight else { continue }
        let removal = squared[from * width + slot] * (total / (total - weight))
        let moveCost = weight * (bestInsertion[slot] - removal)
        if moveCost < cheapest.cost { cheapest = (slot, moveCost) }
      }
      guard cheapest.slot >= 0 else { break }
      let slot = cheapest.slot
      let (from, to) = (clusters[slot], Int(bestTarget[slot]))
      isLocked[slot] = true
      moves.append((slot, from))
      clusters[slot] = to
      let weight = weights[slot]
      partition.totals[from] -= weight
      partition.totals[to] += weight
      for feature in 0..<d {
        let moved = weight * coordinates[feature * width + slot]
        partition.sums[from * d + feature] -= moved
        partition.sums[to * d + feature] += moved
        partition.centroids[from * d + feature] =
          partition.sums[from * d + feature] / partition.totals[from]
        partition.centroids[to * d + feature] =
          partition.sums[to * d + feature] / partition.totals[to]
      }
      refresh(from, partition, width: width)
      refresh(to, partition, width: width)
      cost += cheapest.cost
      if cost < best.cost { best = (cost, moves.count) }
    }
    for move in moves[best.moveCount...].reversed() { clusters[move.slot] = move.from }
    for slot in 0..<width {
      partition.labels[chosen[slot]] = Int32(truncatingIfNeeded: clusters[slot])
    }
    partition.takeMeansOfLabels()
    return best.moveCount > 0
  }

  /// Fills the slots of the chain.
  ///
  /// - Returns: the number of slots.
  private mutating func chooseCheapestMoves(_ partition: Partition) -> Int {
    let n = cloud.sampleCount
    let d = cloud.featureCount
    var first = 0
    while first < n {
      let count = min(cloud.blockSize, n - first)
      Kernels.assignTwoBlock(
        cloud.block(at: first, packedInto: memory), stride: cloud.blockSize, featureCount: d,
        count: count,
        centroids: partition.centroids.base, clusterCount: clusterCount,
        nearest: nearest.base + first, second: second.base + first, labels: labels.base + first,
        secondLabels: secondLabels.base + first, scratch: scratch.base)
      first += count
    }
    distanceComputations += n * clusterCount
    for sample in 0..<n {
      let weight = cloud.weight(sample)
      let own = partition.totals[Int(labels[sample])]
      let other = partition.totals[Int(secondLabels[sample])]
      moveCosts[sample] =
        own > weight
        ? weight
          * (second[sample] * (other / (other + weight)) - nearest[sample] * (own / (own - weight)))
        : .infinity
    }
    let width = min(n, Self.width)
    chooseSmallest(width)
    for slot in 0..<width {
      let sample = chosen[slot]
      weights[slot] = cloud.weight(sample)
      clusters[slot] = Int(partition.labels[sample])
      isLocked[slot] = false
      for feature in 0..<d {
        coordinates[feature * width + slot] = cloud.value(sample, feature)
      }
    }
    return width
  }

  /// Puts the samples with the smallest move costs into the slots, in sample order; of equal costs
  /// the first.
  private func chooseSmallest(_ width: Int) {
    let n = cloud.sampleCount
    guard n > width else {
      for sample in 0..<n { chosen[sample] = sample }
      return
    }
    // A heap of the smallest so far, largest on top, held in `chosen`.
    func isLarger(_ a: Int, _ b: Int) -> Bool {
      moveCosts[a] != moveCosts[b] ? moveCosts[a] > moveCosts[b] : a > b
    }
    func sink(_ start: Int, _ end: Int) {
      var parent = start
      while true {
        var child = 2 * parent + 1
        guard child < end else { return }
        if child + 1 < end && isLarger(chosen[child + 1], chosen[child]) { child += 1 }
        guard isLarger(chosen[child], chosen[parent]) else { return }
        (chosen[parent], chosen[child]) = (chosen[child], chosen[parent])
        parent = child
      }
    }
    for slot in 0..<width { chosen[slot] = slot }
    for parent in (0..<width / 2).reversed() { sink(parent, width) }
    for sample in width..<n where isLarger(chosen[0], sample) {
      chosen[0] = sample
      sink(0, width)
    }
  }

  /// Recomputes what depends on one centroid.
  private mutating func refresh(_ cluster: Int, _ partition: Partition, width: Int) {
    let row = cluster * width
    Kernels.squaredDistancesBlock(
      coordinates.base, stride: width, featureCount: cloud.featureCount, count: width,
      center: partition.centroids.base + cluster * cloud.featureCount, squared: squared.base + row)
    Kernels.insertionCosts(
      squared.base + row, weights: weights.base, total: partition.totals[cluster], count: width,
      cost: insertions.base + row)
    for slot in 0..<width where clusters[slot] == cluster { insertions[row + slot] = .infinity }
    distanceComputations += width
  }
}
