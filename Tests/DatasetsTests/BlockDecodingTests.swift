import Testing

@testable import Datasets

/// The quick way through text, held against the plain one: ``RecordCutter`` and
/// ``NumberParser``, one record and one cell after the other.
@Suite("Blocks and threads", .timeLimit(.minutes(3)))
struct BlockDecodingTests {
  private struct Plain {
    var rows: [[[UInt8]]] = []
    var lines: [Int] = []
    var setAside: [SetAsideRecord] = []
    var error: DatasetError?

    init(_ bytes: [UInt8], maxFieldBytes: Int = 1 << 20) {
      var cutter = RecordCutter(delimiter: UInt8(ascii: ","), maxFieldBytes: maxFieldBytes)
      var index = 0
      var width = 0
      var records = -1
      do throws(DatasetError) {
        while case .record(let next) = try cutter.cut(bytes.span, from: index, isLast: true) {
          let cells = cutter.fields.map { $0.value(in: bytes.span) }
          if records < 0 {
            width = cells.count
          } else if cells.count == width {
            rows.append(cells)
            lines.append(cutter.recordLine + 1)
          } else {
            setAside.append(
              SetAsideRecord(
                recordIndex: records, line: cutter.recordLine + 1,
                reason: .fieldCount(count: cells.count, expected: width)))
          }
          records += 1
          index = next
        }
      } catch {
        self.error = error
      }
    }
  }

  private func check(_ bytes: [UInt8], _ note: String, maxFieldBytes: Int = 1 << 20) throws {
    let plain = Plain(bytes, maxFieldBytes: maxFieldBytes)
    for (length, threads) in [(64, 1), (100, 3), (333, 2), (5000, 2), (1 << 20, 1)] {
      var options = DecodingOptions(
        format: .csv, limits: DecodingLimits(maxFieldBytes: maxFieldBytes), threadCount: threads)
      options.blockLength = length
      let table: Table
      do throws(DatasetError) {
        table = try decode(bytes, options, pieces: 97).table
      } catch {
        #expect(error == plain.error ?? .headerOnly, "\(note), blocks of \(length)")
        continue
      }
      try #require(plain.error == nil, "\(note), blocks of \(length)")
      try #require(table.rowCount == plain.rows.count, "\(note), blocks of \(length)")
      #expect(table.setAside == plain.setAside, "\(note), blocks of \(length)")
      #expect((0..<table.rowCount).map(table.line(ofRow:)) == plain.lines, "\(note)")
      for (index, column) in table.columns.enumerated() {
        var tally = CellTally()
        for (row, cells) in plain.rows.enumerated() {
          let cell = cells[index]
          let reading = NumberParser.read(cell.span)
          tally.count(reading, times: 1)
          var text: [UInt8] = []
          column.appendText(at: row, to: &text)
          try #require(text == cells[index], "\(note), blocks of \(length), row \(row)")
          #expect(column.number(at: row) == reading.value, "\(note), row \(row)")
        }
        let found = CellTally(
          missing: column.missingCount, numbers: column.numberCount, texts: column.textCount)
        #expect(found == tally, "\(note), blocks of \(length), column \(index)")
      }
    }
  }

  @Test("numbers of all shapes", arguments: 0..<40)
  func numbers(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    var bytes = Array("a,b,c,d,e\n".utf8)
    func digits(_ range: ClosedRange<Int>) -> String {
      let count = Int.random(in: range, using: &random)
      return (0..<count).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
    }
    let odd = [
      "", "NA", "abc", "-5", "+5", "1e3", "007", "0", "-0", "0.0", ".5", "5.", "1/2", "12.3.4",
    ]
    for _ in 0..<Int.random(in: 1...150, using: &random) {
      let isOdd = Int.random(in: 0..<12, using: &random) == 0
      let cells = [
        "\(Int.random(in: 0...120, using: &random))",
        "\(Int.random(in: -5...3_000_000_000, using: &random))",
        isOdd ? odd.randomElement(using: &random) ?? "" : digits(1...4) + "." + digits(1...5),
        isOdd ? odd.randomElement(using: &random) ?? "" : digits(1...9),
        [digits(1...19), digits(1...8) + "." + digits(0...12), "-" + digits(1...6)]
          .randomElement(using: &random) ?? "",
      ]
      bytes += Array((cells.joined(separator: ",") + "\n").utf8)
    }
    try check(bytes, "seed \(seed)")
  }

