import Testing

@testable import Datasets

@Suite("Decoding of delimited text", .timeLimit(.minutes(2)))
struct CSVDecodingTests {
  @Test(
    "records and fields",
    arguments: [
      ("a,b\n1,2\n", [["1", "2"]]),
      ("a,b\n1,2", [["1", "2"]]),
      ("a,b\r\n1,2\r\n3,4\r\n", [["1", "2"], ["3", "4"]]),
      ("a,b\r1,2\r3,4", [["1", "2"], ["3", "4"]]),
      ("a;b\n1;2\n", [["1", "2"]]),
      ("a\tb\n1\t2\n", [["1", "2"]]),
      ("a|b\n1|2\n", [["1", "2"]]),
      ("a;b\n1,5;2\n2,5;3\n", [["1,5", "2"], ["2,5", "3"]]),
      ("\u{FEFF}a,b\n1,2\n", [["1", "2"]]),
      ("a,b\n\n1,2\n\n\r\n3,4\n\n", [["1", "2"], ["3", "4"]]),
      ("\n\na,b\n1,2\n", [["1", "2"]]),
      ("a,b\n\"x,y\",2\n", [["x,y", "2"]]),
      ("a,b\n\"x\ny\",2\n", [["x\ny", "2"]]),
      ("a,b\n\"x\r\ny\",2\r\n", [["x\r\ny", "2"]]),
      ("a,b\n\"say \"\"hi\"\"\",2\n", [["say \"hi\"", "2"]]),
      ("a,b\n\"\"\"\",2\n", [["\"", "2"]]),
      ("a,b\n\"\",2\n", [[nil, "2"]]),
      ("a,b\n5\" pipe,2\n", [["5\" pipe", "2"]]),
      ("a,b\n\"ab\"c,2\n", [["abc", "2"]]),
      ("a,b\n\"ab\"c\"d\"\"e,2\n", [["abc\"d\"\"e", "2"]]),
      ("a,b\n\"1\",\"2\"", [["1", "2"]]),
      ("a,b\n,\n", [[nil, nil]]),
      ("a,b\nNA, x \n", [[nil, " x "]]),
      ("a,b\n007,+5\n1.50,1e3\n", [["007", "+5"], ["1.50", "1e3"]]),
      ("a\nx\ny\n", [["x"], ["y"]]),
      ("\"a\",\"b\"\n1,2\n", [["1", "2"]]),
    ] as [(String, [[String?]])])
  func records(text: String, rows: [[String?]]) throws {
    for pieces in [1, 2, 3, 5, Int.max] {
      let table = try decode(Array(text.utf8), pieces: pieces).table
      #expect(cells(table) == rows, "in pieces of \(pieces)")
      #expect(table.recordsRead == rows.count)
    }
  }

  @Test(
    "content that is refused",
    arguments: [
      ("", .emptyContent), ("\n\r\n\n", .emptyContent), ("\u{FEFF}", .emptyContent),
      ("a,b\n", .headerOnly), ("a,b", .headerOnly), ("a,b\n\n\n", .headerOnly),
      ("a,b\n1,2\n3,\"x\n\n", .unclosedQuote(line: 3)),
      ("a,b\n\"x\ny\",2\n3,\"x", .unclosedQuote(line: 4)),
      ("a,b\n1,2\n3,\0\n", .nulByte(line: 3, offset: 10)),
      ("\u{1}\u{2}\0\u{3}", .binaryContent(offset: 0)),
      ("PK\u{3}\u{4}abc", .binaryContent(offset: 2)),
    ] as [(String, DatasetError)])
  func refused(text: String, error: DatasetError) {
    for pieces in [1, 7, Int.max] {
      #expect(throws: error) { try decode(Array(text.utf8), pieces: pieces) }
    }
  }

