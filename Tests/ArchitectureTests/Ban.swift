/// A run of words that the sources do without, or may use only where a comment vouches for it.
struct Ban {
  /// The tokens that may not follow each other, as the code has them: `@`, `unchecked`.
  var words: [String]
  /// Whether a file with a `// Safety:` line may use them.
  var isLiftedBySafetyLine = false

  /// Where one file breaks one of `bans`, in the order of the lines.
  ///
  /// Of the bans that a `// Safety:` line lifts only the first place is told: one line mends them all.
  static func violations(
    of bans: [Ban], in source: SwiftSource, at path: String
  ) -> [Violation] {
    var asksForSafetyLine = !source.comments.contains(where: isSafetyLine)
    var found: [Violation] = []
    for start in source.tokens.indices {
      for ban in bans where asksForSafetyLine || !ban.isLiftedBySafetyLine {
        let end = start + ban.words.count
        guard end <= source.tokens.count else { continue }
        guard source.tokens[start..<end].map(\.text) == ban.words else { continue }
        if ban.isLiftedBySafetyLine { asksForSafetyLine = false }
        let remedy =
          ban.isLiftedBySafetyLine
          ? "needs a `// Safety:` line in this file" : "is banned from Sources"
        found.append(
          Violation(
            file: path, line: source.tokens[start].line,
            reason: "`\(ban.words.joined())` \(remedy)"))
      }
    }
    return found
  }

  /// Whether a comment is a line that begins with the word, plain or as documentation.
  private static func isSafetyLine(_ comment: SwiftSource.Token) -> Bool {
    comment.text.hasPrefix("//") && comment.text.drop { $0 == "/" }.hasPrefix(" Safety:")
  }
}

extension Ban {
  /// What the house does without. Force unwraps and casts are the linter's: they need a syntax tree.
  static let all: [Ban] =
    [
      Ban(words: ["try!"]),
      Ban(words: ["fatalError"]),
      Ban(words: ["@", "unchecked"]),
    ]
    + unsafeWords.map { Ban(words: [$0], isLiftedBySafetyLine: true) }
    + [Ban(words: ["nonisolated", "(", "unsafe", ")"], isLiftedBySafetyLine: true)]

  private static let unsafeWords = [
    "UnsafePointer", "UnsafeMutablePointer", "UnsafeRawPointer", "UnsafeMutableRawPointer",
    "UnsafeBufferPointer", "UnsafeMutableBufferPointer", "UnsafeRawBufferPointer",
    "UnsafeMutableRawBufferPointer", "AutoreleasingUnsafeMutablePointer", "OpaquePointer",
    "Unmanaged", "UnsafeContinuation", "withUnsafeContinuation", "withUnsafeThrowingContinuation",
    "withUnsafePointer", "withUnsafeMutablePointer", "withUnsafeBytes", "withUnsafeMutableBytes",
    "withUnsafeBufferPointer", "withUnsafeMutableBufferPointer", "withUnsafeTemporaryAllocation",
    "withContiguousStorageIfAvailable", "withContiguousMutableStorageIfAvailable",
    "unsafeUninitializedCapacity", "withMemoryRebound", "assumingMemoryBound", "bindMemory",
    "unsafeBitCast", "unsafeDowncast", "unsafelyUnwrapped", "_unsafeUncheckedDowncast",
  ]
}
