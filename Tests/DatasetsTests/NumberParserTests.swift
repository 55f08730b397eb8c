import Testing

@testable import Datasets

@Suite("Numbers in cells", .timeLimit(.minutes(1)))
struct NumberParserTests {
  private func read(_ text: String) -> CellReading {
    NumberParser.read(Array(text.utf8).span)
  }

  @Test(
    "plain decimals are numerals",
    arguments: [
      ("0", 0, 0), ("7", 7, 0), ("-12", -12, 0), ("1.50", 150, 2), ("-0.5", -5, 1),
      ("0.0", 0, 1), ("999999999999999999", 999_999_999_999_999_999, 0),
      ("0.12345678901234567", 12_345_678_901_234_567, 17),
    ] as [(String, Int64, UInt8)])
  func numerals(text: String, mantissa: Int64, decimals: UInt8) {
    #expect(read(text) == .numeral(Numeral(mantissa: mantissa, decimals: decimals)))
  }

  @Test(
    "numbers written in other ways are numbers all the same",
    arguments: [
      ("+5", 5), ("007", 7), ("-0", 0), ("1e3", 1000), ("1E-2", 0.01), ("5.", 5), (".5", 0.5),
      (" 42 ", 42), ("\t1.5", 1.5), ("1234567890123456789", 1_234_567_890_123_456_768),
      ("1.7976931348623157e308", 1.797_693_134_862_315_7e308), ("5e-324", .leastNonzeroMagnitude),
      ("1e-400", 0), ("00.10", 0.1), ("8.41e21", 8.41e21),
      ("9007199254740993e0", 9_007_199_254_740_992),
    ] as [(String, Double)])
  func otherNumbers(text: String, value: Double) {
    #expect(read(text) == .number(value))
  }

  @Test(
    "words for nothing are missing",
    arguments: ["", " ", "  \t", "NA", "na", "N/A", "#N/A", "null", "NULL", "-", "?", " NA "])
  func missing(text: String) {
    #expect(read(text) == .missing)
  }

  @Test(
    "what is no finite number is told apart from text",
    arguments: ["NaN", "nan", "inf", "-inf", "Infinity", "+Infinity", "1e400", "-1e999999999999"])
  func notFinite(text: String) {
    #expect(read(text) == .notFinite)
  }

  @Test(
    "what Swift reads as a number and people do not is text",
    arguments: [
      "0x1F", "0x1p3", "abc", "12a", "1 2", "1,5", "1.2.3", "e5", "1e", "1e+", "--1", "+", ".",
      "-.", "1_000", "٣", "12%", "$5", "nano", "infinit",
    ])
  func text(text: String) {
    #expect(read(text) == .text)
  }

  @Test("a numeral writes the text it was read from", arguments: 0..<200)
  func roundTrip(seed: UInt64) {
    var random = TestRandom(state: seed)
    for _ in 0..<100 {
      let digits = Int.random(in: 1...18, using: &random)
      let limit = (0..<digits).reduce(Int64(1)) { power, _ in power * 10 }
      let mantissa = Int64.random(in: -(limit - 1)..<limit, using: &random)
      let decimals = UInt8.random(in: 0...17, using: &random)
      guard mantissa != 0 || decimals == 0 else { continue }
      var text: [UInt8] = []
      Numeral.append(mantissa: mantissa, decimals: decimals, to: &text)
      // A numeral with more places than digits begins with 0.
      let written = String(decoding: text, as: UTF8.self)
      guard written.filter(\.isNumber).count <= 18 else { continue }
      #expect(read(written) == .numeral(Numeral(mantissa: mantissa, decimals: decimals)))
      #expect(
        Numeral(mantissa: mantissa, decimals: decimals).value == Double(written), "\(written)")
    }
  }

  @Test("every Double comes back from its own text", arguments: 0..<50)
  func doubles(seed: UInt64) throws {
    var random = TestRandom(state: seed)
    for _ in 0..<200 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      #expect(read("\(value)").value == value, "\(value)")
    }
  }
}
