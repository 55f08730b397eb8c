import Testing

@testable import HTTPServer

/// Writes down what a reader tells.
struct PartLog: MultipartSink {
  var lines: [String] = []
  private var content: [UInt8] = []

  mutating func partBegan(_ part: MultipartPart) {
    var line = "part \(part.name ?? "-")"
    if let filename = part.filename { line += " file=\(filename)" }
    if let type = part.contentType { line += " type=\(type.essence)" }
    lines.append(line)
  }

  mutating func partContent(_ bytes: Span<UInt8>) {
    content.append(copying: bytes)
  }

  mutating func partEnded() {
    lines.append("content \(String(decoding: content, as: UTF8.self).debugDescription)")
    content = []
  }
}

struct MultipartCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let input: String
  let expected: [String]

  init(_ description: String, _ input: String, _ expected: [String]) {
    testDescription = description
    self.input = input
    self.expected = expected
  }
}

@Suite("Multipart content")
struct MultipartReaderTests {
  static let file =
    "Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n"
    + "Content-Type: text/csv\r\n\r\n"
  static let field = "Content-Disposition: form-data; name=\"k\"\r\n\r\n"

  static let cases = [
    MultipartCase(
      "a file and a field", "--B\r\n\(file)a,b\r\n1,2\r\n\r\n--B\r\n\(field)5\r\n--B--\r\n",
      [
        "part file file=a.csv type=text/csv", #"content "a,b\r\n1,2\r\n""#, "part k",
        #"content "5""#,
      ]
    ),
    MultipartCase(
      "what looks like a boundary is content", "--B\r\n\(field)\r\n-\r\n--\r\n--C--B\r\r\n--B--",
      ["part k", #"content "\r\n-\r\n--\r\n--C--B\r""#]),
    MultipartCase(
      "preamble and epilogue are passed over",
      "hello\r\n--B\r\n\(field)5\r\n--B--\r\nbye\r\n--B\r\n", ["part k", #"content "5""#]),
    MultipartCase(
      "empty content", "--B\r\n\(field)\r\n--B--", ["part k", #"content """#]),
    MultipartCase(
      "empty content that shares its line break", "--B\r\n\(field)--B--",
      ["part k", #"content """#]),
    MultipartCase(
      "content that begins like a boundary", "--B\r\n\(field)--C\r\n--B--",
      ["part k", #"content "--C""#]),
    MultipartCase(
      "no field lines", "--B\r\n\r\nx\r\n--B--", ["part -", #"content "x""#]),
    MultipartCase(
      "white space behind a boundary", "--B \t\r\n\(field)5\r\n--B--", ["part k", #"content "5""#]),
    MultipartCase("nothing but the closing boundary", "--B--", []),
    MultipartCase(
      "quotes and backslashes in names",
      "--B\r\nContent-Disposition: form-data; name=\"a\\\"b%22c\"; filename=\"C:\\dir\\f;x.csv\""
        + "\r\n\r\n\r\n--B--",
      [#"part a"b"c file=C:\dir\f;x.csv"#, #"content """#]),
    MultipartCase(
      "filename* wins",
      "--B\r\nContent-Disposition: form-data; filename=\"x\"; filename*=UTF-8''na%C3%AFve.csv; "
        + "name=f\r\n\r\n\r\n--B--",
      ["part f file=naïve.csv", #"content """#]),
    MultipartCase(
      "a boundary that is none", "--B\r\n\(field)5\r\n--Bx",
      ["part k", #"content "5""#, "delimiterInvalid"]),
    MultipartCase("no end", "--B\r\n\(field)5\r\n", ["part k", "truncated"]),
    MultipartCase("no boundary", "k=5", ["truncated"]),
    MultipartCase("a field line without a colon", "--B\r\nnonsense\r\n\r\n", ["partHeadInvalid"]),
    MultipartCase("a control byte in a field line", "--B\r\nX: \u{1}\r\n\r\n", ["partHeadInvalid"]),
    MultipartCase("a name with a space", "--B\r\nX : y\r\n\r\n", ["partHeadInvalid"]),
  ]

  private func read(_ pieces: [ArraySlice<UInt8>], limits: Limits = Limits()) throws -> [String] {
    var reader = try MultipartReader(boundary: "B", limits: limits)
    var log = PartLog()
    do throws(MultipartFault) {
      for piece in pieces { try reader.read(Array(piece).span, into: &log) }
      try reader.finish()
    } catch {
      log.lines.append("\(error)")
    }
    return log.lines
  }

  @Test("is read alike whole, a byte at a time, and cut anywhere", arguments: cases)
  func reading(_ test: MultipartCase) throws {
    let bytes = Array(test.input.utf8)
    #expect(try read([bytes[...]]) == test.expected)
    #expect(try read(bytes.indices.map { bytes[$0...$0] }) == test.expected, "a byte at a time")
    for split in 1..<bytes.count {
      #expect(try read([bytes[..<split], bytes[split...]]) == test.expected, "cut at \(split)")
    }
  }

  @Test("any content survives any cuts")
  func property() throws {
    for seed in 0..<300 {
      var random = SplitMix(seed: UInt64(seed))
      let alphabet: [UInt8] = [13, 10, 45, 66, 67]
      let content = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<5, using: &random)]
      }
      let text = String(decoding: content, as: UTF8.self)
      // A boundary inside content is a boundary.
      if ("\r\n" + text + "\r\n").utf8.split(separator: 10).contains(where: {
        $0.starts(with: Array("--B".utf8))
      }) {
        continue
      }
      let bytes = Array("--B\r\n\(Self.field)\(text)\r\n--B--\r\n".utf8)
      var pieces: [ArraySlice<UInt8>] = []
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + Int.random(in: 1...9, using: &random))
        pieces.append(bytes[start..<end])
        start = end
      }
      #expect(
        try read(pieces) == ["part k", "content \(text.debugDescription)"], "seed \(seed)")
    }
  }

  @Test("limits hold, at the limit and one over")
  func limits() throws {
    var limits = Limits()
    limits.partCount = 2
    let part = "--B\r\n\(Self.field)5\r\n"
    #expect(
      try read([Array("\(part)\(part)--B--".utf8)[...]], limits: limits).last == #"content "5""#)
    #expect(
      try read([Array("\(part)\(part)\(part)--B--".utf8)[...]], limits: limits).last
        == "tooManyParts(limit: 2)")

    limits.partHeadBytes = 20
    let head = { (size: Int) in
      Array("--B\r\nX: \(String(repeating: "v", count: size - 7))\r\n\r\n\r\n--B--".utf8)
    }
    #expect(try read([head(20)[...]], limits: limits) == ["part -", #"content """#])
    #expect(try read([head(21)[...]], limits: limits) == ["partHeadTooLarge(limit: 20)"])

    limits.partHeadBytes = 100
    limits.partFieldCount = 2
    #expect(
      try read([Array("--B\r\nA: 1\r\nB: 2\r\n\r\n\r\n--B--".utf8)[...]], limits: limits).count == 2
    )
    #expect(
      try read([Array("--B\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n\r\n--B--".utf8)[...]], limits: limits)
        == ["partHeadTooLarge(limit: 2)"])
  }

  @Test(
    "boundaries are held to their grammar",
    arguments: [
      ("B", true), (String(repeating: "x", count: 70), true), ("a b", true), ("'()+_,-./:=?", true),
      ("", false), (String(repeating: "x", count: 71), false), ("a ", false), ("a\"b", false),
      ("ä", false),
    ])
  func boundary(_ text: String, _ isValid: Bool) {
    #expect(((try? MultipartReader(boundary: text)) != nil) == isValid)
  }

  @Test("the boundary is taken from the media type")
  func mediaType() throws {
    let type = try #require(MediaType("multipart/form-data; boundary=\"a b\""))
    _ = try MultipartReader(type)
    #expect(throws: MultipartFault.boundaryInvalid) {
      try MultipartReader(MediaType("multipart", "form-data"))
    }
    #expect(throws: MultipartFault.boundaryInvalid) {
      try MultipartReader(
        MediaType("text", "csv", parameters: [.init(name: "boundary", value: "B")]))
    }
  }
}

/// SplitMix64: the same numbers everywhere.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
