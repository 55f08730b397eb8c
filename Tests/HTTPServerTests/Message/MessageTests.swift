import Testing

@testable import HTTPServer

@Suite("Media types")
struct MediaTypeTests {
  @Test(
    "are parsed",
    arguments: [
      ("text/csv", "text/csv"),
      ("Text/CSV; Charset=\"UTF-8\"", "text/csv; charset=UTF-8"),
      ("multipart/form-data; boundary=\"a b\"", "multipart/form-data; boundary=\"a b\""),
      ("a/b;c=\"d\\\"e\";", "a/b; c=\"d\\\"e\""),
      ("a/b ; c=d ;e=f", "a/b; c=d; e=f"),
    ])
  func parsing(_ text: String, _ normal: String) {
    #expect(MediaType(text)?.description == normal)
  }

  @Test(
    "that are malformed are none",
    arguments: [
      "", "text", "text/", "/csv", "text/csv; charset", "text/csv x", "text/csv; a=\"b",
      "text csv", "text/csv, text/plain",
    ])
  func malformed(_ text: String) {
    #expect(MediaType(text) == nil)
  }

  @Test("give their parameters in any case")
  func parameters() {
    #expect(MediaType("text/csv; Header=present")?["header"] == "present")
    #expect(MediaType("text/csv")?["charset"] == nil)
  }
}

@Suite("Accept")
struct AcceptTests {
  static let csv = MediaType("text", "csv")
  static let json = MediaType("application", "json")

  @Test(
    "the most precise range counts",
    arguments: [
      ("", 1.0, 1.0),
      ("*/*", 1, 1),
      ("text/csv", 1, 0),
      ("text/*;q=0.5, application/json", 0.5, 1),
      ("text/*, text/csv;q=0.2, */*;q=0.1", 0.2, 0.1),
      ("*/*, text/csv;q=0", 0, 1),
      ("text/csv;q=0.125", 0.125, 0),
      ("TEXT/CSV;Q=1.000", 1, 0),
      ("text/csv;charset=utf-8, */*;q=0.3", 0.3, 0.3),
      ("nonsense, application/json;q=0.7", 0, 0.7),
      ("text/csv;q=1.5, application/json;q=0.4", 0, 0.4),
      ("text/csv;q=0.1234, */*;q=0.5", 0.5, 0.5),
      ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 0.8, 0.8),
    ])
  func quality(_ value: String, _ csv: Double, _ json: Double) {
    let accept = Accept(value)
    #expect(accept.quality(of: Self.csv) == csv)
    #expect(accept.quality(of: Self.json) == json)
  }

  @Test("a parameter must match")
  func parameters() {
    let minimal = MediaType("application/json;odata.metadata=minimal") ?? Self.json
    #expect(Accept("application/json;odata.metadata=minimal;q=0.9").quality(of: minimal) == 0.9)
    #expect(Accept("application/json;odata.metadata=full").quality(of: minimal) == 0)
  }
}

@Suite("Field lines")
struct HeaderFieldsTests {
  @Test("are found in any case, and combined")
  func lookup() {
    let fields: HeaderFields = ["Accept": "a", "X": "1", "accept": "b"]
    #expect(fields["ACCEPT"] == "a, b")
    #expect(fields.values("accept") == ["a", "b"])
    #expect(fields["x"] == "1")
    #expect(fields["y"] == nil)
    #expect(fields.contains("X"))
    #expect(fields.count == 3)
  }

  @Test("are set and removed")
  func change() {
    var fields: HeaderFields = ["A": "1", "B": "2", "a": "3"]
    fields.set("A", "4")
    #expect(fields.all.map(\.name) == ["B", "A"])
    #expect(fields["a"] == "4")
    fields.remove("b")
    #expect(fields.all.map(\.value) == ["4"])
  }

  @Test("cannot carry a line break out of a value")
  func injection() {
    let fields: HeaderFields = ["Location": "/a\r\nSet-Cookie: b\0"]
    #expect(fields["Location"] == "/a  Set-Cookie: b ")
  }
}

@Suite("Entity tags")
struct EntityTagTests {
  @Test(
    "match weakly",
    arguments: [
      ("\"a\"", true), ("W/\"a\"", true), ("*", true), ("\"b\"", false), ("\"b\", \"a\"", true),
      ("\"b\",W/\"a\"", true), ("", false), ("a", false), ("\"a", false), ("\"b,a\"", false),
      ("\"a\"x", true), ("*, \"b\"", false), (" , \"a\"", true),
    ])
  func matching(_ list: String, _ matches: Bool) {
    let isMatch = EntityTag("a").matchesAny(in: Array(list.utf8).span)
    #expect(isMatch == matches)
  }

  @Test("are written with quotes")
  func text() {
    #expect(EntityTag("a-1").description == "\"a-1\"")
    #expect(EntityTag("a", isWeak: true).description == "W/\"a\"")
    let strong = EntityTag("a", isWeak: true).matchesAny(in: Array("\"a\"".utf8).span)
    #expect(strong)
  }
}

