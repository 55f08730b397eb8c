import Synchronization

/// Silhouettes of weighted points under several clusterings at once, exact or sampled.
///
/// The distances are computed once for all clusterings: points are sorted by the cells in which all
/// clusterings agree, sums are taken over cells, and the clusters of each clustering are unions of
/// cells.
struct Silhouettes: Sendable {
  /// The mean over the samples looked at.
  let mean: Double
  /// The mean in each cluster; nil where no member was looked at.
  let meanOfCluster: [Double?]
  /// One value for each point, when all points were looked at.
  let valueOfPoint: [Double]?
  /// Half the width of the 95 % interval of the mean; nil when it is exact.
  let error: Double?
  /// Points looked at, and the weight they stand for.
  let pointCount: Int
  let weight: Double

  /// Samples drawn when there are too many points to compare all with all.
  static let sampleSize = 10_000

  /// The silhouettes of each clustering; nil for one cluster, where they are undefined.
  ///
  /// - SeeAlso: Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7
  static func compute(
    _ cloud: Cloud, clusterings: [(labels: [Int32], clusterCount: Int)], exactLimit: Int,
    seed: UInt64
  ) throws(ClusteringError) -> [Silhouettes?] {
    guard clusterings.contains(where: { $0.clusterCount > 1 }) else {
      return clusterings.map { _ in nil }
    }
    let isExact = cloud.sampleCount <= exactLimit
    let chosen = isExact ? Chosen(all: cloud) : Chosen(sample: cloud, seed: seed)
    let cells = Cells(cloud, chosen: chosen, clusterings: clusterings)
    let values = try cells.values(cloud)
    return clusterings.indices.map { index in
      guard clusterings[index].clusterCount > 1 else { return nil }
      return Silhouettes(
        cells, values: values, clustering: index,
        clusterCount: clusterings[index].clusterCount, isExact: isExact)
    }
  }

  private init(
    _ cells: Cells, values: Buffer<Double>, clustering: Int, clusterCount: Int, isExact: Bool
  ) {
    let count = cells.points.count
    let ofCell = cells.clusterOfCell[clustering]
    var sums = [Double](repeating: 0, count: clusterCount)
    var weights = [Double](repeating: 0, count: clusterCount)
    var ofPoint = [Double](repeating: 0, count: isExact ? count : 0)
    // In the order of the points, not of the cells.
    var place = [Int32](repeating: 0, count: count)
    for slot in 0..<count { place[cells.rank[slot]] = Int32(truncatingIfNeeded: slot) }
    var mean = 0.0
    var weight = 0.0
    for index in 0..<count {
      let slot = Int(place[index])
      let value = values[clustering * count + slot]
      let own = cells.weights[slot]
      let cluster = Int(ofCell[Int(cells.cellOfSlot[slot])])
      sums[cluster] += own * value
      weights[cluster] += own
      mean += own * value
      weight += own
      if isExact { ofPoint[index] = value }
    }
    mean /= weight
    self.mean = mean
    self.weight = weight
    meanOfCluster = zip(sums, weights).map { $1 > 0 ? $0 / $1 : nil }
    valueOfPoint = isExact ? ofPoint : nil
    pointCount = count
    guard !isExact else {
      error = nil
      return
    }
    var squares = 0.0
    for slot in 0..<count {
      let delta = values[clustering * count + slot] - mean
      squares += cells.weights[slot] * delta * delta
    }
    // Draws are independent, so the mean of m of them scatters by σ/√m.
    error = 1.96 * (squares / weight / weight).squareRoot()
  }
}

extension Silhouettes {
  /// The points looked at, in their order, and what each stands for.
  private struct Chosen {
    var points: [Int]
    var weights: [Double]

    init(all cloud: Cloud) {
      points = Array(0..<cloud.sampleCount)
      weights = points.map { cloud.weight($0) }
    }

    /// Draws in proportion to the weights, with replacement: a point drawn twice has weight 2, as
    /// if two customers with equal features had been drawn.
    init(sample cloud: Cloud, seed: UInt64) {
      var random = RandomSource(seed: seed, stream: [0x5351_4C48])
      var total = 0.0
      for sample in 0..<cloud.sampleCount { total += cloud.weight(sample) }
      // The targets of all draws in ascending order, so one walk over the points finds them.
      var targets = (0..<sampleSize).map { _ in random.unit() * total }
      targets.sort()
      points = []
      weights = []
      var sum = 0.0
      var next = 0
      for sample in 0..<cloud.sampleCount where next < targets.count {
        sum += cloud.weight(sample)
        var count = 0.0
        while next < targets.count && targets[next] < sum {
          count += 1
          next += 1
        }
        if count > 0 {
          points.append(sample)
          weights.append(count)
        }
      }
    }
  }

