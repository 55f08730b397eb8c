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

  /// Points taken for a number of clusters.
  static func size(clusterCount: Int) -> Int {
    min(32_768, max(8192, 512 * clusterCount))
  }

  init(_ cloud: Cloud, size: Int, random: RandomSource) {
    let n = cloud.sampleCount
    let d = cloud.featureCount
    var random = random
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
    let middle = center
    let byWeight = 0.5 / total
    let byDistance = squares > 0 ? 0.5 / squares : 0
    /// The chance of a point; the chances add up to about `stride`.
    @Sendable func chance(_ sample: Int) -> Double {
      var squared = 0.0
      for feature in 0..<d {
        let delta = cloud.value(sample, feature) - middle[feature]
        squared += delta * delta
      }
      return cloud.weight(sample) * (byWeight + byDistance * squared)
    }
    // Chunk sums first, so that the chunks can be walked in parallel.
    let sums = Buffer<Double>(repeating: 0, count: cloud.chunkCount)
    cloud.team.forEach(cloud.chunkCount) { chunk in
      var sum = 0.0
      for sample in cloud.samples(ofChunk: chunk) { sum += chance(sample) }
      sums[chunk] = sum
    }
    var starts: [Double] = []
    total = 0
    for chunk in 0..<cloud.chunkCount {
      starts.append(total)
      total += sums[chunk]
    }
    let step = total / Double(size)
    let offset = random.unit()
    var samples: [Int] = []
    var weights: [Double] = []
    samples.reserveCapacity(size)
    for chunk in 0..<cloud.chunkCount {
      // The marks (j + offset) · step that fall into this chunk.
      var mark = ((starts[chunk] / step - offset).rounded(.up) + offset) * step
      let end = starts[chunk] + sums[chunk]
      guard mark < end else { continue }
      var sum = starts[chunk]
      for sample in cloud.samples(ofChunk: chunk) {
        let own = chance(sample)
        sum += own
        var marks = 0.0
        while mark < sum {
          marks += 1
          mark += step
        }
        if marks > 0 {
          samples.append(sample)
          weights.append(marks * step / own * cloud.weight(sample))
        }
      }
    }
    var values: [Double] = []
    values.reserveCapacity(samples.count * d)
    for feature in 0..<d { for sample in samples { values.append(cloud.value(sample, feature)) } }
    points = FeatureMatrix(checked: values, sampleCount: samples.count)
    self.weights = weights
  }
}
