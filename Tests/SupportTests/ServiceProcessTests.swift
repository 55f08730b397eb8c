import Foundation
import TestSupport
import Testing

/// The harness against stand-ins for the service: shell scripts that do one thing each.
@Suite("service processes", .timeLimit(.minutes(2)))
struct ServiceProcessTests {
  /// A launch of `script` by the shell.
  func shell(_ script: String) -> Launch {
    // What the harness adds after the script become the script's arguments.
    Launch(["-c", script, "stand-in"], program: "/bin/sh")
  }

  /// A script that listens, as far as it says, and stops with `status` when asked to.
  func service(stoppingWith status: Int, saying line: String) -> Launch {
    shell(
      """
      trap 'echo stopping; exit \(status)' TERM
      echo '\(line)'
      # Waits in pieces, so that the trap is taken soon; ends by itself all the same.
      n=0; while [ $n -lt 1000 ]; do sleep 0.02; n=$((n+1)); done
      """)
  }

  static let lines = [
    "segmentd listening on http://127.0.0.1:4711",
    #"{"message":"segmentd listening on http://127.0.0.1:4711","level":"info"}"#,
    "first another line\nsegmentd listening on http://127.0.0.1:4711\nand more",
  ]

  @Test("the URL is read from the line that says it, and the end is awaited", arguments: lines)
  func startsAndStops(line: String) async throws {
    let service = try await ServiceProcess.start(service(stoppingWith: 0, saying: line))
    #expect(service.url == "http://127.0.0.1:4711")
    #expect(try service.port == 4711)
    #expect(try await service.stop() == .exited(0))
    #expect(service.program.output.hasSuffix("stopping\n"))
  }

  @Test("a URL on standard error is as good")
  func standardError() async throws {
    let launch = shell("echo segmentd listening on http://127.0.0.1:9 >&2; exec sleep 20")
    let service = try await ServiceProcess.start(launch)
    #expect(service.url == "http://127.0.0.1:9")
    #expect(try await service.stop() == .signalled(SIGTERM))
  }