  /// The chosen points sorted by the cells in which all clusterings agree.
  private final class Cells: Sendable {
    /// In sorted order: the point, its rank among the chosen, its weight, its cell.
    let points: [Int]
    let rank: [Int]
    let weights: [Double]
    let cellOfSlot: [Int32]
    /// Where each cell starts; one more at the end.
    let starts: [Int]
    /// For each clustering the cluster of each cell.
    let clusterOfCell: [[Int32]]
    /// For each clustering the total weight of each cluster.
    let totals: [[Double]]
    let clusterCounts: [Int]

    init(
      _ cloud: Cloud, chosen: Chosen, clusterings: [(labels: [Int32], clusterCount: Int)]
    ) {
      let count = chosen.points.count
      func precedes(_ a: Int, _ b: Int) -> Bool {
        let (p, q) = (chosen.points[a], chosen.points[b])
        for clustering in clusterings where clustering.labels[p] != clustering.labels[q] {
          return clustering.labels[p] < clustering.labels[q]
        }
        return a < b
      }
      func agree(_ a: Int, _ b: Int) -> Bool {
        let (p, q) = (chosen.points[a], chosen.points[b])
        return clusterings.allSatisfy { $0.labels[p] == $0.labels[q] }
      }
      let order = (0..<count).sorted(by: precedes)
      var cell: Int32 = -1
      var starts: [Int] = []
      var cells: [Int32] = []
      for (slot, index) in order.enumerated() {
        if slot == 0 || !agree(order[slot - 1], index) {
          cell += 1
          starts.append(slot)
        }
        cells.append(cell)
      }
      starts.append(count)
      let points = order.map { chosen.points[$0] }
      let weights = order.map { chosen.weights[$0] }
      let clusterOfCell = clusterings.map { clustering in
        starts.dropLast().map { clustering.labels[points[$0]] }
      }
      totals = clusterings.indices.map { index in
        var totals = [Double](repeating: 0, count: clusterings[index].clusterCount)
        for slot in 0..<count {
          totals[Int(clusterOfCell[index][Int(cells[slot])])] += weights[slot]
        }
        return totals
      }
      self.points = points
      self.weights = weights
      rank = order
      cellOfSlot = cells
      self.starts = starts
      self.clusterOfCell = clusterOfCell
      clusterCounts = clusterings.map(\.clusterCount)
    }

    /// The silhouette of each slot under each clustering: `clusterings × slots`.
    func values(_ cloud: Cloud) throws(ClusteringError) -> Buffer<Double> {
      let count = points.count
      let cellCount = starts.count - 1
      let sums = try PairSums(cloud, points: points, weights: weights, groupStarts: starts)
      let values = Buffer<Double>(repeating: 0, count: clusterCounts.count * count)
      let widest = clusterCounts.max() ?? 0
      cloud.team.forEachWorker(sums.blockCount) { claim in
        let width = PairSums.blockSize
        let cellSums = Buffer<Double>(repeating: 0, count: cellCount * width)
        let clusterSums = Buffer<Double>(repeating: 0, count: widest * width)
        var ofSlot = [Double](repeating: 0, count: widest)
        while let block = claim() {
          let slots = sums.points(ofBlock: block)
          sums.sums(ofBlock: block, into: cellSums)
          for clustering in clusterCounts.indices where clusterCounts[clustering] > 1 {
            let ofCell = clusterOfCell[clustering]
            let k = clusterCounts[clustering]
            clusterSums.fill(with: 0)
            for cell in 0..<cellCount {
              Kernels.add(
                cellSums.base + cell * width, count: slots.count,
                to: clusterSums.base + Int(ofCell[cell]) * width)
            }
            for (i, slot) in slots.enumerated() {
              for cluster in 0..<k { ofSlot[cluster] = clusterSums[cluster * width + i] }
              // Safety: each block writes its own slots.
              values[clustering * count + slot] = Silhouettes.value(
                sums: ofSlot, totals: totals[clustering], own: Int(ofCell[Int(cellOfSlot[slot])]))
            }
          }
        }
      }
      return values
    }
  }

  /// The silhouette of one point from its summed distances to each cluster; 0 for a cluster of one.
  ///
  /// Weight 2 counts as a point given twice: its twin lies at distance 0 in its own cluster, whose
  /// mean is over all members but itself.
  static func value(sums: [Double], totals: [Double], own: Int) -> Double {
    guard totals[own] > 1 else { return 0 }
    let within = sums[own] / (totals[own] - 1)
    var between = Double.infinity
    for cluster in totals.indices where cluster != own && totals[cluster] > 0 {
      between = min(between, sums[cluster] / totals[cluster])
    }
    guard between < .infinity else { return 0 }
    let larger = max(within, between)
    return larger > 0 ? (between - within) / larger : 0
  }
}
