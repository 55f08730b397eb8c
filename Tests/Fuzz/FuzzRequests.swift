// Request heads and framed content: RequestParser and ContentDecoder together, as a connection uses
// them.

@testable import HTTPServer

/// Reads the requests of a connection and writes down what it read.
struct RequestLog: Equatable {
  private var parser = RequestParser()
  private var content: ContentDecoder?
  private var body: [UInt8] = []
  private(set) var lines: [String] = []
  private(set) var fault: HTTPFault?

  static func == (one: RequestLog, other: RequestLog) -> Bool {
    one.lines == other.lines && one.fault == other.fault && one.body == other.body
  }

  /// Small limits, so that short inputs reach them.
  private static let limits: Limits = {
    var limits = Limits()
    limits.targetBytes = 60
    limits.fieldLineBytes = 50
    limits.fieldSectionBytes = 120
    limits.fieldCount = 6
    limits.contentBytes = 200
    limits.chunkLineBytes = 24
    limits.chunkOverheadBytes = 40
    limits.trailerBytes = 30
    limits.trailerCount = 2
    return limits
  }()

  mutating func read(_ bytes: [UInt8]) {
    var index = 0
    while index < bytes.count, fault == nil {
      do throws(HTTPFault) {
        let end = try step(bytes.span, from: index)
        check(end > index || content != nil, "no progress")
        index = end
      } catch {
        fault = error
      }
    }
  }

  private mutating func step(_ bytes: Span<UInt8>, from start: Int) throws(HTTPFault) -> Int {
    if var decoder = content {
      var taken: [UInt8] = []
      var last = start
      let end: Int
      do throws(HTTPFault) {
        end = try decoder.decode(bytes, from: start, limits: Self.limits) { range in
          check(range.lowerBound >= last && range.upperBound <= bytes.count, "a bad range")
          last = range.upperBound
          taken.append(copying: bytes.extracting(range))
        }
      } catch {
        body += taken
        throw error
      }
      body += taken
      check(body.count <= Self.limits.contentBytes, "more than the limit")
      check(decoder.receivedBytes == body.count, "a wrong count")
      content = decoder.isComplete ? nil : decoder
      if decoder.isComplete {
        lines.append("content \(body)")
        body = []
      }
      return end
    }
    let end = try parser.consume(bytes, from: start, limits: Self.limits)
    guard parser.isComplete else {
      check(end == bytes.count, "bytes left over")
      return end
    }
    let head = try parser.head(limits: Self.limits)
    parser.reset()
    let request = Request(
      head: head, peer: .unix, cancellation: Cancellation(), requestID: RequestID(value: 0))
    lines.append(
      "\(head.method) \(request.target.text) \(request.target.pathSegments) "
        + "\(request.target.queryItems) \(request.authority) \(head.framing) \(head.persists) "
        + "\(head.expectsContinue) \(head.fields.all) \(String(describing: request.contentType)) "
        + "\(request.accept.quality(of: MediaType("text", "csv")))")
    _ = request.ifNoneMatch(EntityTag("a"))
    if case .length(let length) = head.framing, length > Self.limits.contentBytes {
      throw .contentTooLarge(limit: Self.limits.contentBytes)
    }
    if head.framing != .none {
      content = ContentDecoder(head.framing, limit: Self.limits.contentBytes)
    }
    return end
  }
}

/// Called by libFuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let (cuts, bytes) = split(start, count)
  var whole = RequestLog()
  whole.read(bytes)
  var cut = RequestLog()
  feed(bytes, cuts) { cut.read($0) }
  check(whole == cut, "whole \(whole), cut \(cut)")
  return 0
}
