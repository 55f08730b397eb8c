/// The linear assignment problem: pairs of rows and columns, each in one pair at most, at the least
/// sum of costs.
///
/// The Hungarian method of Kuhn and Munkres in the form of Jonker and Volgenant: one shortest
/// augmenting path a row over reduced costs.
/// - SeeAlso: Kuhn 1955, doi:10.1002/nav.3800020109; Jonker and Volgenant 1987,
///   doi:10.1007/BF02278710.
public struct Assignment: Sendable, Equatable {
  /// For each row the column it is paired with; nil for a row that is left over, which happens when
  /// there are more rows than columns.
  public let columnOfRow: [Int?]

  /// The pairs of least total cost; as many as there are rows or columns, whichever are fewer.
  ///
  /// Where several assignments cost the same, the one found depends on the order of rows and columns
  /// and on nothing else.
  /// - Parameter costs: `rows × columns`, one array a row, all of the same length.
  /// - Throws: ``ClusteringError/shapeMismatch(expected:found:)`` for rows of different lengths,
  ///   ``ClusteringError/notFinite(sample:feature:)`` for a cost that is not a number within ±1e120.
  /// - Complexity: O(*m²n*) time for *m* rows or columns, whichever are fewer, and *n* of the others;
  ///   O(*mn*) memory.
  public init(costs: [[Double]]) throws(ClusteringError) {
    let columnCount = costs.first?.count ?? 0
    for (row, line) in costs.enumerated() {
      guard line.count == columnCount else {
        throw .shapeMismatch(expected: columnCount, found: line.count)
      }
      if let column = line.firstIndex(where: {
        !($0.magnitude <= FeatureMatrix.coordinateLimit)
      }) {
        throw .notFinite(sample: row, feature: column)
      }
    }
    guard costs.count > columnCount else {
      columnOfRow = Assignment.augment(costs, columnCount: columnCount).map(Optional.some)
      return
    }
    // Each row needs a column of its own, so the shorter side stands for the rows.
    let turned = (0..<columnCount).map { column in costs.map { $0[column] } }
    var columnOfRow = [Int?](repeating: nil, count: costs.count)
    for (column, row) in Assignment.augment(turned, columnCount: costs.count).enumerated() {
      columnOfRow[row] = column
    }
    self.columnOfRow = columnOfRow
  }

  /// The column of each row, when there are no more rows than columns.
  private static func augment(_ costs: [[Double]], columnCount: Int) -> [Int] {
    var rowPotential = [Double](repeating: 0, count: costs.count)
    var columnPotential = [Double](repeating: 0, count: columnCount)
    var rowOfColumn = [Int](repeating: -1, count: columnCount)
    for start in costs.indices {
      // The tree of shortest alternating paths from this row, grown until it meets a free column.
      var distance = [Double](repeating: .infinity, count: columnCount)
      var parent = [Int](repeating: -1, count: columnCount)
      var isScanned = [Bool](repeating: false, count: columnCount)
      var row = start
      var reached = -1
      var length = 0.0
      repeat {
        var next = -1
        let line = costs[row]
        for column in 0..<columnCount where !isScanned[column] {
          let reduced = length + line[column] - rowPotential[row] - columnPotential[column]
          if reduced < distance[column] {
            distance[column] = reduced
            parent[column] = reached
          }
          if next < 0 || distance[column] < distance[next] { next = column }
        }
        length = distance[next]
        isScanned[next] = true
        reached = next
        row = rowOfColumn[next]
      } while row >= 0
      // Potentials keep every reduced cost at 0 or above, and at 0 along the tree.
      rowPotential[start] += length
      for column in 0..<columnCount where isScanned[column] && rowOfColumn[column] >= 0 {
        rowPotential[rowOfColumn[column]] += length - distance[column]
        columnPotential[column] -= length - distance[column]
      }
      // Along the path each column takes the row before it.
      while reached >= 0 {
        let before = parent[reached]
        rowOfColumn[reached] = before < 0 ? start : rowOfColumn[before]
        reached = before
      }
    }
    var columnOfRow = [Int](repeating: -1, count: costs.count)
    for (column, row) in rowOfColumn.enumerated() where row >= 0 { columnOfRow[row] = column }
    return columnOfRow
  }
}
