import Foundation
import TestSupport
import Testing

/// Keys, scopes, limits and proxies of the real service.
@Suite("keys, limits and proxies", .timeLimit(.minutes(2)))
struct AccessServiceTests {
  static let reader = "reader-key-0123456789"
  static let writer = "writer-key-0123456789"
  static let admin = "admin-key-: ,0123456789"
  static let csv = Array("id,age,income\na,20,10\nb,21,11\nc,60,90\nd,61,92\n".utf8)

  private static func launch(_ flags: [String], keys: Bool = true) -> Launch {
    var launch = Launch(flags + ["--log-level=debug", "--log-format=json"])
    if keys {
      launch.environment["SEGMENTD_API_KEYS"] =
        "reader:\(reader):read,writer:\(writer):read+write"
    }
    return launch
  }

  private func bearer(_ key: String) -> HeaderList { ["Authorization": "Bearer \(key)"] }

  @Test("routes ask for a key and its scope, probes do not, and no key is told anywhere")
  func scopes() async throws {
    let folder = try TemporaryFolder()
    let hashed = try await ServiceProcess.hashKey(Self.admin.replacing(",", with: "."), in: folder)
    let file = try folder.write("{\"keys\": [\n\(hashed)\n]}", to: "keys.json")
    let launch = Self.launch(["--sample", "--api-keys-file", file])
    var seen = ""
    try await ServiceProcess.with(launch) { service in
      let curl = service.client()
      let admin = Self.admin.replacing(",", with: ".")
      for path in ["/healthz", "/readyz", "/version", "/problems", "/problems/unauthorized"] {
        #expect(try await curl.get(path).status == 200, "\(path)")
      }
      for path in ["/segments", "/", "/clusters/summary", "/odata/Segments", "/nowhere"] {
        let answer = try await curl.get(path)
        #expect(answer.status == 401, "\(path)")
        #expect(answer.headers["Content-Type"] == "application/problem+json")
        let challenges = answer.headers.values(of: "WWW-Authenticate")
        #expect(challenges.contains { $0.hasPrefix("Bearer realm=") })
        #expect(challenges.contains { $0.hasPrefix("Basic realm=") })
        seen += answer.headers.description + answer.text
      }
      let wrong = try await curl.get("/segments", headers: bearer(Self.reader + "x"))
      #expect(wrong.status == 401)
      #expect(wrong.headers["WWW-Authenticate"]?.contains("invalid_token") == true)
      seen += wrong.headers.description + wrong.text

      let basic = Data("whoever:\(Self.reader)".utf8).base64EncodedString()
      let name = Data("\(Self.reader):".utf8).base64EncodedString()
      for headers in [
        bearer(Self.reader), ["X-API-Key": Self.reader], ["Authorization": "Basic \(basic)"],
        ["authorization": "basic \(name)"], bearer(Self.writer), bearer(admin),
      ] as [HeaderList] {
        let answer = try await curl.get("/segments", headers: headers)
        #expect(answer.status == 200, "\(headers)")
        seen += answer.headers.description + answer.text
      }
      #expect(try await curl.get("/segments?api_key=\(Self.reader)").status == 401)
      #expect(try await curl.get("/nowhere", headers: bearer(Self.reader)).status == 404)

      let assign = CurlRequest(
        "POST", "/segments/assign", headers: bearer(Self.reader),
        body: .bytes(Array("age,annual_income,spending_score\n32,86,82\n".utf8)))
      #expect(try await curl.send(assign).status == 200)
      var upload = CurlRequest(
        "POST", "/segments?k=2", headers: bearer(Self.reader), body: .bytes(Self.csv))
      let refused = try await curl.send(upload)
      #expect(refused.status == 403)
      #expect(refused.text.contains("\"scope\":\"write\""))
      #expect(refused.headers["WWW-Authenticate"]?.contains("insufficient_scope") == true)
      seen += refused.headers.description + refused.text
      upload.headers = bearer(Self.writer)
      let stored = try await curl.send(upload)
      #expect(stored.status == 201)
      let run = try #require(stored.headers["Location"])
      #expect(
        try await curl.send(CurlRequest("DELETE", run, headers: bearer(Self.writer))).status == 403)
      #expect(try await curl.send(CurlRequest("DELETE", run, headers: bearer(admin))).status == 200)
      seen += service.program.errorOutput + service.program.output
    }
    for key in [Self.reader, Self.writer, "admin-key"] { #expect(!seen.contains(key)) }
  }

