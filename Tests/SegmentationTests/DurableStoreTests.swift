import Foundation
import TestSupport
import Testing

@testable import Datasets
@testable import Segmentation

private func table(_ text: [UInt8]) throws -> Table {
  var decoder = TableDecoder()
  try decoder.consume(text.span)
  return try decoder.finish().table
}

/// Customers in four groups; which numbers they have depends on the seed.
private func customers(_ seed: Int, count: Int = 60) -> [UInt8] {
  let lines = (0..<count).map { index in
    let group = index % 4
    let noise = (index * 31 + seed * 17) % 7
    return
      "c\(index),\(20 + group * 15 + noise),\(seed % 5 + group % 2 * 60 + noise),\(["f", "m"][index % 2]),\(noise * 10)"
  }
  return Array((["customer_id,age,income,gender,revenue"] + lines).joined(separator: "\n").utf8)
}

private func options(_ change: (inout SegmentationOptions) -> Void = { _ in })
  -> SegmentationOptions
{
  var options = SegmentationOptions()
  options.clusterCount = .fixed(4)
  change(&options)
  return options
}

/// Everything a run answers from, as text.
private func answers(_ run: Run) -> String {
  var writer = ArchiveWriter()
  run.writeOutline(to: &writer)
  do throws(StoreError) { try run.writeRows(to: &writer) } catch { return "\(error)" }
  writer.put(run.dataset)
  let profile = run.profile
  let advice = run.clusters.indices.map { run.advice(forCluster: $0, profile: profile) }
  return "\(run.id) \(writer.bytes.hashValue) \(run.segments) \(profile) \(advice) \(run.series)"
}

private func answers(_ store: DurableDatasetStore<Run>) -> [String] {
  let snapshot = store.snapshot
  return snapshot.runIDs.compactMap { snapshot.runs[$0] }.map(answers)
    + ["\(snapshot.datasetIDs) \(snapshot.version) \(snapshot.byteCount)"]
    + snapshot.series.sorted { $0.key < $1.key }.map { "\($0)" }
}

private func open(
  _ folder: TemporaryFolder, budget: Int = 1 << 30, _ policy: EvictionPolicy = .refuse
)
  throws -> DurableDatasetStore<Run>
{
  try DurableDatasetStore<Run>(folder: folder.path, budgetBytes: budget, eviction: policy)
}

private func names(_ folder: TemporaryFolder) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}

