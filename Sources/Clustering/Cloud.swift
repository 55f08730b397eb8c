/// Points and weights as the passes of a fit read them, borrowed for its duration.
///
/// Passes read blocks: the values of one feature for `blockSize` points side by side, then the next
/// feature of the same points. A block fits the first-level cache whatever the number of features,
/// and its columns never compete for the same cache lines. Few points are kept in blocks; of many,
/// each pass packs one block at a time, since ten million points are not copied in Float64.
final class Cloud: Sendable {
  /// `n`.
  let sampleCount: Int
  /// `d`.
  let featureCount: Int
  /// Points of a block; a power of two that depends on `d` alone.
  let blockSize: Int
  /// Points of a chunk, a multiple of the block size that depends on `n` alone.
  ///
  /// Results are added chunk by chunk, so this number is part of the definition of a result's last
  /// bits: changing it changes them.
  let chunkSize: Int
  /// Who runs the chunks.
  let team: WorkTeam
  /// Asked between passes.
  let cancellation: (@Sendable () -> Bool)?

  // Safety: read only, and valid as long as the closure of `withCloud` runs.
  private nonisolated(unsafe) let columns: UnsafePointer<Double>
  private nonisolated(unsafe) let givenWeights: UnsafePointer<Double>?
  /// A block of ones in place of weights that were not given.
  private let ones: Buffer<Double>
  /// `blockCount · d · blockSize` values; nil for many points.
  private let resident: Buffer<Double>?

  /// Points up to which the blocks are kept.
  private static let residentLimit = 1 << 16

  /// Lends the memory of a matrix and its weights.
  static func withCloud<Answer>(
    _ points: FeatureMatrix, weights: [Double]?, team: WorkTeam,
    cancellation: (@Sendable () -> Bool)?, _ body: (Cloud) throws(ClusteringError) -> Answer
  ) throws(ClusteringError) -> Answer {
    try points.values.withUnsafeBufferPointer { values throws(ClusteringError) in
      guard let base = values.baseAddress else { throw .noSamples }
      guard let weights else {
        return try body(
          Cloud(points, columns: base, weights: nil, team: team, cancellation: cancellation))
      }
      return try weights.withUnsafeBufferPointer { weights throws(ClusteringError) in
        try body(
          Cloud(
            points, columns: base, weights: weights.baseAddress, team: team,
            cancellation: cancellation))
      }
    }
  }

  private init(
    _ points: FeatureMatrix, columns: UnsafePointer<Double>, weights: UnsafePointer<Double>?,
    team: WorkTeam, cancellation: (@Sendable () -> Bool)?
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
    self.columns = columns
    givenWeights = weights
    ones = Buffer(repeating: 1, count: blockSize)
    // At most 256 chunks: their partial sums stay small beside the data.
    let share = (n + 255) / 256
    chunkSize = max(4096, (share + Kernels.blockSize - 1) / Kernels.blockSize * Kernels.blockSize)
    guard n <= Self.residentLimit else {
      resident = nil
      return
    }
    let blocks = Buffer<Double>(
      repeating: 0, count: (n + blockSize - 1) / blockSize * blockSize * d)
    var first = 0
    while first < n {
      for feature in 0..<d {
        (blocks.base + first * d + feature * blockSize).update(
          from: columns + feature * n + first, count: min(blockSize, n - first))
      }
      first += blockSize
    }
    resident = blocks
  }

  var chunkCount: Int { (sampleCount + chunkSize - 1) / chunkSize }

  /// The samples of one chunk.
  func samples(ofChunk chunk: Int) -> Range<Int> {
    chunk * chunkSize..<min((chunk + 1) * chunkSize, sampleCount)
  }

  /// One coordinate.
  @inline(__always)
  func value(_ sample: Int, _ feature: Int) -> Double {
    columns[feature &* sampleCount &+ sample]
  }

  /// One weight.
  @inline(__always)
  func weight(_ sample: Int) -> Double {
    if let givenWeights { return givenWeights[sample] }
    return 1
  }

  /// Safety: the weights of a block that starts at sample `first`; read no further than its end.
  @inline(__always)
  func weights(at first: Int) -> UnsafePointer<Double> {
    if let givenWeights { return givenWeights + first }
    return UnsafePointer(ones.base)
  }

  /// Safety: the values of one feature from sample `first` on.
  @inline(__always)
  func column(_ feature: Int, at first: Int) -> UnsafePointer<Double> {
    columns + (feature &* sampleCount &+ first)
  }

  /// Memory for one block, for `block(at:packedInto:)`.
  func makeBlock() -> Buffer<Double> {
    Buffer(uninitializedCount: resident == nil ? blockSize * featureCount : 1)
  }

  /// Safety: the first value of the block that starts at sample `first`.
  ///
  /// Its features lie `blockSize` apart. Valid until the next block is packed into the same memory.
  @inline(__always)
  func block(at first: Int, packedInto memory: Buffer<Double>) -> UnsafePointer<Double> {
    if let resident { return UnsafePointer(resident.base + first &* featureCount) }
    let count = min(blockSize, sampleCount &- first)
    for feature in 0..<featureCount {
      (memory.base + feature &* blockSize).update(from: column(feature, at: first), count: count)
    }
    return UnsafePointer(memory.base)
  }

  /// Copies one point into a row of centroids.
  func copyPoint(_ sample: Int, to row: UnsafeMutablePointer<Double>) {
    for feature in 0..<featureCount { row[feature] = value(sample, feature) }
  }

  func checkCancellation() throws(ClusteringError) {
    if cancellation?() ?? false { throw .cancelled }
  }
}
