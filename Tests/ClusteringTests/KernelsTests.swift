import Testing

@testable import Clustering

@Suite("Kernels") struct KernelsTests {
  @Test("every kernel equals the plain loop, for every number of features", arguments: 1..<14)
  func equalPlain(d: Int) {
    var random = RandomSource(seed: UInt64(d))
    for count in [1, 2, 7, 8, 33, 256] {
      for k in [1, 2, 3, 9] {
        let stride = 256
        let x = Buffer((0..<d * stride).map { _ in random.unit() * 4 - 2 })
        // A coarse grid makes ties, which must go to the lower index.
        let centers = Buffer((0..<k * d).map { _ in Double(random.below(3)) })
        let nearest = Buffer<Double>(repeating: 0, count: stride)
        let second = Buffer<Double>(repeating: 0, count: stride)
        let scratch = Buffer<Double>(repeating: 0, count: stride)
        let labels = Buffer<Int64>(repeating: 9, count: stride)
        let others = Buffer<Int64>(repeating: 9, count: stride)
        func check(_ hasSecond: Bool) {
          for i in 0..<count {
            let squares = (0..<k).map { cluster in
              (0..<d).reduce(0.0) { sum, feature in
                let delta = x[feature * stride + i] - centers[cluster * d + feature]
                return sum + delta * delta
              }
            }
            let best = squares.indices.min { squares[$0] < squares[$1] } ?? 0
            #expect(Int(labels[i]) == best)
            #expect(nearest[i] == squares[best])
            guard hasSecond else { continue }
            #expect(second[i] == (k > 1 ? squares.sorted()[1] : .infinity))
          }
        }
        Kernels.assignBlock(
          x.base, stride: stride, featureCount: d, count: count, centroids: centers.base,
          clusterCount: k, nearest: nearest.base, labels: labels.base, scratch: scratch.base)
        check(false)
        Kernels.assignWithSecondBlock(
          x.base, stride: stride, featureCount: d, count: count, centroids: centers.base,
          clusterCount: k, nearest: nearest.base, second: second.base, labels: labels.base,
          scratch: scratch.base)
        check(true)
        Kernels.assignTwoBlock(
          x.base, stride: stride, featureCount: d, count: count, centroids: centers.base,
          clusterCount: k, nearest: nearest.base, second: second.base, labels: labels.base,
          secondLabels: others.base, scratch: scratch.base)
        check(true)
        for i in 0..<count where k > 1 {
          #expect(others[i] != labels[i])
          let squared = (0..<d).reduce(0.0) { sum, feature in
            let delta = x[feature * stride + i] - centers[Int(others[i]) * d + feature]
            return sum + delta * delta
          }
          #expect(squared == second[i])
        }
      }
    }
  }

  @Test("summed distances are the same bits with and without vectors", arguments: 1..<9)
  func sumsOfDistances(d: Int) {
    var random = RandomSource(seed: UInt64(d))
    let stride = 128
    for count in [16, 48, 128] {
      for rowCount in [1, 2, 7, 31] {
        let x = Buffer((0..<d * stride).map { _ in Float(random.unit() * 4 - 2) })
        let rows = Buffer((0..<d * rowCount).map { _ in Float(random.unit() * 4 - 2) })
        let weights = Buffer((0..<stride).map { _ in Float(random.below(4)) })
        let rowWeights = Buffer((0..<rowCount).map { _ in Float(random.unit() + 0.5) })
        let scratch = Buffer<Float>(repeating: 0, count: stride)
        let plain = (
          Buffer<Float>(repeating: 9, count: stride), Buffer<Float>(repeating: 9, count: rowCount)
        )
        let chosen = (
          Buffer<Float>(repeating: 8, count: stride), Buffer<Float>(repeating: 8, count: rowCount)
        )
        Kernels.sumDistances(
          x.base, stride: stride, featureCount: d, count: count, weights: weights.base,
          rows: rows.base, rowWeights: rowWeights.base, rowCount: rowCount, scratch: scratch.base,
          toRows: plain.0.base, fromRows: plain.1.base)
        Kernels.sumDistancesFloat(
          x.base, stride: stride, featureCount: d, count: count, weights: weights.base,
          rows: rows.base, rowWeights: rowWeights.base, rowCount: rowCount, scratch: scratch.base,
          toRows: chosen.0.base, fromRows: chosen.1.base)
        for i in 0..<count { #expect(plain.0[i] == chosen.0[i]) }
        for row in 0..<rowCount { #expect(plain.1[row] == chosen.1[row]) }
        // And what they are: the sum of weighted distances.
        let expected = (0..<rowCount).reduce(0.0) { sum, row in
          let squared = (0..<d).reduce(0.0) { squared, feature in
            let delta = Double(x[feature * stride]) - Double(rows[row * d + feature])
            return squared + delta * delta
          }
          return sum + Double(rowWeights[row]) * squared.squareRoot()
        }
        let error = abs(Double(plain.0[0]) - expected)
        #expect(error <= 1e-5 * (expected + 1))
      }
    }
  }

  @Test("a weighted sum takes every element once") func weightedSum() {
    for count in 0..<40 {
      let values = Buffer((0..<count).map { Double($0 + 1) })
      let weights = Buffer((0..<count).map { Double($0 % 3) })
      let expected = (0..<count).reduce(0.0) { $0 + Double($1 + 1) * Double($1 % 3) }
      #expect(Kernels.weightedSum(values.base, weights: weights.base, count: count) == expected)
    }
  }
}
