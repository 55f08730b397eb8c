import Testing

/// Holds the work tree to the drawing. An incremental build would let a forbidden import pass: a
/// module that some other target has already built is found, declared or not.
@Suite("the sources keep to the drawing", .timeLimit(.minutes(1)))
struct ArchitectureTests {
  @Test("there are sources to look at")
  func findsSources() throws {
    let paths = try Repository.sourcePaths()
    #expect(paths.contains("Sources/segmentd/main.swift"))
  }

  @Test("every import is an arrow of the drawing")
  func imports() throws {
    for path in try Repository.sourcePaths() {
      let source = SwiftSource(try Repository.text(at: path))
      for violation in Drawing.segmentd.violations(in: source, at: path) {
        Issue.record("\(violation)")
      }
    }
  }

  @Test("no source does what the style bans")
  func bans() throws {
    for path in try Repository.sourcePaths() {
      let source = SwiftSource(try Repository.text(at: path))
      for violation in Ban.violations(of: Ban.all, in: source, at: path) {
        Issue.record("\(violation)")
      }
    }
  }

  @Test("the package depends on no other package")
  func dependencies() throws {
    let manifest = SwiftSource(try Repository.text(at: "Package.swift"))
    let dependency = [Ban(words: [".", "package", "("])]
    #expect(Ban.violations(of: dependency, in: manifest, at: "Package.swift") == [])
  }

  @Test(
    "the top level holds what it should and no more",
    .enabled(if: Repository.trackedPaths != nil, "not a git checkout"))
  func topLevel() throws {
    let tracked = try #require(Repository.trackedPaths)
    #expect(TopLevel.segmentd.strays(in: tracked) == [])
  }
}
