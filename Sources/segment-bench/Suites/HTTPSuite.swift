/// The server under a small load: CPU a request with persistent connections over loopback.
///
/// One thread of the load sends a request on every connection, then reads all the answers. Its own
/// CPU time is taken off the process's, so that what is left is the server's.
enum HTTPSuite {
  private static let requestsPerRun = 32_000

  static func benchmarks(_ surroundings: Surroundings) -> [Benchmark] {
    surroundings.threads.flatMap { threads in
      [1, 64].flatMap { connections in
        [
          benchmark("summary", isConditional: false, connections, threads),
          benchmark("summary not modified", isConditional: true, connections, threads),
        ]
      }
    }
  }

  private static func benchmark(
    _ name: String, isConditional: Bool, _ connections: Int, _ threads: Int
  ) -> Benchmark {
    var benchmark = Benchmark(
      suite: .http, name: "\(name), \(connections) connections", threads: threads,
      metric: "cpu_us_req"
    ) { surroundings in
      let service = try LocalService(threads: threads)
      _ = try service.segment(Corpus(.mall, rowCount: 200, surroundings), query: "k=5")
      let load = try Load(service, connections: connections, isConditional: isConditional)
      return { try load.run(requests: requestsPerRun) }
    }
    if !isConditional {
      benchmark.peer = [
        Field("tool", "http"), Field("layout", "free"), Field("connections", connections),
      ]
    }
    return benchmark
  }

  /// Connections to a service and what is asked on them.
  private final class Load {
    private let service: LocalService
    private let clients: [LoopbackClient]
    private let request: [UInt8]
    private let answerBytes: Int

    init(_ service: LocalService, connections: Int, isConditional: Bool) throws {
      self.service = service
      clients = try (0..<connections).map { _ in try LoopbackClient(port: service.port) }
      var text = "GET /clusters/summary HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n"
      // The first answer is made, later ones are kept.
      _ = try Load.ask(clients[0], text)
      var answer = try Load.ask(clients[0], text)
      if isConditional {
        guard let etag = LoopbackClient.field("etag", in: answer.head) else {
          throw BenchFailure("the summary has no ETag")
        }
        text += "If-None-Match: \(etag)\r\n"
        answer = try Load.ask(clients[0], text)
        guard answer.status == 304 else { throw BenchFailure("\(answer.status) is not 304") }
      }
      request = Array((text + "\r\n").utf8)
      // Date and id have the same length in every answer.
      answerBytes = answer.head.utf8.count + answer.content.count
    }

    deinit { service.stop() }

    private static func ask(_ client: LoopbackClient, _ head: String) throws
      -> LoopbackClient.Answer
    {
      try client.send(Array((head + "\r\n").utf8).span)
      return try client.receive()
    }

    func run(requests: Int) throws -> Benchmark.Outcome {
      var memory = [UInt8](repeating: 0, count: 1 << 16)
      let rounds = requests / clients.count
      let start = ContinuousClock.now
      let process = Meter.processSeconds()
      let own = Meter.threadSeconds()
      let request = request
      for _ in 0..<rounds {
        for client in clients { try client.send(request.span) }
        for client in clients { try client.skip(bytes: answerBytes, into: &memory) }
      }
      let server = Meter.processSeconds() - process - (Meter.threadSeconds() - own)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let count = rounds * clients.count
      return Benchmark.Outcome(
        value: server / Double(count) * 1e6,
        figures: [Field("rps", Double(count) / seconds)],
        counters: [Field("requests", count), Field("answer_bytes", answerBytes)])
    }
  }
}