  @Test("records that do not fit the header are set aside with their lines")
  func ragged() throws {
    let text = "a,b\n1,2\n3\n\"4\n\",5,6\n7,8\n,\n1,2,3,4\n"
    let decoded = try decode(Array(text.utf8), DecodingOptions(keepsText: true))
    let table = decoded.table
    #expect(table.rowCount == 3)
    #expect(table.recordsRead == 6)
    #expect(
      table.setAside == [
        SetAsideRecord(recordIndex: 1, line: 3, reason: .fieldCount(count: 1, expected: 2)),
        SetAsideRecord(recordIndex: 2, line: 4, reason: .fieldCount(count: 3, expected: 2)),
        SetAsideRecord(recordIndex: 5, line: 8, reason: .fieldCount(count: 4, expected: 2)),
      ])
    #expect((0..<3).map { table.line(ofRow: $0) } == [2, 6, 7])
    #expect((0..<3).map { table.recordIndex(ofRow: $0) } == [0, 3, 4])
    #expect((0..<6).map { table.row(ofRecord: $0) } == [0, nil, nil, 1, 2, nil])
    #expect(
      archived(decoded.archive)
        == "a,b,column_3,column_4\n1,2,,\n3,,,\n\"4\n\",5,6,\n7,8,,\n,,,\n1,2,3,4")
  }

  @Test("each limit holds at the limit and refuses one over")
  func limits() throws {
    let text = "a,b,c\n1,2,333\n4,5,\"66\"\n"
    let bytes = Array(text.utf8)
    let fits = DecodingLimits(
      maxRows: 2, maxColumns: 3, maxFieldBytes: 3, maxContentBytes: bytes.count)
    #expect(try decode(bytes, DecodingOptions(limits: fits)).table.rowCount == 2)
    func refusal(_ change: (inout DecodingLimits) -> Void) -> DatasetError? {
      var limits = fits
      change(&limits)
      do throws(DatasetError) {
        _ = try decode(bytes, DecodingOptions(limits: limits))
        return nil
      } catch { return error }
    }
    #expect(refusal { $0.maxRows = 1 } == .tooManyRows(limit: 1))
    #expect(refusal { $0.maxColumns = 2 } == .tooManyColumns(count: 3, limit: 2))
    #expect(
      refusal { $0.maxFieldBytes = 2 } == .fieldTooLong(line: 2, column: 3, limit: 2))
    #expect(
      refusal { $0.maxContentBytes = bytes.count - 1 } == .contentTooLong(limit: bytes.count - 1))
  }

  @Test("a field that never ends is refused without being kept whole")
  func endlessField() {
    var decoder = TableDecoder(DecodingOptions(limits: DecodingLimits(maxFieldBytes: 1 << 16)))
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
    #expect(throws: DatasetError.fieldTooLong(line: 2, column: 1, limit: 1 << 16)) {
      try decoder.consume(Array("a,b\n".utf8).span)
      for _ in 0..<16 { try decoder.consume(piece.span) }
    }
  }

  @Test("a hundred thousand columns are refused")
  func manyColumns() {
    let header = (0..<100_000).map { "c\($0)" }.joined(separator: ",")
    #expect(throws: DatasetError.tooManyColumns(count: 100_000, limit: 10_000)) {
      try decode(header + "\n1,2\n")
    }
  }

  @Test("encodings are recognised and told")
  func encodings() throws {
    func check(_ bytes: [UInt8], _ charset: String?, _ encoding: TextEncoding, isGuessed: Bool)
      throws
    {
      for pieces in [1, 3, Int.max] {
        let table = try decode(bytes, DecodingOptions(charset: charset), pieces: pieces).table
        #expect(table.dialect.encoding == encoding)
        #expect(table.dialect.encodingIsGuessed == isGuessed)
        #expect(table.columns.map(\.header) == ["naïve", "b"])
        #expect(cells(table) == [["Zoë", "1"], ["€", "2"]])
      }
    }
    let text = "naïve,b\nZoë,1\n€,2\n"
    let utf16 = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let swapped = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    let windows: [UInt8] = text.unicodeScalars.map {
      $0 == "€" ? 0x80 : UInt8(truncatingIfNeeded: $0.value)
    }
    try check(Array(text.utf8), nil, .utf8, isGuessed: false)
    try check([0xEF, 0xBB, 0xBF] + text.utf8, nil, .utf8WithMark, isGuessed: false)
    try check([0xFF, 0xFE] + utf16, nil, .utf16LittleEndian, isGuessed: false)
    try check([0xFE, 0xFF] + swapped, nil, .utf16BigEndian, isGuessed: false)
    try check(utf16, "UTF-16LE", .utf16LittleEndian, isGuessed: false)
    try check(windows, nil, .windows1252, isGuessed: true)
    try check(windows, "utf-8", .windows1252, isGuessed: true)
    try check(windows, "ISO-8859-1", .windows1252, isGuessed: false)
    #expect(throws: DatasetError.unsupportedEncoding(name: "ebcdic")) {
      try decode("a,b\n1,2\n", DecodingOptions(charset: "ebcdic"))
    }
  }

  @Test("a file without a header is told, and its first record is a row")
  func noHeader() throws {
    let table = try decode("1,2.5\n3,4\n")
    #expect(!table.dialect.hasHeader)
    #expect(table.columns.map(\.key) == ["column_1", "column_2"])
    #expect(cells(table) == [["1", "2.5"], ["3", "4"]])
    #expect(table.line(ofRow: 0) == 1)
  }

  @Test("a column is numeric when more than half of what it holds are numbers")
  func numericColumns() throws {
    let table = try decode("a,b,c,d\n1,1,x,1.0\nx,2,,2\n,x,2,3\nNA,3,2,x\n,,,4.0\n")
    #expect(table.columns.map(\.isNumeric) == [false, true, true, true])
    #expect(table.columns.map(\.isInteger) == [false, true, true, true])
    #expect(table.columns.map(\.missingCount) == [3, 1, 2, 0])
    #expect(table.columns.map(\.numberCount) == [1, 3, 2, 4])
    #expect(table.columns.map(\.textCount) == [1, 1, 1, 1])
    #expect(table.columns[1].numbers().map { $0.isNaN ? -1 : $0 } == [1, 2, -1, 3, -1])
    #expect(table.columns[3].number(at: 4) == 4)
    #expect(table.columnIndex(named: " A ") == 0)
  }

  /// Texts that exercise what a generator of random fields should meet.
  private static let alphabet = [
    "a", "b", ",", "\"", "\n", "\r", ";", " ", "1", "2", "0", ".", "-", "é", "NA", "\t", "|", "x",
  ]

  @Test("quoted fields come back as they were", arguments: 0..<200)
  func quoteRoundTrip(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    let width = Int.random(in: 2...5, using: &random)
    let rows = (0..<Int.random(in: 1...30, using: &random)).map { _ in
      (0..<width).map { _ in
        (0..<Int.random(in: 0...6, using: &random)).map { _ in
          CSVDecodingTests.alphabet.randomElement(using: &random) ?? ""
        }.joined()
      }
    }
    var bytes = Array((0..<width).map { "h\($0)" }.joined(separator: ",").utf8)
    for row in rows {
      bytes += Array("\r\n".utf8)
      for (index, field) in row.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        CSVWriter.appendField(field, to: &bytes)
      }
    }
    let options = DecodingOptions(format: .csv, keepsText: true)
    let decoded = try decode(bytes, options, pieces: Int.random(in: 1...20, using: &random))
    for (index, row) in rows.enumerated() {
      for (column, field) in row.enumerated() {
        var text: [UInt8] = []
        decoded.table.columns[column].appendText(at: index, to: &text)
        #expect(text == Array(field.utf8), "seed \(seed), row \(index)")
      }
    }
    // The archive is the same file with LF ends.
    let again = try decode(Array(archived(decoded.archive).utf8), options)
    #expect(archived(again.archive) == archived(decoded.archive))
  }

  @Test("where the content is cut does not matter", arguments: 0..<60)
  func anySplit(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    var bytes = Array("id,name,x\n".utf8)
    for row in 0..<Int.random(in: 1...60, using: &random) {
      let name = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        CSVDecodingTests.alphabet.randomElement(using: &random) ?? ""
      }.joined()
      bytes += Array("\(row),".utf8)
      CSVWriter.appendField(name, to: &bytes)
      bytes += Array(",\(Double.random(in: -5...5, using: &random))".utf8)
      bytes += Array(["\n", "\r\n", "\r", "\n\n", ",9\n"].randomElement(using: &random)!.utf8)
    }
    let options = DecodingOptions(format: .csv, keepsText: true)
    let whole = try decode(bytes, options)
    for pieces in [1, 2, 3, 7, 64] {
      let cut = try decode(bytes, options, pieces: pieces)
      #expect(archived(cut.archive) == archived(whole.archive))
      #expect(cut.table.setAside == whole.table.setAside)
      #expect(
        (0..<cut.table.rowCount).map(cut.table.line(ofRow:))
          == (0..<whole.table.rowCount).map(whole.table.line(ofRow:)))
      #expect(cut.table.columns.map(\.numberCount) == whole.table.columns.map(\.numberCount))
    }
  }

  @Test("random bytes are decoded or refused, and nothing else", arguments: 0..<400)
  func randomBytes(seed: UInt64) {
    var random = TestRandom(state: seed)
    let likely = Array(",;\t|\"\r\n0123456789.-+eE abc{}[]:\\é".utf8)
    let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
      Int.random(in: 0..<20, using: &random) == 0
        ? UInt8.random(in: 0...255, using: &random)
        : likely.randomElement(using: &random) ?? 0
    }
    for format in [DatasetFormat.csv, .jsonRows, .ndjson, nil] {
      var outcomes: [String] = []
      for pieces in [1, 4, Int.max] {
        do throws(DatasetError) {
          let decoded = try decode(
            bytes, DecodingOptions(format: format, keepsText: true), pieces: pieces)
          outcomes.append(archived(decoded.archive))
          do throws(DatasetError) {
            _ = try Dataset.clean(decoded.table)
          } catch {
            outcomes[outcomes.count - 1] += "\(error)"
          }
        } catch {
          outcomes.append("\(error)")
        }
      }
      #expect(Set(outcomes).count == 1, "seed \(seed), \(String(describing: format))")
    }
  }

  @Test("content of many blocks keeps its rows, lines and texts")
  func manyBlocks() throws {
    var text = "id,code,city,x\n"
    var expected: [(line: Int, cells: [String])] = []
    var line = 2
    for row in 0..<60_000 {
      let city = row % 1000 == 7 ? "\"New\nYork\"" : ["Rome", "Oslo", "Kyiv"][row % 3]
      let fields = ["\(row)", "00\(row % 977)", city, row % 500 == 0 ? "NA" : "\(row % 90).5"]
      text += fields.joined(separator: ",") + "\n"
      expected.append((line, fields))
      line += city.contains("\n") ? 2 : 1
    }
    let table = try decode(text)
    #expect(table.rowCount == 60_000)
    for row in stride(from: 0, to: 60_000, by: 61) {
      #expect(table.line(ofRow: row) == expected[row].line)
      var cells: [String] = []
      for column in table.columns {
        var bytes: [UInt8] = []
        column.appendText(at: row, to: &bytes)
        cells.append(String(decoding: bytes, as: UTF8.self))
      }
      let wanted = expected[row].cells.map { $0.filter { $0 != "\"" } }
      #expect(cells == wanted)
    }
    #expect(table.columns[3].missingCount == 120)
    #expect(table.columns[2].categories().counts.reduce(0, +) == 60_000)
  }
}
