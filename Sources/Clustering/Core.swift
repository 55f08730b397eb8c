/// A weighted sample that stands for all points: k-means on it costs nearly the same for any
/// centroids, so the search for the best optimum is made here.
///
/// Half of the chance of a point goes by its weight, half by its squared distance from the mean, so
/// that small far groups are not missed; weights are divided by the chance. Points are taken at even
/// steps of the running sum of chances.
/// - SeeAlso: Bachem, Lucic, Krause 2018, doi:10.1145/3219819.3219973 (lightweight coresets)
struct Core {
  let points: FeatureMatrix
  let weights: [Double]

  /// Points taken of so many for a number of clusters.
  static func size(clusterCount: Int, of pointCount: Int) -> Int {
    let least = min(8192, max(4096, pointCount / 2))
    return min(32_768, max(least, 512 * clusterCount))
  }

  init(_ cloud: Cloud, size: Int, random: RandomSource) {
    self.init(Chances(cloud), size: size, random: random)
  }

  init(_ chances: Chances, size: Int, random: RandomSource) {
    let cloud = chances.cloud
    let d = cloud.featureCount
    var random = random
    let step = chances.total / Double(size)
    let offset = random.unit()
    // Each chunk has the marks (j + offset) · step that fall into it.
    let drawn = cloud.team.values(cloud.chunkCount) { chunk in
      var samples: [Int] = []
      var weights: [Double] = []
      let start = chances.starts[chunk]
      var mark = ((start / step - offset).rounded(.up) + offset) * step
      var sum = start
      guard mark < start + chances.sums[chunk] else { return (samples, weights) }
      chances.forEachBlock(ofChunk: chunk) { first, count, own in
        for i in 0..<count {
          sum += own[i]
          var marks = 0.0
          while mark < sum {
            marks += 1
            mark += step
          }
          if marks > 0 {
            samples.append(first + i)
            weights.append(marks * step / own[i] * cloud.weight(first + i))
          }
        }
      }
      return (samples, weights)
    }
    let samples = drawn.flatMap(\.0)
    var values: [Double] = []
    values.reserveCapacity(samples.count * d)
    for feature in 0..<d { for sample in samples { values.append(cloud.value(sample, feature)) } }
    points = FeatureMatrix(checked: values, sampleCount: samples.count)
    weights = drawn.flatMap(\.1)
  }

  /// The chances of all points to be taken, summed up chunk by chunk: the same for cores of any size.
  struct Chances {
    let cloud: Cloud
    /// For each chunk the sum of its chances, and that of the chunks before it.
    let sums: [Double]
    let starts: [Double]
    let total: Double
    private let middle: Buffer<Double>
    private let byWeight: Double
    private let byDistance: Double

    init(_ cloud: Cloud) {
      let n = cloud.sampleCount
      let d = cloud.featureCount
      self.cloud = cloud
      // The centre and scatter that chances are made from need not be exact, only the chances are.
      let stride = max(1, n / 1024)
      var center = [Double](repeating: 0, count: d)
      var total = 0.0
      for sample in Swift.stride(from: 0, to: n, by: stride) { total += cloud.weight(sample) }
      var squares = 0.0
      for feature in 0..<d {
        for sample in Swift.stride(from: 0, to: n, by: stride) {
          center[feature] += cloud.weight(sample) * cloud.value(sample, feature) / total
        }
        for sample in Swift.stride(from: 0, to: n, by: stride) {
          let delta = cloud.value(sample, feature) - center[feature]
          squares += cloud.weight(sample) * delta * delta
        }
      }
      middle = Buffer(center)
      byWeight = 0.5 / total
      byDistance = squares > 0 ? 0.5 / squares : 0
      let (middle, byWeight, byDistance) = (middle, byWeight, byDistance)
      sums = cloud.team.values(cloud.chunkCount) { chunk in
        var sum = 0.0
        Self.forEachBlock(cloud, chunk, middle, byWeight, byDistance) { _, count, own in
          for i in 0..<count { sum += own[i] }
        }
        return sum
      }
      var starts: [Double] = []
      total = 0
      for sum in sums {
        starts.append(total)
        total += sum
      }
      self.starts = starts
      self.total = total
    }

    /// Calls `body` with the first sample of each block of a chunk, the number of its samples and
    /// their chances.
    func forEachBlock(
      ofChunk chunk: Int, _ body: (Int, Int, UnsafePointer<Double>) -> Void
    ) {
      Self.forEachBlock(cloud, chunk, middle, byWeight, byDistance, body)
    }

    /// The chance of a point goes half by its weight, half by its weighted squared distance from
    /// the mean; the chances add up to about the stride of the sample that the mean was made from.
    private static func forEachBlock(
      _ cloud: Cloud, _ chunk: Int, _ middle: Buffer<Double>, _ byWeight: Double,
      _ byDistance: Double, _ body: (Int, Int, UnsafePointer<Double>) -> Void
    ) {
      let size = Kernels.blockSize
      let range = cloud.samples(ofChunk: chunk)
      withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { memory in
        // Safety: a block has at most `size` samples, whose columns lie `n` apart.
        guard let own = memory.baseAddress else { return }
        var first = range.lowerBound
        while first < range.upperBound {
          let count = min(size, range.upperBound &- first)
          Kernels.squaredDistancesBlock(
            cloud.column(0, at: first), stride: cloud.sampleCount,
            featureCount: cloud.featureCount, count: count, center: middle.base, squared: own)
          for i in 0..<count {
            own[i] = cloud.weight(first &+ i) * (byWeight + byDistance * own[i])
          }
          body(first, count, own)
          first &+= count
        }
      }
    }
  }
}
