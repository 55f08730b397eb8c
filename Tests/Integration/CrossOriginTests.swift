import Datasets
import TestSupport
import Testing

@Suite("pages of other origins", .timeLimit(.minutes(5)))
struct CrossOriginTests {
  private static let csv = SampleCustomers.csv()
  private static let origin: HeaderList = ["Origin": "https://shop.example"]

  @Test("without the setting no answer speaks of origins")
  func off() async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let answer = try await service.client().get("/segments", headers: Self.origin)
      #expect(answer.status == 200)
      #expect(answer.headers["Access-Control-Allow-Origin"] == nil)
      #expect(answer.headers["Access-Control-Expose-Headers"] == nil)
      #expect(answer.headers["Vary"] == "Accept")
    }
  }

  @Test("an origin of the list may read every kind of answer, another none")
  func list() async throws {
    let flags = ["--sample", "--cors-origins", "https://shop.example, http://localhost:5173"]
    try await ServiceProcess.with(flags) { service in
      let curl = service.client()
      let tag = try #require(try await curl.get("/segments").headers["ETag"])
      // Kept and computed answers, streams, uploads that are answered and refused, files that leave
      // while they arrive, refusals by router and server, a 304, and the same kept answer again.
      let requests: [(CurlRequest, Int)] = [
        (CurlRequest("GET", "/healthz"), 200), (CurlRequest("GET", "/segments"), 200),
        (CurlRequest("GET", "/segments"), 200), (CurlRequest("GET", "/customers"), 200),
        (CurlRequest("GET", "/customers.csv"), 200), (CurlRequest("GET", "/nowhere"), 404),
        (CurlRequest("DELETE", "/segments"), 405), (CurlRequest("GET", "/segments?x=1"), 400),
        (CurlRequest("HEAD", "/segments"), 200),
        (CurlRequest("GET", "/segments", headers: ["If-None-Match": tag]), 304),
        (CurlRequest("POST", "/segments?k=3", body: .bytes(Self.csv)), 201),
        (CurlRequest("POST", "/segments.csv?k=3", body: .bytes(Self.csv)), 200),
        (CurlRequest("POST", "/segments/assign.csv", body: .bytes(Self.csv)), 200),
        (CurlRequest("POST", "/segments", body: .text("x")), 422),
        (CurlRequest("GET", "/odata/Segments"), 200), (CurlRequest("GET", "/odata/None"), 404),
        (CurlRequest("GET", "/clusters/summary?wait=1"), 200),
      ]
      for (request, status) in requests {
        for (origin, allowed) in [
          ("https://shop.example", true), ("http://localhost:5173", true),
          ("https://shop.example.evil.test", false), ("http://shop.example", false),
          ("null", false), ("", false),
        ] {
          if request.url.contains("wait="), origin != "https://shop.example" { continue }
          var request = request
          request.headers = HeaderList(
            request.headers.lines + (origin.isEmpty ? [] : [.init(name: "Origin", value: origin)]))
          if request.method == "POST", status == 201, origin != "https://shop.example" { continue }
          let answer = try await curl.send(request)
          let place = "\(request.method) \(request.url) of \(origin)"
          #expect(answer.status == status, "\(place)")
          #expect(
            answer.headers["Access-Control-Allow-Origin"] == (allowed ? origin : nil), "\(place)")
          let exposed = answer.headers["Access-Control-Expose-Headers"] ?? ""
          #expect(exposed.contains("ETag") == allowed, "\(place)")
          #expect(exposed.contains("Location") == allowed, "\(place)")
          #expect(answer.headers.values(of: "Vary").contains("Origin"), "\(place)")
        }
      }
    }
  }

  @Test("a preflight says what may be sent, to an origin of the list only")
  func preflight() async throws {
    try await ServiceProcess.with(["--cors-origins=https://shop.example"]) { service in
      let curl = service.client()
      var request = CurlRequest(
        "OPTIONS", "/segments/x",
        headers: [
          "Origin": "https://shop.example", "Access-Control-Request-Method": "PATCH",
          "Access-Control-Request-Headers": "content-type, if-match",
        ])
      let allowed = try await curl.send(request)
      #expect(allowed.status == 204)
      #expect(allowed.headers["Access-Control-Allow-Origin"] == "https://shop.example")
      #expect(allowed.headers["Access-Control-Allow-Methods"]?.contains("PATCH") == true)
      let fields = try #require(allowed.headers["Access-Control-Allow-Headers"]).lowercased()
      for name in ["content-type", "if-match", "if-none-match", "prefer", "authorization"] {
        #expect(fields.contains(name), "\(name)")
      }
      #expect(allowed.headers["Access-Control-Max-Age"] == "7200")
      #expect(allowed.headers["Vary"] == "Origin")
      request.headers = HeaderList(
        request.headers.lines.map {
          $0.name == "Origin" ? .init(name: "Origin", value: "https://elsewhere.example") : $0
        })
      let refused = try await curl.send(request)
      #expect(refused.headers["Access-Control-Allow-Origin"] == nil)
      #expect(refused.headers["Access-Control-Allow-Methods"] == nil)
    }
  }

  @Test("with * every page may read, and answers do not differ by origin")
  func all() async throws {
    try await ServiceProcess.with(["--sample", "--cors-origins=*"]) { service in
      let answer = try await service.client().get("/segments", headers: Self.origin)
      #expect(answer.headers["Access-Control-Allow-Origin"] == "*")
      #expect(answer.headers["Vary"] == "Accept")
    }
  }

  @Test(
    "what is no origin is refused at the start",
    arguments: [
      "shop.example", "https://shop.example/", "https://", "ftp://a", "*, http://a", "null",
    ])
  func refused(value: String) async throws {
    let end = try await ServiceProcess.run(["check-config", "--cors-origins", value])
    #expect(end.status != .exited(0))
    #expect(end.errorOutput.contains("cors-origins"))
  }
}
