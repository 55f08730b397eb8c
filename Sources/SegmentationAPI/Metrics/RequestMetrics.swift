import HTTPServer
import Synchronization

/// Counts what the server did, for `/metrics`.
///
/// A request costs three additions to numbers of its own route: no lock, no allocation, no text. The
/// routes are those of the list, so there are never more series than routes, statuses and buckets.
public final class RequestMetrics: Sendable {
  /// The upper ends of the buckets, in seconds: from an answer off the event loop to a long fit.
  static let bounds: [Double] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    30, 60, 300,
  ]
  private static let bucketCount = 20
  // Nanoseconds.
  private static let ends: [Int64] = bounds.map { Int64(($0 * 1e9).rounded()) }

  /// What is known of one route.
  private final class Cell: Sendable {
    let buckets = InlineArray<20, Atomic<Int>> { _ in Atomic(0) }
    let nanoseconds = Atomic<Int>(0)
    /// By status: the classes 1 to 5 have 32 places each, those of rare codes are shared by the last.
    let statuses = InlineArray<160, Atomic<Int>> { _ in Atomic(0) }
    let received = Atomic<Int>(0)
    let sent = Atomic<Int>(0)
  }

  // One for each route and a last one for requests without.
  private let cells: [Cell]
  private let labels: [(method: String, route: String)]
  private let openConnections = Atomic<Int>(0)
  private let connections = Atomic<Int>(0)
  private let refusedConnections = Atomic<Int>(0)
  private let refusedRequests = Atomic<Int>(0)
  private let abortedRequests = Atomic<Int>(0)

  /// - Parameter routes: method and pattern of every route, in the order of the router's list.
  public init(routes: [(method: Method, pattern: String)]) {
    labels = routes.map { ($0.method.name, $0.pattern) } + [("", "")]
    cells = labels.map { _ in Cell() }
  }

  /// Takes note of what happened; called on event loops.
  public func record(_ event: ServerEvent) {
    switch event {
    case .requestCompleted(let completion):
      let cell = cells[completion.routeIndex ?? cells.count - 1]
      let (seconds, attoseconds) = completion.duration.components
      let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
      var bucket = 0
      while bucket < Self.ends.count, nanoseconds > Self.ends[bucket] { bucket += 1 }
      cell.buckets[bucket].add(1, ordering: .relaxed)
      cell.nanoseconds.add(Int(nanoseconds), ordering: .relaxed)
      cell.statuses[Self.place(of: completion.status.code)].add(1, ordering: .relaxed)
      cell.sent.add(completion.responseBytes, ordering: .relaxed)
      if completion.requestBytes > 0 {
        cell.received.add(completion.requestBytes, ordering: .relaxed)
      }
    case .requestRefused: refusedRequests.add(1, ordering: .relaxed)
    case .requestAborted: abortedRequests.add(1, ordering: .relaxed)
    case .connectionOpened:
      connections.add(1, ordering: .relaxed)
      openConnections.add(1, ordering: .relaxed)
    case .connectionClosed: openConnections.subtract(1, ordering: .relaxed)
    case .connectionRefused: refusedConnections.add(1, ordering: .relaxed)
    case .idleConnectionEvicted, .acceptSuspended: break
    }
  }

  private static func place(of code: Int) -> Int {
    let kind = min(max(code / 100, 1), 5) - 1
    return kind * 32 + min(code % 100, 31)
  }

  private static func code(at place: Int) -> Int { (place / 32 + 1) * 100 + place % 32 }

  /// Writes the families of requests and connections.
  func write(to text: inout MetricsText) {
    let used = zip(cells, labels).compactMap { cell, label -> (Cell, [(String, String)])? in
      (0..<Self.bucketCount).contains { cell.buckets[$0].load(ordering: .relaxed) > 0 }
        ? (cell, [("method", label.method), ("route", label.route)]) : nil
    }
    text.family("http_server_requests", .counter, "HTTP requests answered.")
    for (cell, labels) in used {
      for place in 0..<160 {
        let count = cell.statuses[place].load(ordering: .relaxed)
        guard count > 0 else { continue }
        text.sample(Double(count), labels + [("status", String(Self.code(at: place)))])
      }
    }
    text.family(
      "http_server_request_duration_seconds", .histogram,
      "From the end of a request's head to the end of its answer.", unit: "seconds")
    for (cell, labels) in used {
      var total = 0
      for bucket in 0..<Self.bucketCount {
        total += cell.buckets[bucket].load(ordering: .relaxed)
        let end = bucket < Self.bounds.count ? MetricsText.number(Self.bounds[bucket]) : "+Inf"
        text.sample(Double(total), labels + [("le", end)], suffix: "_bucket")
      }
      text.sample(Double(total), labels, suffix: "_count")
      text.sample(
        Double(cell.nanoseconds.load(ordering: .relaxed)) / 1e9, labels, suffix: "_sum")
    }
    text.family(
      "http_server_request_bytes", .counter, "Bytes of content received.", unit: "bytes")
    for (cell, labels) in used {
      text.sample(Double(cell.received.load(ordering: .relaxed)), labels)
    }
    text.family(
      "http_server_response_bytes", .counter, "Bytes of answers, heads included.", unit: "bytes")
    for (cell, labels) in used {
      text.sample(Double(cell.sent.load(ordering: .relaxed)), labels)
    }
    text.single(
      "http_server_requests_refused", .counter, "Requests that were not well-formed HTTP.",
      Double(refusedRequests.load(ordering: .relaxed)))
    text.single(
      "http_server_requests_aborted", .counter, "Requests that ended without a whole answer.",
      Double(abortedRequests.load(ordering: .relaxed)))
    text.single(
      "http_server_connections", .counter, "Connections accepted.",
      Double(connections.load(ordering: .relaxed)))
    text.single(
      "http_server_connections_refused", .counter, "Connections turned away by a limit.",
      Double(refusedConnections.load(ordering: .relaxed)))
    text.single(
      "http_server_open_connections", .gauge, "Connections that are open.",
      Double(openConnections.load(ordering: .relaxed)))
  }
}
