import Datasets
import Synchronization
import TestSupport
import Testing

@Suite("work that goes on after its request", .timeLimit(.minutes(5)))
struct JobTests {
  private static let csv = SampleCustomers.csv()

  /// Rows that keep a fit with many bootstraps busy for long.
  private static func large(_ count: Int) -> [UInt8] {
    var text = "customer_id,age,annual_income,spending_score\n"
    var state: UInt64 = 7
    func next(_ limit: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % limit
    }
    for row in 0..<count {
      text += "\(row),\(18 + next(52)),\(15 + next(125)),\(1 + next(100))\n"
    }
    return Array(text.utf8)
  }

  /// Set once, from another thread.
  private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
  }

  private static let slow = "/segments?k=auto&bootstraps=1000"

  /// Asks for a job until it is over.
  private func end(of path: String, _ curl: Curl) async throws -> JSONValue {
    for _ in 0..<6000 {
      let job = try await curl.get(path).json()
      if !["queued", "running"].contains(job["state"].string ?? "") { return job }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("the job is not over")
    return .null
  }

  @Test("202 and a job that leads to the same run as waiting does")
  func background() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let answer = try await curl.post(
        "/segments?k=4", .bytes(Self.csv), headers: ["Prefer": "respond-async"])
      #expect(answer.status == 202)
      #expect(answer.headers["Preference-Applied"] == "respond-async")
      #expect(answer.headers["Retry-After"] != nil)
      let path = try #require(answer.headers["Location"])
      let job = try await end(of: path, curl)
      #expect(job["state"].string == "succeeded")
      #expect(job["progress"].number == 1)
      #expect(job["problem"] == .null)
      let run = try #require(job["run_id"].string)
      let waited = try await curl.post("/segments?k=4", .bytes(Self.csv))
      #expect(waited.status == 200)
      #expect(try waited.json()["run_id"].string == run)
      let list = try await curl.get("/jobs").json()
      #expect(list["items"].items.map { $0["job_id"] } == [job["job_id"]])
      #expect(try await curl.send(CurlRequest("DELETE", path)).status == 200)
      #expect(try await curl.get(path).status == 404)
    }
  }

  @Test("with wait the answer is the run, if it is there in time")
  func wait() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let answer = try await curl.post(
        "/segments?k=4", .bytes(Self.csv), headers: ["Prefer": "respond-async, wait=20"])
      #expect(answer.status == 201)
      #expect(try answer.json()["segments"].items.count == 4)
      let problem = try await curl.post(
        "/segments?k=400", .bytes(Self.csv), headers: ["Prefer": "respond-async; wait=20"])
      // A parameter of a preference is not a preference: this one does not wait.
      #expect(problem.status == 202)
      let job = try await end(of: try #require(problem.headers["Location"]), curl)
      #expect(job["state"].string == "failed")
      #expect(job["problem"]["type"].string == "/problems/too-many-clusters")
      // Over before anybody can begin to wait, now and then.
      for _ in 0..<50 {
        let refused = try await curl.post(
          "/segments?k=401", .bytes(Self.csv),
          headers: ["Prefer": "wait=20", "prefer": "respond-async"])
        #expect(refused.status == 422)
      }
      let late = try await curl.post(
        Self.slow, .bytes(Self.large(60_000)), headers: ["Prefer": "respond-async, wait=1"])
      #expect(late.status == 202)
      let path = try #require(late.headers["Location"])
      #expect(try await curl.send(CurlRequest("DELETE", path)).status == 202)
      #expect(try await end(of: path, curl)["state"].string == "cancelled")
    }
  }

  @Test("the summary is there for those who poll it while fits fill the queue")
  func polls() async throws {
    try await ServiceProcess.with(["--sample", "--max-queue=1", "--threads=1"]) { service in
      let curl = service.client()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for series in 0..<3 {
          group.addTask {
            var fit = CurlRequest(
              "POST", "\(Self.slow)&series=s\(series)", body: .bytes(Self.large(60_000)))
            fit.timeout = .seconds(5)
            do {
              _ = try await service.client().send(fit)
            } catch {
              // Given up, and the work with it.
            }
          }
        }
        try await Task.sleep(for: .seconds(2))
        // Not asked for before: it is made now.
        let poll = try await curl.get("/clusters/summary.csv")
        #expect(poll.status == 200)
        let other = try await curl.get("/customers.csv")
        #expect(other.status == 503)
        try await group.waitForAll()
      }
    }
  }

  @Test("content that cannot be read is refused at once")
  func unreadable() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      for (query, content) in [("?k=0", Self.csv), ("", Array("a,b\n".utf8)), ("", [])] {
        let answer = try await curl.post(
          "/segments\(query)", .bytes(content), headers: ["Prefer": "respond-async"])
        #expect((400..<500).contains(answer.status), "\(query): \(answer.status)")
      }
      #expect(try await curl.get("/jobs").json()["items"].items.isEmpty)
    }
  }

  @Test("events tell the progress and the end; who comes back is told no more than once")
  func events() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let answer = try await curl.post(
        "/segments?k=auto&bootstraps=20", .bytes(Self.large(30_000)),
        headers: ["Prefer": "respond-async"])
      let path = try #require(answer.headers["Location"])
      let stream = try await curl.get("\(path)/events")
      #expect(stream.headers["Content-Type"] == "text/event-stream")
      #expect(stream.headers["Cache-Control"] == "no-store")
      let events = stream.text.split(separator: "\n\n").filter { $0.contains("event: ") }
      #expect(events.last?.contains("event: done") == true)
      #expect(events.dropLast().allSatisfy { $0.contains("event: progress") })
      let shares = try events.compactMap { event -> Double? in
        let data = event.split(separator: "\n").first { $0.hasPrefix("data: ") }
        return try data.flatMap {
          try JSONValue.parse(Array($0.dropFirst(6).utf8).span)["progress"].number
        }
      }
      #expect(shares.count == events.count)
      #expect(shares == shares.sorted())
      #expect(shares.last == 1)
      let ids = events.compactMap { event in
        event.split(separator: "\n").first { $0.hasPrefix("id: ") }.flatMap {
          Int($0.dropFirst(4))
        }
      }
      #expect(ids == ids.sorted() && Set(ids).count == ids.count)
      let last = try #require(ids.last)
      #expect(
        try await curl.get("\(path)/events", headers: ["Last-Event-ID": "\(last)"]).status == 204)
      let again = try await curl.get("\(path)/events", headers: ["Last-Event-ID": "1"])
      #expect(again.text.contains("event: done"))
      let terminal = try await curl.get("\(path)/events.txt")
      #expect(terminal.text.contains("100 %"))
      #expect(terminal.text.hasSuffix("\n"))
    }
  }

  @Test("beyond the queue 503 says so; taking jobs back makes room at once")
  func queue() async throws {
    try await ServiceProcess.with(["--max-jobs", "2"]) { service in
      let curl = service.client()
      let rows = Self.large(60_000)
      var paths: [String] = []
      for seed in 0..<3 {
        let answer = try await curl.post(
          "\(Self.slow)&seed=\(seed)", .bytes(rows), headers: ["Prefer": "respond-async"])
        #expect(answer.status == 202)
        paths.append(try #require(answer.headers["Location"]))
      }
      let refused = try await curl.post(
        "\(Self.slow)&seed=9", .bytes(rows), headers: ["Prefer": "respond-async"])
      #expect(refused.status == 503)
      #expect(refused.headers["Retry-After"] != nil)
      #expect(try refused.json()["type"].string == "/problems/overloaded")
      #expect(try await curl.get(paths[2]).json()["state"].string == "queued")
      let waiting = try await curl.send(CurlRequest("DELETE", paths[2]))
      #expect(waiting.status == 200)
      #expect(try waiting.json()["state"].string == "cancelled")
      let taken = try await curl.post(
        "\(Self.slow)&seed=9", .bytes(rows), headers: ["Prefer": "respond-async"])
      #expect(taken.status == 202)
      paths[2] = try #require(taken.headers["Location"])
      for path in paths { _ = try await curl.send(CurlRequest("DELETE", path)) }
      for path in paths {
        #expect(try await end(of: path, curl)["state"].string == "cancelled")
      }
      #expect(try await curl.get("/runs").json()["items"].items.isEmpty)
    }
  }

  @Test("a stop takes jobs back and ends the streams of those who watch")
  func stop() async throws {
    let service = try await ServiceProcess.start()
    let curl = service.client()
    let answer = try await curl.post(
      Self.slow, .bytes(Self.large(60_000)), headers: ["Prefer": "respond-async"])
    let path = try #require(answer.headers["Location"])
    let hasBegun = Flag()
    var watch = CurlRequest("GET", "\(path)/events")
    watch.onReceive = { _ in
      hasBegun.isSet.store(true, ordering: .relaxed)
      return true
    }
    async let stream = service.client().send(watch)
    while !hasBegun.isSet.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(5)) }
    let status = try await service.stop()
    #expect(status == .exited(0))
    #expect(try await stream.text.contains(#""state":"cancelled""#))
  }
}
