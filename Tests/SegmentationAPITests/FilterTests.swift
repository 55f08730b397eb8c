import Testing

@testable import SegmentationAPI

@Suite("OData filters")
struct FilterTests {
  private static let set = EntitySet(
    name: "Things", typeName: "Thing", key: [0],
    properties: [
      .init("Id", .string, isNullable: false), .init("Age", .int64), .init("Income", .double),
      .init("IsMember", .boolean), .init("Since", .dateTimeOffset), .init("City", .string),
    ],
    rows: StoredRows(values: [
      [
        .text("1"), .integer(31), .number(15.5), .bool(true), .time(1_700_000_000_000),
        .text("O'Fallon"),
      ],
      [.text("2"), .integer(-4), .number(99), .bool(false), .null, .text("  Ålesund ")],
      [.text("3"), .null, .null, .null, .null, .null],
      [
        .text("4"), .integer(60), .number(-0.25), .bool(true), .time(946_684_799_999),
        .text("o'fallon 🛍"),
      ],
    ]))

  /// The ids of the rows that pass.
  private static func passing(_ text: String, _ aliases: [String: String] = [:]) throws -> String {
    let filter = try FilterParser.parse(text, of: set, aliases: aliases)
    return (0..<set.rows.count).filter { filter.isTrue($0, of: set.rows) }
      .map { "\($0 + 1)" }.joined()
  }

  @Test(
    "rows pass as the specification says",
    arguments: [
      // Comparison, and what null does to it
      ("Age eq 31", "1"), ("Age ne 31", "234"), ("Age gt 31", "4"), ("Age ge 31", "14"),
      ("Age lt 31", "2"), ("Age le -4", "2"), ("Age eq null", "3"), ("Age ne null", "124"),
      ("null eq Age", "3"), ("Age gt null", ""), ("Income eq 99", "2"), ("Income eq 99.0", "2"),
      ("Age lt 31.5", "12"), ("IsMember", "14"), ("IsMember eq true", "14"),
      ("not IsMember", "2"), ("not (IsMember eq true)", "23"), ("not not IsMember", "14"),
      ("City eq 'O''Fallon'", "1"), ("City gt 'a'", "4"),
      // Moments
      ("Since gt 2023-11-14T22:13:19Z", "1"), ("Since eq 2023-11-14T22:13:20Z", "1"),
      ("Since eq 1999-12-31T23:59:59.999Z", "4"), ("Since lt 2000-01-01", "4"),
      ("Since lt 2000-01-01T00:00:00Z and Since gt 1999-12-31", "4"),
      ("year(Since) eq 2023 and month(Since) eq 11 and day(Since) eq 14", "1"),
      ("hour(Since) eq 23 and minute(Since) eq 59 and second(Since) eq 59", "4"),
      // How tightly words bind
      ("Age eq 31 or Age eq 60 and Income lt 0", "14"),
      ("(Age eq 31 or Age eq 60) and Income lt 0", "4"),
      ("not IsMember and Age lt 0", "2"), ("not Age eq 31", "234"),
      ("Age add 1 mul 2 eq 33", "1"), ("(Age add 1) mul 2 eq 64", "1"),
      ("Age sub 1 gt 29 and Age div 2 eq 15", "1"), ("Age mod 7 eq 3", "1"),
      ("-Age eq 4", "2"), ("Income mul -4 eq 1", "4"), ("Age div 0 eq null", "1234"),
      // Three-valued logic
      ("IsMember or Age eq null", "134"), ("IsMember and null", ""), ("null or Age eq 60", "4"),
      // Lists
      ("Age in (31, 60)", "14"), ("City in ('x')", ""), ("Age in (null)", "3"),
      // Functions
      ("contains(City,'allon')", "14"), ("startswith(City,'O')", "1"),
      ("endswith(City,'🛍')", "4"), ("tolower(City) eq 'o''fallon'", "1"),
      ("toupper(City) eq 'O''FALLON'", "1"), ("trim(City) eq 'Ålesund'", "2"),
      ("length(City) eq 10", "24"), ("length(trim(City)) eq 7", "2"),
      ("indexof(City,'F') eq 2", "1"), ("concat(Id,'x') eq '2x'", "2"),
      ("round(Income) eq 16", "1"), ("floor(Income) eq -1", "4"), ("ceiling(Income) eq 0", "4"),
      ("contains(City,'')", "124"), ("length(City) eq null", "3"),
      // Space
      ("  Age   eq\t31 ", "1"), ("contains( City , 'allon' )", "14"),
    ])
  func passes(text: String, ids: String) throws {
    #expect(try Self.passing(text) == ids)
  }

