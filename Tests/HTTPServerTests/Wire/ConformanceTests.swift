import Foundation
import Testing

@testable import HTTPServer

/// One case of the corpus: the bytes of a connection, and what they are read as.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
  var file: String
  var name: String
  var input: [UInt8] = []
  var expected: [String] = []
  var limits = Limits()

  var testDescription: String { "\(file): \(name)" }
}

/// The corpus: Markdown files whose sections each have a heading, a reason, an `http` block and a
/// `text` block.
///
/// In an `http` block each line stands for itself and a CRLF. `\` at the end of a line takes its
/// CRLF away; `\r \n \t \0 \\ \xHH` stand for one byte; `{a*100}` for a hundred of a byte or text.
/// The `text` block has a line for each request that is read (method, path, `?` and query, host,
/// `keep` or `close`), below it `* name: value` for other fields and `content "…"`, and at the end
/// `incomplete` or `fault`, if so. `Limits: name=1` before the block changes limits.
enum Corpus {
  struct Malformed: Error {
    let place: String
    let what: String
  }

  static let cases: [ConformanceCase] = {
    do {
      return try read()
    } catch {
      Issue.record("the corpus cannot be read: \(error)")
      return []
    }
  }()

  private static func read() throws -> [ConformanceCase] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Conformance")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try files.filter { $0.hasSuffix(".md") }.sorted().flatMap { file in
      try read(String(contentsOf: folder.appending(path: file), encoding: .utf8), file)
    }
  }

  private static func read(_ text: String, _ file: String) throws -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    var block: String?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        block = block == nil ? String(line.dropFirst(3)) : nil
      } else if let block {
        guard !cases.isEmpty else { throw Malformed(place: file, what: "a block before a heading") }
        switch block {
        case "http": cases[cases.count - 1].input += try bytes(of: line)
        case "text": cases[cases.count - 1].expected.append(line)
        default: throw Malformed(place: file, what: "a block of \(block)")
        }
      } else if line.hasPrefix("## ") {
        cases.append(ConformanceCase(file: file, name: String(line.dropFirst(3))))
      } else if line.hasPrefix("Limits: ") {
        for setting in line.dropFirst(8).split(separator: " ") {
          try apply(setting, to: &cases[cases.count - 1].limits)
        }
      }
    }
    for other in cases where other.input.isEmpty || other.expected.isEmpty {
      throw Malformed(place: "\(file): \(other.name)", what: "a block is missing")
    }
    return cases
  }

  private static func apply(_ setting: Substring, to limits: inout Limits) throws {
    let parts = setting.split(separator: "=")
    guard parts.count == 2, let value = Int(parts[1]) else {
      throw Malformed(place: String(setting), what: "no setting")
    }
    switch parts[0] {
    case "targetBytes": limits.targetBytes = value
    case "fieldLineBytes": limits.fieldLineBytes = value
    case "fieldSectionBytes": limits.fieldSectionBytes = value
    case "fieldCount": limits.fieldCount = value
    case "emptyLineCount": limits.emptyLineCount = value
    case "contentBytes": limits.contentBytes = value
    case "chunkLineBytes": limits.chunkLineBytes = value
    case "chunkOverheadBytes": limits.chunkOverheadBytes = value
    case "trailerBytes": limits.trailerBytes = value
    case "trailerCount": limits.trailerCount = value
    default: throw Malformed(place: String(setting), what: "no such limit")
    }
  }

  private static func bytes(of line: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Array(line.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\\"):
        guard let escape = rest.popFirst() else { return bytes }
        switch escape {
        case UInt8(ascii: "r"): bytes.append(13)
        case UInt8(ascii: "n"): bytes.append(10)
        case UInt8(ascii: "t"): bytes.append(9)
        case UInt8(ascii: "0"): bytes.append(0)
        case UInt8(ascii: "x"):
          guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
          else { throw Malformed(place: line, what: "no byte") }
          rest = rest.dropFirst(2)
          bytes.append(value)
        default: bytes.append(escape)
        }
      case UInt8(ascii: "{"):
        guard let star = rest.firstIndex(of: UInt8(ascii: "*")),
          let end = rest.firstIndex(of: UInt8(ascii: "}")), star < end,
          let count = Int(String(decoding: rest[(star + 1)..<end], as: UTF8.self))
        else {
          bytes.append(byte)
          continue
        }
        let piece = try Self.bytes(of: String(decoding: rest[..<star], as: UTF8.self) + "\\")
        for _ in 0..<count { bytes += piece }
        rest = rest[(end + 1)...]
      default:
        bytes.append(byte)
      }
    }
    return bytes + [13, 10]
  }
}