@Suite("Targets")
struct RequestTargetTests {
  @Test("are decoded when asked")
  func decoding() throws {
    let target = try #require(RequestTarget("/a%2Fb/c%20d/?k=5&name=J%C3%BC+rg&flag&a=b=c&&=x"))
    #expect(target.pathSegments == ["a/b", "c d", ""])
    #expect(
      target.queryItems == [
        .init(name: "k", value: "5"), .init(name: "name", value: "Jü rg"),
        .init(name: "flag", value: ""), .init(name: "a", value: "b=c"),
        .init(name: "", value: "x"),
      ])
    #expect(target.rawQuery == "k=5&name=J%C3%BC+rg&flag&a=b=c&&=x")
  }

  @Test("a plus in a path is a plus")
  func plus() throws {
    #expect(try #require(RequestTarget("/a+b")).pathSegments == ["a+b"])
  }

  @Test("encode and decode are inverse")
  func roundTrip() throws {
    let text = "a/b c%ü€😀?&=+\"'"
    let target = try #require(RequestTarget("/" + PercentCoding.encode(text)))
    #expect(target.pathSegments == [text])
  }

  @Test("that are invalid are none", arguments: ["", "a", "/ ", "/%", "/%zz", "/%00", "/ü", "/#"])
  func invalid(_ text: String) {
    #expect(RequestTarget(text) == nil)
  }
}

@Suite("Small values")
struct SmallValueTests {
  @Test(
    "dates have one format",
    arguments: [
      (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
      (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
      (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
      (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
      (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
    ])
  func dates(_ seconds: Int, _ text: String) {
    #expect(HTTPDate.text(secondsSince1970: seconds) == text)
  }

  @Test("request ids are unique and of one form")
  func requestIDs() {
    var first = RequestIDSource(loop: 0, key: 42)
    var second = RequestIDSource(loop: 1, key: 42)
    var seen: Set<String> = []
    for _ in 0..<10_000 {
      seen.insert(first.make().description)
      seen.insert(second.make().description)
    }
    #expect(seen.count == 20_000)
    #expect(
      seen.allSatisfy { $0.count == 16 && $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } })
    #expect(RequestID(value: 0x0123_4567_89AB_CDEF).description == "0123456789abcdef")
  }

  @Test(
    "addresses are written as RFC 5952 has it",
    arguments: [
      (PeerAddress.ipv4(0x7f00_0001, port: 80), "127.0.0.1:80"),
      (.ipv6(0, 1, port: 80), "[::1]:80"), (.ipv6(0, 0, port: 0), "[::]:0"),
      (
        .ipv6(0x2001_0db8_0000_0000, 0x0008_0800_200c_417a, port: 1),
        "[2001:db8::8:800:200c:417a]:1"
      ),
      (.ipv6(0x2001_0db8_0000_0001, 0x0001_0001_0001_0001, port: 1), "[2001:db8:0:1:1:1:1:1]:1"),
      (.ipv6(0x2001_0000_0000_0001, 0, port: 1), "[2001:0:0:1::]:1"), (.unix, "unix"),
    ])
  func addresses(_ address: PeerAddress, _ text: String) {
    #expect(address.description == text)
  }

  @Test("IPv6 clients are counted by their network")
  func counting() {
    #expect(
      PeerAddress.ipv6(1, 2, port: 3).countedAs == PeerAddress.ipv6(1, 9, port: 8).countedAs)
    #expect(PeerAddress.ipv4(1, port: 3).countedAs != PeerAddress.ipv4(2, port: 3).countedAs)
  }

  @Test("methods are told apart by case, and known ones recognised")
  func methods() {
    #expect(Method("GET") == .get)
    #expect(Method("get") != .get)
    #expect(Method("GET").isRecognised)
    #expect(!Method("TRACE").isRecognised)
    #expect(
      Method.recognised.map(\.name) == ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
  }

  @Test("numbers are written in decimal and hexadecimal")
  func numbers() {
    for number in [0, 9, 10, 255, 4096, Int.max] {
      var decimal: [UInt8] = []
      decimal.append(decimal: number)
      #expect(String(decoding: decimal, as: UTF8.self) == "\(number)")
      var hexadecimal: [UInt8] = []
      hexadecimal.append(hexadecimal: number)
      #expect(String(decoding: hexadecimal, as: UTF8.self) == String(number, radix: 16))
    }
  }

  @Test("byte sets agree with their grammar")
  func byteSets() {
    let token = Set(
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    let target = Set(
      "-._~!$&'()*+,;=:@/?0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    for byte in UInt8.min...UInt8.max {
      #expect(ASCII.isToken(byte) == token.contains(byte))
      #expect(ASCII.isTarget(byte) == target.contains(byte))
      #expect(ASCII.isFieldValue(byte) == (byte == 9 || (byte >= 32 && byte != 127)))
      for position in 0..<20 {
        // The scan looks at eight bytes at once: any byte must end it at any place.
        var bytes = [UInt8](repeating: 0x61, count: 20)
        bytes[position] = byte
        let end = ASCII.isFieldValue(byte) ? 20 : position
        let found = bytes.span.endOfFieldValue(from: 0)
        #expect(found == end)
      }
    }
  }
}
