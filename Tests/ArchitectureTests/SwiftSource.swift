/// Swift source taken apart just far enough to ask what it imports and which words its code uses.
///
/// Comments and the text of string literals are not code: a sentence about `import Foundation`
/// imports nothing. What stands in an interpolation, `"\(here)"`, is code.
struct SwiftSource {
  /// A word (`try!` is one), a number or a single other character of the code.
  struct Token: Equatable {
    var text: String
    /// The line, from 1.
    var line: Int
  }

  /// The code in reading order, without white space, comments and literal text.
  private(set) var tokens: [Token] = []
  /// Every comment as written, its slashes included; a block comment of three lines is one comment.
  private(set) var comments: [Token] = []

  init(_ text: String) {
    var reader = Reader(bytes: Array(text.utf8))
    reader.readCode(until: nil)
    tokens = reader.tokens
    comments = reader.comments
  }
}

/// Reads from the start to the end once, nesting where Swift nests: block comments, interpolations.
private struct Reader {
  let bytes: [UInt8]
  var position = 0
  var line = 1
  var tokens: [SwiftSource.Token] = []
  var comments: [SwiftSource.Token] = []

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads code up to the end, or past the parenthesis that closes an interpolation.
  mutating func readCode(until closing: UInt8?) {
    var openParentheses = 0
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
        readLineComment()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
        readBlockComment()
      case UInt8(ascii: "\""):
        readString(hashes: 0)
      case UInt8(ascii: "#") where hashesBeforeQuote() != nil:
        let hashes = hashesBeforeQuote() ?? 0
        position += hashes
        readString(hashes: hashes)
      case _ where Self.isWord(byte):
        readWord()
      case UInt8(ascii: "`"):
        readQuotedWord()
      default:
        if byte == UInt8(ascii: "(") { openParentheses += 1 }
        if byte == closing {
          if openParentheses == 0 {
            advance()
            return
          }
          openParentheses -= 1
        }
        if !Self.isSpace(byte) { add(String(decoding: [byte], as: UTF8.self)) }
        advance()
      }
    }
  }

  private mutating func readLineComment() {
    let start = position
    while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
    comments.append(.init(text: text(from: start), line: line))
  }

  private mutating func readBlockComment() {
    let start = position
    let startLine = line
    var depth = 0
    while let byte = peek() {
      if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        depth += 1
        position += 2
      } else if byte == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        depth -= 1
        position += 2
        if depth == 0 { break }
      } else {
        advance()
      }
    }
    comments.append(.init(text: text(from: start), line: startLine))
  }

  /// Reads a literal from its first quote; `hashes` stood before it, and stand before what is special in it.
  private mutating func readString(hashes: Int) {
    let isMultiline = startsMultilineString()
    let quotes = isMultiline ? 3 : 1
    position += quotes
    while let byte = peek() {
      if byte == UInt8(ascii: "\""), closes(quotes: quotes, hashes: hashes) {
        position += quotes + hashes
        return
      }
      if byte == UInt8(ascii: "\\"), isRun(of: UInt8(ascii: "#"), count: hashes, at: 1) {
        position += 1 + hashes
        if peek() == UInt8(ascii: "(") {
          position += 1
          readCode(until: UInt8(ascii: ")"))
        } else {
          advance()
        }
        continue
      }
      // A literal that its line does not close is not Swift; going on would swallow the whole file.
      if byte == UInt8(ascii: "\n"), !isMultiline { return }
      advance()
    }
  }

  /// Three quotes start a multi-line literal when nothing else stands on their line: `#"""#` is a
  /// literal of one quote.
  private func startsMultilineString() -> Bool {
    guard isRun(of: UInt8(ascii: "\""), count: 3, at: 0) else { return false }
    var offset = 3
    while let byte = peek(offset), byte != UInt8(ascii: "\n") {
      guard Self.isSpace(byte) else { return false }
      offset += 1
    }
    return true
  }

  private mutating func readWord() {
    let start = position
    while let byte = peek(), Self.isWord(byte) { position += 1 }
    // `try!` is one word of the language, `try !a` is two.
    let mayEndInMark = ["try", "as"].contains(text(from: start))
    if mayEndInMark, peek() == UInt8(ascii: "!") || peek() == UInt8(ascii: "?") { position += 1 }
    add(text(from: start))
  }

  /// Reads `` `name` ``. The quotes are dropped: a quoted module name is that module's name.
  private mutating func readQuotedWord() {
    position += 1
    let start = position
    while let byte = peek(), byte != UInt8(ascii: "`"), byte != UInt8(ascii: "\n") { position += 1 }
    add(text(from: start))
    if peek() == UInt8(ascii: "`") { position += 1 }
  }

  private func hashesBeforeQuote() -> Int? {
    var count = 0
    while peek(count) == UInt8(ascii: "#") { count += 1 }
    return peek(count) == UInt8(ascii: "\"") ? count : nil
  }

  private func closes(quotes: Int, hashes: Int) -> Bool {
    isRun(of: UInt8(ascii: "\""), count: quotes, at: 0)
      && isRun(of: UInt8(ascii: "#"), count: hashes, at: quotes)
  }

  private func isRun(of byte: UInt8, count: Int, at offset: Int) -> Bool {
    (0..<count).allSatisfy { peek(offset + $0) == byte }
  }

  private func peek(_ offset: Int = 0) -> UInt8? {
    position + offset < bytes.count ? bytes[position + offset] : nil
  }

  private mutating func advance() {
    if peek() == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  private mutating func add(_ text: String) { tokens.append(.init(text: text, line: line)) }

  private func text(from start: Int) -> String {
    String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default:
      false
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(byte)
  }
}
