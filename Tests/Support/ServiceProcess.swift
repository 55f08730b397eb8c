import Foundation

/// The real `segmentd` as a process of its own.
public final class ServiceProcess: Sendable {
  /// Where it listens, as it said: `http://127.0.0.1:49152`.
  public let url: String
  /// The process behind it: what it writes, its memory, its end.
  public let program: Program
  /// Given back when nobody holds this object any more.
  private let slot: LaunchSlot

  private init(program: Program, url: String, slot: LaunchSlot) {
    self.program = program
    self.url = url
    self.slot = slot
  }

  /// The words that the service's address follows.
  private static let announcement = "segmentd listening on "

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
    let slot = await LaunchSlot.take()
    let program = try Program.start(launch)
    let line = try await program.logLine(containing: announcement, within: duration)
    guard let words = line.firstRange(of: announcement) else {
      throw program.failure("the line changed while it was read")
    }
    let url = line[words.upperBound...].prefix { !$0.isWhitespace && $0 != "\"" }
    return ServiceProcess(program: program, url: String(url), slot: slot)
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
      print(service.program.failure("\(error)"))
      service.program.signal(SIGKILL)
      throw error
    }
    let status = try await service.stop()
    guard status == .exited(0) else { throw service.program.failure("the service failed") }
    return result
  }

  public static func with<R>(
    _ arguments: [String] = [], isolation: isolated (any Actor)? = #isolation,
    _ body: (ServiceProcess) async throws -> R
  ) async throws -> R {
    try await with(Launch(arguments), isolation: isolation, body)
  }

  /// Runs the service's binary to its end, for what answers and exits: `--help`, a refused setting.
  public static func run(_ arguments: [String]) async throws -> Program.Completion {
    try await Program.run(Launch(arguments))
  }

  // MARK: Using

  /// The port in ``url``, for raw connections.
  public var port: UInt16 {
    get throws {
      guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else {
        throw program.failure("\(url) names no port")
      }
      return port
    }
  }

  /// A new libcurl handle that puts ``url`` in front of paths.
  public func client() -> Curl { Curl(base: url) }

  /// A new plain connection.
  public func connect() async throws -> RawConnection { try await .open(port: port) }

  /// Asks the service to stop (SIGTERM) and waits for its end; one that lingers is killed and an error.
  public func stop(within duration: Duration = .seconds(20)) async throws -> ExitStatus {
    try await program.stop(within: duration)
  }
}