  @Test("an alias stands for its value")
  func aliases() throws {
    #expect(try Self.passing("Age eq @a", ["@a": "31"]) == "1")
    #expect(
      try Self.passing("City eq @p1 or Age gt @p2", ["@p1": "'O''Fallon'", "@p2": "50"]) == "14")
  }

  @Test(
    "what cannot be understood is refused, with its place",
    arguments: [
      ("", "too early"), ("Age", "condition"), ("Age eq", "too early"),
      ("Age eq 31 32", "character 11"),
      ("Agee eq 31", "no property Agee"), ("Age eq 'x'", "compared"), ("(Age eq 31", "too early"),
      ("Age eq 31)", "character 10"), ("City eq 'open", "closing quote"),
      ("Age eq 3x", "character"),
      ("Age eq 31 and City", "conditions"), ("City add 1 eq 2", "numbers"),
      ("Age eq @none", "@none"),
      ("contains(City)", "contains takes"), ("length(Age) eq 1", "length takes"),
      ("Age eq 2026-13-41", "neither"), ("Age in ()", "character"), ("Age ; drop", "character 5"),
      (
        String(repeating: "(", count: 200) + "Age eq 1" + String(repeating: ")", count: 200), "deep"
      ),
      (String(repeating: "-", count: 5000) + "Age eq 1", "deep"),
    ])
  func refuses(text: String, words: String) {
    do {
      _ = try FilterParser.parse(text, of: Self.set)
      Issue.record("\(text) was taken")
    } catch {
      #expect(error.status == .badRequest)
      #expect(error.message.contains(words), "\(error.message)")
    }
  }

  @Test("unknown functions are not implemented, which is not the client's mistake")
  func unknownFunction() {
    #expect {
      try FilterParser.parse("geo.distance(City,City) eq 1", of: Self.set)
    } throws: { ($0 as? ODataFault)?.status == .badRequest }
    #expect {
      try FilterParser.parse("substringof('x',City)", of: Self.set)
    } throws: { ($0 as? ODataFault)?.status == .notImplemented }
    // One that OData does not know is a mistake.
    #expect {
      try FilterParser.parse("shout(City) eq 'X'", of: Self.set)
    } throws: { ($0 as? ODataFault)?.status == .badRequest }
  }

  @Test("no text harms the reader")
  func randomTexts() {
    var random = SystemRandomNumberGenerator()
    let pieces = [
      "Age", "eq", "(", ")", "'", "''", ",", "and", "or", "not", "null", "-", "1", "1.5e", "@a",
      "in", "contains", "2026-11-21T", " ", "\u{0}", "é", "add", "City", "INF", "-INF", "NaN",
    ]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...12, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined(separator: " ")
      do {
        let filter = try FilterParser.parse(text, of: Self.set)
        for row in 0..<Self.set.rows.count { _ = filter.value(row, of: Self.set.rows) }
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
  }

  @Test(
    "names are what every client takes",
    arguments: [
      ("Annual Income (k$)", "AnnualIncomeK"), ("customer_id", "CustomerId"),
      ("CustomerID", "CustomerID"), ("1st order", "_1stOrder"), ("", "Column"), ("🛍", "Column"),
      ("<script>alert(1)</script>", "ScriptAlert1Script"), ("Größe cm", "GreCm"),
      (String(repeating: "x", count: 300), "X" + String(repeating: "x", count: 119)),
    ])
  func names(header: String, name: String) {
    var names = PropertyNames()
    #expect(names.name(for: header) == name)
    let second = names.name(for: header)
    #expect(second == name + "2")
    #expect(second.utf8.count <= 128)
  }
}
