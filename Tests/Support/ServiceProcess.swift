import Foundation

/// The real `segmentd` as a process of its own.
public final class ServiceProcess: Sendable {
  /// What the service did that it should not have.
  public struct Failure: Error, CustomStringConvertible {
    public var description: String

    init(_ what: String, _ process: ChildProcess) {
      let log = process.current { state in
        (state.output + state.errorOutput).suffix(4096)
      }
      description = "\(what); the end of what it wrote:\n\(String(decoding: log, as: UTF8.self))"
    }

    init(_ what: String) { description = what }
  }

  /// A finished run of the binary.
  public struct Completion: Sendable {
    public var status: ExitStatus
    public var output: String
    public var errorOutput: String
  }

  /// How a process is started: the program, its flags, and what surrounds them.
  public struct Launch: Sendable {
    /// Flags and their values.
    public var arguments: [String]
    /// Variables on top of this process's, from which every `SEGMENTD_…` is taken out first.
    public var environment: [String: String] = [:]
    /// Where to run it; the package root when nil.
    public var workingFolder: String?
    /// A program that changes itself into the service, with its arguments: `["/usr/bin/taskset", "1"]`.
    public var launcher: [String] = []
    /// The program; the one built beside the tests when nil.
    public var binary: String?

    public init(_ arguments: [String] = []) { self.arguments = arguments }
  }

  /// Where it listens, as it said: `http://127.0.0.1:49152`.
  public let url: String
  private let process: ChildProcess

  private init(process: ChildProcess, url: String) {
    self.process = process
    self.url = url
  }

  // MARK: Starting

  /// Starts the service and waits until it says where it listens.
  ///
  /// Unless the flags say otherwise it listens on a free port of the loopback address.
  public static func start(
    _ launch: Launch, within duration: Duration = .seconds(30)
  ) async throws -> ServiceProcess {
    var launch = launch
    let flags = Set(launch.arguments.map { $0.prefix { $0 != "=" } })
    if flags.isDisjoint(with: ["--port", "--unix-socket"]) { launch.arguments += ["--port", "0"] }
    if flags.isDisjoint(with: ["--host", "--unix-socket"]) {
      launch.arguments += ["--host", "127.0.0.1"]
    }
    let process = try spawn(launch)
    let isDecided = await process.wait(within: duration) {
      listeningURL(in: $0) != nil || $0.exit != nil
    }
    if let url = process.current({ listeningURL(in: $0) }) {
      return ServiceProcess(process: process, url: url)
    }
    guard isDecided else {
      throw Failure("the service did not say within \(duration) where it listens", process)
    }
    _ = await process.wait(within: .seconds(1)) { $0.outputHasEnded }
    let exit = process.current { $0.exit }
    throw Failure("the service ended (\(exit.map { "\($0)" } ?? "")) before it listened", process)
  }

  public static func start(_ arguments: [String] = []) async throws -> ServiceProcess {
    try await start(Launch(arguments))
  }

  /// Starts the service, lets `body` use it, and stops it; it has to end with status 0.
  public static func with<R>(
    _ launch: Launch, isolation: isolated (any Actor)? = #isolation,
    _ body: (ServiceProcess) async throws -> R
  ) async throws -> R {
    let service = try await start(launch)
    let result: R
    do {
      result = try await body(service)
    } catch {
      // What the service said is what explains the failure.
      print(Failure("\(error)", service.process))
      service.signal(SIGKILL)
      throw error
    }
    let status = try await service.stop()
    guard status == .exited(0) else {
      throw Failure("the service stopped with \(status)", service.process)
    }
    return result
  }

  public static func with<R>(
    _ arguments: [String] = [], isolation: isolated (any Actor)? = #isolation,
    _ body: (ServiceProcess) async throws -> R
  ) async throws -> R {
    try await with(Launch(arguments), isolation: isolation, body)
  }

  /// Runs the binary to its end, for what answers and exits: `--help`, a refused setting.
  public static func run(
    _ launch: Launch, within duration: Duration = .seconds(30)
  ) async throws -> Completion {
    let process = try spawn(launch)
    guard await process.wait(within: duration, until: { $0.exit != nil && $0.outputHasEnded })
    else { throw Failure("the program did not end within \(duration)", process) }
    let end = process.current { ($0.exit, $0.output, $0.errorOutput) }
    guard let status = end.0 else { throw Failure("the program has no exit status", process) }
    return Completion(
      status: status, output: String(decoding: end.1, as: UTF8.self),
      errorOutput: String(decoding: end.2, as: UTF8.self))
  }

