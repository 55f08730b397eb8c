import Synchronization

/// For each point the summed weighted distances to the points of each group, all pairs computed
/// once.
///
/// Points come sorted by group. They are cut into blocks that never cross a border between groups;
/// for each pair of blocks the sums of both sides are taken from the same distances. Blocks are
/// independent of each other, and their sums are added in block order.
struct PairSums {
  /// Block boundaries: block `b` holds the points `starts[b]..<starts[b + 1]`.
  private let starts: [Int]
  private let groupOfBlock: [Int32]
  private let isExact: Bool
  /// The summed distances from each point to each block, `parts[block · n + point]`: in Float64 or
  /// single precision, whichever they were computed in.
  private let exactParts: Buffer<Double>
  private let singleParts: Buffer<Float>

  /// Points of a block at most.
  static let blockSize = 128
  /// Points up to which distances are computed in Float64; beyond, single precision changes a mean
  /// silhouette by some 10⁻⁸.
  static let exactLimit = 4096

  /// Computes the distances of all pairs.
  ///
  /// - Parameters:
  ///   - points: the samples, sorted by group.
  ///   - groupStarts: where each group starts, and the end.
  init(
    _ cloud: Cloud, points: [Int], weights: [Double], groupStarts: [Int]
  ) throws(ClusteringError) {
    var starts: [Int] = []
    var groups: [Int32] = []
    for (group, (start, end)) in zip(groupStarts, groupStarts.dropFirst()).enumerated() {
      for first in stride(from: start, to: end, by: Self.blockSize) {
        starts.append(first)
        groups.append(Int32(truncatingIfNeeded: group))
      }
    }
    starts.append(points.count)
    self.starts = starts
    groupOfBlock = groups
    isExact = points.count <= Self.exactLimit
    let partCount = points.count * groups.count
    exactParts = Buffer(uninitializedCount: isExact ? partCount : 0)
    singleParts = Buffer(uninitializedCount: isExact ? 0 : partCount)
    if isExact {
      try fill(
        cloud, points, weights,
        {
          Kernels.sumDistancesDouble(
            $0, stride: $1, featureCount: $2, count: $3, weights: $4, rows: $5, rowWeights: $6,
            rowCount: $7, scratch: $8, toRows: $9, fromRows: $10)
        },
        exactParts
      ) { value, _ in value }
    } else {
      // Single precision wants coordinates near the origin.
      let middle = Self.means(cloud, points)
      try fill(
        cloud, points, weights,
        {
          Kernels.sumDistancesFloat(
            $0, stride: $1, featureCount: $2, count: $3, weights: $4, rows: $5, rowWeights: $6,
            rowCount: $7, scratch: $8, toRows: $9, fromRows: $10)
        },
        singleParts
      ) { value, feature in
        Float(value - middle[feature])
      }
    }
  }

  private typealias Kernel<Real> =
    @Sendable (
      UnsafePointer<Real>, Int, Int, Int, UnsafePointer<Real>, UnsafePointer<Real>,
      UnsafePointer<Real>, Int, UnsafeMutablePointer<Real>, UnsafeMutablePointer<Real>,
      UnsafeMutablePointer<Real>
    ) -> Void

  private static func means(_ cloud: Cloud, _ points: [Int]) -> [Double] {
    (0..<cloud.featureCount).map { feature in
      var sum = 0.0
      for point in points { sum += cloud.value(point, feature) }
      return sum / Double(points.count)
    }
  }

  private func fill<Real: KernelReal>(
    _ cloud: Cloud, _ points: [Int], _ weights: [Double], _ kernel: Kernel<Real>,
    _ parts: Buffer<Real>, _ convert: (Double, Int) -> Real
  ) throws(ClusteringError) {
    let d = cloud.featureCount
    let size = Self.blockSize
    let blockCount = groupOfBlock.count
    let rows = Buffer<Real>(uninitializedCount: points.count * d)
    let rowWeights = Buffer<Real>(uninitializedCount: points.count)
    for (slot, point) in points.enumerated() {
      rowWeights[slot] = Real(weights[slot])
      for feature in 0..<d {
        rows[slot * d + feature] = convert(cloud.value(point, feature), feature)
      }
    }
    let isCancelled = Atomic<Bool>(false)
    let (starts, slotCount) = (starts, points.count)
    cloud.team.forEachWorker(blockCount) { claim in
      let block = Buffer<Real>(repeating: 0, count: size * d)
      let blockWeights = Buffer<Real>(repeating: 0, count: size)
      let scratch = Buffer<Real>(repeating: 0, count: size)
      let toRows = Buffer<Real>(repeating: 0, count: size)
      let fromRows = Buffer<Real>(repeating: 0, count: size)
      // Long rows of tiles come first and short ones last: all threads are busy to the end.
      while let index = claim() {
        if isCancelled.load(ordering: .relaxed) { return }
        if cloud.cancellation?() ?? false {
          isCancelled.store(true, ordering: .relaxed)
          return
        }
        let first = starts[index]
        let width = starts[index + 1] - first
        let padded = (width + 15) & ~15
        for i in 0..<padded {
          // Filled up with copies of the first point, of weight 0.
          let slot = i < width ? first + i : first
          blockWeights[i] = i < width ? rowWeights[slot] : 0
          for feature in 0..<d { block[feature * size + i] = rows[slot * d + feature] }
        }
        for other in index..<blockCount {
          let start = starts[other]
          let count = starts[other + 1] - start
          kernel(
            block.base, size, d, padded, blockWeights.base, rows.base + start * d,
            rowWeights.base + start, count, scratch.base, toRows.base, fromRows.base)
          // Safety: a pair of blocks is computed once and has its own places.
          for i in 0..<width { parts[other * slotCount + first + i] = toRows[i] }
          if other != index {
            for i in 0..<count { parts[index * slotCount + start + i] = fromRows[i] }
          }
        }
      }
    }
    if isCancelled.load(ordering: .relaxed) { throw .cancelled }
  }

  /// The number of blocks.
  var blockCount: Int { groupOfBlock.count }

  /// The points of a block.
  func points(ofBlock block: Int) -> Range<Int> {
    starts[block]..<starts[block + 1]
  }

  /// Adds up the sums of the points of a block over the blocks of each group: `groups × blockSize`.
  func sums(ofBlock block: Int, into sums: Buffer<Double>) {
    sums.fill(with: 0)
    let slots = points(ofBlock: block)
    let slotCount = starts[starts.count - 1]
    for other in groupOfBlock.indices {
      let target = sums.base + Int(groupOfBlock[other]) * Self.blockSize
      let first = other * slotCount + slots.lowerBound
      if isExact {
        Kernels.add(exactParts.base + first, count: slots.count, to: target)
      } else {
        Kernels.add(singleParts.base + first, count: slots.count, to: target)
      }
    }
  }
}
