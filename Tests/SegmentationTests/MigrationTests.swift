import Clustering
import Datasets
import Testing

@testable import Segmentation

@Suite("Runs side by side", .timeLimit(.minutes(3))) struct MigrationTests {
  /// A customer's figures; the id is the position.
  private struct Customer {
    var income: Double
    var visits: Double
  }

  private static let centers = [(20.0, 5.0), (60.0, 25.0), (100.0, 5.0), (100.0, 45.0)]

  private func customers(count: Int = 400) -> [Customer] {
    var random = RandomSource(seed: 7)
    return (0..<count).map { id in
      let center = Self.centers[id % 4]
      return Customer(
        income: center.0 + (random.unit() * 160).rounded() / 10 - 8,
        visits: center.1 + (random.unit() * 80).rounded() / 10 - 4)
    }
  }

  private func service() -> SegmentationService {
    SegmentationService(
      configuration: .init(), store: InMemoryDatasetStore(budgetBytes: 1 << 30))
  }

  private func fit(
    _ service: SegmentationService, _ customers: [(id: Int, Customer)], k: Int = 4,
    series: String = "default"
  ) throws -> Run {
    let lines = customers.map { "c\($0.id),\($0.1.income),\($0.1.visits)" }
    var decoder = TableDecoder()
    try decoder.consume(
      Array((["customer_id,income,visits"] + lines).joined(separator: "\n").utf8).span)
    var options = SegmentationOptions()
    options.clusterCount = .fixed(k)
    options.series = series
    return try service.segment(decoder.finish().table, options: options).run
  }

  @Test("of 10 % changed on purpose exactly those who crossed are listed, with what moved most")
  func movers() throws {
    let before = customers()
    var after = before
    var crossed: [Int: String] = [:]
    for number in 0..<40 {
      let id = number * 10 + number % 4
      // Every second one moves within its own segment.
      guard number % 2 == 0 else {
        after[id].income += 0.5
        continue
      }
      // To the group across, in income or in visits.
      let target = Self.centers[id % 4 == 0 ? 2 : 3]
      after[id].income += target.0 - Self.centers[id % 4].0
      after[id].visits += target.1 - Self.centers[id % 4].1
      crossed[id] = ""
    }
    let service = service()
    let first = try fit(service, Array(before.enumerated().map { ($0.offset, $0.element) }))
    // In another order, to tell rows from customers.
    let second = try fit(
      service, Array(after.enumerated().map { ($0.offset, $0.element) }.reversed()))
    #expect(Set(second.segmentIDs) == Set(first.segmentIDs))
    for id in crossed.keys {
      let income = abs(after[id].income - before[id].income) / first.features[0].standardDeviation
      let visits = abs(after[id].visits - before[id].visits) / first.features[1].standardDeviation
      crossed[id] = income > visits ? "income" : "visits"
    }
    #expect(Set(crossed.values) == ["income", "visits"])
    let migration = service.migration(from: first, to: second)
    var found: [Int: String] = [:]
    for mover in migration.movers {
      let name = second.dataset.customerID(ofRow: Int(mover.rowAfter))
      #expect(name == first.dataset.customerID(ofRow: Int(mover.rowBefore)))
      let cause = try #require(Migration.cause(of: mover, from: first, to: second))
      let id = try #require(Int(name.dropFirst()))
      found[id] = first.features[cause.feature].key
      let value = cause.feature == 0 ? \Customer.income : \Customer.visits
      #expect(cause.before == before[id][keyPath: value])
      #expect(cause.after == after[id][keyPath: value])
    }
    #expect(found == crossed)
    #expect(migration.movers.count == 20)
    #expect(migration.counts.joined().reduce(0, +) == 400)
    #expect(migration.arrived.allSatisfy { $0 == 0 } && migration.left.allSatisfy { $0 == 0 })
    let comparison = RunComparison(from: first, to: second)
    #expect(comparison.movedShare == 0.05)
    #expect(comparison.matches.allSatisfy { $0.verdict == .kept })
    #expect(comparison.verdict == .stable)
  }

  @Test("who came and who left is counted, and nobody is said to have moved")
  func comingAndGoing() throws {
    let all = Array(customers(count: 440).enumerated().map { ($0.offset, $0.element) })
    let service = service()
    let first = try fit(service, Array(all.prefix(400)))
    let second = try fit(service, Array(all.dropFirst(40)))
    let migration = service.migration(from: first, to: second)
    #expect(migration.movers.isEmpty)
    #expect(migration.arrived.reduce(0, +) == 40)
    #expect(migration.left.reduce(0, +) == 40)
    #expect(migration.counts.joined().reduce(0, +) == 360)
  }

  @Test("the same rows in other segments: no feature moved, the border did")
  func borders() throws {
    let all = Array(customers().enumerated().map { ($0.offset, $0.element) })
    let service = service()
    let four = try fit(service, all)
    let three = try fit(service, all, k: 3)
    let migration = service.migration(from: four, to: three)
    #expect(migration.movers.count == 100)
    for mover in migration.movers {
      #expect(mover.rowBefore == mover.rowAfter)
      #expect(Migration.cause(of: mover, from: four, to: three) == nil)
    }
    let comparison = RunComparison(from: four, to: three)
    #expect(comparison.matches.count { $0.verdict == .merged } == 1)
    #expect(comparison.verdict == .changed)
    #expect(comparison.drift.allSatisfy { $0.index == 0 && $0.verdict == .stable })
  }

  @Test("runs of two series are matched anew")
  func acrossSeries() throws {
    let all = Array(customers().enumerated().map { ($0.offset, $0.element) })
    let service = service()
    let a = try fit(service, all, series: "a")
    let b = try fit(service, Array(all.reversed()), series: "b")
    let comparison = RunComparison(from: a, to: b)
    #expect(comparison.adjustedRandIndex == 1)
    #expect(comparison.movedShare == 0)
    #expect(comparison.matches.map(\.verdict) == [.kept, .kept, .kept, .kept])
    #expect(comparison.matches.allSatisfy { $0.jaccard == 1 })
    #expect(comparison.matches.allSatisfy { ($0.shift ?? 1) < 1e-9 })
  }

  @Test("which runs are compared when none is named")
  func defaults() throws {
    let all = Array(customers().enumerated().map { ($0.offset, $0.element) })
    let service = service()
    #expect(throws: SegmentationError.noCurrentRun(series: "default")) {
      try service.runs(from: nil, to: nil, series: "default")
    }
    let first = try fit(service, all)
    #expect(throws: SegmentationError.noEarlierRun(series: "default")) {
      try service.runs(from: nil, to: nil, series: "default")
    }
    let second = try fit(service, all, k: 3)
    let third = try fit(service, all, k: 5)
    func ids(_ from: String?, _ to: String?) throws -> [String] {
      let runs = try service.runs(from: from, to: to, series: "default")
      return [runs.from.id, runs.to.id]
    }
    #expect(try ids(nil, nil) == [second.id, third.id])
    #expect(try ids(nil, second.id) == [first.id, second.id])
    #expect(try ids(first.id, nil) == [first.id, third.id])
    _ = try service.activate(runID: first.id)
    #expect(try ids(nil, nil) == [third.id, first.id])
    #expect(throws: SegmentationError.unknownRun(id: "run_0")) { try ids("run_0", nil) }
  }

  @Test("drift is numpy's population stability index")
  func stabilityIndex() throws {
    // edges = unique(quantile(a, 0.1…0.9)); bins by searchsorted; counts + 0.5.
    func values(_ count: Int, _ value: (Int) -> Int) -> [Double] {
      (0..<count).map { Double(value($0)) }
    }
    let a = values(400) { $0 * 37 % 101 }
    let b = values(300) { $0 * 53 % 97 + ($0 % 3 == 0 ? 0 : 8) }
    let c = values(300) { $0 * 53 % 97 }.map { $0 * 0.5 }
    let d = values(400) { $0 % 4 }
    let e = values(300) { $0 % 5 }
    let cases: [([Double], [Double], Double)] = [
      (a, b, 0.03760537473981817), (a, c, 2.3159325811938873), (a, a, 0), (d, e, 1.052538745222666),
    ]
    for (old, new, expected) in cases {
      let found = try #require(PopulationStability.index(old: (old, nil), new: (new, nil)))
      #expect((found - expected).magnitude < 1e-12)
      // A weight of 2 is a value given twice.
      let twice = try #require(
        PopulationStability.index(
          old: (old + old, nil), new: (new, [Double](repeating: 2, count: new.count))))
      let weighted = try #require(
        PopulationStability.index(
          old: (old, [Double](repeating: 2, count: old.count)), new: (new + new, nil)))
      #expect((twice - weighted).magnitude < 1e-12)
    }
    #expect(PopulationStability.index(old: ([], nil), new: (a, nil)) == nil)
  }
}
