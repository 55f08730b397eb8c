import Testing

@testable import Datasets

@Suite("JSON values", .timeLimit(.minutes(1)))
struct JSONValueTests {
  private func parse(_ text: String) throws(JSONError) -> JSONValue {
    try JSONValue.parse(Array(text.utf8).span, maxDepth: 4)
  }

  private func number(_ text: String, _ value: Double) -> JSONValue {
    .number(JSONNumber(text: text, value: value))
  }

  @Test(
    "texts",
    arguments: [
      (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
      (#""\u00e9""#, "é"), (#""\ud83d\ude00""#, "😀"), (#""\u0000""#, "\0"), ("\"é😀\"", "é😀"),
    ])
  func strings(json: String, text: String) throws {
    #expect(try parse(json) == .string(text))
  }

  @Test("values of all kinds keep their order and texts")
  func values() throws {
    let value = try parse(" {\"b\" : [1, -2.50, 1e3 , true,false,null],\n\"a\":{}} ")
    #expect(
      value
        == .object(
          JSONObject(members: [
            .init(
              name: "b",
              value: .array([
                number("1", 1), number("-2.50", -2.5), number("1e3", 1000), .bool(true),
                .bool(false), .null,
              ]), line: 1),
            .init(name: "a", value: .object(JSONObject(members: [])), line: 2),
          ])))
  }

  @Test(
    "what is not JSON is refused where it stands",
    arguments: [
      ("", .unexpectedEnd, 1, 1), ("[1,]", .unexpectedByte(UInt8(ascii: "]")), 1, 4),
      ("{\"a\":1,}", .unexpectedByte(UInt8(ascii: "}")), 1, 8),
      ("[1 2]", .unexpectedByte(UInt8(ascii: "2")), 1, 4),
      ("01", .badNumber, 1, 1), ("-", .badNumber, 1, 2), ("1.", .badNumber, 1, 3),
      ("[\n+1]", .unexpectedByte(UInt8(ascii: "+")), 2, 1), ("nul", .unexpectedEnd, 1, 4),
      ("\"\\x\"", .badEscape, 1, 2), ("\"\\ud800\"", .badEscape, 1, 2),
      ("\"\n\"", .controlCharacterInString, 1, 2), ("[[[[[1]]]]]", .tooDeep(limit: 4), 1, 5),
      ("{\"a\":1,\"a\":2}", .repeatedName("a"), 1, 12), ("1 1", .trailingContent, 1, 3),
      ("'a'", .unexpectedByte(UInt8(ascii: "'")), 1, 1),
      ("NaN", .unexpectedByte(UInt8(ascii: "N")), 1, 1),
    ] as [(String, JSONError.Problem, Int, Int)])
  func malformed(json: String, problem: JSONError.Problem, line: Int, column: Int) {
    do throws(JSONError) {
      _ = try parse(json)
      Issue.record("\(json) was taken")
    } catch {
      #expect(error.problem == problem)
      #expect(error.line == line)
      #expect(error.column == column)
    }
  }

  @Test("bytes that are not UTF-8 are refused")
  func notUTF8() {
    #expect(throws: JSONError(problem: .notUTF8, line: 1, column: 3, offset: 2)) {
      try JSONValue.parse([0x22, 0xFF, 0x22].span)
    }
  }
}