@Suite("the store on the disk", .timeLimit(.minutes(10))) struct DurableStoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Stores two runs of a series, one of another, a dataset alone, a model, and choices.
  private func fill(_ store: DurableDatasetStore<Run>) throws {
    let service = SegmentationService(store: store)
    let first = try service.segment(table(customers(1)), options: options()).run
    try service.describe(
      segment: first.segments[0].id, series: "default",
      SegmentDetails(name: "Stammkunden", description: "é", colour: "#0072b2", isPinned: true),
      expecting: try #require(service.snapshot.series["default"]).revision)
    _ = try service.segment(
      table(customers(2)), options: options { $0.clusterCount = .automatic(2...4) })
    _ = try service.activate(runID: first.id)
    _ = try service.segment(
      table(customers(3)),
      options: options {
        $0.series = "other"
        $0.categorical = .onehot
        $0.cleaning.value = "revenue"
        $0.cleaning.outliers = .setAside
      })
    _ = try service.keep(try service.clean(table(customers(4)), options: CleaningOptions()))
    _ = try service.restore(first.model, activates: false)
    let gone = try service.segment(table(customers(5)), options: options()).run
    _ = try service.removeDataset(id: gone.datasetID)
  }

  @Test("what was stored is there again, to the last bit and in the same order")
  func restart() throws {
    var before: [String] = []
    do {
      let store = try open(folder)
      try fill(store)
      before = answers(store)
    }
    let store = try open(folder)
    #expect(answers(store) == before)
    #expect(store.setAside == [])
    let service = SegmentationService(store: store)
    let current = try service.run(id: nil, series: "default")
    #expect(current.segments[0].name == "Stammkunden")
    // The same rows and options are the run that is there.
    let again = try service.segment(table(customers(1)), options: options())
    #expect(!again.isNew && again.run.id == current.id)
    // And the series goes on.
    let next = try service.segment(table(customers(6)), options: options()).run
    #expect(next.identity.previousRunID == current.id)
  }

  @Test("rows are read when they are asked for, and what is removed is gone from the disk")
  func lazy() throws {
    do { try fill(try open(folder)) }
    let store = try open(folder)
    let snapshot = store.snapshot
    #expect(snapshot.datasets.values.allSatisfy { $0.content.loaded == nil })
    #expect(snapshot.runs.values.allSatisfy { $0.rows.loaded == nil })
    let service = SegmentationService(store: store)
    let run = try service.run(id: nil, series: "default")
    #expect(run.rows.loaded != nil)
    #expect(snapshot.datasets.values.count { $0.content.loaded != nil } == 1)
    for id in snapshot.datasetIDs { _ = try service.removeDataset(id: id) }
    #expect(try names(folder) == ["journal", "lock"])
    #expect(store.snapshot.byteCount == 0)
  }

  @Test("a file with a byte changed is set aside, and nothing else is another way")
  func flips() throws {
    var expected: [String] = []
    do {
      let store = try open(folder)
      let service = SegmentationService(store: store)
      _ = try service.segment(table(customers(1, count: 12)), options: options())
      let other = try service.segment(
        table(customers(2, count: 12)), options: options { $0.series = "other" }
      ).run
      try service.describe(
        segment: other.segments[0].id, series: "other", SegmentDetails(name: "Named"),
        expecting: try #require(service.snapshot.series["other"]).revision)
      expected = store.snapshot.runIDs.compactMap { store.snapshot.runs[$0] }.map(answers)
    }
    let names = try names(folder).filter { $0 != "lock" }
    #expect(names.count == 5)
    for name in names {
      let sound = try Data(contentsOf: URL(filePath: "\(folder.path)/\(name)"))
      // Every byte is flipped in memory below; here every so-manieth, through the whole store.
      for index in stride(from: name.utf8.count % 7, to: sound.count, by: 41) {
        let copy = try TemporaryFolder()
        for other in names where other != name {
          try FileManager.default.copyItem(
            atPath: "\(folder.path)/\(other)", toPath: "\(copy.path)/\(other)")
        }
        var bytes = sound
        bytes[index] ^= UInt8(truncatingIfNeeded: 1 << (index % 8))
        try bytes.write(to: URL(filePath: "\(copy.path)/\(name)"))
        let store = try open(copy)
        let service = SegmentationService(store: store)
        var served: [String] = []
        for id in store.snapshot.runIDs {
          do throws(SegmentationError) {
            served.append(answers(try service.run(id: id, series: "")))
          } catch {
            guard case .damaged = error else {
              Issue.record("\(name) byte \(index): \(error)")
              continue
            }
          }
        }
        for id in store.snapshot.datasetIDs { _ = try? service.dataset(id: id) }
        #expect(!store.setAside.isEmpty, "\(name) byte \(index)")
        if name == "journal" {
          // Runs have files of their own: all are there, and only the name may be lost.
          #expect(served.count == 2, "journal byte \(index)")
          #expect(served.contains(expected[0]), "journal byte \(index)")
        } else {
          // Whatever is served is what was stored; what hangs on the file is not.
          #expect(served.allSatisfy(expected.contains), "\(name) byte \(index)")
          #expect(served.count == 1, "\(name) byte \(index)")
          #expect(
            try FileManager.default.contentsOfDirectory(atPath: copy.path)
              .contains("\(name).damaged"), "\(name) byte \(index)")
        }
      }
    }
  }

  @Test("a run's file or a journal with a byte changed is never read as good")
  func everyByte() throws {
    let store = try open(folder)
    let service = SegmentationService(store: store)
    let run = try service.segment(
      table(customers(1, count: 12)), options: options { $0.clusterCount = .automatic(2...3) }
    ).run
    try service.describe(
      segment: run.segments[0].id, series: "default", SegmentDetails(name: "Named"),
      expecting: try #require(service.snapshot.series["default"]).revision)
    func read(_ bytes: [UInt8]) throws(ArchiveFault) {
      let file = try ArchiveFile(bytes, kind: .run)
      _ = try file.outline { reader throws(ArchiveFault) in
        _ = try String(from: &reader)
        let datasetID: String = try reader.get()
        return try Run.restored(
          id: run.id, datasetID: datasetID, outline: &reader, rows: run.rows)
      }
      _ = try file.body { reader throws(ArchiveFault) in
        try Run.rows(from: &reader, dataset: run.dataset)
      }
    }
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder.path)/\(run.id).run")))
    try read(bytes)
    for index in bytes.indices {
      let kept = bytes[index]
      bytes[index] ^= UInt8(truncatingIfNeeded: 1 << (index % 8))
      #expect(throws: ArchiveFault.self, "byte \(index)") { try read(bytes) }
      bytes[index] = kept
    }
    var journal = [UInt8](try Data(contentsOf: URL(filePath: "\(folder.path)/journal")))
    let sound = try Journal.read(journal)
    #expect(sound.damage == nil && sound.soundByteCount == journal.count)
    #expect(sound.lists == StoreLists(store.snapshot))
    for index in journal.indices {
      let kept = journal[index]
      journal[index] ^= UInt8(truncatingIfNeeded: 1 << (index % 8))
      let found = try Journal.read(journal)
      #expect(found.damage != nil, "byte \(index)")
      // What is left of it was in it.
      #expect(found.lists.runIDs == [] || found.lists.runIDs == [run.id], "byte \(index)")
      journal[index] = kept
    }
  }

  // Found by FuzzSnapshot: the number behind the last one was asked for.
  @Test("a record with the last of all numbers is no record of a journal")
  func lastNumber() throws {
    var content = ArchiveWriter()
    content.put(StoreListsChange(from: StoreLists(), to: StoreLists()))
    func record(_ number: UInt64) -> [UInt8] {
      var head = ArchiveWriter()
      head.put(bulk: Array("SREC".utf8))
      head.put(bulk: [ArchiveFile.version])
      head.put(number)
      head.put(content.bytes.count)
      var sums = ArchiveWriter()
      sums.put(XXHash64.of(head.bytes))
      sums.put(XXHash64.of(content.bytes))
      return head.bytes + sums.bytes + content.bytes
    }
    #expect(try Journal.read(record(1) + record(2)).damage == nil)
    let read = try Journal.read(record(.max) + record(1))
    #expect(read.damage != nil)
    #expect(read.number == 1)
  }

  @Test("a journal that ends in the midst of a record loses that record and nothing else")
  func tornJournal() throws {
    var states: [(byteCount: Int, answers: [String])] = []
    do {
      let store = try open(folder)
      let service = SegmentationService(store: store)
      let journal = "\(folder.path)/journal"
      let run = try service.segment(table(customers(1)), options: options()).run
      for name in ["A", "B", "C"] {
        try service.describe(
          segment: run.segments[0].id, series: "default", SegmentDetails(name: name),
          expecting: try #require(service.snapshot.series["default"]).revision)
        states.append((try Data(contentsOf: URL(filePath: journal)).count, answers(store)))
      }
    }
    let journal = "\(folder.path)/journal"
    let sound = try Data(contentsOf: URL(filePath: journal))
    #expect(sound.count == states[2].byteCount)
    for count in stride(from: states[0].byteCount, to: sound.count, by: 7) {
      try sound.prefix(count).write(to: URL(filePath: journal))
      let store = try open(folder)
      let whole = try #require(states.last { $0.byteCount <= count })
      #expect(answers(store) == whole.answers, "\(count) bytes")
      #expect(store.setAside == [], "\(count) bytes")
    }
  }

  @Test(
    "a second service on the same folder is refused, and a third after the first has ended is not")
  func locked() throws {
    do {
      let first = try open(folder)
      #expect(throws: StoreOpeningError.inUse(folder: folder.path)) { try open(folder) }
      _ = first.snapshot
    }
    _ = try open(folder)
  }

  @Test("files that are left over from a stop are cleared, or taken in when they are whole")
  func leftovers() throws {
    var stored: [String] = []
    do {
      let store = try open(folder)
      try fill(store)
      stored = store.snapshot.runIDs
    }
    _ = try folder.write("half", to: "run_1.run.7.tmp")
    try FileManager.default.removeItem(atPath: "\(folder.path)/journal")
    let store = try open(folder)
    #expect(Set(store.snapshot.runIDs) == Set(stored))
    #expect(store.snapshot.current(series: "default") != nil)
    #expect(try names(folder).allSatisfy { !$0.hasSuffix(".tmp") })
  }

  @Test("a file of a later version is left alone, and the service does not start without it")
  func newerFormat() throws {
    do { try fill(try open(folder)) }
    let name = try #require(try names(folder).first { $0.hasSuffix(".run") })
    let path = "\(folder.path)/\(name)"
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    bytes[12] = 2
    var writer = ArchiveWriter()
    writer.put(XXHash64.of(Array(bytes[..<56])))
    bytes.replaceSubrange(56..<64, with: writer.bytes)
    try Data(bytes).write(to: URL(filePath: path))
    #expect(throws: StoreOpeningError.self) { try open(folder) }
    #expect(try names(folder).contains(name))
  }

  @Test("a long journal is written anew, and says the same")
  func compaction() throws {
    var before: [String] = []
    do {
      let store = try open(folder)
      let service = SegmentationService(store: store)
      let run = try service.segment(table(customers(1)), options: options()).run
      let text = String(repeating: "x", count: 40_000)
      for number in 0..<60 {
        try service.describe(
          segment: run.segments[0].id, series: "default",
          SegmentDetails(name: "\(number)", description: text),
          expecting: try #require(service.snapshot.series["default"]).revision)
      }
      before = answers(store)
    }
    let size = try Data(contentsOf: URL(filePath: "\(folder.path)/journal")).count
    // 60 records of 40 kB would be 2.4 MB.
    #expect(size < 1_200_000)
    #expect(answers(try open(folder)) == before)
  }

  @Test("the oldest datasets make room, those of current runs never do", arguments: [true, false])
  func eviction(isDurable: Bool) throws {
    let probe = SegmentationService(store: InMemoryDatasetStore<Run>(budgetBytes: 1 << 30))
    let one = try probe.segment(table(customers(1)), options: options())
    let size = one.run.dataset.byteCount + one.run.byteCount
    let other = try TemporaryFolder()
    func store(_ policy: EvictionPolicy) throws -> any DatasetStore<Run> {
      let budget = size * 7 / 2
      return isDurable
        ? try open(policy == .refuse ? folder : other, budget: budget, policy)
        : InMemoryDatasetStore(budgetBytes: budget, eviction: policy)
    }
    let refusing = SegmentationService(store: try store(.refuse))
    let evicting = SegmentationService(store: try store(.oldestUnpinned))
    let pinned = try evicting.segment(
      table(customers(1)), options: options { $0.series = "pinned" }
    ).run
    var runs: [Run] = []
    for seed in 2...8 {
      runs.append(try evicting.segment(table(customers(seed)), options: options()).run)
    }
    let left = evicting.snapshot
    #expect(left.runs[pinned.id] != nil)
    #expect(left.runIDs == [pinned.id] + runs.suffix(2).map(\.id))
    #expect(left.byteCount <= size * 7 / 2)
    for seed in 1...3 { _ = try refusing.segment(table(customers(seed)), options: options()) }
    #expect(throws: SegmentationError.self) {
      try refusing.segment(table(customers(4)), options: options())
    }
    #expect(refusing.snapshot.runs.count == 3)
    // What no eviction could make room for changes nothing.
    let large = customers(9, count: 5000)
    #expect(throws: SegmentationError.self) {
      try evicting.segment(table(large), options: options())
    }
    #expect(evicting.snapshot.runIDs == left.runIDs)
  }
}
