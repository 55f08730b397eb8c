@testable import HTTPServer

/// A server on a port of its own, for one test.
final class TestServer: Sendable {
  let server: Server
  let port: UInt16
  private let log: EventLog

  var events: [ServerEvent] { log.events.withLock { $0 } }

  init(
    limits: Limits = Limits(), computeWidth: Int = 2, computeQueueCount: Int = 16,
    routes: [Route] = TestApplication.routes
  ) throws {
    var configuration = ServerConfiguration(
      endpoints: [.tcp(host: "127.0.0.1", port: 0)], limits: limits, loopCount: 2,
      computeWidth: computeWidth, computeQueueCount: computeQueueCount)
    configuration.limits = limits
    let log = EventLog()
    self.log = log
    server = Server(
      configuration: configuration, handler: TestApplication(routes)
    ) { event in log.events.withLock { $0.append(event) } }
    guard case .tcp(_, let port) = try server.start().first else {
      throw RawClient.Failure(description: "no TCP endpoint")
    }
    self.port = port
  }

  /// Waits until so many events of a kind have been told.
  func wait(for count: Int = 1, _ isWanted: (ServerEvent) -> Bool) throws {
    for _ in 0..<2000 {
      if events.filter(isWanted).count >= count { return }
      nap()
    }
    throw RawClient.Failure(description: "the event did not come; there were \(events)")
  }

  func client(receiveBuffer: Int32? = nil) throws -> RawClient {
    try RawClient(port: port, receiveBuffer: receiveBuffer, companion: self)
  }

  /// Sends a request on a connection of its own and reads its answer.
  func answer(to request: String) throws -> RawClient.Answer {
    let client = try client()
    try client.send(request)
    return try client.answer(toHead: request.hasPrefix("HEAD"))
  }

  deinit {
    server.shutDown(grace: .zero) {}
  }
}

final class EventLog: Sendable {
  let events = Guarded<[ServerEvent]>([])
}

/// Counts what it receives.
struct CountingReceiver: ContentReceiver {
  var byteCount = 0
  var sum = 0

  mutating func receive(_ bytes: Span<UInt8>) -> Response? {
    byteCount += bytes.count
    for index in bytes.indices { sum = (sum &* 31 &+ Int(bytes[index])) & 0xFFFF_FFFF }
    return nil
  }

  mutating func finish() -> Response {
    Response(.created, contentType: "text/plain", content: .text("\(byteCount) \(sum)"))
  }
}

/// Makes lines `0`, `1`, … .
struct LineProducer: ContentProducer {
  var next = 0
  let count: Int

  mutating func produce(into buffer: inout [UInt8]) throws -> Bool {
    for line in next..<min(count, next + 500) { buffer.append(contentsOf: "\(line)\n".utf8) }
    next = min(count, next + 500)
    return next < count
  }
}

struct TestApplication: RequestHandler {
  static let prepared = PreparedResponse(
    fields: ["Content-Type": "text/plain", "Cache-Control": "no-cache"],
    content: Array("prepared".utf8), etag: EntityTag("v1"))

  static let routes = [
    Route(.get, "/health") { .now(prepared.response(to: $0.request)) },
    Route(.post, "/count") { _ in .receive(CountingReceiver()) },
    Route(.get, "/lines/{count}") { match in
      let count = Int(match.parameter("count")) ?? 0
      return .now(Response(.ok, content: .stream(length: nil, LineProducer(count: count))))
    },
    Route(.get, "/computed/{text}") { match in
      .compute { Response(.ok, content: .text(match.parameter("text"))) }
    },
  ]

  let router: Router

  init(_ routes: [Route]) {
    router = Router(routes)
  }

  func reply(to request: Request) -> Reply {
    router.reply(to: request) { _ in
      .now(Response(.notFound, content: .text("not found")))
    } methodNotAllowed: { _, allow in
      .now(Response(.methodNotAllowed, fields: ["Allow": allow]))
    }
  }
}