  @Test("quotes, line ends and ragged records of all shapes", arguments: 0..<120)
  func shapes(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    let width = Int.random(in: 1...5, using: &random)
    // Some files are well-behaved but for one thing.
    let mischief = Int.random(in: 0..<6, using: &random)
    let ends = [["\n"], ["\r\n"], ["\n", "\r\n"], ["\n"], ["\r"], ["\n", "\r\n", "\r", "\n\n"]][
      mischief]
    var bytes = Array((0..<width).map { "h\($0)" }.joined(separator: ",").utf8) + [0x0A]
    for _ in 0..<Int.random(in: 1...60, using: &random) {
      let isRagged = Int.random(in: 0..<10, using: &random) == 0
      let count = isRagged ? Int.random(in: 1...7, using: &random) : width
      for field in 0..<count {
        if field > 0 { bytes.append(UInt8(ascii: ",")) }
        let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
          ["a", "b", "1", "é", ",", "\"", "\n", " ", "\r\n", "x"].randomElement(using: &random)
            ?? ""
        }.joined()
        switch Int.random(in: 0..<8, using: &random) {
        case 0: CSVWriter.appendField(text, to: &bytes)
        case 1: bytes += Array("\"plain\"".utf8)
        case 2 where mischief == 3:
          bytes += Array(
            ["5\" x", "\"a\"b", "\"\"\"", "a\"\"b"].randomElement(using: &random)!.utf8)
        case 3: break
        default: bytes += Array("\(Int.random(in: 0...99_999, using: &random))".utf8)
        }
      }
      bytes += Array((ends.randomElement(using: &random) ?? "\n").utf8)
    }
    try check(bytes, "seed \(seed)")
    try check(bytes, "seed \(seed), short fields", maxFieldBytes: 12)
  }

  @Test("texts of all lengths, many and few")
  func texts() throws {
    var random = TestRandom(state: 7)
    var bytes = Array("few,many,long,rare\n".utf8)
    for row in 0..<3000 {
      let few = ["", "a", "bcdefgh", "bcdefghi", "aaaaaaaaa", "aaaaaaaaaa", "0123456789abcdef"]
      let long = String(repeating: "x", count: row % 40) + (row % 3 == 0 ? "y" : "z")
      let cells = [
        few.randomElement(using: &random) ?? "", "k\(random.next())", long,
        row % 700 == 3 ? "n/a" : "\(row % 50)",
      ]
      bytes += Array((cells.joined(separator: ",") + "\n").utf8)
    }
    try check(bytes, "texts")
  }

  // Found by FuzzCSV: a lone carriage return counted only in the blocks before that of the NUL.
  @Test(
    "the line of a NUL byte counts every kind of line end, wherever blocks begin",
    arguments: [1, 8, 16, 64, 1 << 19])
  func nulLine(blockLength: Int) throws {
    let bytes = Array("a,b\n1,2\r\n3,4\r5,6\n7,\"x\ry\"\r8,\09\n".utf8)
    let offset = try #require(bytes.firstIndex(of: 0))
    for threads in [1, 3] {
      var options = DecodingOptions(format: .csv, threadCount: threads)
      options.blockLength = blockLength
      #expect(throws: DatasetError.nulByte(line: 7, offset: offset), "\(threads) threads") {
        try decode(bytes, options)
      }
    }
  }

  @Test("a decoder copied midway goes on as two")
  func copies() throws {
    let rows = (0..<4000).map { "\($0),\($0 % 7)\n" }.joined()
    let bytes = Array(("a,b\n" + rows).utf8)
    var options = DecodingOptions(threadCount: 3)
    options.blockLength = 500
    var first = TableDecoder(options)
    let half = bytes.count / 2
    try first.consume(bytes.span.extracting(0..<half))
    var second = first
    try first.consume(bytes.span.extracting(half..<bytes.count))
    try second.consume(Array("9,9\n".utf8).span)
    let (one, other) = (try first.finish().table, try second.finish().table)
    #expect(one.rowCount == 4000)
    #expect(one.columns[0].numbers() == (0..<4000).map(Double.init))
    #expect(other.rowCount > 1900 && other.rowCount < 2100)
  }
}
