/// Points and weights as the passes of a fit read them.
///
/// Coordinates lie in blocks: the values of one feature for `blockSize` points side by side, then
/// the next feature of the same points. A block fits the first-level cache whatever the number of
/// features, and its columns never compete for the same cache lines.
final class Cloud: Sendable {
  /// `n`.
  let sampleCount: Int
  /// `d`.
  let featureCount: Int
  /// Points of a block; a power of two that depends on `d` alone.
  let blockSize: Int
  /// `blockCount · d · blockSize` values; the last block is filled up with zeros.
  let values: Buffer<Double>
  /// `n` weights.
  let weights: Buffer<Double>
  /// Who runs the chunks.
  let team: WorkTeam
  /// Points of a chunk; a multiple of the block size that depends on `n` and `d` alone.
  let chunkSize: Int
  /// Asked between passes.
  let cancellation: (@Sendable () -> Bool)?

  init(
    _ points: FeatureMatrix, weights: [Double]?, team: WorkTeam,
    cancellation: (@Sendable () -> Bool)?
  ) {
    let n = points.sampleCount
    let d = points.featureCount
    var blockSize = Kernels.blockSize
    while blockSize > 32 && blockSize * d > 2048 { blockSize /= 2 }
    sampleCount = n
    featureCount = d
    self.blockSize = blockSize
    self.team = team
    self.cancellation = cancellation
    // At most 256 chunks: their partial sums stay small beside the data.
    let share = (n + 255) / 256
    chunkSize = max(2048, (share + blockSize - 1) / blockSize * blockSize)
    let blockCount = (n + blockSize - 1) / blockSize
    values = Buffer(repeating: 0, count: blockCount * blockSize * d)
    for feature in 0..<d {
      for block in 0..<blockCount {
        let first = block * blockSize
        let target = (block * d + feature) * blockSize
        for i in 0..<min(blockSize, n - first) {
          values[target + i] = points.values[feature * n + first + i]
        }
      }
    }
    self.weights = weights.map { Buffer($0) } ?? Buffer(repeating: 1, count: n)
  }

  var chunkCount: Int { (sampleCount + chunkSize - 1) / chunkSize }

  /// One coordinate.
  @inline(__always)
  func value(_ sample: Int, _ feature: Int) -> Double {
    let block = sample / blockSize
    return values[(block &* featureCount &+ feature) &* blockSize &+ (sample &- block &* blockSize)]
  }

  /// Copies one point into a row of centroids.
  func copyPoint(_ sample: Int, to row: UnsafeMutablePointer<Double>) {
    for feature in 0..<featureCount { row[feature] = value(sample, feature) }
  }

  /// Safety: the first value of the block that starts at sample `first`.
  @inline(__always)
  func block(at first: Int) -> UnsafePointer<Double> {
    UnsafePointer(values.base + first &* featureCount)
  }

  func checkCancellation() throws(ClusteringError) {
    if cancellation?() ?? false { throw .cancelled }
  }
}
