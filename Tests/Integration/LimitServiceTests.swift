import Datasets
import Foundation
import TestSupport
import Testing

/// Every bound of the real service: what is at it is taken, what is one over is refused, and the
/// refusal names the setting.
@Suite("limits, at and one over", .timeLimit(.minutes(4)))
struct LimitServiceTests {
  private static let csv = "id,age,income\na,20,10\nb,21,11\nc,60,90\nd,61,92\n"

  /// Posts to a service with a limit of `limit` and of one less.
  private func check(
    _ flag: String, at limit: Int, _ content: String, refusedWith status: Int, _ problem: String,
    _ more: [String] = []
  ) async throws {
    for (value, isTaken) in [(limit, true), (limit - 1, false)] {
      try await ServiceProcess.with(["\(flag)=\(value)"] + more) { service in
        let curl = service.client()
        let answer = try await curl.post("/segments?k=2", .text(content))
        if isTaken {
          #expect(answer.status == 201, "\(flag)=\(value): \(answer.text)")
        } else {
          #expect(answer.status == status, "\(flag)=\(value): \(answer.text)")
          let json = try answer.json()
          #expect(json["type"].string == "/problems/\(problem)")
          let setting = String(flag.dropFirst(2)).replacing("-", with: "_")
          #expect(json["setting"].string == setting)
          #expect(json["detail"].string?.contains(setting) == true, "\(answer.text)")
          #expect(try await curl.get("/datasets").json()["items"].items.isEmpty)
        }
        #expect(try await curl.get("/healthz").status == 200)
      }
    }
  }

  @Test("bytes of content")
  func body() async throws {
    try await check(
      "--max-body-bytes", at: Self.csv.utf8.count, Self.csv, refusedWith: 413, "content-too-large")
  }

  @Test("rows")
  func rows() async throws {
    try await check("--max-rows", at: 4, Self.csv, refusedWith: 413, "too-many-rows")
  }

  @Test("columns")
  func columns() async throws {
    try await check("--max-columns", at: 3, Self.csv, refusedWith: 422, "too-many-columns")
  }

  @Test("bytes of a field")
  func field() async throws {
    let long = String(repeating: "x", count: 40)
    try await check(
      "--max-field-bytes", at: 40, Self.csv.replacing("d,61", with: "\(long),61"),
      refusedWith: 422, "field-too-long")
  }

