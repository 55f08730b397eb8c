import TestSupport
import Testing

@Suite("the real service answers", .timeLimit(.minutes(2)))
struct SmokeTests {
  @Test(
    "/healthz and /version answer over one connection, and SIGTERM ends the service with 0"
  )
  func answers() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let health = try await curl.get("/healthz")
      #expect(health.status == 200)
      #expect(health.connectCount == 1)

      let version = try await curl.get("/version")
      #expect(version.status == 200)
      #expect(version.headers["Content-Type"]?.hasPrefix("application/json") == true)
      #expect(version.headers["X-Request-Id"] != nil)
      #expect(version.connectCount == 0)
    }
  }
}
