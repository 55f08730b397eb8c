import Datasets
import Synchronization
import TestSupport
import Testing

@Suite("transfers over real connections", .timeLimit(.minutes(5)))
struct TransferTests {
  private static let csv = SampleCustomers.csv()

  /// Rows of a customer file, made as they are sent: `count` of them after the header.
  private static func rows(_ count: Int) -> CurlRequest.Body {
    let written = Atomic<Int>(-1)
    return .stream(byteCount: nil) { room in
      var out: [UInt8] = []
      var row = written.load(ordering: .relaxed)
      while row < count, out.count + 40 < room {
        out +=
          row < 0
          ? Array("id,age,income,score\n".utf8)
          : Array("\(row),\(18 + row % 53),\(15 + row * 7 % 123),\(1 + row * 13 % 100)\n".utf8)
        row += 1
      }
      written.store(row, ordering: .relaxed)
      return out.isEmpty ? nil : out
    }
  }

  @Test("a hundred requests use one connection")
  func keepAlive() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      var connects = 0
      for _ in 0..<100 { connects += try await curl.get("/version").connectCount }
      #expect(connects == 1)
    }
  }

  @Test("pipelined requests are answered in their order")
  func pipelining() async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let connection = try await service.connect()
      let paths = ["/version", "/clusters/summary", "/nothing", "/segments.csv", "/healthz"]
      try await connection.send(
        paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
      var statuses: [Int] = []
      var types: [String] = []
      for _ in paths {
        let response = try await connection.receiveResponse()
        statuses.append(response.status)
        types.append(response.headers["Content-Type"] ?? "")
      }
      #expect(statuses == [200, 200, 404, 200, 200])
      #expect(types[3].hasPrefix("text/csv"))
      await connection.close()
    }
  }

  @Test("an upload arrives however it is framed")
  func framings() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      var dataset: String?
      let pieces = stride(from: 0, to: Self.csv.count, by: 97).map {
        Array(Self.csv[$0..<min($0 + 97, Self.csv.count)])
      }
      let bodies: [(CurlRequest.Body, HeaderList)] = [
        (.bytes(Self.csv), [:]), (.chunks(pieces), [:]),
        (.bytes(Self.csv), ["Expect": "100-continue"]),
        (.multipart([.init("file", Self.csv, filename: "c.csv")]), [:]),
      ]
      for (body, headers) in bodies {
        let answer = try await curl.post("/datasets", body, headers: headers)
        #expect([200, 201].contains(answer.status), "\(answer.text)")
        let id = try answer.json()["id"].string
        #expect(dataset == nil || dataset == id)
        dataset = id
        if headers["Expect"] != nil { #expect(answer.interimStatuses == [100]) }
      }
    }
  }

  @Test(
    "a hundred megabytes go up and come down, in bounded memory",
    .disabled(if: Installed.sanitizer, "with a sanitizer they take many minutes, and more memory"))
  func large() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let before = try service.program.peakResidentByteCount
      var upload = CurlRequest("POST", "/datasets", body: Self.rows(6_000_000))
      upload.timeout = .seconds(200)
      let answer = try await curl.send(upload)
      #expect(answer.status == 201, "\(answer.text.prefix(300))")
      #expect(answer.uploadedByteCount > 100_000_000)
      let dataset = try answer.json()
      #expect(dataset["rows_used"].number == 6_000_000)
      let growth = try service.program.peakResidentByteCount - before
      #expect(growth < 500_000_000)
      let id = try #require(dataset["id"].string)
      var fit = CurlRequest(
        "POST", "/segments?dataset=\(id)&features=age&k=2&restarts=1", body: .bytes([]))
      fit.timeout = .seconds(100)
      #expect(try await curl.send(fit).status == 201)

      var download = CurlRequest("GET", "/customers.csv")
      download.timeout = .seconds(200)
      let counter = LineCounter()
      download.onReceive = { piece in
        counter.add(piece)
        return true
      }
      let received = try await curl.send(download)
      #expect(received.status == 200)
      #expect(counter.lines == 6_000_001)
      #expect(counter.bytes > 100_000_000)
    }
  }

  @Test("clients that go away leave nothing behind")
  func aborts() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      #expect(try await curl.post("/segments?k=3", .bytes(Self.csv)).status == 201)
      let files = try service.program.openFileCount
      for turn in 0..<30 {
        let connection = try await service.connect()
        switch turn % 3 {
        case 0:
          try await connection.send(
            "POST /segments HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\na,b\n1,2\n")
        case 1:
          try await connection.send("GET /customers.csv HTTP/1.1\r\nHost: a\r\n\r\n")
        default:
          try await connection.send("GET /clusters/summary HTT")
        }
        if turn % 2 == 0 { try await connection.reset() } else { await connection.close() }
      }
      #expect(try await curl.get("/clusters/summary").status == 200)
      // Closed connections are seen as soon as the loop runs again; the client's own one stays.
      for _ in 0..<50 {
        if try service.program.openFileCount <= files { break }
        #expect(try await curl.get("/healthz").status == 200)
      }
      let left = try service.program.openFileCount
      #expect(left <= files)
    }
  }

  @Test("a client that stops reading costs a bounded buffer and others nothing")
  func slowReader() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      var upload = CurlRequest("POST", "/segments?k=2", body: Self.rows(300_000))
      upload.timeout = .seconds(100)
      #expect(try await curl.send(upload).status == 201)
      let before = try service.program.residentByteCount
      var readers: [RawConnection] = []
      for _ in 0..<20 {
        let reader = try await service.connect()
        try await reader.send("GET /customers.csv HTTP/1.1\r\nHost: a\r\n\r\n")
        readers.append(reader)
      }
      for _ in 0..<100 { #expect(try await curl.get("/clusters/summary").status == 200) }
      // Each whole answer would be about 25 MB.
      let growth = try service.program.residentByteCount - before
      #expect(growth < 120_000_000)
      for reader in readers { await reader.close() }
    }
  }

  @Test("a client that rests goes on where it was: a new connection, the rest of an answer")
  func resumption() async throws {
    try await ServiceProcess.with(["--idle-timeout", "1"]) { service in
      let curl = service.client()
      #expect(
        try await curl.send(CurlRequest("POST", "/segments?k=2", body: Self.rows(50_000))).status
          == 201)
      let reader = try await service.connect()
      try await reader.send("GET /customers.csv HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      // Longer than an idle connection is kept; what waits for the reader keeps its connection.
      try await Task.sleep(for: .milliseconds(2500))
      let answer = try await reader.receiveResponse(within: .seconds(30))
      #expect(answer.body.count { $0 == 0x0A } == 50_001)
      // The client's own connection was closed meanwhile, and libcurl opens another.
      let again = try await curl.get("/clusters/summary")
      #expect(again.status == 200)
      #expect(again.connectCount == 1)
    }
  }

  @Test("without a descriptor left it waits, and takes who waited once there is one")
  func descriptorsRunOut() async throws {
    var launch = Launch(["--sample", "--log-format", "json"])
    launch.launcher = ["/bin/sh", "-c", #"ulimit -n 48; exec "$0" "$@""#]
    try await ServiceProcess.with(launch) { service in
      var connections: [RawConnection] = []
      for _ in 0..<80 { connections.append(try await service.connect()) }
      _ = try await service.program.logLine(containing: "accept suspended")
      // Those that were taken in are served all the while.
      for _ in 0..<20 {
        try await connections[0].send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await connections[0].receiveResponse().status == 200)
      }
      let last = connections.removeLast()
      try await last.send("GET /clusters/summary HTTP/1.1\r\nHost: a\r\n\r\n")
      for connection in connections { await connection.close() }
      #expect(try await last.receiveResponse().status == 200)
      await last.close()
    }
  }

  @Test("a thousand transfers at once are all answered")
  func parallel() async throws {
    try await ServiceProcess.with(["--sample"]) { service in
      let curl = service.client()
      let requests = (0..<1000).map { index in
        index % 10 == 0
          ? CurlRequest("POST", "/segments?k=3&dry_run=true", body: .bytes(Self.csv))
          : CurlRequest("GET", ["/clusters/summary", "/segments.csv", "/healthz"][index % 3])
      }
      let results = try await curl.sendAll(requests)
      var counts: [Int: Int] = [:]
      for result in results { counts[try result.get().status, default: 0] += 1 }
      // Work beyond the queue is told so; everything else is answered.
      #expect(counts[200, default: 0] + counts[503, default: 0] == 1000, "\(counts)")
      #expect(counts[200, default: 0] >= 900)
    }
  }

  @Test("IPv6 and a Unix-domain socket serve like IPv4")
  func families() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/s.sock"
    try await ServiceProcess.with(["--host", "::1", "--unix-socket", path]) { service in
      #expect(service.url.contains("[::1]"))
      let health = try await service.client().get("/healthz")
      #expect(health.status == 200)
      var request = CurlRequest("GET", "http://localhost/healthz")
      request.unixSocketPath = path
      let local = try await Curl().send(request)
      #expect(local.status == 200)
    }
  }

  @Test("a stop under load answers every request that was accepted")
  func stop() async throws {
    let service = try await ServiceProcess.start(["--sample"])
    let connections = try await withThrowingTaskGroup(of: RawConnection.self) { group in
      for _ in 0..<40 { group.addTask { try await service.connect() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for connection in connections {
      try await connection.send(
        "POST /segments?k=4 HTTP/1.1\r\nHost: a\r\nContent-Length: \(Self.csv.count)\r\n\r\n")
      try await connection.send(Array(Self.csv.dropLast(10)))
    }
    // The service is asked to stop while every request still lacks its last bytes.
    service.program.signal(15)
    _ = try await service.program.logLine(containing: "stopping")
    for connection in connections {
      try await connection.send(Array(Self.csv.suffix(10)))
      let response = try await connection.receiveResponse()
      #expect([200, 201].contains(response.status))
      // An answer that was ready before its loop heard of the stop does not announce the end.
      #expect(try await connection.receiveToEnd().isEmpty)
    }
    let exit = try await service.program.waitForExit()
    #expect(exit == .exited(0))
  }

  @Test("a stop while clients come and go ends in good order", arguments: 0..<6)
  func stopAmongArrivals(round: Int) async throws {
    let service = try await ServiceProcess.start(["--sample"])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          // New connections until there is nobody to take them; a request on each that is taken.
          while let connection = try? await service.connect() {
            try? await connection.send("GET /clusters/summary HTTP/1.1\r\nHost: a\r\n\r\n")
            guard let response = try? await connection.receiveResponse() else { return }
            #expect(response.status == 200)
            await connection.close()
          }
        }
      }
      group.addTask {
        for _ in 0..<(20 + round * 7) { _ = try await service.client().get("/healthz") }
        service.program.signal(15)
      }
      try await group.waitForAll()
    }
    let exit = try await service.program.waitForExit()
    #expect(exit == .exited(0))
  }

  @Test("the command line answers too")
  func commands() async throws {
    let version = try await ServiceProcess.run(["--version"])
    #expect(version.status == .exited(0))
    #expect(version.output.hasPrefix("segmentd "))
    let refused = try await ServiceProcess.run(["--prot", "1"])
    #expect(refused.status == .exited(2))
    #expect(refused.errorOutput.contains("did you mean --port?"))
    let sample = try await ServiceProcess.run(["sample"])
    #expect(Array(sample.output.utf8) == Self.csv)
    try await ServiceProcess.with { service in
      let well = try await ServiceProcess.run(["healthcheck", "--port", "\(service.port)"])
      #expect(well.status == .exited(0))
    }
    let gone = try await ServiceProcess.run(["healthcheck", "--port", "1"])
    #expect(gone.status == .exited(1))
  }
}
