import Foundation
import TestSupport
import Testing

/// What operators see: metrics, logs, and the service manager.
@Suite("metrics, logs and the service manager", .timeLimit(.minutes(2)))
struct OperationTests {
  private static let csv = Array("id,age,income\na,20,10\nb,21,11\nc,60,90\nd,61,92\n".utf8)

  /// The samples of the text format by what stands before the value.
  private func samples(_ text: String) -> [String: Double] {
    var samples: [String: Double] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let space = line.lastIndex(of: " ") else { continue }
      samples[String(line[..<space])] = Double(line[line.index(after: space)...])
    }
    return samples
  }

  @Test("requests are counted by route and status, repeated answers too")
  func metrics() async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let curl = service.client()
      for _ in 0..<50 { _ = try await curl.get("/clusters/summary") }
      _ = try await curl.get("/customers/nobody-of-this-name")
      _ = try await curl.get("/nowhere")
      _ = try await curl.post("/segments?k=2&series=other", .bytes(Self.csv))
      let answer = try await curl.get("/metrics")
      #expect(answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
      let values = samples(answer.text)
      let polled = "method=\"GET\",route=\"/clusters/summary\""
      #expect(values["http_server_requests_total{\(polled),status=\"200\"}"] == 50)
      #expect(values["http_server_request_duration_seconds_count{\(polled)}"] == 50)
      #expect(
        values["http_server_request_duration_seconds_bucket{\(polled),le=\"+Inf\"}"] == 50)
      #expect(
        values[
          "http_server_requests_total{method=\"GET\",route=\"/customers/{cid}\",status=\"404\"}"]
          == 1)
      #expect(values["http_server_requests_total{method=\"\",route=\"\",status=\"404\"}"] == 1)
      #expect(
        values["http_server_request_bytes_total{method=\"POST\",route=\"/segments\"}"]
          == Double(Self.csv.count))
      #expect(values["segmentation_phase_runs_total{phase=\"clean\"}"] == 1)
      #expect(values["segmentd_store_runs"] == 2)
      #expect((values["segmentd_store_bytes"] ?? 0) > 0)
      #expect((values["process_resident_memory_bytes"] ?? 0) > 1e6)
      #expect((values["process_cpu_seconds_total"] ?? 0) > 0)
      #expect((values["http_server_open_connections"] ?? 0) >= 1)
      let sizes = values.filter { $0.key.hasPrefix("segment_customers{series=\"other\"") }
      #expect(sizes.values.reduce(0, +) == 4)
      #expect(!answer.text.contains("nobody-of-this-name"))
      let open = try await curl.get(
        "/metrics",
        headers: ["Accept": "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3"])
      #expect(
        open.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
      )
      #expect(open.text.hasSuffix("\n# EOF\n"))
    }
  }

  @Test("the log has a line for each request with its trace, and nothing of a customer or a key")
  func logs() async throws {
    let canary = "canary7f3a"
    var log = ""
    try await ServiceProcess.with(["--log-level=debug", "--log-format=json", "--query-key"]) {
      service in
      let curl = service.client()
      let rows =
        "id,age,\(canary)income\n\(canary)1,20,10\n\(canary)2,60,\(canary)\nx,61,90\ny,22,11\n"
      let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      let answer = try await curl.send(
        CurlRequest(
          "POST", "/segments?series=\(canary)&k=2&api_key=\(canary)",
          headers: [
            "traceparent": trace, "User-Agent": canary, "Authorization": "Bearer \(canary)",
            "Cookie": canary, "X-Forwarded-For": canary,
          ], body: .bytes(Array(rows.utf8))))
      let span = try #require(answer.headers["X-Request-Id"])
      #expect(
        answer.headers["traceresponse"] == "00-4bf92f3577b34da6a3ce929d0e0e4736-\(span)-01")
      for path in [
        "/\(canary)", "/customers/\(canary)1", "/segments?\(canary)=1", "/runs/\(canary)",
      ] {
        _ = try await curl.get(path)
      }
      _ = try await curl.post("/segments", .text("\(canary)\"\n"))
      _ = try await curl.post("/segments?features=\(canary)", .bytes(Self.csv))
      let raw = try await service.connect()
      try await raw.send("GET /\(canary) \(canary)\r\n\r\n")
      _ = try await raw.receiveToEnd()
      _ = try await service.program.logLine(containing: "request refused")
      log = service.program.errorOutput
      let line = try await service.program.logLine(containing: "\"request.id\":\"\(span)\"")
      #expect(line.contains("\"trace.id\":\"4bf92f3577b34da6a3ce929d0e0e4736\""))
      #expect(line.contains("\"http.route\":\"/segments\""))
    }
    #expect(!log.contains(canary))
    let lines = log.split(separator: "\n").filter { $0.contains("request completed") }
    #expect(lines.count == 7)
    for line in log.split(separator: "\n") {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
  }
}
