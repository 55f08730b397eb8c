/// Weighted greedy k-means++: each seed is drawn with probability w·D², and the best of several
/// draws is kept.
/// - SeeAlso: Arthur, Vassilvitskii 2007; Grunau et al. 2023, doi:10.1137/1.9781611977554.ch83
struct Seeding {
  let cloud: Cloud
  /// `n` squared distances to the nearest seed so far; of the best draw; of the draw at hand.
  private var nearest: Buffer<Double>
  private var reduced: Buffer<Double>
  private var trial: Buffer<Double>
  /// `n` running sums of the chances.
  private let cumulative: Buffer<Double>
  private let center: Buffer<Double>
  private let scratch: Buffer<Double>
  private let memory: Buffer<Double>
  /// Distances computed so far.
  private(set) var distanceComputations = 0

  private let clusterCount: Int

  init(_ cloud: Cloud, clusterCount: Int) {
    self.cloud = cloud
    self.clusterCount = clusterCount
    nearest = Buffer(repeating: 0, count: cloud.sampleCount)
    reduced = Buffer(repeating: 0, count: cloud.sampleCount)
    trial = Buffer(repeating: 0, count: cloud.sampleCount)
    cumulative = Buffer(repeating: 0, count: cloud.sampleCount)
    center = Buffer(repeating: 0, count: cloud.featureCount)
    scratch = Buffer(repeating: 0, count: cloud.blockSize)
    memory = cloud.makeBlock()
  }

  /// Candidates drawn for each seed: 2 + ⌊log₂ k⌋, close to the 2 + ln k of the authors and free of
  /// a logarithm whose last bit differs between platforms.
  static func candidateCount(clusterCount: Int) -> Int {
    2 + (Int.bitWidth - 1 - clusterCount.leadingZeroBitCount)
  }

  /// Writes `k` seeds, points with distinct coordinates, into rows of centroids.
  ///
  /// - Precondition: there are that many distinct points.
  mutating func seed(_ centroids: Buffer<Double>, random: inout RandomSource) {
    let n = cloud.sampleCount
    let d = cloud.featureCount
    var sum = 0.0
    for sample in 0..<n {
      sum += cloud.weight(sample)
      cumulative[sample] = sum
    }
    nearest.fill(with: .infinity)
    take(draw(random: &random), as: centroids.base)
    swap(&nearest, &trial)
    let candidateCount = Self.candidateCount(clusterCount: clusterCount)
    for cluster in 1..<max(1, clusterCount) {
      sum = 0
      for sample in 0..<n {
        sum += cloud.weight(sample) * nearest[sample]
        cumulative[sample] = sum
      }
      var best = (sample: 0, potential: Double.infinity)
      for _ in 0..<candidateCount {
        let sample = draw(random: &random)
        let potential = take(sample, as: center.base)
        if potential < best.potential {
          best = (sample, potential)
          swap(&reduced, &trial)
        }
      }
      cloud.copyPoint(best.sample, to: centroids.base + cluster * d)
      swap(&nearest, &reduced)
    }
  }

  /// Copies a point to `row` and fills `trial` with the distances that remain with it as a seed.
  ///
  /// - Returns: their weighted sum.
  @discardableResult
  private mutating func take(_ sample: Int, as row: UnsafeMutablePointer<Double>) -> Double {
    // Safety: `row` has room for the `d` values of a point: callers pass `center` or a row of the
    // centroids, whose owners outlive the call. `scratch` holds a block and the other buffers a
    // value for each sample, which `first + count` never exceeds. No other thread writes them.
    cloud.copyPoint(sample, to: row)
    distanceComputations += cloud.sampleCount
    var potential = 0.0
    var first = 0
    while first < cloud.sampleCount {
      let count = min(cloud.blockSize, cloud.sampleCount - first)
      Kernels.squaredDistancesBlock(
        cloud.block(at: first, packedInto: memory), stride: cloud.blockSize,
        featureCount: cloud.featureCount,
        count: count, center: row, squared: scratch.base)
      potential += Kernels.reduce(
        nearest.base + first, by: scratch.base, weights: cloud.weights(at: first), count: count,
        into: trial.base + first)
      first += count
    }
    return potential
  }

  /// A point drawn with the chances summed up in `cumulative`, never one whose chance is zero while
  /// another has one.
  private func draw(random: inout RandomSource) -> Int {
    let total = cumulative[cloud.sampleCount - 1]
    // Rounding could put the target on the total itself, beyond every point.
    let target = min(random.unit() * total, total.nextDown)
    var low = 0
    var high = cloud.sampleCount - 1
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
