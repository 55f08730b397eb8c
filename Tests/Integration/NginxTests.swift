import Foundation
import Synchronization
import TestSupport
import Testing

/// `Config/nginx.conf` in a real nginx, in front of a stand-in that looks at what arrives.
@Suite(
  "nginx in front", .timeLimit(.minutes(2)),
  .enabled(
    if: Installed.command("nginx") && Installed.command("openssl"),
    "nginx and openssl are not installed"))
struct NginxTests {
  /// nginx as the configuration has it, but listening on socket files of a folder of its own.
  private func withNginx(
    for upstreamPort: UInt16, _ body: (TemporaryFolder) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    try await makeCertificate(in: folder)
    var site = try String(contentsOfFile: "\(PackageRoot.path)/Config/nginx.conf", encoding: .utf8)
    let replacements = [
      ("  listen [::]:80;\n", ""),
      ("  listen [::]:443 ssl http2;\n", ""),
      ("listen 80;", "listen unix:\(folder.path)/http;"),
      ("listen 443 ssl", "listen unix:\(folder.path)/https ssl"),
      ("127.0.0.1:8080;", "127.0.0.1:\(upstreamPort);"),
      ("/etc/segmentd/tls", folder.path),
    ]
    for (old, new) in replacements {
      try #require(site.contains(old))
      site = site.replacing(old, with: new)
    }
    let main = """
      daemon off;
      pid \(folder.path)/pid;
      error_log stderr notice;
      events {}
      http {
        access_log off;
        client_body_temp_path \(folder.path)/client;
        proxy_temp_path \(folder.path)/proxy;
        fastcgi_temp_path \(folder.path)/fastcgi;
        uwsgi_temp_path \(folder.path)/uwsgi;
        scgi_temp_path \(folder.path)/scgi;
        \(site)
      }
      """
    let file = try folder.write(main, to: "nginx.conf")
    var launch = Launch(["-e", "stderr", "-c", file], program: "nginx")
    // Debian has it where only root's PATH goes.
    launch.environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"
    let nginx = try Program.start(launch)
    _ = try await nginx.logLine(containing: "start worker process ")
    try await body(folder)
    #expect(try await nginx.stop() == .exited(0))
  }

  private func makeCertificate(in folder: TemporaryFolder) async throws {
    let arguments =
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 "
      + "-subj /CN=segments.example.com -addext subjectAltName=DNS:segments.example.com "
      + "-keyout \(folder.path)/privkey.pem -out \(folder.path)/fullchain.pem"
    let completion = try await Program.run(
      Launch(arguments.split(separator: " ").map(String.init), program: "openssl"))
    try #require(completion.status == .exited(0), "\(completion.errorOutput)")
  }

  private func request(
    _ method: String, _ path: String, through folder: TemporaryFolder
  ) -> CurlRequest {
    var request = CurlRequest(method, "https://segments.example.com\(path)")
    request.unixSocketPath = "\(folder.path)/https"
    request.certificateFile = "\(folder.path)/fullchain.pem"
    return request
  }

  @Test("a request arrives with what nginx knows of its sender, and the answer leaves as it was")
  func forwards() async throws {
    let listener = try TestListener()
    async let head: String = {
      let connection = try await listener.accept()
      let head = try await connection.receive(until: "\r\n\r\n")
      try await connection.send(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: \"strong\"\r\nX-Request-Id: r1\r\n\r\nok")
      return String(decoding: head, as: UTF8.self)
    }()
    try await withNginx(for: listener.port) { folder in
      var request = request("GET", "/clusters/summary?a=%2F", through: folder)
      request.headers = [
        "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "gopher", "Accept-Encoding": "gzip",
      ]
      let response = try await Curl().send(request)
      #expect(response.status == 200)
      #expect(response.text == "ok")
      #expect(response.headers["ETag"] == "\"strong\"")
      #expect(response.headers["X-Request-Id"] == "r1")
      #expect(response.headers["Strict-Transport-Security"] == "max-age=31536000")
    }
    let lines = try await head.split(separator: "\r\n")
    #expect(lines.first == "GET /clusters/summary?a=%2F HTTP/1.1")
    #expect(lines.contains("Host: segments.example.com"))
    #expect(lines.contains("X-Forwarded-For: 203.0.113.7, unix:"))
    #expect(lines.contains("X-Forwarded-Proto: https"))
    #expect(lines.contains("X-Forwarded-Host: segments.example.com"))
    #expect(!lines.contains { $0.hasPrefix("Connection:") })
  }

  @Test("a file passes while it is still being sent, however long it is")
  func streams() async throws {
    let listener = try TestListener()
    let piece = [UInt8](repeating: 65, count: 3 << 20)
    let firstHasArrived = DispatchSemaphore(value: 0)
    async let received: Int = {
      let connection = try await listener.accept()
      _ = try await connection.receive(until: "\r\n\r\n")
      let first = try await connection.receive(byteCount: piece.count)
      // Only now does the client go on: a proxy that kept the file back would wait forever.
      firstHasArrived.signal()
      let rest = try await connection.receive(byteCount: piece.count)
      try await connection.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
      return first.count + rest.count
    }()
    try await withNginx(for: listener.port) { folder in
      struct HeldBack: Error {}
      let sentCount = Mutex(0)
      var request = request("POST", "/segments", through: folder)
      request.body = .stream(byteCount: 2 * piece.count) { _ in
        let isSecond = sentCount.withLock { count in
          count += 1
          return count == 2
        }
        if isSecond, firstHasArrived.wait(timeout: .now() + 20) == .timedOut { throw HeldBack() }
        return piece
      }
      let response = try await Curl().send(request)
      #expect(response.status == 201)
    }
    #expect(try await received == 2 * piece.count)
  }

