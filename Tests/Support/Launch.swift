import Foundation

/// How a process is started: the program, its arguments, and what surrounds them.
public struct Launch: Sendable {
  /// Flags and their values.
  public var arguments: [String]
  /// The program's path; the `segmentd` built beside the tests when nil.
  public var program: String?
  /// Variables on top of this process's, from which every `SEGMENTD_…` is taken out first.
  public var environment: [String: String] = [:]
  /// Where to run it; the package root when nil.
  public var workingFolder: String?
  /// A program that changes itself into this one, with its arguments: `["/usr/bin/taskset", "1"]`.
  public var launcher: [String] = []

  public init(_ arguments: [String] = [], program: String? = nil) {
    self.arguments = arguments
    self.program = program
  }

  /// Starts it.
  func spawn() throws -> ChildProcess {
    var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SEGMENTD_") }
    variables.merge(environment) { _, new in new }
    // `env` changes the folder and then itself into the next program, so the process stays one.
    let command =
      ["/usr/bin/env", "-C", workingFolder ?? PackageRoot.path] + launcher
      + [try program ?? Self.builtService()] + arguments
    return try ChildProcess(
      path: command[0], arguments: Array(command.dropFirst()), environment: variables)
  }

  /// The `segmentd` that was built with these tests: `SEGMENTD_BINARY`, or the one in their folder.
  public static func builtService() throws -> String {
    if let path = ProcessInfo.processInfo.environment["SEGMENTD_BINARY"] { return path }
    let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let path = products.appending(path: "segmentd").path(percentEncoded: false)
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Program.Failure("there is no \(path); build it with swift build --product segmentd")
    }
    return path
  }
}
