// Safety: callers keep what `Kernels` asks of them, and every call is made only where the processor
// has the registers it names and the points fill at least one, which the C loops rely on.

#if arch(x86_64)
  import CVector
#endif

/// The loops of ``Kernels`` for processors with AVX-512 or AVX2, chosen at run time.
///
/// What they give is the same, bit for bit, as that of the plain loops: each lane is one point,
/// whose squares are added in the order of the features. Each function says whether it did the work.
enum VectorDistances {
  #if arch(x86_64)
    /// Bits of the widest registers that there are loops for here: 512, 256 or 0.
    static let registerBits = Int(cvector_register_bits())
  #else
    static let registerBits = 0
  #endif

  /// Points of a group in the loops over groups.
  static let groupSize = 16

  /// As ``Kernels/assign(_:stride:featureCount:count:centroids:clusterCount:nearest:labels:scratch:)``.
  @inline(__always)
  static func assign(
    _ x: UnsafePointer<Float>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Float>, clusterCount: Int, nearest: UnsafeMutablePointer<Float>,
    labels: UnsafeMutablePointer<Int32>, registerBits: Int = registerBits
  ) -> Bool {
    #if arch(x86_64)
      if registerBits == 512 && count >= 16 {
        cvector_assign_f32_512(
          x, stride, featureCount, count, centroids, clusterCount, nearest, labels)
        return true
      }
      if registerBits >= 256 && count >= 8 {
        cvector_assign_f32_256(
          x, stride, featureCount, count, centroids, clusterCount, nearest, labels)
        return true
      }
    #endif
    return false
  }

  /// As ``Kernels/assign(_:stride:featureCount:count:centroids:clusterCount:nearest:labels:scratch:)``.
  @inline(__always)
  static func assign(
    _ x: UnsafePointer<Double>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Double>, clusterCount: Int, nearest: UnsafeMutablePointer<Double>,
    labels: UnsafeMutablePointer<Int64>, registerBits: Int = registerBits
  ) -> Bool {
    #if arch(x86_64)
      if registerBits == 512 && count >= 8 {
        cvector_assign_f64_512(
          x, stride, featureCount, count, centroids, clusterCount, nearest, labels)
        return true
      }
      if registerBits >= 256 && count >= 4 {
        cvector_assign_f64_256(
          x, stride, featureCount, count, centroids, clusterCount, nearest, labels)
        return true
      }
    #endif
    return false
  }

  /// As `Kernels.assignWithSecond`.
  @inline(__always)
  static func assignWithSecond(
    _ x: UnsafePointer<Float>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Float>, clusterCount: Int, nearest: UnsafeMutablePointer<Float>,
    second: UnsafeMutablePointer<Float>, labels: UnsafeMutablePointer<Int32>,
    registerBits: Int = registerBits
  ) -> Bool {
    #if arch(x86_64)
      if registerBits == 512 && count >= 16 {
        cvector_assign_with_second_f32_512(
          x, stride, featureCount, count, centroids, clusterCount, nearest, second, labels)
        return true
      }
      if registerBits >= 256 && count >= 8 {
        cvector_assign_with_second_f32_256(
          x, stride, featureCount, count, centroids, clusterCount, nearest, second, labels)
        return true
      }
    #endif
    return false
  }

  /// As `Kernels.assignWithSecond`.
  @inline(__always)
  static func assignWithSecond(
    _ x: UnsafePointer<Double>, stride: Int, featureCount: Int, count: Int,
    centroids: UnsafePointer<Double>, clusterCount: Int, nearest: UnsafeMutablePointer<Double>,
    second: UnsafeMutablePointer<Double>, labels: UnsafeMutablePointer<Int64>,
    registerBits: Int = registerBits
  ) -> Bool {
    #if arch(x86_64)
      if registerBits == 512 && count >= 8 {
        cvector_assign_with_second_f64_512(
          x, stride, featureCount, count, centroids, clusterCount, nearest, second, labels)
        return true
      }
      if registerBits >= 256 && count >= 4 {
        cvector_assign_with_second_f64_256(
          x, stride, featureCount, count, centroids, clusterCount, nearest, second, labels)
        return true
      }
    #endif
    return false
  }

