/// All points in single precision, centred and scaled, in blocks for the kernels.
///
/// Half the memory and twice the lanes of Float64. Used where a label may still change: the last
/// passes of a fit are made in Float64 on the points themselves.
final class FloatBlocks: Sendable {
  let sampleCount: Int
  let featureCount: Int
  /// Points of a block; a power of two that depends on `d` alone.
  let blockSize: Int
  /// `blockCount · d · blockSize` values `(x − center) · scale`: in blocks, or in rows.
  let values: Buffer<Float>
  /// Whether the values of a point stand side by side.
  ///
  /// Passes that look at few points in many passes then read one or two cache lines a point instead
  /// of `d`; those that look at all points put together a block at a time.
  let isInRows: Bool
  /// `d` coordinates near the mean: those of a small even sample.
  let center: [Double]
  /// A power of two that brings the coordinates near 1.
  let scale: Double

  /// The weighted sum of squared distances from the centre, estimated from the same sample.
  let scatter: Double
  /// For each place in the blocks the sample that stands there; nil when they stand in order.
  let order: Buffer<Int32>?

  /// Copies the points.
  ///
  /// - Parameter sorted: puts neighbours in space side by side (up to three features), so that the
  ///   points whose labels may change stand together.
  /// - Parameter inRows: see ``isInRows``.
  init(_ cloud: Cloud, sorted: Bool, inRows: Bool = false) {
    let n = cloud.sampleCount
    let d = cloud.featureCount
    var size = Kernels.blockSize
    while size > 32 && size * d > 4096 { size /= 2 }
    let blockSize = size
    sampleCount = n
    featureCount = d
    self.blockSize = blockSize
    isInRows = inRows
    let blockCount = (n + blockSize - 1) / blockSize
    let values = Buffer<Float>(uninitializedCount: blockCount * blockSize * d)
    self.values = values

    let stride = max(1, n / 1024)
    var center = [Double](repeating: 0, count: d)
    var squares = 0.0
    var total = 0.0
    for sample in Swift.stride(from: 0, to: n, by: stride) { total += cloud.weight(sample) }
    for feature in 0..<d {
      var sum = 0.0
      for sample in Swift.stride(from: 0, to: n, by: stride) {
        sum += cloud.weight(sample) * cloud.value(sample, feature)
      }
      center[feature] = sum / total
      for sample in Swift.stride(from: 0, to: n, by: stride) {
        let delta = cloud.value(sample, feature) - center[feature]
        squares += cloud.weight(sample) * delta * delta
      }
    }
    self.center = center
    scatter = squares * Double(stride)
    let largest = Buffer<Double>(repeating: 0, count: cloud.chunkCount)
    cloud.team.forEach(cloud.chunkCount) { chunk in
      let range = cloud.samples(ofChunk: chunk)
      for feature in 0..<d {
        let column = cloud.column(feature, at: range.lowerBound)
        largest[chunk] = max(
          largest[chunk], Kernels.largestMagnitude(column, count: range.count))
      }
    }
    let magnitude = largest.array.max() ?? 0
    // At most twice the largest magnitude remains after centring.
    let scale =
      magnitude > 0 ? Double(sign: .plus, exponent: -magnitude.exponent - 1, significand: 1) : 1
    self.scale = scale
    let finished = center
    let order = sorted && d <= SpatialOrder.featureLimit ? SpatialOrder.order(cloud) : nil
    self.order = order
    cloud.team.forEach(cloud.chunkCount) { chunk in
      // Safety: a chunk writes its own blocks.
      let range = cloud.samples(ofChunk: chunk)
      let row = Buffer<Float>(uninitializedCount: inRows ? blockSize : 1)
      var first = range.lowerBound
      while first < range.upperBound {
        let count = min(blockSize, range.upperBound &- first)
        for feature in 0..<d {
          let target =
            inRows ? row.base : values.base + (first &* d &+ feature &* blockSize)
          let column = cloud.column(feature, at: 0)
          let middle = finished[feature]
          if let order {
            let places = order.base + first
            for i in 0..<count { target[i] = Float((column[Int(places[i])] - middle) * scale) }
          } else {
            Kernels.convert(
              column + first, count: count, center: middle, scale: scale, into: target)
          }
          for i in count..<blockSize { target[i] = 0 }
          guard inRows else { continue }
          var place = values.base + (first &* d &+ feature)
          for i in 0..<blockSize {
            place.pointee = target[i]
            place += d
          }
        }
        first &+= blockSize
      }
    }
  }

  /// The sample that stands at a place.
  @inline(__always)
  func sample(at place: Int) -> Int {
    if let order { return Int(order[place]) }
    return place
  }

  /// Memory for one block, for `block(at:packedInto:)`.
  func makeBlock() -> Buffer<Float> {
    Buffer(uninitializedCount: isInRows ? blockSize * featureCount : 1)
  }

  /// Safety: the first value of the block that starts at sample `first`.
  ///
  /// Its features lie `blockSize` apart. Valid until the next block is packed into the same memory.
  @inline(__always)
  func block(at first: Int, packedInto memory: Buffer<Float>) -> UnsafePointer<Float> {
    let base = UnsafePointer(values.base + first &* featureCount)
    guard isInRows else { return base }
    Kernels.packRows(
      base, featureCount: featureCount, count: min(blockSize, sampleCount &- first),
      stride: blockSize, into: memory.base)
    return UnsafePointer(memory.base)
  }

  /// Packs some points into a block.
  ///
  /// Safety: `count` places, relative to `first`, at most a block of them; `memory` holds a block.
  @inline(__always)
  func pack(
    _ places: UnsafePointer<Int32>, count: Int, from first: Int,
    into memory: UnsafeMutablePointer<Float>
  ) {
    let d = featureCount
    let size = blockSize
    if isInRows {
      Kernels.packRows(
        values.base + first &* d, places: places, featureCount: d, count: count, stride: size,
        into: memory)
      return
    }
    let shift = size.trailingZeroBitCount
    for i in 0..<count {
      let place = first &+ Int(places[i])
      var source = values.base + (((place &>> shift) &* d) &<< shift &+ place & (size &- 1))
      var target = memory + i
      for _ in 0..<d {
        target.pointee = source.pointee
        source += size
        target += size
      }
    }
  }

  /// Rows of centroids as the kernels see them.
  func kernelCoordinates(_ rows: [Double]) -> [Float] {
    rows.enumerated().map { index, value in
      Float((value - center[index % featureCount]) * scale)
    }
  }
}
