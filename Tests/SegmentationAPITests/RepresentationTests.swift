import Testing

@testable import SegmentationAPI

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite struct RepresentationTests {
  private let rows = RowSet(
    about: [.init(name: "run_id", value: "run_1")], columns: ["name", "size", "share"],
    rows: [["High, \"low\"", 3, .number(0.25)], ["=cmd", .null, .number(-1.5)]], next: "2.run_1")

  @Test("one list has four forms")
  func forms() {
    #expect(
      text(rows.encoded(as: .json))
        == #"{"run_id":"run_1","items":[{"name":"High, \"low\"","size":3,"share":0.25},{"name":"=cmd","size":null,"share":-1.5}],"next":"2.run_1"}"#
    )
    #expect(
      text(rows.encoded(as: .json, flat: true))
        == #"[{"name":"High, \"low\"","size":3,"share":0.25},{"name":"=cmd","size":null,"share":-1.5}]"#
    )
    #expect(
      text(rows.encoded(as: .csv))
        == "name,size,share\r\n\"High, \"\"low\"\"\",3,0.25\r\n'=cmd,,-1.5\r\n")
    #expect(
      text(rows.encoded(as: .ndjson))
        == "{\"name\":\"High, \\\"low\\\"\",\"size\":3,\"share\":0.25}\n{\"name\":\"=cmd\",\"size\":null,\"share\":-1.5}\n"
    )
    #expect(
      text(rows.encoded(as: .txt))
        == "name         size  share\n-----------  ----  -----\nHigh, \"low\"     3   0.25\n=cmd                -1.5\n"
    )
  }

  @Test("a byte order mark comes first when it is asked for")
  func byteOrderMark() {
    let bytes = rows.encoded(as: .csv, dialect: CSVDialect(hasByteOrderMark: true))
    #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
  }

  @Test(
    "cells that a spreadsheet would run are made safe, numbers are left alone",
    arguments: [
      ("=1+1", true), ("+cmd", true), ("-cmd", true), ("@SUM(A1)", true), ("\tx", true),
      ("\rx", true), ("-12.5", false), ("+31 20", true), ("+3120", false), ("plain", false),
      ("", false),
    ])
  func formulas(cell: String, isFormula: Bool) {
    #expect(CSVDialect.isFormula(Array(cell.utf8)) == isFormula)
  }

  @Test(
    "a record written before is made safe field by field",
    arguments: [
      ("a,=b,c", "a,'=b,c"), ("\"=a,\"\"b\"\"\",x", "\"'=a,\"\"b\"\"\",x"),
      ("\"\"\"=x\"\"\",-5", "\"\"\"=x\"\"\",-5"), (",,", ",,"), ("\"a\nb\",@x", "\"a\nb\",'@x"),
    ])
  func makeSafe(record: String, safe: String) {
    var bytes = Array("kept".utf8) + Array(record.utf8)
    CSVDialect.makeSafe(&bytes, from: 4)
    #expect(text(bytes) == "kept" + safe)
  }

  @Test(
    "people read four decimals",
    arguments: [
      (1.0, "1"), (0.5, "0.5"), (54.266666, "54.2667"), (-0.00004, "-4e-05"), (1e16, "1e+16"),
      (123456.78901, "123456.789"), (0, "0"),
    ])
  func readableNumbers(value: Double, shown: String) {
    #expect(TextTable.number(value) == shown)
  }

  @Test("a cursor reads back and another text does not")
  func cursors() {
    let cursor = Cursor(offset: 100, anchor: "run_ab.c")
    #expect(Cursor(cursor.text) == cursor)
    #expect(Cursor("x.run") == nil)
    #expect(Cursor("-1.run") == nil)
    #expect(Cursor("12") == nil)
  }
}
