import Foundation
import Synchronization
import TestSupport
import Testing

/// `Config/nginx.conf` in a real nginx, in front of a stand-in that looks at what arrives.
@Suite("nginx in front", .timeLimit(.minutes(2)))
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
}