/// Reads the requests of a connection as the server does, and writes down what it read.
struct MessageReader {
  private let limits: Limits
  private var parser = RequestParser()
  private var content: ContentDecoder?
  private var contentBytes: [UInt8] = []
  private(set) var lines: [String] = []
  private var hasFailed = false

  init(limits: Limits) {
    self.limits = limits
  }

  mutating func read(_ bytes: ArraySlice<UInt8>) {
    let bytes = Array(bytes)
    var index = 0
    while index < bytes.count, !hasFailed {
      do throws(HTTPFault) {
        index = try read(bytes.span, from: index)
      } catch {
        lines.append("fault \(error) \(error.status.code)")
        hasFailed = true
      }
    }
  }

  private mutating func read(_ bytes: Span<UInt8>, from start: Int) throws(HTTPFault) -> Int {
    if var decoder = content {
      var taken: [UInt8] = []
      let end = try decoder.decode(bytes, from: start, limits: limits) { range in
        taken.append(copying: bytes.extracting(range))
      }
      contentBytes += taken
      content = decoder
      if decoder.isComplete { endContent() }
      return end
    }
    let end = try parser.consume(bytes, from: start, limits: limits)
    guard parser.isComplete else { return end }
    let head = try parser.head(limits: limits)
    parser.reset()
    note(head)
    if case .length(let length) = head.framing, length > limits.contentBytes {
      throw .contentTooLarge(limit: limits.contentBytes)
    }
    if head.framing != .none {
      content = ContentDecoder(head.framing, limit: limits.contentBytes)
    }
    return end
  }

  private mutating func note(_ head: RequestHead) {
    let target = RequestTarget(bytes: head.fields.bytes, path: head.path, query: head.query)
    let host = String(decoding: head.fields.bytes[head.authority], as: UTF8.self)
    var line = "\(head.method) \(target.text)"
    if !host.isEmpty { line += " host=\(host)" }
    line += head.persists ? " keep" : " close"
    if head.expectsContinue { line += " expects" }
    lines.append(line)
    let framing = [
      "host", "content-length", "transfer-encoding", "connection", "expect", "content-type",
    ]
    for (name, value) in head.fields.all where !framing.contains(name.lowercased()) {
      lines.append("* \(name): \(Self.visible(value))")
    }
  }

  private mutating func endContent() {
    lines.append("content \"\(Self.visible(String(decoding: contentBytes, as: UTF8.self)))\"")
    contentBytes = []
    content = nil
  }

  /// At the end of the connection.
  mutating func finish() {
    if !hasFailed, content != nil || parser.hasBegun { lines.append("incomplete") }
  }

  /// The text with its line breaks and tabs made visible.
  private static func visible(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { visible, scalar in
      switch scalar {
      case "\r": visible += "\\r"
      case "\n": visible += "\\n"
      case "\t": visible += "\\t"
      default: visible.unicodeScalars.append(scalar)
      }
    }
  }
}

@Suite("The wire format, by the corpus", .timeLimit(.minutes(2)))
struct ConformanceTests {
  @Test(
    "a connection is read alike whole, a byte at a time, and cut anywhere", arguments: Corpus.cases)
  func conformance(_ test: ConformanceCase) {
    var whole = MessageReader(limits: test.limits)
    whole.read(test.input[...])
    whole.finish()
    #expect(whole.lines == test.expected)

    var bytewise = MessageReader(limits: test.limits)
    for index in test.input.indices { bytewise.read(test.input[index...index]) }
    bytewise.finish()
    #expect(bytewise.lines == test.expected, "a byte at a time")

    // Every split of a long case would read it thousands of times: its ends and a stride tell.
    let step = max(1, test.input.count / 700)
    for split in stride(from: 1, to: test.input.count, by: step) {
      var cut = MessageReader(limits: test.limits)
      cut.read(test.input[..<split])
      cut.read(test.input[split...])
      cut.finish()
      if cut.lines != test.expected {
        Issue.record("cut at \(split): \(cut.lines)")
        return
      }
    }
  }

  @Test("the corpus is there")
  func corpusIsThere() {
    #expect(Corpus.cases.count > 150)
  }
}
