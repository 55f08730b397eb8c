/// One `import` of a source file.
struct ImportStatement: Equatable {
  /// The module that the statement names first: `Foundation` in `import struct Foundation.Data`.
  var module: String
  /// The line, from 1.
  var line: Int
}

extension SwiftSource {
  /// Every import, whatever stands before it (`@testable`, `public`) and whatever `#if` it is in.
  ///
  /// Which branch of an `#if` is compiled depends on the platform, so all of them count.
  /// `canImport(X)` only asks and imports nothing.
  var imports: [ImportStatement] {
    // `import` is a reserved word: beyond a statement it is only a member, `.import`, or a label,
    // `import:`.
    tokens.indices.compactMap { index in
      guard tokens[index].text == "import" else { return nil }
      if index > 0, tokens[index - 1].text == "." { return nil }
      var name = index + 1
      if name < tokens.count, Self.importKinds.contains(tokens[name].text) { name += 1 }
      guard name < tokens.count, tokens[name].text != ":" else { return nil }
      return ImportStatement(module: tokens[name].text, line: tokens[index].line)
    }
  }

  private static let importKinds: Set<String> = [
    "actor", "class", "enum", "func", "let", "macro", "protocol", "struct", "typealias", "var",
  ]
}
