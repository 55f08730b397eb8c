// The files of a store: whatever stands in them, reading ends with a legal value or a fault, and what
// is read can be used. Checksums are mended first, or no changed file would get past them.

@testable import Datasets
@testable import Segmentation

/// A file as a forger would leave it: its lengths and checksums are those of its bytes.
private func mended(_ bytes: [UInt8]) -> [UInt8] {
  guard bytes.count >= 64 else { return bytes }
  var words = ArchiveReader(Array(bytes[16..<24]))
  guard let wanted = try? words.word() else { return bytes }
  let rest = bytes.count - 64
  let outlineCount = Int(min(wanted, UInt64(rest)))
  let outline = Array(bytes[64..<64 + outlineCount])
  let body = Array(bytes[(64 + outlineCount)...])
  var header = ArchiveWriter()
  header.put(bulk: Array(bytes[0..<16]))
  header.put(outline.count)
  header.put(XXHash64.of(outline))
  header.put(body.count)
  header.put(XXHash64.of(body))
  header.put(0)
  header.put(XXHash64.of(header.bytes))
  return header.bytes + outline + body
}

/// A journal whose records, cut by their lengths, have the checksums of their bytes.
private func mendedJournal(_ bytes: [UInt8]) -> [UInt8] {
  var bytes = bytes
  var place = 0
  while place + 40 <= bytes.count {
    var words = ArchiveReader(Array(bytes[place + 16..<place + 24]))
    guard let wanted = try? words.word() else { break }
    let count = Int(min(wanted, UInt64(bytes.count - place - 40)))
    var length = ArchiveWriter()
    length.put(count)
    bytes.replaceSubrange(place + 16..<place + 24, with: length.bytes)
    var sums = ArchiveWriter()
    sums.put(XXHash64.of(Array(bytes[place..<place + 24])))
    sums.put(XXHash64.of(Array(bytes[place + 40..<place + 40 + count])))
    bytes.replaceSubrange(place + 24..<place + 40, with: sums.bytes)
    place += 40 + count
  }
  return bytes
}

private func readDataset(_ bytes: [UInt8]) throws(ArchiveFault) {
  let file = try ArchiveFile(bytes, kind: .dataset)
  let dataset = try file.body { reader throws(ArchiveFault) in try Dataset(from: &reader) }
  _ = try file.outline { reader throws(ArchiveFault) in
    try StoredDataset(from: &reader, content: Deferred(dataset))
  }
  // Of what is read, every cell can be looked at, and it is written as it was read.
  var text: [UInt8] = []
  for row in 0..<min(dataset.table.rowCount, 2000) {
    dataset.table.appendRow(row, to: &text)
    _ = dataset.customerID(ofRow: row)
    _ = dataset.standIn(forRow: row)
    _ = dataset.table.line(ofRow: row)
  }
  for (index, column) in dataset.table.columns.enumerated() where column.rowCount < 100_000 {
    _ = dataset.numbers(ofColumn: index)
    _ = column.categories()
    _ = column.isInteger
  }
  var first = ArchiveWriter()
  first.put(dataset)
  var reader = ArchiveReader(first.bytes)
  var second = ArchiveWriter()
  second.put(try Dataset(from: &reader))
  check(first.bytes == second.bytes, "a dataset is not read as it was written")
}

private func readRun(_ bytes: [UInt8]) throws(ArchiveFault) {
  let file = try ArchiveFile(bytes, kind: .run)
  let run = try file.outline { reader throws(ArchiveFault) -> Run in
    let id: String = try reader.get()
    let datasetID: String = try reader.get()
    return try Run.restored(
      id: id, datasetID: datasetID, outline: &reader,
      rows: Deferred { () throws(StoreError) in throw .unavailable(reason: "no rows") })
  }
  _ = run.described(by: ["": SegmentDetails(name: "Named")])
  _ = run.segmentIDs
  _ = run.model
  for rule in run.insight.rules?.ofCluster ?? [] { _ = rule?.text(features: run.features) }
  var first = ArchiveWriter()
  run.writeOutline(to: &first)
  var reader = ArchiveReader(first.bytes)
  let again = try Run.restored(
    id: run.id, datasetID: run.datasetID, outline: &reader, rows: run.rows)
  var second = ArchiveWriter()
  again.writeOutline(to: &second)
  check(first.bytes == second.bytes, "a run is not read as it was written")
  _ = try file.body { reader throws(ArchiveFault) in
    try Run.rows(from: &reader, dataset: .empty(columns: []))
  }
}

/// Called by libFuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  // Safety: libFuzzer gives `count` bytes from `start`.
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(ArchiveFault) { try readDataset(mended(bytes)) } catch {}
  do throws(ArchiveFault) { try readRun(mended(bytes)) } catch {}
  for journal in [bytes, mendedJournal(bytes)] {
    do throws(ArchiveFault) {
      let contents = try Journal.read(journal)
      check(contents.soundByteCount <= journal.count)
      _ = StoreSnapshot<Run>(restoring: contents.lists, datasets: [:], runs: [:])
    } catch {}
  }
  return 0
}