  @Test("plain HTTP is sent on to HTTPS, method and all")
  func redirects() async throws {
    let listener = try TestListener(refusing: true)
    try await withNginx(for: listener.port) { folder in
      var request = CurlRequest("POST", "http://segments.example.com/segments?k=5")
      request.unixSocketPath = "\(folder.path)/http"
      let response = try await Curl().send(request)
      #expect(response.status == 308)
      #expect(response.headers["Location"] == "https://segments.example.com/segments?k=5")
    }
  }

  @Test("a service that is down is a 502")
  func down() async throws {
    let listener = try TestListener(refusing: true)
    try await withNginx(for: listener.port) { folder in
      let response = try await Curl().send(request("GET", "/healthz", through: folder))
      #expect(response.status == 502)
    }
  }

  // MARK: In front of the service

  private static let key = "reader-key-0123456789"

  private func withService(
    _ flags: [String] = [], _ body: (TemporaryFolder) async throws -> Void
  ) async throws {
    var launch = Launch(["--sample", "--trusted-proxies=127.0.0.1"] + flags)
    launch.environment["SEGMENTD_API_KEYS"] = "shop:\(Self.key):read+write"
    try await ServiceProcess.with(launch) { service in
      try await withNginx(for: try service.port, body)
    }
  }

  @Test("polls, keys, links and files pass nginx to the service and back")
  func service() async throws {
    try await withService(["--max-connections-per-address=4"]) { folder in
      let curl = Curl()
      func send(
        _ method: String, _ path: String, _ headers: HeaderList = ["X-API-Key": Self.key],
        _ body: CurlRequest.Body = .none
      ) async throws -> CurlResponse {
        var request = request(method, path, through: folder)
        request.headers = headers
        request.body = body
        return try await curl.send(request)
      }
      #expect(try await send("GET", "/clusters/summary", [:]).status == 401)
      #expect(try await send("GET", "/healthz", [:]).status == 200)
      let polled = try await send("GET", "/clusters/summary")
      #expect(polled.status == 200)
      let tag = try #require(polled.headers["ETag"])
      let again = try await send(
        "GET", "/clusters/summary", ["Authorization": "Bearer \(Self.key)", "If-None-Match": tag])
      #expect(again.status == 304)
      let feed = try await send("GET", "/odata/Segments")
      #expect(feed.text.contains("https://segments.example.com/odata/"))
      // In chunks, with a length, and as a form.
      let csv = Array("id,age,income\na,20,10\nb,21,11\nc,60,90\nd,61,92\n".utf8)
      let bodies: [CurlRequest.Body] = [
        .chunks([Array(csv.prefix(20)), Array(csv.dropFirst(20))]), .bytes(csv),
        .multipart([.init("file", csv, filename: "a.csv"), .init("k", "2")]),
      ]
      for (index, body) in bodies.enumerated() {
        let path = index == 2 ? "/segments?series=proxied" : "/segments?k=2&series=proxied"
        let answer = try await send("POST", path, ["X-API-Key": Self.key], body)
        #expect(answer.status == (index == 0 ? 201 : 200), "\(answer.text)")
      }
      // More at a time than one address may have: they are clients of the proxy.
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<12 {
          group.addTask {
            var request = request("GET", "/clusters/summary?wait=1", through: folder)
            request.headers = ["X-API-Key": Self.key]
            return try await Curl().send(request).status
          }
        }
        for try await status in group { #expect(status == 200) }
      }
    }
  }

  @Test("events of a job reach the client as they happen")
  func events() async throws {
    try await withService(["--shutdown-grace=0"]) { folder in
      var text = "id,age,income,score\n"
      for row in 0..<20_000 {
        text += "\(row),\(row * 7919 % 61),\(row * 104_729 % 137),\(row % 97)\n"
      }
      // Some seconds of work.
      let bootstraps = Installed.sanitizer ? 3 : 60
      var post = request("POST", "/segments?k=auto&bootstraps=\(bootstraps)", through: folder)
      post.headers = ["X-API-Key": Self.key, "Prefer": "respond-async"]
      post.body = .text(text)
      let accepted = try await Curl().send(post)
      #expect(accepted.status == 202)
      let job = try #require(accepted.headers["Location"])
      let pieces = Mutex(0)
      var follow = request("GET", "\(job)/events", through: folder)
      follow.headers = ["X-API-Key": Self.key]
      follow.timeout = .seconds(60)
      follow.onReceive = { _ in
        pieces.withLock { $0 += 1 }
        return true
      }
      let stream = try await Curl().send(follow)
      #expect(stream.status == 200)
      #expect(stream.headers["Content-Type"]?.hasPrefix("text/event-stream") == true)
      #expect(stream.text.contains("event: progress"))
      #expect(stream.text.contains("event: done"))
      #expect(pieces.withLock { $0 } > 2)
      // The first event came long before the last.
      #expect(stream.timeToFirstByte < stream.duration / 2, "\(stream.timeToFirstByte)")
    }
  }

  @Test("what a client claims to be is not believed through the proxy")
  func claims() async throws {
    try await withService(["--rate-limit=4/h"]) { folder in
      for index in 0..<6 {
        var claim = request("GET", "/odata/", through: folder)
        claim.headers = [
          "X-Forwarded-For": "203.0.113.\(index)", "Forwarded": "for=198.51.100.\(index);host=evil",
          "X-Forwarded-Host": "evil.example", "X-API-Key": "wrong-key-0123456789-\(index)",
        ]
        let answer = try await Curl().send(claim)
        #expect(answer.status == (index < 4 ? 401 : 429))
        #expect(!answer.text.contains("evil"))
      }
    }
  }
}
