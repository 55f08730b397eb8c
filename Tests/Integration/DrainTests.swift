import Datasets
import Foundation
import TestSupport
import Testing

/// How the service ends: what was asked for is answered, nothing new is taken, and nobody waits for
/// ever.
@Suite("stopping in good order", .timeLimit(.minutes(2)))
struct DrainTests {
  private static let slow: [UInt8] = {
    var text = "id,age,income,score\n"
    for row in 0..<20_000 {
      text += "\(row),\(row * 7919 % 61),\(row * 104_729 % 137),\(row % 97)\n"
    }
    return Array(text.utf8)
  }()

  private func ask(_ path: String, _ connection: RawConnection) async throws -> RawResponse {
    try await connection.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
    return try await connection.receiveResponse()
  }

  @Test("SIGTERM: not ready at once, still serving for drain_delay, then no more; exit 0")
  func drains() async throws {
    let service = try await ServiceProcess.start(["--sample", "--drain-delay=6"])
    let curl = service.client()
    #expect(try await curl.get("/readyz").status == 200)
    let uploading = try await service.connect()
    let csv = SampleCustomers.csv()
    try await uploading.send(
      "POST /segments?k=3 HTTP/1.1\r\nHost: x\r\nContent-Length: \(csv.count)\r\n\r\n")
    try await uploading.send(Array(csv.dropLast(10)))
    // Server-sent events of a job that would go on for long.
    let job = try await curl.post(
      "/segments?k=auto&bootstraps=1000", .bytes(Self.slow), headers: ["Prefer": "respond-async"])
    let path = try #require(job.headers["Location"])
    let events = try await service.connect()
    try await events.send("GET \(path)/events HTTP/1.1\r\nHost: x\r\n\r\n")
    _ = try await events.receive(until: "event: progress")
    let polling = try await service.connect()
    try await polling.send("GET /clusters/summary?wait=60 HTTP/1.1\r\nHost: x\r\n\r\n")

    let idle = try await service.connect()
    service.program.signal(SIGTERM)
    _ = try await service.program.logLine(containing: "stopping")
    let ready = try await ask("/readyz", idle)
    #expect(ready.status == 503)
    #expect(ready.text.contains("draining"), "\(ready.text)")
    #expect(try await ask("/healthz", idle).status == 200)
    #expect(try await ask("/clusters/summary", idle).status == 200)

    // After the delay: the events end, who waits is answered, the rest of the upload is taken.
    let rest = try await events.receiveToEnd(within: .seconds(30))
    #expect(String(decoding: rest, as: UTF8.self).contains("0\r\n\r\n"))
    #expect(try await polling.receiveResponse(within: .seconds(30)).status == 200)
    #expect(try await idle.receiveToEnd().isEmpty)
    await #expect(throws: (any Error).self) {
      let late = try await service.connect()
      _ = try await ask("/healthz", late)
    }
    try await uploading.send(Array(csv.suffix(10)))
    let answer = try await uploading.receiveResponse()
    #expect(answer.status == 201)
    #expect(answer.headers["Connection"] == "close")
    #expect(try await service.program.waitForExit() == .exited(0))
  }

  @Test("what takes longer than shutdown_grace is given up, and the end is in good order")
  func grace() async throws {
    let service = try await ServiceProcess.start(["--shutdown-grace=1"])
    let connection = try await service.connect()
    try await connection.send(
      "POST /segments HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nid,age\n")
    try await Task.sleep(for: .milliseconds(100))
    let start = ContinuousClock.now
    service.program.signal(SIGINT)
    #expect(try await service.program.waitForExit() == .exited(0))
    let duration = ContinuousClock.now - start
    #expect(duration > .milliseconds(900) && duration < .seconds(20), "\(duration)")
  }

  @Test("who is told of the service can stop it at once, however busy the machine is")
  func early() async throws {
    try await withThrowingTaskGroup { group in
      for _ in 0..<12 {
        group.addTask {
          let service = try await ServiceProcess.start([])
          service.program.signal(SIGTERM)
          #expect(try await service.program.waitForExit() == .exited(0))
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("a second signal ends at once, with 1", arguments: [SIGTERM, SIGINT])
  func secondSignal(number: Int32) async throws {
    let service = try await ServiceProcess.start(["--shutdown-grace=60"])
    let connection = try await service.connect()
    try await connection.send(
      "POST /segments HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nid,age\n")
    try await Task.sleep(for: .milliseconds(100))
    service.program.signal(SIGTERM)
    _ = try await service.program.logLine(containing: "stopping")
    let start = ContinuousClock.now
    service.program.signal(number)
    #expect(try await service.program.waitForExit() == .exited(1))
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("healthcheck tells well from draining and gone; check-config tells every fault at once")
  func commands() async throws {
    let service = try await ServiceProcess.start(["--drain-delay=30"])
    let port = try service.port
    let check = ["healthcheck", "--port", "\(port)"]
    #expect(try await ServiceProcess.run(check).status == .exited(0))
    service.program.signal(SIGTERM)
    _ = try await service.program.logLine(containing: "stopping")
    // Alive, though not ready: an orchestrator must not kill it.
    #expect(try await ServiceProcess.run(check).status == .exited(0))
    service.program.signal(SIGTERM)
    #expect(try await service.program.waitForExit() == .exited(1))
    #expect(try await ServiceProcess.run(check).status == .exited(1))

    let folder = try TemporaryFolder()
    let file = try folder.write(
      "{\n  \"prot\": 1,\n  \"max_rows\": -5,\n  \"log_level\": \"loud\"\n}", to: "segmentd.json")
    let end = try await ServiceProcess.run([
      "check-config", "--config", file, "--min-segment-public=x",
    ])
    #expect(end.status == .exited(2))
    for part in [
      "segmentd.json:2: prot: no such setting; did you mean port?", "segmentd.json:3: max_rows",
      "segmentd.json:4: log_level: takes one of", "--min-segment-public: takes a whole number",
    ] {
      #expect(end.errorOutput.contains(part), "\(end.errorOutput)")
    }
    let good = try await ServiceProcess.run([
      "check-config", "--config", "\(PackageRoot.path)/Config/segmentd.json",
    ])
    #expect(good.status == .exited(0))
    #expect(good.output == "The settings are well.\n")
  }
}
