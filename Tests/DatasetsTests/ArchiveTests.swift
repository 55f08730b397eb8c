import Testing

@testable import Datasets

/// Contents that between them take every way a column is stored in, and every part of a report.
private enum ArchivedContent: String, CaseIterable {
  case sample, styles, ragged, transactions, texts, weights, filled, empty

  private static func lines(_ header: String, _ row: (Int) -> String) -> [UInt8] {
    Array(([header] + (0..<60).map(row)).joined(separator: "\n").utf8)
  }

  private var bytes: [UInt8] {
    switch self {
    case .sample, .empty: return SampleCustomers.csv()
    case .styles:
      return Self.lines("id;Betrag (€);Anteil (0-100);leer") {
        "\($0);\"\($0).\(100 + $0),5\(($0 * 7) % 10)\";\($0 % 97)%;\($0 % 3 == 0 ? "NA" : "x")"
      }
    case .ragged:
      return Self.lines("customer_id,age,income") {
        $0 % 50 == 3
          ? "\($0),1" : "\($0 / 2),\(20 + $0 % 50),\($0 % 9 == 0 ? "" : "\($0 * 31 % 997)")"
      }
    case .transactions:
      return Self.lines("customer_id,date,amount,category") {
        "c\($0 % 40),2026-0\(1 + $0 % 9)-1\($0 % 10),\($0 % 13).\($0 % 7)0,\(["tea", "milk"][$0 % 2])"
      }
    case .texts:
      return Self.lines("id,name,big,mixed,seen") {
        "\(Int64.max / 40 - Int64($0) * 7919),\"größe \($0), x\",\($0)e3,\($0 % 5 == 0 ? "abc\($0)" : "\($0).\($0)"),\($0)"
      }
    case .weights:
      return Self.lines("age,income,weight") { "\($0 % 70),\($0 * $0 % 1009),\(1 + $0 % 4)" }
    case .filled:
      return Self.lines("id,a,b,gender") {
        "\($0),\($0 % 11 == 0 ? "?" : "\($0 % 30)"),\($0 == 77 ? 99999 : $0 % 45),\(["Male", "Female", "fle"][min($0 % 31, 2)])"
      }
    }
  }

  func dataset() throws -> Dataset {
    if self == .empty {
      return .empty(columns: [.init(key: "age", header: "Age", unit: nil)])
    }
    var decoder = TableDecoder()
    try decoder.consume(bytes.span)
    var options = CleaningOptions()
    if self == .weights { options.weight = "weight" }
    if self == .filled {
      options.missing = .median
      options.outliers = .setAside
    }
    return try Dataset.clean(try decoder.finish().table, options: options)
  }
}

private func archived(_ dataset: Dataset) -> [UInt8] {
  ArchiveFile.bytes(
    .dataset, outline: { StoredDataset(dataset).writeOutline(to: &$0) }, body: { $0.put(dataset) })
}

private func read(_ bytes: [UInt8]) throws(ArchiveFault) -> (StoredDataset, Dataset) {
  let file = try ArchiveFile(bytes, kind: .dataset)
  let dataset = try file.body { reader throws(ArchiveFault) in try Dataset(from: &reader) }
  let outline = try file.outline { reader throws(ArchiveFault) in
    try StoredDataset(from: &reader, content: Deferred(dataset))
  }
  return (outline, dataset)
}

