/// The best optima of several numbers of clusters, each helped by its neighbours.
///
/// The best clustering into k often turns into the best one into k + 1 when a centroid is added in
/// the right place, and into the best one into k − 1 when the right one is taken away. Going up and
/// down until nothing improves finds for all k together what many tries would find for each alone.
struct Ladder {
  let ground: Ground
  let iterationLimit: Int
  /// The tries of each number of clusters, ascending without gaps.
  private(set) var rungs: [Tries]
  /// Distances computed by the steps.
  private(set) var distanceComputations = 0

  /// Starts tried on the way from one rung to the next.
  private static let startCount = 3
  /// Rounds up and down; three are rarely needed.
  private static let roundLimit = 8

  init(
    _ ground: Ground, range: ClosedRange<Int>, seed: UInt64, iterationLimit: Int,
    keptCount: (Int) -> Int = { _ in 1 }
  ) {
    self.ground = ground
    self.iterationLimit = iterationLimit
    rungs = range.map {
      Tries(
        ground, clusterCount: $0, seed: seed, iterationLimit: iterationLimit,
        keptCount: keptCount($0))
    }
  }

  private var cloud: Cloud { ground.cloud }

  /// Points considered as the place of a new centroid.
  private var candidateLimit: Int { ground.isFew ? 256 : 64 }

  /// Tries made on a rung before the first step: more where they cost less.
  private func firstTryCount(_ clusterCount: Int) -> Int {
    if clusterCount == 1 { return 1 }
    return ground.isFew ? min(32, max(10, 80 / clusterCount)) : 6
  }

  /// Makes the first tries on every rung, then goes up and down until nothing improves.
  mutating func climb() throws(ClusteringError) {
    for index in rungs.indices {
      try rungs[index].run(firstTryCount(rungs[index].clusterCount))
    }
    var isFresh = Array(repeating: true, count: rungs.count)
    var rounds = 0
    while rounds < Self.roundLimit && isFresh.contains(true) {
      rounds += 1
      var starts: [(rung: Int, centroids: [Double])] = []
      for index in rungs.indices where isFresh[index] {
        guard let best = rungs[index].best else { continue }
        if index + 1 < rungs.count {
          starts += startsWithOneMore(best).map { (index + 1, $0) }
        }
        if index > 0 { starts += startsWithOneLess(best).map { (index - 1, $0) } }
      }
      isFresh = Array(repeating: false, count: rungs.count)
      let found = try Tries.descend(
        ground, starts.map { (rungs[$0.rung].clusterCount, .centroids($0.centroids)) }, seed: 0,
        iterationLimit: iterationLimit)
      for (start, (optimum, distances)) in zip(starts, found) {
        distanceComputations += distances
        if rungs[start.rung].consider(optimum) { isFresh[start.rung] = true }
      }
    }
  }

  /// Makes more tries on one rung until a better optimum is unlikely.
  mutating func makeSure(of rung: Int) throws(ClusteringError) {
    try rungs[rung].runUntilSure()
  }

  /// Centroids with one more: on the point of a cluster that would lower the inertia most, for the
  /// few clusters where that is most.
  private mutating func startsWithOneMore(_ optimum: Optimum) -> [[Double]] {
    let n = cloud.sampleCount
    let d = cloud.featureCount
    let k = optimum.centroids.count / d
    let size = cloud.blockSize
    let memory = cloud.makeBlock()
    let centers = Buffer(optimum.centroids)
    let nearest = Buffer<Double>(repeating: 0, count: n)
    let labels = Buffer<Int64>(repeating: 0, count: n)
    let reduced = Buffer<Double>(repeating: 0, count: max(n, size))
    let scratch = Buffer<Double>(repeating: 0, count: size)
    var inertia = 0.0
    var first = 0
    while first < n {
      let count = min(size, n - first)
      Kernels.assignBlock(
        cloud.block(at: first, packedInto: memory), stride: size, featureCount: d, count: count,
        centroids: centers.base, clusterCount: k, nearest: nearest.base + first,
        labels: labels.base + first, scratch: scratch.base)
      for i in 0..<count { inertia += cloud.weight(first + i) * nearest[first + i] }
      first += count
    }
    // Few points: all of them. More: at even steps of what they contribute to the inertia.
    var candidates: [Int] = []
    if n <= candidateLimit {
      candidates = Array(0..<n)
    } else {
      let step = inertia / Double(candidateLimit)
      var mark = step / 2
      var sum = 0.0
      for sample in 0..<n {
        sum += cloud.weight(sample) * nearest[sample]
        if sum > mark {
          candidates.append(sample)
          while mark < sum { mark += step }
        }
      }
    }
    var best = Array(repeating: (inertia: Double.infinity, point: -1), count: k)
    let center = Buffer<Double>(repeating: 0, count: d)
    for point in candidates where nearest[point] > 0 {
      cloud.copyPoint(point, to: center.base)
      var sum = 0.0
      first = 0
      while first < n {
        let count = min(size, n - first)
        Kernels.squaredDistancesBlock(
          cloud.block(at: first, packedInto: memory), stride: size, featureCount: d, count: count,
          center: center.base, squared: scratch.base)
        sum += Kernels.reduce(
          nearest.base + first, by: scratch.base, weights: cloud.weights(at: first), count: count,
          into: reduced.base)
        first += count
      }
      let cluster = Int(labels[point])
      if sum < best[cluster].inertia { best[cluster] = (sum, point) }
    }
    distanceComputations += n * (k + candidates.count)
    let order = best.indices.filter { best[$0].point >= 0 }.sorted {
      best[$0].inertia != best[$1].inertia ? best[$0].inertia < best[$1].inertia : $0 < $1
    }
    return order.prefix(Self.startCount).map { cluster in
      optimum.centroids + (0..<d).map { cloud.value(best[cluster].point, $0) }
    }
  }

  /// Centroids with one less, for the few whose points would suffer least.
  private mutating func startsWithOneLess(_ optimum: Optimum) -> [[Double]] {
    let n = cloud.sampleCount
    let d = cloud.featureCount
    let k = optimum.centroids.count / d
    let size = cloud.blockSize
    let memory = cloud.makeBlock()
    let centers = Buffer(optimum.centroids)
    let reals = Buffer<Double>(repeating: 0, count: 3 * size)
    let labels = Buffer<Int64>(repeating: 0, count: size)
    var losses = [Double](repeating: 0, count: k)
    var first = 0
    while first < n {
      let count = min(size, n - first)
      Kernels.assignWithSecondBlock(
        cloud.block(at: first, packedInto: memory), stride: size, featureCount: d, count: count,
        centroids: centers.base, clusterCount: k, nearest: reals.base,
        second: reals.base + size, labels: labels.base, scratch: reals.base + 2 * size)
      for i in 0..<count {
        losses[Int(labels[i])] += cloud.weight(first + i) * (reals[size + i] - reals[i])
      }
      first += count
    }
    distanceComputations += n * k
    let order = (0..<k).sorted { losses[$0] != losses[$1] ? losses[$0] < losses[$1] : $0 < $1 }
    return order.prefix(Self.startCount).map { removed in
      Array(optimum.centroids[..<(removed * d)] + optimum.centroids[((removed + 1) * d)...])
    }
  }
}
