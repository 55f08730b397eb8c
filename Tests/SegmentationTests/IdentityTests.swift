import Clustering
@testable import Datasets
import Testing

@testable import Segmentation

@Suite("Identity over time", .timeLimit(.minutes(3))) struct IdentityTests {
  /// Customers around a centre, two columns beside the id.
  private struct Group {
    var income: Double
    var spending: Double
    var ids: Range<Int>
    var spread = 6.0
  }

  private static let six = [
    Group(income: 20, spending: 20, ids: 0..<60), Group(income: 20, spending: 80, ids: 60..<110),
    Group(income: 60, spending: 50, ids: 110..<190),
    Group(income: 100, spending: 20, ids: 190..<230),
    Group(income: 100, spending: 80, ids: 230..<300),
    Group(income: 60, spending: 110, ids: 300..<345),
  ]

  /// One line a customer; the same customer always gets the same figures.
  private func lines(_ groups: [Group], suffix: String = "") -> [String] {
    groups.flatMap { group in
      group.ids.map { id in
        var random = RandomSource(seed: UInt64(id) &+ UInt64(suffix.utf8.count) << 32)
        func noise() -> Double {
          ((0..<6).reduce(0.0) { sum, _ in sum + random.unit() } - 3) * group.spread / 2
        }
        let income = ((group.income + noise()) * 100).rounded() / 100
        let spending = ((group.spending + noise()) * 100).rounded() / 100
        return "c\(id)\(suffix),\(income),\(spending)"
      }
    }
  }

  private func shuffled(_ lines: [String], seed: UInt64) -> [String] {
    var lines = lines
    var random = RandomSource(seed: seed)
    for index in lines.indices.reversed() { lines.swapAt(index, random.below(index + 1)) }
    return lines
  }

  private func service() -> SegmentationService {
    SegmentationService(
      configuration: .init(), store: InMemoryDatasetStore(budgetBytes: 1 << 30))
  }

  private func fit(
    _ service: SegmentationService, _ lines: [String], k: Int,
    header: String = "id,income,spending",
    _ change: (inout SegmentationOptions) -> Void = { _ in }
  ) throws -> Run {
    var decoder = TableDecoder()
    try decoder.consume(Array(([header] + lines).joined(separator: "\n").utf8).span)
    var options = SegmentationOptions()
    options.clusterCount = .fixed(k)
    change(&options)
    return try service.segment(decoder.finish().table, options: options).run
  }

  private func ids(_ run: Run) -> Set<String> { Set(run.segmentIDs) }

  private func verdicts(_ run: Run) -> [SegmentVerdict: Int] {
    run.identity.relations.reduce(into: [:]) { $0[$1.verdict, default: 0] += 1 }
  }

  /// The segment that a customer is in.
  private func segment(of customer: String, in run: Run) throws -> String {
    let row = try #require(run.row(ofCustomer: customer))
    return run.segments[try #require(run.rowLabels[row])].id
  }

  // MARK: Refits

  @Test("ids and names survive shuffled rows, 10 % dropped and 10 % lookalikes", arguments: 1...5)
  func survival(seed: Int) throws {
    let service = service()
    let all = lines(Self.six)
    let first = try fit(service, all, k: 6)
    #expect(first.identity.previousRunID == nil)
    let shuffledRun = try fit(service, shuffled(all, seed: UInt64(seed)), k: 6)
    #expect(ids(shuffledRun) == ids(first))
    let fewer = try fit(
      service, Array(shuffled(all, seed: UInt64(seed)).dropFirst(all.count / 10)), k: 6)
    #expect(ids(fewer) == ids(first))
    let strangers = shuffled(lines(Self.six, suffix: "x"), seed: UInt64(seed)).prefix(
      all.count / 10)
    let more = try fit(service, all + strangers, k: 6)
    #expect(ids(more) == ids(first))
    #expect(verdicts(more) == [.kept: 6])
    #expect(more.identity.basis == .customers)
    #expect(more.identity.previousRunID == fewer.id)
    for customer in ["c0", "c100", "c150", "c200", "c250", "c340"] {
      #expect(try segment(of: customer, in: more) == segment(of: customer, in: first))
    }
    #expect(
      Set(more.segments.map { "\($0.id) \($0.name)" })
        == Set(first.segments.map { "\($0.id) \($0.name)" }))
  }

  @Test("a group that leaves is gone, and the other five survive", arguments: 0..<6)
  func gone(group: Int) throws {
    let service = service()
    let first = try fit(service, lines(Self.six), k: 6)
    let left = try segment(of: "c\(Self.six[group].ids.lowerBound)", in: first)
    var rest = Self.six
    rest.remove(at: group)
    let second = try fit(service, lines(rest), k: 5)
    #expect(ids(second) == ids(first).subtracting([left]))
    #expect(verdicts(second) == [.kept: 5, .gone: 1])
    #expect(second.identity.relations.contains(.init(from: left, to: nil, verdict: .gone)))
  }

  @Test("a planted group is new, and its id is nobody else's")
  func planted() throws {
    let service = service()
    let first = try fit(service, lines(Self.six), k: 6)
    let group = Group(income: 150, spending: 150, ids: 900..<950)
    let second = try fit(service, lines(Self.six + [group]), k: 7)
    #expect(ids(second).isSuperset(of: ids(first)))
    #expect(verdicts(second) == [.kept: 6, .new: 1])
    let new = try segment(of: "c900", in: second)
    #expect(!ids(first).contains(new))
    #expect(second.identity.verdict(ofSegment: new) == .new)
    // It leaves and comes back under the id it had.
    let third = try fit(service, lines(Self.six), k: 6) { $0.seed = 1 }
    #expect(ids(third) == ids(first))
    let fourth = try fit(service, lines(Self.six + [group]), k: 7) { $0.seed = 1 }
    #expect(try segment(of: "c900", in: fourth) == new)
  }

  @Test("a split and a merge are recognised")
  func splitAndMerge() throws {
    var halves = Self.six
    // Two groups close together, one segment as long as there are five clusters.
    halves[0] = Group(income: 20, spending: 12, ids: 0..<35, spread: 3)
    halves[1] = Group(income: 20, spending: 30, ids: 60..<85, spread: 3)
    let service = service()
    let five = try fit(service, lines(halves), k: 5)
    let joined = try segment(of: "c0", in: five)
    #expect(try segment(of: "c60", in: five) == joined)
    let six = try fit(service, lines(halves), k: 6)
    #expect(verdicts(six) == [.kept: 5, .split: 1])
    // The larger part keeps the id.
    #expect(try segment(of: "c0", in: six) == joined)
    let part = try segment(of: "c60", in: six)
    #expect(six.identity.relations.contains(.init(from: joined, to: part, verdict: .split)))
    let back = try fit(service, lines(halves), k: 5) { $0.seed = 9 }
    #expect(verdicts(back) == [.kept: 5, .merged: 1])
    #expect(ids(back) == ids(five))
    #expect(back.identity.relations.contains(.init(from: part, to: joined, verdict: .merged)))
  }

  @Test("customers nobody knows are matched by centroids in the old scale")
  func centroids() throws {
    let service = service()
    let first = try fit(service, lines(Self.six), k: 6)
    let strangers = try fit(service, lines(Self.six, suffix: "y"), k: 6)
    #expect(strangers.identity.basis == .centroids)
    #expect(ids(strangers) == ids(first))
    for group in Self.six {
      let id = group.ids.lowerBound
      #expect(try segment(of: "c\(id)y", in: strangers) == segment(of: "c\(id)", in: first))
    }
    var rest = Self.six
    rest.remove(at: 3)
    let fewer = try fit(service, lines(rest, suffix: "zz"), k: 5)
    #expect(verdicts(fewer) == [.kept: 5, .gone: 1])
    let group = Group(income: 150, spending: 150, ids: 900..<950)
    let more = try fit(service, lines(rest + [group], suffix: "www"), k: 6)
    #expect(verdicts(more) == [.kept: 5, .new: 1])
  }

  @Test("a split and a merge are recognised by centroids too")
  func centroidsSplitAndMerge() throws {
    var halves = Self.six
    halves[0] = Group(income: 20, spending: 12, ids: 0..<35, spread: 3)
    halves[1] = Group(income: 20, spending: 30, ids: 60..<85, spread: 3)
    let service = service()
    let five = try fit(service, lines(halves), k: 5)
    let six = try fit(service, lines(halves, suffix: "a"), k: 6)
    #expect(six.identity.basis == .centroids)
    #expect(verdicts(six) == [.kept: 5, .split: 1])
    let back = try fit(service, lines(halves, suffix: "bb"), k: 5)
    #expect(verdicts(back) == [.kept: 5, .merged: 1])
    #expect(ids(back) == ids(five))
  }

  @Test("a file without ids is matched by centroids, the same rows by themselves")
  func withoutIDs() throws {
    let service = service()
    let bare = lines(Self.six).map { $0.split(separator: ",").dropFirst().joined(separator: ",") }
    let first = try fit(service, bare, k: 6, header: "income,spending")
    let again = try fit(service, bare, k: 6, header: "income,spending") { $0.scale = .minmax }
    #expect(again.identity.basis == .customers)
    #expect(verdicts(again) == [.kept: 6])
    let shuffledRun = try fit(service, shuffled(bare, seed: 4), k: 6, header: "income,spending")
    #expect(shuffledRun.identity.basis == .centroids)
    #expect(ids(shuffledRun) == ids(first))
  }

  @Test("other features and other customers share nothing")
  func unrelated() throws {
    let service = service()
    let first = try fit(service, lines(Self.six), k: 3)
    let other = try fit(service, lines(Self.six, suffix: "q"), k: 3, header: "id,age,visits")
    #expect(other.identity.basis == .none)
    #expect(ids(other).isDisjoint(with: ids(first)))
    #expect(verdicts(other) == [.gone: 3, .new: 3])
  }

  @Test("series do not know each other")
  func series() throws {
    let service = service()
    let first = try fit(service, lines(Self.six), k: 6)
    let other = try fit(service, lines(Self.six), k: 6) { $0.series = "other" }
    #expect(other.identity.previousRunID == nil)
    #expect(other.segmentIDs == first.segmentIDs)
    #expect(other.id != first.id)
  }

  @Test("a run that is not activated is named like the others and waits")
  func notActivated() throws {
    let service = service()
    let first = try fit(service, lines(Self.six), k: 6)
    let group = Group(income: 150, spending: 150, ids: 900..<950)
    let aside = try fit(service, lines(Self.six + [group]), k: 7) { $0.activates = false }
    #expect(service.snapshot.current(series: "default") === first)
    #expect(ids(aside).isSuperset(of: ids(first)))
    _ = try service.activate(runID: aside.id)
    #expect(service.snapshot.current(series: "default") === aside)
    _ = try service.activate(runID: first.id)
    #expect(service.snapshot.current(series: "default") === first)
    #expect(service.snapshot.series["default"]?.runIDs == [first.id, aside.id])
  }

  // MARK: What a person chooses

  @Test("a person's choice survives refits and can be taken back")
  func choice() throws {
    let service = service()
    let first = try fit(service, lines(Self.six), k: 6)
    let id = first.segmentIDs[2]
    let name = first.segments[2].name
    let chosen = SegmentDetails(
      name: "Regulars", description: "They come on Saturdays.", colour: "#0072b2", isPinned: true)
    let revision = try #require(service.snapshot.series["default"]?.revision)
    try service.describe(segment: id, series: "default", chosen, expecting: revision)
    let shown = try service.run(id: first.id, series: "")
    #expect(shown.segments[2].name == "Regulars")
    #expect(shown.segments[2].details == chosen)
    #expect(shown.clusters == first.clusters)
    // What was decided for an older state is refused.
    #expect(throws: SegmentationError.seriesChanged(series: "default")) {
      try service.describe(
        segment: id, series: "default", SegmentDetails(name: "Other"), expecting: revision)
    }
    let second = try fit(service, shuffled(lines(Self.six), seed: 3), k: 6)
    let kept = try #require(second.segments.first { $0.id == id })
    #expect(kept.name == "Regulars")
    #expect(kept.details == chosen)
    #expect(second.segments.count { $0.name == "Regulars" } == 1)
    let now = try #require(service.snapshot.series["default"]?.revision)
    try service.describe(segment: id, series: "default", SegmentDetails(), expecting: now)
    for run in service.snapshot.runs.values {
      #expect(run.segments.first { $0.id == id }?.name == name)
    }
    #expect(throws: SegmentationError.unknownSegment(id: "nobody", series: "default")) {
      try service.describe(
        segment: "nobody", series: "default", chosen,
        expecting: service.snapshot.series["default"]?.revision ?? 0)
    }
  }

  @Test("runs that enter a series at the same time follow one another")
  func concurrent() async throws {
    let service = service()
    let texts = lines(Self.six)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seed in 0..<12 {
        group.addTask {
          _ = try self.fit(service, texts, k: 5 + seed % 2) { $0.seed = UInt64(seed) }
        }
      }
      try await group.waitForAll()
    }
    let snapshot = service.snapshot
    let state = try #require(snapshot.series["default"])
    #expect(state.runIDs.count == 12)
    #expect(state.activations == state.runIDs)
    // Each follows the one that entered before it.
    let previous = state.runIDs.map { snapshot.runs[$0]?.identity.previousRunID }
    #expect(previous == [nil] + state.runIDs.dropLast().map(Optional.some))
    for id in state.runIDs {
      let run = try #require(snapshot.runs[id])
      #expect(Set(run.segmentIDs).count == run.segments.count)
      #expect(Set(run.segments.map(\.name)).count == run.segments.count)
    }
  }

  @Test("the changes of a store, made again, give the same contents")
  func replay() throws {
    let service = service()
    let first = try fit(service, lines(Self.six), k: 6)
    let second = try fit(service, lines(Self.six), k: 5)
    let details = SegmentDetails(name: "Regulars")
    let id = second.segmentIDs[0]
    var snapshot = StoreSnapshot<Run>()
    let changes: [StoreChange<Run>] = [
      .publish(first.dataset, run: first, activates: true),
      .publish(second.dataset, run: second, activates: true),
      .describe(segment: id, series: "default", details: details),
      .activate(runID: first.id),
    ]
    for change in changes { try snapshot.apply(change, budget: 1 << 30) }
    try service.describe(
      segment: id, series: "default", details,
      expecting: #require(service.snapshot.series["default"]?.revision))
    _ = try service.activate(runID: first.id)
    #expect(snapshot.series == service.snapshot.series)
    #expect(snapshot.byteCount == service.snapshot.byteCount)
    for run in snapshot.runs.values {
      #expect(run.segments == service.snapshot.runs[run.id]?.segments)
      #expect(run.identity == service.snapshot.runs[run.id]?.identity)
    }
    // The last run that shows a choice takes it along.
    try snapshot.apply(.removeDataset(id: first.dataset.id), budget: 1 << 30)
    #expect(snapshot.series.isEmpty)
    #expect(snapshot.byteCount == 0)
  }

  // MARK: Parts

  @Test("a part of the customers gives the same pairs as all of them")
  func sampled() throws {
    let service = service()
    let groups = Self.six.enumerated().map { index, group in
      Group(income: group.income, spending: group.spending, ids: index * 3000..<(index + 1) * 3000)
    }
    let first = try fit(service, lines(groups), k: 6)
    let second = try fit(service, shuffled(lines(groups), seed: 5), k: 6) { $0.activates = false }
    let all = CustomerOverlap(old: first, new: second)
    #expect(all.part == .all)
    #expect(all.customers == SharedCustomers.Counts(old: 18000, new: 18000, shared: 18000))
    let part = CustomerOverlap(old: first, new: second, limit: 1200)
    #expect(part.part.bits == 4)
    #expect((900...1350).contains(part.customers.shared))
    #expect(part.customers.old == part.customers.shared)
    #expect(
      SegmentMatching(overlap: part, places: nil) == SegmentMatching(overlap: all, places: nil))
    #expect(CustomerOverlap(old: first, new: second, threads: 7, limit: 1200) == part)
    #expect(
      Migration(from: first, to: second, threads: 7) == Migration(from: first, to: second))
    // All parts together are all customers.
    var sum = 0
    for index in 0..<16 {
      SharedCustomers(old: first.dataset, new: second.dataset).forEach(
        in: .init(bits: 4, index: index)
      ) { old, new in
        if let old, let new,
          first.dataset.customerID(ofRow: old) == second.dataset.customerID(ofRow: new)
        {
          sum += 1
        }
      }
    }
    #expect(sum == 18000)
  }

  @Test("the adjusted Rand index is scikit-learn's")
  func adjustedRandIndex() throws {
    // sklearn.metrics.adjusted_rand_score([0,0,1,1],[0,0,1,2]) and of two others.
    func overlap(_ counts: [[Int]]) -> CustomerOverlap {
      CustomerOverlap(
        counts: counts, oldSizes: counts.map { $0.reduce(0, +) },
        newSizes: counts[0].indices.map { to in counts.reduce(0) { $0 + $1[to] } })
    }
    let small = try #require(overlap([[2, 0, 0], [0, 1, 1]]).adjustedRandIndex)
    #expect((small - 0.5714285714285714).magnitude < 1e-12)
    #expect(overlap([[5, 0], [0, 7]]).adjustedRandIndex == 1)
    #expect(overlap([[4]]).adjustedRandIndex == 1)
    #expect(overlap([[0]]).adjustedRandIndex == nil)
    let mixed = try #require(overlap([[10, 2, 3], [4, 20, 1], [0, 5, 30]]).adjustedRandIndex)
    #expect((mixed - 0.513325779595054).magnitude < 1e-12)
  }
}
