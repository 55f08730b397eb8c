import Testing

@testable import Clustering

/// The loops for some processors, held against the plain ones that stand in for them elsewhere.
@Suite(
  "Distances in wide registers", .timeLimit(.minutes(2)),
  .enabled(if: VectorDistances.registerBits > 0, "this processor has neither AVX-512 nor AVX2"))
struct VectorDistancesTests {
  /// The widths of registers that can be tried here.
  private static let widths = [256, 512].filter { $0 <= VectorDistances.registerBits }
  private static let stride = 256

  /// Points on all scales, some on centroids, and centroids some of which are the same: ties are
  /// what a wrong comparison gets wrong.
  private func points<Real: KernelReal>(
    _ d: Int, k: Int, _ random: inout RandomSource
  ) -> (x: Buffer<Real>, centroids: Buffer<Real>) {
    let isCoarse = random.below(2) == 0
    func coordinate(_ random: inout RandomSource) -> Real {
      isCoarse
        ? Real(random.below(3)) : Real((random.unit() - 0.5) * [1e-3, 1, 1e4][random.below(3)])
    }
    return (
      Buffer((0..<d * Self.stride).map { _ in coordinate(&random) }),
      Buffer((0..<k * d).map { _ in coordinate(&random) })
    )
  }

  private func check<Real: KernelReal>(
    _ d: Int, _ type: Real.Type,
    assign: (
      Int, Int, Int, UnsafePointer<Real>, UnsafePointer<Real>, UnsafeMutablePointer<Real>,
      UnsafeMutablePointer<Real>?, UnsafeMutablePointer<Real.Label>
    ) -> Bool
  ) {
    var random = RandomSource(seed: UInt64(d), stream: [UInt64(MemoryLayout<Real>.size)])
    for count in [1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 255, 256] {
      for k in [1, 2, 3, 9, 50] {
        let (x, centroids): (Buffer<Real>, Buffer<Real>) = points(d, k: k, &random)
        let plain = Buffer<Real>(repeating: -1, count: 3 * Self.stride)
        let found = Buffer<Real>(repeating: -1, count: 2 * Self.stride)
        let labels = Buffer<Real.Label>(repeating: -1, count: Self.stride)
        let others = Buffer<Real.Label>(repeating: -1, count: Self.stride)
        for hasSecond in [false, true] {
          if hasSecond {
            Kernels.assignWithSecond(
              x.base, stride: Self.stride, featureCount: d, count: count,
              centroids: centroids.base, clusterCount: k, nearest: plain.base,
              second: plain.base + Self.stride, labels: labels.base,
              scratch: plain.base + 2 * Self.stride)
          } else {
            Kernels.assign(
              x.base, stride: Self.stride, featureCount: d, count: count,
              centroids: centroids.base, clusterCount: k, nearest: plain.base,
              labels: labels.base, scratch: plain.base + 2 * Self.stride)
          }
          let note: Comment = "d \(d) count \(count) k \(k) second \(hasSecond)"
          for width in Self.widths {
            found.fill(with: -1)
            others.fill(with: -1)
            let isDone = assign(
              width, count, k, x.base, centroids.base, found.base,
              hasSecond ? found.base + Self.stride : nil, others.base)
            // Where there are too few points, the plain loop stands in.
            #expect(isDone == (count * MemoryLayout<Real>.size * 8 >= 256), note)
            guard isDone else { continue }
            // What lies behind the last point is not written to.
            #expect(others.array[..<count] == labels.array[..<count], note)
            #expect(others.array[count...].allSatisfy { $0 == -1 }, note)
            for part in 0..<(hasSecond ? 2 : 1) {
              let first = part * Self.stride
              #expect(
                found.array[first..<first + count] == plain.array[first..<first + count], note)
              #expect(
                found.array[first + count..<first + Self.stride].allSatisfy { $0 == -1 }, note)
            }
          }
        }
      }
    }
  }

  @Test("nearest and second nearest in Float32", arguments: 1..<20)
  func float32(d: Int) {
    check(d, Float.self) { width, count, k, x, centroids, nearest, second, labels in
      guard let second else {
        return VectorDistances.assign(
          x, stride: Self.stride, featureCount: d, count: count, centroids: centroids,
          clusterCount: k, nearest: nearest, labels: labels, registerBits: width)
      }
      return VectorDistances.assignWithSecond(
        x, stride: Self.stride, featureCount: d, count: count, centroids: centroids,
        clusterCount: k, nearest: nearest, second: second, labels: labels, registerBits: width)
    }
  }

  @Test("nearest and second nearest in Float64", arguments: 1..<20)
  func float64(d: Int) {
    check(d, Double.self) { width, count, k, x, centroids, nearest, second, labels in
      guard let second else {
        return VectorDistances.assign(
          x, stride: Self.stride, featureCount: d, count: count, centroids: centroids,
          clusterCount: k, nearest: nearest, labels: labels, registerBits: width)
      }
      return VectorDistances.assignWithSecond(
        x, stride: Self.stride, featureCount: d, count: count, centroids: centroids,
        clusterCount: k, nearest: nearest, second: second, labels: labels, registerBits: width)
    }
  }

  @Test("squared distances to one centre, and margins", arguments: 1..<20)
  func squares(d: Int) {
    var random = RandomSource(seed: UInt64(d), stream: [7])
    for count in [4, 8, 15, 16, 17, 200, 256] {
      let (x, center): (Buffer<Double>, Buffer<Double>) = points(d, k: 1, &random)
      let plain = Buffer<Double>(repeating: -1, count: Self.stride)
      Kernels.squaredDistances(
        x.base, stride: Self.stride, featureCount: d, count: count, center: center.base,
        squared: plain.base)
      let near = Buffer((0..<Self.stride).map { _ in Float(random.unit()) })
      let far = Buffer((0..<Self.stride).map { _ in Float(1 + random.unit()) })
      for width in Self.widths {
        let found = Buffer<Double>(repeating: -1, count: Self.stride)
        if VectorDistances.squaredDistances(
          x.base, stride: Self.stride, featureCount: d, count: count, center: center.base,
          squared: found.base, registerBits: width)
        {
          #expect(found.array == plain.array, "d \(d) count \(count)")
        } else {
          #expect(count < 4)
        }
        let margins = Buffer<Float>(repeating: -1, count: Self.stride)
        if VectorDistances.margins(
          near.base, far.base, count: count, margins: margins.base, registerBits: width)
        {
          let expected = (0..<Self.stride).map {
            $0 < count ? far[$0].squareRoot() - near[$0].squareRoot() : -1
          }
          #expect(margins.array == expected)
        } else {
          #expect(count < 8)
        }
      }
    }
  }

  @Test("points and groups that need a look", arguments: 0..<20 as Range<UInt64>)
  func lists(seed: UInt64) {
    var random = RandomSource(seed: seed, stream: [8])
    let count = 1 + random.below(300)
    let size = VectorDistances.groupSize
    let groupCount = (count + size - 1) / size
    let limits = Buffer((0..<count).map { _ in Float(random.below(5)) })
    let labels = Buffer((0..<count).map { _ in Int32(random.below(6)) })
    let used = Buffer((0..<6).map { _ in Float(random.below(5)) })
    let lefts = (0..<count).map { limits[$0] - used[Int(labels[$0])] }
    let expectedLimits = (0..<groupCount).map { group in
      (lefts[group * size..<min(count, (group + 1) * size)].min() ?? 0) + 3
    }
    func groupLimits(_ groups: [Int32]?) -> [Float]? {
      let found = Buffer<Float>(repeating: -1, count: groupCount)
      let list = Buffer(groups ?? [0])
      let isDone = VectorDistances.limitGroups(
        groups == nil ? nil : UnsafePointer(list.base), groupCount: groups?.count ?? groupCount,
        count: count, limits: limits.base, labels: labels.base, used: used.base, usedAtMost: 3,
        groupLimits: found.base)
      return isDone ? found.array : nil
    }
    guard let all = groupLimits(nil) else { return #expect(VectorDistances.registerBits < 512) }
    #expect(all == expectedLimits)
    let list = Buffer<Int32>(repeating: -1, count: count + size)
    // The groups whose limit lies below a bound.
    let chosen = (0..<groupCount).filter { expectedLimits[$0] < 4 }.map(Int32.init)
    let groups = Buffer(expectedLimits)
    #expect(
      VectorDistances.listBelow(4, groups.base, count: groupCount, into: list.base)
        == chosen.count)
    #expect(Array(list.array.prefix(chosen.count)) == chosen)
    let some = groupLimits(chosen)
    #expect(
      some == (0..<groupCount).map { chosen.contains(Int32($0)) ? expectedLimits[$0] : -1 })
    // The points of those groups whose limit is used up.
    let exceeded = (0..<count).filter { chosen.contains(Int32($0 / size)) && lefts[$0] < 0 }
    let chosenList = Buffer(chosen)
    #expect(
      VectorDistances.listExceeded(
        limits.base, labels: labels.base, used: used.base, groups: chosenList.base,
        groupCount: chosen.count, count: count, into: list.base) == exceeded.count)
    #expect(list.array.prefix(exceeded.count).map(Int.init) == exceeded)
  }
}