@Suite("archived datasets", .timeLimit(.minutes(5))) struct ArchiveTests {
  @Test(
    "the checksum is XXH64",
    arguments: [
      // The values of the reference implementation.
      ("", 0xEF46_DB37_51D8_E999 as UInt64), ("a", 0xD24E_C4F1_A98C_6E5B),
      ("abc", 0x44BC_2CF5_AD77_0999),
      (
        "Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1
      ),
    ])
  func checksum(text: String, expected: UInt64) {
    #expect(XXHash64.of(Array(text.utf8)) == expected)
    // However the bytes are cut.
    for cut in [1, 7, 31, 32, 33] {
      var hash = XXHash64()
      let bytes = Array(text.utf8)
      for start in stride(from: 0, to: bytes.count, by: cut) {
        Array(bytes[start..<min(bytes.count, start + cut)]).withUnsafeBytes { hash.add($0) }
      }
      #expect(hash.value == expected, "cut at \(cut)")
    }
  }

  @Test("a dataset is read as it was written", arguments: ArchivedContent.allCases)
  fileprivate func roundTrip(content: ArchivedContent) throws {
    let dataset = try content.dataset()
    let bytes = archived(dataset)
    let (outline, again) = try read(bytes)
    #expect(archived(again) == bytes)
    #expect(outline.id == dataset.id)
    #expect(outline.byteCount == dataset.byteCount)
    #expect(again.id == dataset.id)
    #expect(again.report == dataset.report)
    #expect(again.roles == dataset.roles)
    #expect(again.rows == dataset.rows)
    #expect(again.fills == dataset.fills)
    #expect(again.twins == dataset.twins)
    #expect(again.outlierRows == dataset.outlierRows)
    #expect(again.table.dialect == dataset.table.dialect)
    #expect((again.table.origin == nil) == (dataset.table.origin == nil))
    for (index, (old, new)) in zip(dataset.table.columns, again.table.columns).enumerated() {
      #expect(new.key == old.key)
      #expect(new.isNumeric == old.isNumeric)
      #expect(new.isInteger == old.isInteger)
      #expect(new.categories().names == old.categories().names)
      let numbers = (dataset.numbers(ofColumn: index), again.numbers(ofColumn: index))
      #expect(numbers.0.map(\.bitPattern) == numbers.1.map(\.bitPattern))
    }
    for row in 0..<dataset.table.rowCount {
      var texts: ([UInt8], [UInt8]) = ([], [])
      dataset.table.appendRow(row, to: &texts.0)
      again.table.appendRow(row, to: &texts.1)
      #expect(texts.0 == texts.1)
      #expect(again.table.line(ofRow: row) == dataset.table.line(ofRow: row))
      #expect(again.table.recordIndex(ofRow: row) == dataset.table.recordIndex(ofRow: row))
      #expect(again.customerID(ofRow: row) == dataset.customerID(ofRow: row))
    }
  }

  @Test(
    "a file with a byte changed is never read",
    arguments: ArchivedContent.allCases.filter { $0 != .sample })
  fileprivate func flips(content: ArchivedContent) throws {
    var bytes = archived(try content.dataset())
    for index in bytes.indices {
      let kept = bytes[index]
      bytes[index] ^= UInt8(truncatingIfNeeded: 1 << (index % 8))
      #expect(throws: ArchiveFault.self, "byte \(index)") { try read(bytes) }
      bytes[index] = kept
    }
  }

  @Test("a file that is cut off or longer is never read")
  func cuts() throws {
    let bytes = archived(try ArchivedContent.weights.dataset())
    for count in 0..<bytes.count {
      #expect(throws: ArchiveFault.self, "\(count) bytes") { try read(Array(bytes[..<count])) }
    }
    #expect(throws: ArchiveFault.self) { try read(bytes + [0]) }
  }

  @Test("whatever the bytes, the reader ends with a legal value or a fault")
  func nonsense() throws {
    // As if a forger had mended the checksum: the body alone, changed here and there.
    let dataset = try ArchivedContent.texts.dataset()
    var writer = ArchiveWriter()
    writer.put(dataset)
    let sound = writer.bytes
    var random = TestRandom(state: 8)
    var survived = 0
    for _ in 0..<1000 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<min(bytes.count, 6000), using: &random)] = .random(
          in: 0...255, using: &random)
      }
      var reader = ArchiveReader(bytes)
      do throws(ArchiveFault) {
        let read = try Dataset(from: &reader)
        survived += 1
        var text: [UInt8] = []
        for row in 0..<read.table.rowCount { read.table.appendRow(row, to: &text) }
        for index in read.table.columns.indices { _ = read.numbers(ofColumn: index) }
      } catch {
        continue
      }
    }
    #expect(survived > 0)
  }
}
