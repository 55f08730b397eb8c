import Foundation

/// The work tree that these tests were compiled from.
enum Repository {
  /// The package root, two folders above this file's.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Every Swift file under `Sources`, as a path from the package root.
  static func sourcePaths() throws -> [String] {
    let sources = root.appending(path: "Sources").path(percentEncoded: false)
    return try FileManager.default.subpathsOfDirectory(atPath: sources)
      .filter { $0.hasSuffix(".swift") }
      .map { "Sources/\($0)" }
      .sorted()
  }

  /// The text of the file at `path` from the package root.
  static func text(at path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The files that git tracks, or nil where this is no git checkout (an unpacked archive).
  static let trackedPaths: [String]? = {
    let git = Process()
    let output = Pipe()
    git.executableURL = URL(filePath: "/usr/bin/env")
    git.arguments = ["git", "-C", root.path(percentEncoded: false), "ls-files", "-z"]
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    do { try git.run() } catch { return nil }
    let listing = output.fileHandleForReading.readDataToEndOfFile()
    git.waitUntilExit()
    guard git.terminationStatus == 0 else { return nil }
    let paths = String(decoding: listing, as: UTF8.self).split(separator: "\0").map(String.init)
    return paths.isEmpty ? nil : paths
  }()
}
