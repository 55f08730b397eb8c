import Foundation

/// A program that a test started and can watch and stop.
///
/// It is killed when nobody holds this object any more.
public final class Program: Sendable {
  /// What a program did that it should not have.
  public struct Failure: Error, CustomStringConvertible {
    public var description: String

    init(_ what: String) { description = what }
  }

  /// A finished run.
  public struct Completion: Sendable {
    public var status: ExitStatus
    public var output: String
    public var errorOutput: String
  }

  let process: ChildProcess

  private init(process: ChildProcess) { self.process = process }

  // MARK: Starting

  /// Starts a program and returns at once.
  public static func start(_ launch: Launch) throws -> Program {
    Program(process: try launch.spawn())
  }

  /// Runs a program to its end.
  public static func run(
    _ launch: Launch, within duration: Duration = .seconds(30)
  ) async throws -> Completion {
    let program = try start(launch)
    let status = try await program.waitForExit(within: duration)
    return Completion(
      status: status, output: program.output, errorOutput: program.errorOutput)
  }

  // MARK: Watching

  public var pid: Int32 { process.pid }

  /// What it wrote to its standard output so far.
  public var output: String { process.current { String(decoding: $0.output, as: UTF8.self) } }

  /// What it wrote to its standard error so far.
  public var errorOutput: String {
    process.current { String(decoding: $0.errorOutput, as: UTF8.self) }
  }

  /// The first whole line on either stream that contains `text`, waiting for it when need be.
  ///
  /// A program that ends without such a line is an error at once.
  public func logLine(
    containing text: String, within duration: Duration = .seconds(10)
  ) async throws -> String {
    let isDecided = await process.wait(within: duration) {
      Self.line(containing: text, in: $0) != nil || ($0.exit != nil && $0.outputHasEnded)
    }
    if let line = process.current({ Self.line(containing: text, in: $0) }) { return line }
    let wanted = "a line with \(text.debugDescription)"
    throw isDecided
      ? failure("the program ended before \(wanted)") : failure("no \(wanted) in \(duration)")
  }

  private static func line(
    containing text: String, in state: borrowing ChildProcess.State
  ) -> String? {
    for bytes in [state.output, state.errorOutput] {
      // Only whole lines: the rest of the last one may not have come yet.
      let lines = String(decoding: bytes, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      if let line = lines.first(where: { $0.contains(text) }) { return String(line) }
    }
    return nil
  }

  /// An error about this program, with the end of what it wrote, which tends to explain it.
  func failure(_ what: String) -> Failure {
    let (exit, written) = process.current { ($0.exit, ($0.output + $0.errorOutput).suffix(4096)) }
    let state = exit.map { "\($0)" } ?? "still running"
    return Failure("\(what) (\(state)); it wrote:\n\(String(decoding: written, as: UTF8.self))")
  }

  // MARK: Stopping

  /// Sends a signal, unless the program has ended.
  public func signal(_ number: Int32) { process.signal(number) }

  /// Waits until the program has ended and all it wrote has been read.
  public func waitForExit(within duration: Duration = .seconds(20)) async throws -> ExitStatus {
    _ = await process.wait(within: duration) { $0.exit != nil && $0.outputHasEnded }
    guard let status = process.current({ $0.exit }) else {
      throw failure("the program did not end within \(duration)")
    }
    return status
  }

  /// Asks the program to stop (SIGTERM) and waits for its end; one that lingers is killed and an error.
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