  /// As `Kernels.squaredDistances`.
  @inline(__always)
  static func squaredDistances(
    _ x: UnsafePointer<Double>, stride: Int, featureCount: Int, count: Int,
    center: UnsafePointer<Double>, squared: UnsafeMutablePointer<Double>,
    registerBits: Int = registerBits
  ) -> Bool {
    #if arch(x86_64)
      if registerBits == 512 && count >= 8 {
        cvector_squared_distances_f64_512(x, stride, featureCount, count, center, squared)
        return true
      }
      if registerBits >= 256 && count >= 4 {
        cvector_squared_distances_f64_256(x, stride, featureCount, count, center, squared)
        return true
      }
    #endif
    return false
  }

  /// As `Kernels.sumDistances`, for a multiple of 16 points.
  @inline(__always)
  static func sumDistances(
    _ x: UnsafePointer<Float>, stride: Int, featureCount: Int, count: Int,
    weights: UnsafePointer<Float>, rows: UnsafePointer<Float>, rowWeights: UnsafePointer<Float>,
    rowCount: Int, toRows: UnsafeMutablePointer<Float>, fromRows: UnsafeMutablePointer<Float>,
    registerBits: Int = registerBits
  ) -> Bool {
    #if arch(x86_64)
      if registerBits == 512 {
        cvector_sum_distances(
          x, stride, featureCount, count, weights, rows, rowWeights, rowCount, toRows, fromRows)
        return true
      }
    #endif
    return false
  }

  /// Asks for listed rows ahead of their use, where there is an instruction for it.
  @inline(__always)
  static func prefetch(
    _ rows: UnsafePointer<Float>, places: UnsafePointer<Int32>, featureCount: Int, count: Int
  ) {
    #if arch(x86_64)
      cvector_prefetch_rows(rows, places, featureCount, count)
    #endif
  }

  /// As ``Kernels/margins(_:_:count:margins:)``.
  @inline(__always)
  static func margins(
    _ nearest: UnsafePointer<Float>, _ second: UnsafePointer<Float>, count: Int,
    margins: UnsafeMutablePointer<Float>, registerBits: Int = registerBits
  ) -> Bool {
    #if arch(x86_64)
      if registerBits == 512 && count >= 16 {
        cvector_margins_f32_512(nearest, second, count, margins)
        return true
      }
      if registerBits >= 256 && count >= 8 {
        cvector_margins_f32_256(nearest, second, count, margins)
        return true
      }
    #endif
    return false
  }

  /// As ``Kernels/listBelow(_:_:count:into:)``; nil where AVX-512 is missing.
  ///
  /// Up to 16 elements behind the list are written to as well.
  @inline(__always)
  static func listBelow(
    _ bound: Float, _ values: UnsafePointer<Float>, count: Int,
    into list: UnsafeMutablePointer<Int32>, registerBits: Int = registerBits
  ) -> Int? {
    #if arch(x86_64)
      if registerBits == 512 { return cvector_list_below(bound, values, count, list) }
    #endif
    return nil
  }

  /// As `Kernels.listExceeded`, for groups of 16; nil where AVX-512 is missing.
  ///
  /// Up to 16 elements behind the list are written to as well.
  @inline(__always)
  static func listExceeded(
    _ limits: UnsafePointer<Float>, labels: UnsafePointer<Int32>, used: UnsafePointer<Float>,
    groups: UnsafePointer<Int32>, groupCount: Int, count: Int,
    into list: UnsafeMutablePointer<Int32>, registerBits: Int = registerBits
  ) -> Int? {
    #if arch(x86_64)
      if registerBits == 512 {
        return cvector_list_exceeded(limits, labels, used, groups, groupCount, count, list)
      }
    #endif
    return nil
  }

  /// As `Kernels.limitGroups`, for groups of 16.
  @inline(__always)
  static func limitGroups(
    _ groups: UnsafePointer<Int32>?, groupCount: Int, count: Int, limits: UnsafePointer<Float>,
    labels: UnsafePointer<Int32>, used: UnsafePointer<Float>, usedAtMost: Float,
    groupLimits: UnsafeMutablePointer<Float>, registerBits: Int = registerBits
  ) -> Bool {
    #if arch(x86_64)
      if registerBits == 512 {
        cvector_limit_groups(
          groups, groupCount, limits, labels, used, usedAtMost, count, groupLimits)
        return true
      }
    #endif
    return false
  }
}
