import Testing

@Suite("source text taken apart", .timeLimit(.minutes(1)))
struct SwiftSourceTests {
  /// Each source next to the words of its code.
  static let cases: [(source: String, words: [String])] = [
    ("", []),
    ("let a = 1", ["let", "a", "=", "1"]),
    ("a // b", ["a"]),
    ("a // b\nc", ["a", "c"]),
    ("a /* b */ c", ["a", "c"]),
    ("a /* b /* c */ d */ e", ["a", "e"]),
    ("a /* b", ["a"]),
    (#"a "b" c"#, ["a", "c"]),
    (#"a "" c"#, ["a", "c"]),
    (#"a "\"b" c"#, ["a", "c"]),
    (#"a "\\" c"#, ["a", "c"]),
    (#"a "// b" c"#, ["a", "c"]),
    (#"a "/* b" c "*/" d"#, ["a", "c", "d"]),
    (#"a "b \(c) d" e"#, ["a", "c", "e"]),
    (#"a "b \(c("d \(e) f")) g" h"#, ["a", "c", "(", "e", ")", "h"]),
    (##"a #"b " \(c) \#(d)"# e"##, ["a", "d", "e"]),
    (##"a #"""# b"##, ["a", "b"]),
    ("a \"\"\"\nb \" \"\" c\n\"\"\" d", ["a", "d"]),
    ("a \"\"\"\nb \\(c)\n\"\"\" d", ["a", "c", "d"]),
    ("a #\"\"\"\nb \"\"\" \\(c) \\#(d)\n\"\"\"# e", ["a", "d", "e"]),
    // Not Swift, yet one bad line must not hide the rest of a file.
    ("a \"b\nc", ["a", "c"]),
    ("#if canImport(A)\r\nb", ["#", "if", "canImport", "(", "A", ")", "b"]),
    ("`import` é", ["import", "é"]),
  ]

  @Test("comments and literal text are not code, interpolations are", arguments: cases)
  func code(source: String, words: [String]) {
    #expect(SwiftSource(source).tokens.map(\.text) == words)
  }

  @Test("lines are counted through comments and literals")
  func lines() {
    let source = SwiftSource("/* 1\n2 */ a\n\"\"\"\n4\n\"\"\" b // c\n// d\ne")
    #expect(
      source.tokens == [
        .init(text: "a", line: 2), .init(text: "b", line: 5), .init(text: "e", line: 7),
      ])
    #expect(
      source.comments == [
        .init(text: "/* 1\n2 */", line: 1), .init(text: "// c", line: 5),
        .init(text: "// d", line: 6),
      ])
  }

  static let importCases: [(source: String, modules: [String])] = [
    ("import A", ["A"]),
    ("import A; import B", ["A", "B"]),
    ("@testable import A", ["A"]),
    ("public import A", ["A"]),
    ("@preconcurrency @_exported public import A\nimport B", ["A", "B"]),
    ("@_spi(Testing) import A", ["A"]),
    ("import struct A.B", ["A"]),
    ("import func A.b", ["A"]),
    ("import A.B", ["A"]),
    ("import\n  A", ["A"]),
    ("import /* B */ A", ["A"]),
    ("import `A`", ["A"]),
    ("#if canImport(A)\nimport A\n#else\nimport B\n#endif", ["A", "B"]),
    ("#if canImport(A)\nlet b = 1\n#endif", []),
    ("// import A", []),
    ("/// import A", []),
    ("/* import A */", []),
    (#"let a = "import A""#, []),
    ("let a = \"\"\"\n  import A\n  \"\"\"", []),
    ("let important = importA", []),
    ("let a = Kind.import", []),
    ("load(import: a)", []),
  ]

  @Test("imports are found in every form, and nothing else is one", arguments: importCases)
  func imports(source: String, modules: [String]) {
    #expect(SwiftSource(source).imports.map(\.module) == modules)
  }

  @Test("an import has the line of its keyword")
  func importLine() {
    #expect(
      SwiftSource("// one\n\n@testable\nimport struct A.B").imports == [
        ImportStatement(module: "A", line: 4)
      ])
  }
}
