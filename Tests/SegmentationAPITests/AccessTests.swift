import Datasets
import HTTPServer
import Testing

@testable import SegmentationAPI

@Suite("Access: keys, limits, proxies")
struct AccessTests {
  // MARK: Keys

  @Test("a list of keys is read, hashes among them")
  func list() throws {
    let hash = "66cb8a8d3f4a9ef6a2f2cf5ba7a7fda2f1eb1e0f0e8a9f8e4e5a6c1f3b2d9c00"
    let ring = try KeyRing(
      list:
        "till:a-key-of-24-characters!:read, crm:with:colons:in:it-x:read+write,ops:sha256=\(hash):admin"
    )
    #expect(ring.keys.map(\.name) == ["till", "crm", "ops"])
    #expect(ring.keys.map(\.scopes) == [[.read], [.read, .write], [.admin]])
    #expect(ring.key(matching: Array("a-key-of-24-characters!".utf8))?.name == "till")
    #expect(ring.key(matching: Array("with:colons:in:it-x".utf8))?.name == "crm")
    #expect(ring.key(matching: Array("a-key-of-24-characters?".utf8)) == nil)
    #expect(ring.key(matching: []) == nil)
    #expect(ring.keys[2].allows(.read) && ring.keys[2].allows(.write))
    #expect(!ring.keys[0].allows(.write) && !ring.keys[1].allows(.admin))
  }

  @Test(
    "what is no key is refused, and the refusal does not tell it",
    arguments: [
      ("till", "name:key:scope"), ("till:secret-secret-secret", "name:key:scope"),
      ("t ll:secret-secret-secret:read", "letters"), (":secret-secret-secret:read", "letters"),
      ("till:secret-shorter:read", "16"), ("till:secret-secret-secret:", "read, write and admin"),
      ("till:secret-secret-secret:read+", "read, write and admin"),
      ("till:secret-secret-secret:owner", "read, write and admin"),
      ("till:sha256=secret-secret-secret:read", "hexadecimal"),
      ("a:secret-secret-secret:read,a:secret-secret-secret-2:read", "two keys"),
      ("a:secret-secret-secret:read,b:secret-secret-secret:read", "same key"),
    ])
  func refusedLists(list: String, part: String) {
    let fault = #expect(throws: KeyRing.Fault.self) { try KeyRing(list: list) }
    #expect(fault?.reason.contains(part) == true, "\(String(describing: fault))")
    #expect(fault?.reason.contains("secret") == false)
  }

