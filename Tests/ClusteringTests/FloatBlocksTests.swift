import Testing

@testable import Clustering

@Suite("Points in single precision", .timeLimit(.minutes(1))) struct FloatBlocksTests {
  @Test("rows give the same blocks as blocks, whole or of listed points", arguments: 1..<20)
  func rows(d: Int) throws {
    let n = 1000
    let points = try Generated.blobs(n, features: d, groups: 3, seed: UInt64(d))
    try Cloud.withCloud(
      points, weights: nil, team: WorkTeam(threads: 2), cancellation: nil
    ) { (cloud) throws(ClusteringError) in
      for isSorted in [false, true] {
        let blocks = FloatBlocks(cloud, sorted: isSorted)
        let rows = FloatBlocks(cloud, sorted: isSorted, inRows: true)
        #expect(rows.blockSize == blocks.blockSize && rows.scale == blocks.scale)
        let size = blocks.blockSize
        let memory = (blocks.makeBlock(), rows.makeBlock())
        for first in stride(from: 0, to: n, by: size) {
          let a = blocks.block(at: first, packedInto: memory.0)
          let b = rows.block(at: first, packedInto: memory.1)
          for feature in 0..<d {
            for i in 0..<min(size, n - first) {
              #expect(a[feature * size + i] == b[feature * size + i])
              let value = cloud.value(blocks.sample(at: first + i), feature)
              let expected = Float((value - blocks.center[feature]) * blocks.scale)
              #expect(a[feature * size + i] == expected)
            }
          }
        }
        // Every third point from the second block on, some of them blocks away.
        let places = Buffer((0..<min(size, (n - size) / 3)).map { Int32(3 * $0) })
        let listed = (
          Buffer<Float>(repeating: 0, count: size * d), Buffer<Float>(repeating: 0, count: size * d)
        )
        blocks.pack(places.base, count: places.count, from: size, into: listed.0.base)
        rows.pack(places.base, count: places.count, from: size, into: listed.1.base)
        #expect(listed.0.array == listed.1.array)
        for i in 0..<places.count {
          let sample = blocks.sample(at: size + Int(places[i]))
          for feature in 0..<d {
            let value = (cloud.value(sample, feature) - blocks.center[feature]) * blocks.scale
            #expect(listed.0[feature * size + i] == Float(value))
          }
        }
      }
    }
  }
}
