import Foundation
import Testing

@testable import TestSupport

@Suite("files of tests", .timeLimit(.minutes(1)))
struct FileTests {
  @Test("a golden file that is equal has no mismatch, one that is not names its first line")
  func golden() throws {
    let folder = try TemporaryFolder()
    let golden = Golden(besides: "\(folder.path)/Suite.swift", environment: [:])
    let missing = try golden.mismatch(of: "a", with: "x.txt")
    #expect(missing?.contains("there is no Golden/x.txt yet") == true)

    let updating = Golden(
      besides: "\(folder.path)/Suite.swift", environment: ["UPDATE_GOLDEN": "1"])
    #expect(try updating.mismatch(of: "one\ntwo\n", with: "x.txt") == nil)
    #expect(try golden.mismatch(of: "one\ntwo\n", with: "x.txt") == nil)

    let changed = try #require(try golden.mismatch(of: "one\n2\n", with: "x.txt"))
    #expect(changed.hasPrefix(#"Golden/x.txt, line 2: expected "two", got "2""#))
    let longer = try #require(try golden.mismatch(of: "one\ntwo\nthree", with: "x.txt"))
    #expect(longer.hasPrefix(#"Golden/x.txt, line 3: expected "", got "three""#))
    let shorter = try #require(try golden.mismatch(of: "one\ntwo", with: "x.txt"))
    #expect(shorter.hasPrefix("Golden/x.txt, line 3: expected \"\", got the end of the file"))
    #expect(try golden.mismatch(of: Array("one\r\ntwo\n".utf8), with: "x.txt") != nil)
  }

  @Test("a temporary folder is there, and goes")
  func temporaryFolder() throws {
    var path = ""
    do {
      let folder = try TemporaryFolder()
      path = folder.path
      let file = try folder.write("text", to: "a.txt")
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "text")
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("the package root holds the manifest")
  func packageRoot() {
    #expect(FileManager.default.fileExists(atPath: "\(PackageRoot.path)/Package.swift"))
  }

  @Test("shared data are found beside the package", .needsSharedData)
  func sharedData() throws {
    let bytes = try SharedData.bytes(of: "mall_genre_crlf.csv")
    #expect(bytes.starts(with: "CustomerID,Genre,".utf8))
  }

  @Test("headers are found in any case and keep their order")
  func headers() {
    let headers: HeaderList = ["A": "1", "b": "2", "a": "3"]
    #expect(headers["B"] == "2")
    #expect(headers["c"] == nil)
    #expect(headers.values(of: "A") == ["1", "3"])
  }
}
