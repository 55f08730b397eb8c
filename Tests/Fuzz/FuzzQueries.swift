// Query strings, and with them every route that is read by GET: whatever is asked, the answer is a
// whole one and no fault of the service, and what is asked twice is answered alike.

@testable import Datasets
@testable import HTTPServer
@testable import Segmentation
@testable import SegmentationAPI

/// The routes over a small run.
private let application: Application = {
  let service = SegmentationService(
    store: InMemoryDatasetStore<Run>(budgetBytes: 1 << 24, eviction: .refuse))
  do {
    var decoder = TableDecoder()
    try decoder.consume(SampleCustomers.csv().span)
    let table = try decoder.finish().table
    for (count, seed) in [(3, 1), (4, 2)] {
      var options = SegmentationOptions()
      options.clusterCount = .fixed(count)
      options.seed = UInt64(seed)
      _ = try service.segment(table, options: options)
    }
  } catch {
    fatalError("\(error)")
  }
  return Application(
    service: service, configuration: .init(version: "1"), readiness: Readiness(.ready))
}()

/// The patterns that GET reads, of those whose answers do not change by themselves.
private let patterns = application.routes.filter { $0.method == .get }.map(\.pattern)
  .filter { !$0.hasPrefix("/metrics") && !$0.hasPrefix("/jobs") }

/// What a reply comes to: the status, and its content.
private func answer(_ reply: Reply) -> (status: Int, content: [UInt8]) {
  let response: Response
  switch reply.kind {
  case .now(let now): response = now
  case .compute(let work): response = work()
  case .deferred, .receive, .transform, .fault: return (200, [])
  }
  switch response.content {
  case .empty, .feed: return (response.status.code, [])
  case .bytes(let bytes): return (response.status.code, bytes)
  case .stream(_, var producer):
    var bytes: [UInt8] = []
    do {
      while try producer.produce(into: &bytes) {}
    } catch {
      fatalError("an answer that ends in its midst: \(error)")
    }
    return (response.status.code, bytes)
  }
}

private func request(_ target: [UInt8]) -> Request? {
  var parser = RequestParser()
  let limits = Limits()
  let bytes = Array("GET ".utf8) + target + Array(" HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
  do throws(HTTPFault) {
    let end = try parser.consume(bytes.span, from: 0, limits: limits)
    guard parser.isComplete, end == bytes.count else { return nil }
    return Request(
      head: try parser.head(limits: limits), peer: .unix, cancellation: Cancellation(),
      requestID: RequestID(value: 7))
  } catch {
    return nil
  }
}

/// Called by libFuzzer with each input: a byte that chooses a route, then a query, or a whole target
/// where it begins with a slash.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  // Safety: libFuzzer gives `count` bytes from `start`.
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  let rest = Array(input.dropFirst())
  var target = rest
  if rest.first != 0x2F {
    let pattern = patterns[Int(input[0]) % patterns.count]
      .replacing("{sid}", with: "average-customers").replacing("{cid}", with: "17")
      .replacing("{i}", with: "1").replacing("{set}", with: "Customers")
      .replacing("{name}", with: "scatter").replacing("{slug}", with: "no-content")
      .replacing("{id}", with: "unknown")
    target = Array(pattern.utf8) + [0x3F] + rest
  }
  guard let request = request(target) else { return 0 }

  let items = request.target.queryItems
  let again = items.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }
  check(
    (RequestTarget("/?" + again.joined(separator: "&"))?.queryItems ?? []) == items,
    "items that do not come back: \(items)")
  do throws(ProblemDetails) {
    let options = try SegmentationOptions(
      try Query(
        items.map { (name: $0.name, value: $0.value) },
        allowing: Parameter.cleaning + Parameter.fit))
    if case .fixed(let count) = options.clusterCount {
      check((1...1000).contains(count), "k is \(count)")
    }
  } catch {
    check(!error.detail.isEmpty)
  }

  // Waiting for a change would take as long as it says.
  guard !items.contains(where: { $0.name == "wait" }) else { return 0 }
  let first = answer(application.reply(to: request))
  check((200..<500).contains(first.status) || first.status == 501, "\(first)")
  let second = answer(application.reply(to: request))
  check(first == second, "two answers to one question")
  return 0
}
