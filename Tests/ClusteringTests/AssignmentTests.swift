import FoundationEssentials
import Testing

@testable import Clustering

@Suite("Assignment", .timeLimit(.minutes(2))) struct AssignmentTests {
  private func total(_ costs: [[Double]], _ assignment: Assignment) -> Double {
    zip(costs, assignment.columnOfRow).reduce(0) { sum, pair in
      sum + (pair.1.map { pair.0[$0] } ?? 0)
    }
  }

  /// The least total over every way to pair, for no more rows than columns.
  private func leastTotal(_ costs: [[Double]], row: Int = 0, taken: Set<Int> = []) -> Double {
    guard row < costs.count else { return 0 }
    return costs[row].indices.filter { !taken.contains($0) }.map {
      costs[row][$0] + leastTotal(costs, row: row + 1, taken: taken.union([$0]))
    }.min() ?? .infinity
  }

  private func isOneToOne(_ assignment: Assignment, columnCount: Int) -> Bool {
    let columns = assignment.columnOfRow.compactMap(\.self)
    return Set(columns).count == columns.count
      && columns.count == min(assignment.columnOfRow.count, columnCount)
  }

  @Test("no other way to pair costs less", arguments: 1...6)
  func bruteForce(rows: Int) throws {
    var random = RandomSource(seed: UInt64(rows))
    for columns in rows...7 {
      for limit in [3.0, 1000] {
        let costs = (0..<rows).map { _ in
          (0..<columns).map { _ in (random.unit() * limit).rounded() - limit / 2 }
        }
        let found = try Assignment(costs: costs)
        #expect(isOneToOne(found, columnCount: columns))
        #expect(total(costs, found) == leastTotal(costs), "\(rows) × \(columns)")
        let turned = (0..<columns).map { column in costs.map { $0[column] } }
        let across = try Assignment(costs: turned)
        #expect(isOneToOne(across, columnCount: rows))
        #expect(total(turned, across) == leastTotal(costs), "\(columns) × \(rows)")
      }
    }
  }

  @Test("the totals are scipy's")
  func scipy() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "Golden/assignment.txt")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    var cases = 0
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let numbers = line.split(separator: " ").compactMap { Double($0) }
      let (rows, columns) = (Int(numbers[0]), Int(numbers[1]))
      try #require(numbers.count == rows * columns + 3)
      let costs = (0..<rows).map { row in
        Array(numbers[2 + row * columns..<2 + (row + 1) * columns])
      }
      let found = try Assignment(costs: costs)
      #expect(isOneToOne(found, columnCount: columns))
      let difference = (total(costs, found) - numbers[numbers.count - 1]).magnitude
      #expect(difference < 1e-9, "\(rows) × \(columns)")
      cases += 1
    }
    #expect(cases == 24)
  }

  @Test("nothing to pair, and what cannot be a cost")
  func edges() throws {
    #expect(try Assignment(costs: []).columnOfRow.isEmpty)
    #expect(try Assignment(costs: [[], []]).columnOfRow == [nil, nil])
    #expect(throws: ClusteringError.shapeMismatch(expected: 2, found: 1)) {
      try Assignment(costs: [[1, 2], [3]])
    }
    #expect(throws: ClusteringError.notFinite(sample: 0, feature: 1)) {
      try Assignment(costs: [[1, .nan]])
    }
  }
}