  @Test("a remembered answer is given to nobody without the key, nor after the key is gone")
  func remembered() async throws {
    let folder = try TemporaryFolder()
    func ring(_ key: String) -> String {
      #"{"keys":[{"name":"poller","key":"\#(key)","scopes":["read"]}]}"#
    }
    let file = try folder.write(ring(Self.reader), to: "keys.json")
    try await ServiceProcess.with(
      Self.launch(["--sample", "--api-keys-file", file], keys: false)
    ) { service in
      let connection = try await service.connect()
      func ask(_ field: String) async throws -> Int {
        try await connection.send("GET /clusters/summary HTTP/1.1\r\nHost: x\r\n\(field)\r\n\r\n")
        return try await connection.receiveResponse().status
      }
      let good = "Authorization: Bearer \(Self.reader)"
      // Often enough to be remembered.
      for _ in 0..<40 { #expect(try await ask(good) == 200) }
      for field in [
        "Authorization: Bearer \(Self.reader.dropLast())x", "Accept: */*", "X-API-Key: x",
        "authorization: Bearer \(Self.reader)x",
      ] {
        for _ in 0..<20 { #expect(try await ask(field) == 401, "\(field)") }
      }
      #expect(try await ask(good) == 200)
      _ = try folder.write(ring(Self.writer), to: "keys.json")
      service.program.signal(SIGHUP)
      _ = try await service.program.logLine(containing: "settings read again")
      for _ in 0..<10 { #expect(try await ask(good) == 401) }
      #expect(try await ask("Authorization: Bearer \(Self.writer)") == 200)
      // A file that cannot be read leaves the keys as they are.
      _ = try folder.write("{\"keys\": [", to: "keys.json")
      service.program.signal(SIGHUP)
      _ = try await service.program.logLine(containing: "settings kept")
      #expect(try await ask("Authorization: Bearer \(Self.writer)") == 200)
    }
  }

  @Test("a key in the query is taken where that is allowed, and does not come back")
  func queryKey() async throws {
    var seen = ""
    try await ServiceProcess.with(Self.launch(["--sample", "--query-key"])) { service in
      let curl = service.client()
      for path in [
        "/customers?limit=2&api_key=\(Self.reader)", "/customers?api_key=\(Self.reader)&limit=2",
        "/segments.csv?api_key=\(Self.reader)", "/odata/Customers?api_key=\(Self.reader)&$top=3",
        "/segments/assign?age=32&annual_income=86&spending_score=82&api_k%65y=\(Self.reader)",
        "/segments?unknown=1&api_key=\(Self.reader)",
      ] {
        let answer = try await curl.get(path)
        #expect(answer.status == (path.contains("unknown") ? 400 : 200), "\(path)")
        if path.contains("limit=2") { #expect(answer.headers["Link"]?.contains("limit=2") == true) }
        seen += answer.headers.description + answer.text
      }
      #expect(try await curl.get("/customers?api_key=nobody").status == 401)
      #expect(try await curl.get("/healthz?api_key=\(Self.reader)").status == 200)
      seen += service.program.errorOutput
    }
    #expect(!seen.contains(Self.reader))
  }

  @Test("requests beyond the limit are told when to come back, remembered ones too")
  func rateLimit() async throws {
    try await ServiceProcess.with(Self.launch(["--sample", "--rate-limit=30/h"])) { service in
      let connection = try await service.connect()
      func ask(_ key: String) async throws -> RawResponse {
        try await connection.send(
          "GET /clusters/summary HTTP/1.1\r\nHost: x\r\nX-API-Key: \(key)\r\n\r\n")
        return try await connection.receiveResponse()
      }
      for left in (0..<30).reversed() {
        let answer = try await ask(Self.reader)
        #expect(answer.status == 200)
        #expect(answer.headers["RateLimit-Policy"] == "\"requests\";q=30;w=3600")
        #expect(answer.headers["RateLimit"]?.hasPrefix("\"requests\";r=\(left);t=") == true)
      }
      let refused = try await ask(Self.reader)
      #expect(refused.status == 429)
      let seconds = try #require(refused.headers["Retry-After"].flatMap { Int($0) })
      #expect((1...120).contains(seconds))
      // Another key has a bucket of its own; those without one share that of their address.
      #expect(try await ask(Self.writer).status == 200)
      for _ in 0..<30 { #expect(try await ask("guess-after-guess-after").status == 401) }
      #expect(try await ask("guess-after-guess-after").status == 429)
      #expect(try await ask(Self.writer).status == 200)
      for _ in 0..<40 {
        try await connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await connection.receiveResponse().status == 200)
      }
    }
  }

  @Test("what proxies say is believed of those that are trusted, and of nobody else")
  func proxies() async throws {
    let headers: HeaderList = [
      "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https",
      "X-Forwarded-Host": "outside.example",
    ]
    let flags = ["--sample", "--rate-limit=3/h"]
    try await ServiceProcess.with(
      Self.launch(flags + ["--trusted-proxies=127.0.0.0/8"], keys: false)
    ) { service in
      let curl = service.client()
      for client in ["203.0.113.7", "1.2.3.4, 203.0.113.8", "203.0.113.9, 127.0.0.9"] {
        for index in 0..<4 {
          var headers = headers.lines.filter { $0.name != "X-Forwarded-For" }
          headers.append(.init(name: "X-Forwarded-For", value: client))
          let answer = try await curl.get("/odata/", headers: HeaderList(headers))
          #expect(answer.status == (index < 3 ? 200 : 429), "\(client)")
          if index == 0 { #expect(answer.text.contains("https://outside.example/odata/")) }
        }
      }
      let standard = try await curl.get(
        "/odata/",
        headers: ["Forwarded": "for=1.1.1.1, for=\"[2001:db8::1]:99\";proto=https;host=o.example"])
      #expect(standard.text.contains("https://o.example/odata/"))
      let odd = try await curl.get("/odata/", headers: ["X-Forwarded-Host": "a\"b/<c>"])
      #expect(odd.text.contains("http://127.0.0.1:"))
    }
    try await ServiceProcess.with(Self.launch(flags, keys: false)) { service in
      let curl = service.client()
      for index in 0..<4 {
        let answer = try await curl.get(
          "/odata/",
          headers: ["X-Forwarded-For": "203.0.113.\(index)", "X-Forwarded-Proto": "https"])
        #expect(answer.status == (index < 3 ? 200 : 429))
        if index == 0 { #expect(answer.text.contains("http://127.0.0.1:")) }
      }
    }
    try await ServiceProcess.with(
      Self.launch(["--sample", "--base-url=https://segments.example.com/"], keys: false)
    ) { service in
      let curl = service.client()
      for path in ["/odata/", "/powerbi/segments.pbids", "/odata/Segments"] {
        let answer = try await curl.get(path, headers: ["Host": "evil.example"])
        #expect(answer.text.contains("https://segments.example.com/odata/"), "\(path)")
        #expect(!answer.text.contains("evil"))
      }
    }
  }

  @Test(
    "a host beyond loopback needs keys, or a word that it shall be open",
    arguments: [
      (["--host=0.0.0.0"], false), (["--host=::"], false), (["--host=192.0.2.1"], false),
      (["--host=0.0.0.0", "--open-access"], true), (["--host=127.0.0.2"], true),
      (["--host=::1"], true), (["--host=localhost"], true),
      (["--host=0.0.0.0", "--api-keys=till:0123456789abcdef:read"], true),
      (["--host=0.0.0.0", "--api-keys=till:0123456789abcde:read"], false),
      (["--api-keys-file=/nowhere/keys.json"], false),
    ])
  func bind(flags: [String], isGood: Bool) async throws {
    let end = try await ServiceProcess.run(["check-config"] + flags)
    #expect(end.status == .exited(isGood ? 0 : 2), "\(end.errorOutput)")
    #expect(!end.errorOutput.contains("0123456789"))
    let shown = try await ServiceProcess.run(["config"] + flags)
    #expect(!shown.output.contains("0123456789"))
  }
}

extension ServiceProcess {
  /// What `segmentd hash-key` makes of a key.
  static func hashKey(_ key: String, in folder: TemporaryFolder) async throws -> String {
    let file = try folder.write(key + "\n", to: "key")
    var launch = Launch(["hash-key", "ops", "admin"])
    launch.launcher = ["/bin/sh", "-c", "exec \"$@\" < '\(file)'", "sh"]
    let end = try await Program.run(launch)
    try #require(end.status == .exited(0), "\(end.errorOutput)")
    return end.output
  }
}