  @Test("bytes of the store")
  func store() async throws {
    var needed = 0
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.post("/segments?k=2", .text(Self.csv)).status == 201)
      let line = try await curl.get("/metrics").text.split(whereSeparator: \.isNewline)
        .first { $0.hasPrefix("segmentd_store_bytes ") }
      needed = try #require(line.flatMap { Double($0.split(separator: " ")[1]) }.map { Int($0) })
    }
    try await check("--max-store-bytes", at: needed, Self.csv, refusedWith: 507, "store-full")
  }

  /// A connection whose request waits for a change.
  private func waiting(_ service: ServiceProcess) async throws -> RawConnection {
    let connection = try await service.connect()
    try await connection.send("GET /clusters/summary?wait=30 HTTP/1.1\r\nHost: x\r\n\r\n")
    return connection
  }

  private func expectRefused(_ service: ServiceProcess, _ setting: String) async throws {
    let answer = try await service.connect().receiveResponse()
    #expect(answer.status == 503)
    #expect(answer.headers["Retry-After"] == "2")
    #expect(answer.headers["Connection"] == "close")
    #expect(answer.text.contains("\"setting\":\"\(setting)\""), "\(answer.text)")
  }

  /// Asks until so many connections are open: those of a client's end may still be counted.
  private func awaitOpen(_ count: Int, _ connection: RawConnection) async throws {
    for _ in 0..<500 {
      try await connection.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
      let text = try await connection.receiveResponse().text
      if text.contains("http_server_open_connections \(count)\n") { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("there are not \(count) connections")
  }

  @Test("connections: what is idle makes room, and when nothing is, one more is refused")
  func connections() async throws {
    try await ServiceProcess.with(["--sample", "--max-connections=3"]) { service in
      let first = try await service.connect()
      let busy = [try await waiting(service), try await waiting(service)]
      try await awaitOpen(3, first)
      // The first rests, so a fourth takes its place.
      let fourth = try await waiting(service)
      #expect(try await first.receiveToEnd().isEmpty)
      // The request of the fourth has to be there, or it would be the one that rests.
      try await Task.sleep(for: .milliseconds(300))
      try await expectRefused(service, "max_connections")
      for connection in busy + [fourth] { await connection.close() }
    }
  }

  @Test("connections of one address, but for those of trusted proxies")
  func connectionsPerAddress() async throws {
    let flags = ["--sample", "--max-connections-per-address=3"]
    try await ServiceProcess.with(flags) { service in
      var open: [RawConnection] = []
      for _ in 0..<3 { open.append(try await service.connect()) }
      try await awaitOpen(3, open[0])
      try await expectRefused(service, "max_connections_per_address")
      await open.removeLast().close()
      try await awaitOpen(2, open[0])
      #expect(try await service.client().get("/healthz").status == 200)
    }
    try await ServiceProcess.with(flags + ["--trusted-proxies=127.0.0.1"]) { service in
      var open: [RawConnection] = []
      for _ in 0..<8 { open.append(try await service.connect()) }
      try await awaitOpen(8, open[0])
      for connection in open {
        try await connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await connection.receiveResponse().status == 200)
      }
    }
  }

  /// Rows that a fit with many bootstraps takes long for.
  private static let slow: String = {
    var text = "id,age,income,score\n"
    for row in 0..<20_000 {
      text += "\(row),\(row * 7919 % 61),\(row * 104_729 % 137),\(row % 97)\n"
    }
    return text
  }()

  @Test("requests that wait for a thread; what needs none is answered all the same")
  func queue() async throws {
    try await ServiceProcess.with(
      ["--sample", "--threads=1", "--max-queue=2", "--shutdown-grace=0"]
    ) { service in
      let curl = service.client()
      #expect(try await curl.get("/clusters/summary").status == 200)
      // One runs, two wait, a fourth is one too many.
      var busy: [RawConnection] = []
      for index in 0..<3 {
        let connection = try await service.connect()
        try await connection.send(
          "POST /segments?k=auto&bootstraps=1000&seed=\(index) HTTP/1.1\r\nHost: x\r\n"
            + "Content-Length: \(Self.slow.utf8.count)\r\n\r\n\(Self.slow)")
        busy.append(connection)
        // Until its file has been read and it stands in the queue: nothing tells that from outside
        // without a place in the queue itself.
        try await Task.sleep(for: .milliseconds(400))
      }
      for _ in 0..<3 {
        let refused = try await curl.get("/customers")
        #expect(refused.status == 503)
        #expect(refused.headers["Retry-After"] == "2")
        #expect(try refused.json()["setting"].string == "max_queue")
      }
      #expect(try await curl.get("/clusters/summary").status == 200)
      #expect(try await curl.get("/healthz").status == 200)
      for connection in busy { try await connection.reset() }
    }
  }

  @Test("jobs that wait")
  func jobs() async throws {
    try await ServiceProcess.with(["--max-jobs=1", "--shutdown-grace=0"]) { service in
      let curl = service.client()
      var started: [String] = []
      for (seed, status) in [(1, 202), (2, 202), (3, 503)] {
        let answer = try await curl.post(
          "/segments?k=auto&bootstraps=1000&seed=\(seed)", .text(Self.slow),
          headers: ["Prefer": "respond-async"])
        #expect(answer.status == status, "\(answer.text)")
        if status == 503 {
          #expect(answer.headers["Retry-After"] == "5")
          #expect(try answer.json()["setting"].string == "max_jobs")
        }
        if let job = answer.headers["Location"] { started.append(job) }
      }
      for job in started {
        let status = try await curl.send(CurlRequest("DELETE", job)).status
        #expect((200..<300).contains(status), "\(status)")
      }
    }
  }

  @Test("seconds for an answer, and seconds of rest")
  func time() async throws {
    try await ServiceProcess.with(["--request-timeout=1", "--idle-timeout=1"]) { service in
      let curl = service.client()
      let quick = try await curl.post("/segments?k=2", .text(Self.csv))
      #expect(quick.status == 201)
      let answer = try await curl.post("/segments?k=auto&bootstraps=1000", .text(Self.slow))
      #expect(answer.status == 503)
      #expect(try answer.json()["setting"].string == "request_timeout")
      #expect(answer.duration >= .seconds(1) && answer.duration < .seconds(30))
      let connection = try await service.connect()
      try await connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try await connection.receiveResponse().status == 200)
      let start = ContinuousClock.now
      #expect(try await connection.receiveToEnd().isEmpty)
      let rest = ContinuousClock.now - start
      #expect(rest > .milliseconds(500) && rest < .seconds(30))
    }
  }
}
