import HTTPServer
import Testing

@testable import HTTPServer

@Suite("Addresses, traces and targets as text")
struct AddressTextTests {
  @Test(
    "addresses as proxies write them",
    arguments: [
      ("192.0.2.7", "192.0.2.7:0"), ("192.0.2.7:4711", "192.0.2.7:4711"), ("::1", "[::1]:0"),
      ("[2001:db8::1]:80", "[2001:db8::1]:80"), ("[::]", "[::]:0"),
      ("2001:DB8:0:0:0:0:0:1", "[2001:db8::1]:0"), ("::ffff:192.0.2.7", "192.0.2.7:0"),
      ("1::", "[1::]:0"), ("64:ff9b::192.0.2.33", "[64:ff9b::c000:221]:0"),
      ("1:2:3:4:5:6:7::", "[1:2:3:4:5:6:7:0]:0"),
    ])
  func addresses(text: String, expected: String) {
    #expect(PeerAddress(text)?.description == expected)
  }

  @Test(
    "names and what only looks like an address",
    arguments: [
      "", "unknown", "_hidden", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4:",
      "1.2.3.4:65536", "1.2.3.+4", ":", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::",
      "[::1", "[::1]x", "::g", "1:2:3:4:5:6:7:8::", "[1.2.3.4]", " 1.2.3.4",
    ])
  func noAddresses(text: String) {
    #expect(PeerAddress(text) == nil)
  }

  @Test(
    "blocks hold what begins as they do",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
      ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
      ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false),
      ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
      ("2001:db8::8/125", "2001:db8::f", true), ("2001:db8::8/125", "2001:db8::10", false),
      ("::/0", "fe80::1", true), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
    ])
  func ranges(block: String, address: String, isIn: Bool) throws {
    let range = try #require(AddressRange(block))
    #expect(range.contains(try #require(PeerAddress(address))) == isIn)
    #expect(!range.contains(.unix))
  }

  private func request(_ lines: String) throws -> Request {
    var parser = RequestParser()
    let text = Array("\(lines)\r\nHost: x\r\n\r\n".utf8)
    _ = try parser.consume(text.span, from: 0, limits: Limits())
    return Request(
      head: try parser.head(limits: Limits()), peer: .unix, cancellation: Cancellation(),
      requestID: RequestID(value: 0xAB))
  }

  @Test("a trace is read as W3C Trace Context has it")
  func trace() throws {
    let value = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let trace = try #require(try request("GET / HTTP/1.1\r\nTraceParent: \(value)").trace)
    #expect(trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
    #expect(trace.parentID == "00f067aa0ba902b7")
    #expect(trace.flags == "01")
    #expect(trace.value(span: trace.parentID) == value)
    let later = try request("GET / HTTP/1.1\r\ntraceparent: cc\(value.dropFirst(2))-more")
    #expect(later.trace == trace)
  }

  @Test(
    "what is no trace is passed over",
    arguments: [
      "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
      "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
      "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
      "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
      "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
    ])
  func noTrace(value: String) throws {
    #expect(try request("GET / HTTP/1.1\r\ntraceparent: \(value)").trace == nil)
  }

  @Test("two traces are none")
  func twoTraces() throws {
    let line = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    #expect(try request("GET / HTTP/1.1\r\n\(line)\r\n\(line)").trace == nil)
  }

  @Test(
    "an item is taken out of the query, however its name is written",
    arguments: [
      ("/a?key=s", nil), ("/a?key=s&b=1", "b=1"), ("/a?b=1&key=s", "b=1"),
      ("/a?b=1&k%65y=s&c=%20&key", "b=1&c=%20"), ("/a?keys=1", "keys=1"), ("/a", nil),
      ("/a?b=key", "b=key"), ("/a?", ""),
    ] as [(String, String?)])
  func removesItems(target: String, query: String?) throws {
    let request = try request("GET \(target) HTTP/1.1\r\nETag: x")
    let cleaned = request.removingQueryItems(named: "key")
    #expect(cleaned.target.rawQuery == query)
    #expect(cleaned.target.rawPath == "/a")
    #expect(cleaned.fields["ETag"] == "x")
    #expect(cleaned.authority == "x")
    if target.contains("=s") {
      #expect(!String(decoding: cleaned.fields.bytes, as: UTF8.self).contains("=s"))
    }
  }
}