  @Test("a key file gives what hash-key wrote, and names the line of a fault")
  func file() throws {
    let entry = KeyRing.entry(
      name: "till", key: Array("correct horse battery".utf8), scopes: [.read, .write])
    // As sha256sum gives it for the same text.
    #expect(entry.contains("9028ea0d15decaa35b2da21c0290af3b1a5ba0a30a591906f89b5074e209ea72"))
    var ring = KeyRing()
    try ring.add(JSONValue.parse(Array("{\"keys\": [\n\(entry)\n]}".utf8).span))
    #expect(ring.key(matching: Array("correct horse battery".utf8))?.name == "till")
    for (text, line) in [
      (
        "{\"keys\": [\n{\"name\": \"a\", \"key\": \"0123456789abcdef\", \"scopes\": [],\n\"x\": 1}]}",
        3
      ),
      ("{\"keys\": [\n{\"name\": \"a\", \"scopes\": [\"read\"]}]}", 2),
      ("{\"keys\": [\n1]}", 1), ("[]", 1), ("{\"key\": []}", 1),
      ("{\"keys\": [{\"name\": 3}]}", 1),
    ] {
      let value = try JSONValue.parse(Array(text.utf8).span)
      let fault = #expect(throws: KeyRing.Fault.self) {
        var ring = KeyRing()
        try ring.add(value)
      }
      #expect(fault?.line == line, "\(text): \(String(describing: fault))")
    }
  }

  @Test(
    "Base64 as RFC 4648 §10 has it",
    arguments: [
      ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"),
      ("Zm9vYmE=", "fooba"), ("Zm9vYmFy", "foobar"), ("Zm8", "fo"),
    ])
  func base64(text: String, expected: String) {
    #expect(Base64.decode(text.utf8) == Array(expected.utf8))
  }

  @Test("what is not Base64 is not decoded", arguments: ["Z", "Zm9v!", "Zg==Zg", "Zm 9v"])
  func notBase64(text: String) {
    #expect(Base64.decode(text.utf8) == nil)
  }

  // MARK: Limits

  @Test(
    "a limit is a number and a time",
    arguments: [("20/s", 20, 1), ("600/min", 600, 60), ("5000/h", 5000, 3600), ("1/hour", 1, 3600)])
  func limits(text: String, count: Int, seconds: Int) {
    #expect(RateLimit(text)?.count == count)
    #expect(RateLimit(text)?.seconds == seconds)
  }

  @Test(
    "anything else is none",
    arguments: ["", "0/s", "-1/s", "5", "5/d", "5/", "/s", "1e3/s", "5/s/s"])
  func noLimits(text: String) {
    #expect(RateLimit(text) == nil)
  }

  @Test("a bucket gives what it holds at once, then as much as flows in")
  func bucket() throws {
    let limiter = RateLimiter(try #require(RateLimit("4/s")))
    let client = RateLimiter.Client.key("a")
    let second: UInt64 = 1_000_000_000
    let start = 77 * second
    let first = (0..<6).map { _ in limiter.take(client, now: start) }
    #expect(first.map(\.isAllowed) == [true, true, true, true, false, false])
    #expect(first.map(\.remaining) == [3, 2, 1, 0, 0, 0])
    #expect(first[4].secondsToNext == 1 && first[4].secondsToFull == 1)
    // A quarter of a second brings one; refused ones cost nothing.
    #expect(!limiter.take(client, now: start + second / 4 - 1).isAllowed)
    #expect(limiter.take(client, now: start + second / 4).isAllowed)
    #expect(!limiter.take(client, now: start + second / 4).isAllowed)
    // Others are not touched by it, and after a while the bucket is full and no fuller.
    #expect(limiter.take(.key("b"), now: start).remaining == 3)
    #expect(limiter.take(client, now: start + 100 * second).remaining == 3)
    // Over a long time no more pass than flow in, however they come.
    let passed = (0..<10_000).count {
      limiter.take(.key("c"), now: start + UInt64($0) * second / 1000).isAllowed
    }
    #expect(passed == 4 + 39)
  }

  @Test("the table is bounded, and who is in it is not driven out by those who come new")
  func table() throws {
    let limiter = RateLimiter(try #require(RateLimit("2/s")), capacity: 100)
    func address(_ number: Int) -> RateLimiter.Client {
      .address(.ipv4(UInt32(number), port: 0))
    }
    let start: UInt64 = 5_000_000_000
    #expect(limiter.take(address(0), now: start).isAllowed)
    #expect(limiter.take(address(0), now: start).isAllowed)
    var allowed = 0
    for number in 1...1000 where limiter.take(address(number), now: start).isAllowed {
      allowed += 1
    }
    // 99 of their own, and two from the bucket of all others.
    #expect(allowed == 101)
    #expect(limiter.clientCount == 101)
    #expect(!limiter.take(address(0), now: start).isAllowed)
    // Buckets that are full again make room.
    #expect(limiter.take(address(2000), now: start + 2_000_000_000).remaining == 1)
    #expect(limiter.clientCount == 1)
  }

  // MARK: Proxies

  @Test(
    "origins that links begin with",
    arguments: [
      ("https://segments.example.com", true), ("http://[::1]:8080/", true), ("", true),
      ("segments.example.com", false), ("https://a/b", false), ("ftp://a", false),
      ("https://", false),
    ])
  func baseURL(text: String, isGood: Bool) {
    #expect((ProxyTrust(proxies: "", baseURL: text) != nil) == isGood)
  }

  @Test(
    "blocks of addresses",
    arguments: [
      ("127.0.0.1", true), ("10.0.0.0/8, ::1", true), ("unix", true), ("", true),
      ("2001:db8::/32", true), ("localhost", false), ("10.0.0.0/33", false), ("10.0.0/8", false),
      ("::1/129", false), ("127.0.0.1:80", false), ("10.0.0.0/-1", false),
    ])
  func proxies(text: String, isGood: Bool) {
    #expect((ProxyTrust(proxies: text, baseURL: "") != nil) == isGood)
  }
}
