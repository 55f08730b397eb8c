#if arch(x86_64)
  import CVector
#endif

/// Sums of distances between all pairs, for processors with AVX-512, chosen at run time.
///
/// What they are is the same, bit for bit, as by ``Kernels``, which stand in elsewhere.
///
/// Safety: callers keep to what ``Kernels`` ask of them, and counts are multiples of sixteen.
enum VectorPairSums {
  #if arch(x86_64)
    /// Whether this processor and system can run them.
    static let isAvailable = cvector_available() != 0
  #else
    static let isAvailable = false
  #endif

  /// Sums weighted distances, as ``Kernels/sumDistancesFloat(_:stride:featureCount:count:weights:rows:rowWeights:rowCount:scratch:toRows:fromRows:)``.
  static func sumDistances(
    _ x: UnsafePointer<Float>, stride: Int, featureCount: Int, count: Int,
    weights: UnsafePointer<Float>, rows: UnsafePointer<Float>, rowWeights: UnsafePointer<Float>,
    rowCount: Int, scratch: UnsafeMutablePointer<Float>, toRows: UnsafeMutablePointer<Float>,
    fromRows: UnsafeMutablePointer<Float>
  ) {
    #if arch(x86_64)
      if isAvailable {
        cvector_sum_distances(
          x, stride, featureCount, count, weights, rows, rowWeights, rowCount, toRows, fromRows)
        return
      }
    #endif
    Kernels.sumDistancesFloat(
      x, stride: stride, featureCount: featureCount, count: count, weights: weights, rows: rows,
      rowWeights: rowWeights, rowCount: rowCount, scratch: scratch, toRows: toRows,
      fromRows: fromRows)
  }
}