  @Test("a process that ends before it listens is an error with its words")
  func endsEarly() async throws {
    let error = await #expect(throws: Program.Failure.self) {
      try await ServiceProcess.start(shell("echo cannot bind >&2; exit 3"))
    }
    #expect(error?.description.contains("cannot bind") == true)
    #expect(error?.description.contains("exited(3)") == true)
  }

  @Test("a process that never says where it listens is given up and killed")
  func neverListens() async throws {
    let error = await #expect(throws: Program.Failure.self) {
      try await ServiceProcess.start(
        shell("echo pid $$; exec sleep 30"), within: .milliseconds(300))
    }
    let words = try #require(error).description.split { $0.isWhitespace }
    let mark = try #require(words.lastIndex(of: "pid"))
    let pid = try #require(Int32(words[mark + 1]))
    try await expectGone(pid)
  }

  @Test("a process that ignores SIGTERM is killed, and that is an error")
  func ignoresStop() async throws {
    let service = try await ServiceProcess.start(
      shell("trap '' TERM; echo segmentd listening on http://127.0.0.1:9; exec sleep 30"))
    await #expect(throws: Program.Failure.self) {
      try await service.stop(within: .milliseconds(200))
    }
    #expect(try await service.program.waitForExit() == .signalled(SIGKILL))
  }

  @Test("a bad exit status fails what used the service")
  func badExit() async throws {
    let launch = service(stoppingWith: 5, saying: "segmentd listening on http://127.0.0.1:9")
    let error = await #expect(throws: Program.Failure.self) {
      try await ServiceProcess.with(launch) { _ in }
    }
    #expect(error?.description.contains("exited(5)") == true)
  }

  @Test("an error in the body is handed on, and the process does not stay")
  func bodyThrows() async throws {
    struct Oops: Error {}
    var pid: Int32 = 0
    let launch = service(stoppingWith: 0, saying: "segmentd listening on http://127.0.0.1:9")
    await #expect(throws: Oops.self) {
      try await ServiceProcess.with(launch) {
        pid = $0.program.pid
        throw Oops()
      }
    }
    try await expectGone(pid)
  }

  @Test("a process that nobody holds any more is killed")
  func forgotten() async throws {
    let launch = service(stoppingWith: 0, saying: "segmentd listening on http://127.0.0.1:9")
    let pid = try await ServiceProcess.start(launch).program.pid
    try await expectGone(pid)
  }

  @Test("log lines are awaited, on either stream and only whole")
  func logLines() async throws {
    let launch = shell(
      """
      echo segmentd listening on http://127.0.0.1:9
      sleep 0.1; echo '{"event":"one"}'; printf '{"event":' >&2; sleep 0.1; echo '"two"}' >&2
      exec sleep 20
      """)
    let service = try await ServiceProcess.start(launch)
    #expect(try await service.program.logLine(containing: "event\":\"one") == #"{"event":"one"}"#)
    #expect(try await service.program.logLine(containing: "event\":\"two") == #"{"event":"two"}"#)
    await #expect(throws: Program.Failure.self) {
      try await service.program.logLine(containing: "three", within: .milliseconds(50))
    }
  }

  @Test("flags: a free port of the loopback address unless they say otherwise")
  func flags() async throws {
    let script = "echo \"$@\"; echo segmentd listening on http://127.0.0.1:9; exec sleep 20"
    let plain = try await ServiceProcess.start(shell(script))
    #expect(plain.program.output.hasPrefix("--port 0 --host 127.0.0.1\n"))

    var launch = shell(script)
    launch.arguments += ["--port=80"]
    let withPort = try await ServiceProcess.start(launch)
    #expect(withPort.program.output.hasPrefix("--port=80 --host 127.0.0.1\n"))

    launch.arguments = Array(launch.arguments.dropLast()) + ["--unix-socket", "/s"]
    let withSocket = try await ServiceProcess.start(launch)
    #expect(withSocket.program.output.hasPrefix("--unix-socket /s\n"))
  }

  @Test("a run to the end brings both streams apart and the status")
  func runs() async throws {
    var launch = shell(
      "cat; echo \"out $PWD $SEGMENTD_A ${SEGMENTD_TEST_MINUTES-none}\"; echo err >&2; exit 2")
    launch.environment = ["SEGMENTD_A": "1"]
    launch.workingFolder = "/"
    let completion = try await Program.run(launch)
    #expect(completion.status == .exited(2))
    #expect(completion.output == "out / 1 none\n")
    #expect(completion.errorOutput == "err\n")
  }

  @Test("much output does not hold the process up")
  func muchOutput() async throws {
    let completion = try await Program.run(
      shell("head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2"))
    #expect(completion.output.utf8.count == 5_000_000)
    #expect(completion.errorOutput.utf8.count == 5_000_000)
  }

  @Test("a program that is not there is an error")
  func noProgram() async throws {
    let launch = Launch(program: "/nonexistent/segmentd")
    let error = await #expect(throws: Program.Failure.self) {
      try await ServiceProcess.start(launch)
    }
    #expect(error?.description.contains("/nonexistent/segmentd") == true)
  }

  @Test("the facts of a process are numbers of this very process")
  func facts() async throws {
    let launch = service(stoppingWith: 0, saying: "segmentd listening on http://127.0.0.1:9")
    try await ServiceProcess.with(launch) { service in
      let (now, peak) = (
        try service.program.residentByteCount, try service.program.peakResidentByteCount
      )
      #expect(now > 100_000)
      #expect(peak >= now)
      #expect(try service.program.threadCount == 1)
      // Input, output and errors: no file of this process is handed on.
      #expect(try service.program.openFileCount == 3)
    }
  }

  @Test("the built binary lies beside the tests")
  func builtBinary() throws {
    #expect(FileManager.default.isExecutableFile(atPath: try Launch.builtService()))
  }

  /// Expects that `pid` is no process (any more) within some seconds.
  private func expectGone(_ pid: Int32) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while kill(pid, 0) == 0, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(kill(pid, 0) != 0)
  }
}
