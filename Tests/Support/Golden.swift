import Foundation

/// Expected output kept in files: a folder `Golden` beside the test's source file.
///
/// With `UPDATE_GOLDEN=1` in the environment the files are written instead of compared; the change then shows
/// in the diff of the commit.
/// ```swift
/// #expect(try Golden().mismatch(of: svg, with: "scatter.svg") == nil)
/// ```
public struct Golden: Sendable {
  let folder: URL
  let isUpdating: Bool

  /// The golden files of the test at `testFile`.
  public init(besides testFile: String = #filePath) {
    self.init(besides: testFile, environment: ProcessInfo.processInfo.environment)
  }

  init(besides testFile: String, environment: [String: String]) {
    folder = URL(filePath: testFile).deletingLastPathComponent().appending(path: "Golden")
    isUpdating = environment["UPDATE_GOLDEN"] == "1"
  }

  /// What differs between `actual` and the file, in words; nil when they are equal.
  public func mismatch(of actual: [UInt8], with name: String) throws -> String? {
    let file = folder.appending(path: name)
    if isUpdating {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(actual).write(to: file)
      return nil
    }
    guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else {
      return "there is no Golden/\(name) yet; UPDATE_GOLDEN=1 writes it"
    }
    let expected = [UInt8](try Data(contentsOf: file))
    return expected == actual ? nil : Self.difference(of: actual, from: expected, in: name)
  }

  public func mismatch(of actual: String, with name: String) throws -> String? {
    try mismatch(of: Array(actual.utf8), with: name)
  }

  /// The first line that differs, both ways.
  private static func difference(
    of actual: [UInt8], from expected: [UInt8], in name: String
  ) -> String {
    let lineFeed = UInt8(ascii: "\n")
    let newLines = actual.split(separator: lineFeed, omittingEmptySubsequences: false)
    let oldLines = expected.split(separator: lineFeed, omittingEmptySubsequences: false)
    let same = zip(newLines, oldLines).prefix { $0 == $1 }.count
    let shown = { (lines: [ArraySlice<UInt8>]) in
      same < lines.count
        ? String(decoding: lines[same].prefix(300), as: UTF8.self).debugDescription
        : "the end of the file"
    }
    return """
      Golden/\(name), line \(same + 1): expected \(shown(oldLines)), got \(shown(newLines)) \
      (UPDATE_GOLDEN=1 accepts it)
      """
  }
}