  public static func run(_ arguments: [String]) async throws -> Completion {
    try await run(Launch(arguments))
  }

  /// The binary that was built with these tests: `SEGMENTD_BINARY`, or the one in their folder.
  public static func builtBinary() throws -> String {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["SEGMENTD_BINARY"] { return path }
    let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let path = products.appending(path: "segmentd").path(percentEncoded: false)
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Failure("there is no \(path); build it with swift build --product segmentd")
    }
    return path
  }

  private static func spawn(_ launch: Launch) throws -> ChildProcess {
    var environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("SEGMENTD_") }
    environment.merge(launch.environment) { _, new in new }
    // `env` changes the folder and then itself into the next program, so the process stays one.
    let command =
      ["/usr/bin/env", "-C", launch.workingFolder ?? PackageRoot.path] + launch.launcher
      + [try launch.binary ?? builtBinary()] + launch.arguments
    return try ChildProcess(
      path: command[0], arguments: Array(command.dropFirst()), environment: environment)
  }

  /// The URL that the service printed; the agreed words come first, on either stream.
  private static func listeningURL(in state: borrowing ChildProcess.State) -> String? {
    for bytes in [state.output, state.errorOutput] {
      let text = String(decoding: bytes, as: UTF8.self)
      // Only whole lines: the rest of the port may not have come yet.
      for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
        guard let words = line.firstRange(of: "segmentd listening on ") else { continue }
        return String(line[words.upperBound...].prefix { !$0.isWhitespace && $0 != "\"" })
      }
    }
    return nil
  }

  // MARK: Using

  public var pid: Int32 { process.pid }

  /// The port in ``url``, for raw connections.
  public var port: UInt16 {
    get throws {
      guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else {
        throw Failure("\(url) names no port")
      }
      return port
    }
  }

  /// A new libcurl handle that puts ``url`` in front of paths.
  public func client() -> Curl { Curl(base: url) }

  /// A new plain connection.
  public func connect() async throws -> RawConnection { try await .open(port: port) }

  /// What it wrote to its standard output so far.
  public var output: String { process.current { String(decoding: $0.output, as: UTF8.self) } }

  /// What it wrote to its standard error so far.
  public var errorOutput: String {
    process.current { String(decoding: $0.errorOutput, as: UTF8.self) }
  }

  /// The first whole line on either stream that contains `text`, waiting for it when need be.
  public func logLine(
    containing text: String, within duration: Duration = .seconds(10)
  ) async throws -> String {
    let hasCome = await process.wait(within: duration) {
      Self.line(containing: text, in: $0) != nil
    }
    guard hasCome, let line = process.current({ Self.line(containing: text, in: $0) }) else {
      throw Failure("no line with \(text.debugDescription) within \(duration)", process)
    }
    return line
  }

  private static func line(
    containing text: String, in state: borrowing ChildProcess.State
  ) -> String? {
    for bytes in [state.output, state.errorOutput] {
      let lines = String(decoding: bytes, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      if let line = lines.first(where: { $0.contains(text) }) { return String(line) }
    }
    return nil
  }

  // MARK: Stopping

  /// Sends a signal, unless the process has ended.
  public func signal(_ number: Int32) { process.signal(number) }

  /// Waits until the process has ended and all it wrote has been read.
  public func waitForExit(within duration: Duration = .seconds(20)) async throws -> ExitStatus {
    _ = await process.wait(within: duration) { $0.exit != nil && $0.outputHasEnded }
    guard let status = process.current({ $0.exit }) else {
      throw Failure("the service still ran after \(duration)", process)
    }
    return status
  }

  /// Asks the service to stop (SIGTERM) and waits for its end; one that lingers is killed and an error.
  public func stop(within duration: Duration = .seconds(20)) async throws -> ExitStatus {
    signal(SIGTERM)
    do {
      return try await waitForExit(within: duration)
    } catch {
      signal(SIGKILL)
      throw error
    }
  }
}
