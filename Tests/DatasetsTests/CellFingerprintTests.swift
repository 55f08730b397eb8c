import Testing

@testable import Datasets

@Suite struct CellFingerprintTests {
  private func table(_ text: String, pieces: Int = 1) throws -> Table {
    var decoder = TableDecoder()
    let bytes = Array(text.utf8)
    let size = max(1, bytes.count / pieces)
    for start in stride(from: 0, to: bytes.count, by: size) {
      try decoder.consume(Array(bytes[start..<min(start + size, bytes.count)]).span)
    }
    return try decoder.finish().table
  }

  @Test("the typed sums are the plain sums over the hashes of the cells")
  func plainSums() throws {
    var text = "id,age,price,town,note\n"
    for row in 0..<5000 {
      let price = row % 50 == 0 ? "NA" : "\(row % 97).\(row % 10)0"
      text += "\(row * 3),\(18 + row % 60),\(price),town \(row % 7),n\(row * 7919 % 5000) x\n"
    }
    let table = try table(text)
    for column in table.columns {
      var first: UInt64 = 0
      var second: UInt64 = 0
      column.forEachCellHash { hash in
        first = first &* 0xA409_3822_299F_31D1 &+ hash
        second = second &* 0x082E_FA98_EC4E_6C89 &+ hash
      }
      let fingerprint = CellFingerprint(column)
      #expect(fingerprint.first == first, "\(column.key)")
      #expect(fingerprint.second == second, "\(column.key)")
    }
  }

  @Test("one cell more, less, other or elsewhere is another fingerprint")
  func changes() throws {
    let texts = [
      "a\n1\n2\n3\n", "a\n1\n2\n3\n4\n", "a\n1\n2\n", "a\n1\n2\n4\n", "a\n2\n1\n3\n",
      "a\n1\n2\n3.0\n", "a\n0\n1\n2\n3\n", "a\n1\n2\nx\n",
    ]
    let prints = try texts.map { CellFingerprint(try table($0).columns[0]) }
    for (index, print) in prints.enumerated() {
      #expect(!prints.dropFirst(index + 1).contains(print), "\(texts[index])")
    }
  }

  @Test("a dataset is the same whatever the threads and the line ends")
  func threads() throws {
    let text = String(decoding: SampleCustomers.csv(count: 3000), as: UTF8.self)
    let plain = try Dataset.clean(table(text))
    #expect(try Dataset.clean(table(text), threads: 7).id == plain.id)
    #expect(try Dataset.clean(table(text, pieces: 40)).id == plain.id)
    let crlf = text.split(separator: "\n").joined(separator: "\r\n")
    #expect(try Dataset.clean(table(crlf)).id == plain.id)
  }

  @Test("records set aside are part of a dataset")
  func setAside() throws {
    let plain = try Dataset.clean(table("a,b\n1,2\n3,4\n"))
    let ragged = try Dataset.clean(table("a,b\n1,2\n9\n3,4\n"))
    #expect(plain.id != ragged.id)
  }

  @Test("facts of stored whole numbers are those of a closer look")
  func tallies() throws {
    let columns: [[Int]] = [
      Array(0..<400), Array(1...400).map { $0 * 3 }, (0..<400).map { $0 * 7 % 90 },
      Array(repeating: 5, count: 400), (0..<400).map { $0 % 2 * 200 },
      (0..<400).map { $0 == 399 ? 5 : $0 },
    ]
    for numbers in columns {
      let text = "a,b\n" + numbers.map { "\($0),x\($0 % 3)\n" }.joined()
      let column = try table(text).columns[0]
      let tally = WholeNumberTally(column)
      let ascends = zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
      guard let tally else {
        #expect(!ascends && (numbers.max() ?? 0) - (numbers.min() ?? 0) > 255)
        continue
      }
      #expect(tally.low == Int64(numbers.min() ?? 0))
      #expect(tally.high == Int64(numbers.max() ?? 0))
      #expect(tally.distinctCount == Set(numbers).count)
      #expect(tally.isStrictlyIncreasing == ascends)
      let top = Dictionary(grouping: numbers) { $0 }.values.map(\.count).max() ?? 0
      #expect(tally.topCount == top)
    }
  }
}
