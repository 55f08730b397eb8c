import Testing

@testable import Clustering

@Suite("FeatureMatrix") struct FeatureMatrixTests {
  @Test("columns, rows and single coordinates agree") func access() throws {
    let matrix = try FeatureMatrix(columns: [[1, 2, 3], [4, 5, 6]])
    #expect(matrix.sampleCount == 3 && matrix.featureCount == 2)
    #expect(matrix.column(1) == [4, 5, 6])
    #expect(matrix.row(2) == [3, 6])
    #expect(matrix[0, 1] == 4)
  }

  @Test("negative zero is stored as zero") func negativeZero() throws {
    let matrix = try FeatureMatrix(columns: [[-0.0]])
    #expect(matrix[0, 0].sign == .plus)
  }

  @Test("a mapped matrix has what was written, and legal values only", arguments: [1, 2, 7])
  func mapped(threads: Int) throws {
    let matrix = try FeatureMatrix(columns: [[1, 2, 3], [4, 5, 6]])
    let mapped = try matrix.mapped(threads: threads) { feature, values, mapped in
      let first = values.startIndex
      for index in mapped.indices {
        mapped[index] = (values[first + index] - 2) * (feature == 0 ? -1 : 10)
      }
    }
    #expect(try mapped == FeatureMatrix(columns: [[1, 0, -1], [20, 30, 40]]))
    #expect(mapped[1, 0].sign == .plus)
    for bad in [Double.nan, .infinity, 1e121] {
      #expect(throws: ClusteringError.notFinite(sample: 2, feature: 1)) {
        try matrix.mapped(threads: threads) { feature, _, mapped in
          if feature == 1 { mapped[2] = bad }
        }
      }
    }
  }

  @Test("what cannot be clustered is refused, with the place") func refusals() {
    #expect(throws: ClusteringError.shapeMismatch(expected: 1, found: 0)) {
      try FeatureMatrix(columns: [])
    }
    #expect(throws: ClusteringError.noSamples) { try FeatureMatrix(columns: [[]]) }
    #expect(throws: ClusteringError.shapeMismatch(expected: 2, found: 1)) {
      try FeatureMatrix(columns: [[1, 2], [1]])
    }
    for bad in [Double.nan, .infinity, -.infinity, 1e121] {
      #expect(throws: ClusteringError.notFinite(sample: 1, feature: 1)) {
        try FeatureMatrix(columns: [[1, 2], [1, bad]])
      }
    }
    #expect(throws: Never.self) { try FeatureMatrix(columns: [[1e120]]) }
  }
}
