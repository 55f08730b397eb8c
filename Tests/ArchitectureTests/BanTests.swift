import Testing

@Suite("what the style bans", .timeLimit(.minutes(1)))
struct BanTests {
  static let cases: [(source: String, found: [String])] = [
    ("let a = try! b()", ["`try!` is banned from Sources"]),
    ("let a = try !b()", []),
    ("let a = try b()", []),
    ("fatalError(\"no\")", ["`fatalError` is banned from Sources"]),
    ("struct A: @unchecked Sendable {}", ["`@unchecked` is banned from Sources"]),
    ("extension A: @unchecked  Sendable {}", ["`@unchecked` is banned from Sources"]),
    ("// try! and fatalError( are words here", []),
    (#"let a = "try! fatalError(""#, []),
    (
      "func a(_ b: UnsafePointer<UInt8>) {}",
      ["`UnsafePointer` needs a `// Safety:` line in this file"]
    ),
    (
      "nonisolated(unsafe) var a = 0",
      ["`nonisolated(unsafe)` needs a `// Safety:` line in this file"]
    ),
    ("nonisolated func a() {}", []),
    ("// Safety: b outlives the call.\nfunc a(_ b: UnsafePointer<UInt8>) {}", []),
    ("/// Safety: `b` outlives the call.\nfunc a(_ b: UnsafePointer<UInt8>) {}", []),
    (
      "// Not about Safety: at all.\nfunc a(_ b: UnsafePointer<UInt8>) { b.unsafelyUnwrapped }",
      ["`UnsafePointer` needs a `// Safety:` line in this file"]
    ),
    ("  // Safety: disjoint writes.\n  nonisolated(unsafe) var a = 0", []),
    ("// Safety: this lifts no ban.\nfatalError()", ["`fatalError` is banned from Sources"]),
    (
      #"let a = "// Safety: text is no comment"; b.unsafelyUnwrapped"#,
      ["`unsafelyUnwrapped` needs a `// Safety:` line in this file"]
    ),
  ]

  @Test("each ban is found in code and nowhere else", arguments: cases)
  func bans(source: String, found: [String]) {
    let violations = Ban.violations(of: Ban.all, in: SwiftSource(source), at: "A.swift")
    #expect(violations.map(\.reason) == found)
  }

  @Test("a violation names its line")
  func line() {
    let source = SwiftSource("/*\n*/\nlet a = try! b()")
    let violations = Ban.violations(of: Ban.all, in: source, at: "Sources/A/B.swift")
    #expect(
      violations.map(\.description) == ["Sources/A/B.swift:3: `try!` is banned from Sources"])
  }

  @Test("the top level takes hidden names and its own, no others")
  func topLevel() {
    let paths = [
      ".ci/run", ".swift-format", "Package.swift", "Sources/a/b.swift", "Tests/run", "Config/c",
      "Dockerfile", "README.md", "docs/a.md", "Makefile",
    ]
    #expect(TopLevel.segmentd.strays(in: paths) == ["Makefile", "docs"])
  }
}