@Suite("Rows of JSON", .timeLimit(.minutes(1)))
struct JSONRowsTests {
  @Test(
    "rows",
    arguments: [
      (#"[{"a":1,"b":"x"},{"b":"y","a":2.50}]"#, [["1", "x"], ["2.50", "y"]]),
      (#"[{"a":1},{"b":"y"},{"a":null,"b":true}]"#, [["1", nil], [nil, "y"], [nil, "true"]]),
      (#"{"columns":["a","b"],"rows":[[1,"x"],[2,null]]}"#, [["1", "x"], ["2", nil]]),
      (#"{"columns":["a","b"],"index":[0,[1]],"data":[[1,"x"]]}"#, [["1", "x"]]),
      ("{\"a\":1,\"b\":2}\n{\"a\":3,\"b\":4}\n", [["1", "2"], ["3", "4"]]),
      ("{\"a\":1,\"b\":2}\r\n\r\n{\"a\":3,\"b\":4}", [["1", "2"], ["3", "4"]]),
      ("[{\"a\":\"}]\\\"\",\"b\":\"é\\u00e9\"}]", [["}]\"", "éé"]]),
      ("\u{FEFF}[{\"a\":1,\"b\":2}]", [["1", "2"]]),
    ] as [(String, [[String?]])])
  func rows(json: String, rows: [[String?]]) throws {
    for pieces in [1, 2, 3, 5, Int.max] {
      let table = try decode(Array(json.utf8), pieces: pieces).table
      #expect(cells(table) == rows, "in pieces of \(pieces)")
      #expect(table.columns.map(\.key) == ["a", "b"])
    }
  }

  @Test(
    "JSON that is not rows is refused where it stands",
    arguments: [
      ("[1]", .notRows(line: 1, column: 2, problem: .rowIsNotAnObject)),
      ("[{\"a\":1},\n [2]]", .notRows(line: 2, column: 2, problem: .rowIsNotAnObject)),
      ("[{\"a\":[1]}]", .notRows(line: 1, column: 7, problem: .nestedValue(column: "a"))),
      ("[{\"b\":{\"c\":1}}]", .notRows(line: 1, column: 7, problem: .nestedValue(column: "b"))),
      ("{\"a\":1}", .notRows(line: 1, column: 7, problem: .notAnArray)),
      ("\"text\"", .notRows(line: 1, column: 1, problem: .notAnArray)),
      ("{\"rows\":[[1]]}", .notRows(line: 1, column: 9, problem: .badColumns)),
      ("{\"columns\":[1],\"rows\":[[1]]}", .notRows(line: 1, column: 12, problem: .badColumns)),
      (
        "{\"columns\":[\"a\"],\"rows\":[1]}",
        .notRows(line: 1, column: 26, problem: .rowIsNotAnArray)
      ),
      ("[{\"a\":1}] x", .notRows(line: 1, column: 11, problem: .trailingContent)),
      ("[]", .emptyContent), ("", .emptyContent),
      ("{\"columns\":[\"a\"],\"rows\":[]}", .headerOnly),
      (
        "[{\"a\":1}",
        .malformedJSON(JSONError(problem: .unexpectedEnd, line: 1, column: 9, offset: 8))
      ),
      (
        "[{\"a\":1}}",
        .malformedJSON(JSONError(problem: .unexpectedByte(0x7D), line: 1, column: 9, offset: 8))
      ),
      (
        "[{\"a\":\n tru}]",
        .malformedJSON(JSONError(problem: .unexpectedByte(0x7D), line: 2, column: 5, offset: 11))
      ),
      (
        "[{\"a\":1,\"a\":2}]",
        .malformedJSON(JSONError(problem: .repeatedName("a"), line: 1, column: 13, offset: 12))
      ),
    ] as [(String, DatasetError)])
  func refused(json: String, error: DatasetError) {
    for pieces in [1, 2, 3, Int.max] {
      #expect(throws: error, "in pieces of \(pieces)") {
        try decode(Array(json.utf8), DecodingOptions(format: .jsonRows), pieces: pieces)
      }
    }
  }

  @Test("an NDJSON line that is no object is refused with its line")
  func badLine() {
    #expect(throws: DatasetError.notRows(line: 2, column: 1, problem: .rowIsNotAnObject)) {
      try decode("{\"a\":1}\n[2]\n", DecodingOptions(format: .ndjson))
    }
  }

  @Test("rows of the wrong length are set aside")
  func ragged() throws {
    let json = #"{"columns":["a","b"],"rows":[[1,2],[3],[4,5,6]]}"#
    let decoded = try decode(Array(json.utf8), DecodingOptions(keepsText: true))
    #expect(decoded.table.rowCount == 1)
    #expect(decoded.table.setAside.map(\.recordIndex) == [1, 2])
    #expect(archived(decoded.archive) == "a,b,column_3\n1,2,\n3,,\n4,5,6")
  }

  @Test("when every row has the wrong length, the columns are there all the same")
  func allRagged() throws {
    let json = #"{"columns":["a","b"],"rows":[[1],[4,5,6]]}"#
    let decoded = try decode(Array(json.utf8), DecodingOptions(keepsText: true))
    #expect(decoded.table.rowCount == 0)
    #expect(decoded.table.columns.map(\.key) == ["a", "b"])
    #expect(archived(decoded.archive) == "a,b,column_3\n1,,\n4,5,6")
  }

  @Test("many rows with a column that comes late")
  func lateColumn() throws {
    let rows = (0..<100_000).map { row in
      row < 80_000 ? "{\"a\":\(row)}" : "{\"a\":\(row),\"b\":\"x\(row % 3)\"}"
    }
    let table = try decode("[" + rows.joined(separator: ",\n") + "]")
    #expect(table.rowCount == 100_000)
    #expect(table.columns.map(\.missingCount) == [0, 80_000])
    #expect(table.columns[1].text(at: 99_999) == "x0")
    #expect(table.columns[0].number(at: 70_000) == 70_000)
    #expect(table.line(ofRow: 99_999) == 100_000)
  }

  @Test("the same rows make the same dataset in every format")
  func sameDataset() throws {
    let texts = [
      "id,g,x,y\n1,f,1.5,2\n2,m,2.5,3\n3,,4,1\n",
      "\u{FEFF}id;g;x;y\r\n\"1\";f;1.5;2\r\n\r\n2;m;2.5;3\r\n3;;4;1",
      #"[{"id":1,"g":"f","x":1.5,"y":2},{"id":2,"g":"m","x":2.5,"y":3},{"id":3,"g":null,"x":4,"y":1}]"#,
      #"{"columns":["id","g","x","y"],"rows":[[1,"f",1.5,2],["2","m",2.5,3],[3,"",4,1]]}"#,
    ]
    let ids = try texts.map { try Dataset.clean(decode($0)).id }
    #expect(Set(ids).count == 1)
  }
}
