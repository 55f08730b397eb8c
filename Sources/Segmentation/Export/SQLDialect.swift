/// A database whose SQL is written.
public enum SQLDialect: String, Sendable, CaseIterable {
  case ansi, postgres, duckdb, sqlite, bigquery, snowflake, spark, trino

  /// The type of 64-bit binary floating point.
  var doubleType: String {
    switch self {
    case .ansi, .postgres: "DOUBLE PRECISION"
    case .duckdb, .spark, .trino: "DOUBLE"
    case .bigquery: "FLOAT64"
    case .snowflake: "FLOAT"
    case .sqlite: "REAL"
    }
  }

  /// A column's value as a Double.
  ///
  /// An import into SQLite leaves empty texts where other databases have NULL, and a cast there
  /// makes 0 of them.
  func double(_ column: String) -> String {
    switch self {
    case .sqlite: "CAST(NULLIF(\(column), '') AS REAL)"
    case .ansi, .postgres, .duckdb, .bigquery, .snowflake, .spark, .trino:
      "CAST(\(column) AS \(doubleType))"
    }
  }

  /// A column's value as text, also where it is of another type.
  func text(_ column: String) -> String {
    switch self {
    case .ansi, .duckdb, .snowflake, .trino: "CAST(\(column) AS VARCHAR)"
    case .postgres, .sqlite: "CAST(\(column) AS TEXT)"
    case .bigquery, .spark: "CAST(\(column) AS STRING)"
    }
  }

  /// A Double as a constant that reads back the same.
  ///
  /// The exponent makes it binary floating point where a plain decimal would be an exact numeric
  /// whose conversion rounds twice. Negative ones stand in parentheses: two dashes are a comment.
  func constant(_ value: Double) -> String {
    var text: String
    if self == .sqlite {
      text = SQLDialect.sqliteConstant(value.magnitude)
    } else {
      text = value.magnitude.description
      if let exponent = text.firstIndex(of: "e") {
        if text[text.index(after: exponent)] == "+" {
          text.remove(at: text.index(after: exponent))
        }
      } else {
        text += "e0"
      }
    }
    return value.sign == .minus && value != 0 ? "(-\(text))" : text
  }

  /// SQLite promises 15 digits when it reads a decimal (sqlite.org/floatingpoint.html): beyond
  /// that the value is a quotient of two integers that it reads exactly.
  private static func sqliteConstant(_ value: Double) -> String {
    let text = value.description
    let digits = text.prefix { $0 != "e" }.count { $0.isNumber }
    guard digits > 15, value.isFinite, value != 0 else { return text }
    let exponent = 52 - Int(value.exponent)
    guard (0...62).contains(exponent) else { return text }
    let significand = value.significandBitPattern | 1 << 52
    return "(\(significand).0 / \(UInt64(1) << UInt64(exponent)).0)"
  }

  /// A text as a constant.
  func constant(_ text: String) -> String {
    switch self {
    case .ansi, .postgres, .duckdb, .sqlite, .trino:
      return "'\(SQLDialect.doubling("'", in: text))'"
    case .bigquery, .spark, .snowflake:
      // A backslash escapes there.
      var escaped = ""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "'": escaped += #"\'"#
        case "\\": escaped += #"\\"#
        case "\n": escaped += #"\n"#
        case "\r": escaped += #"\r"#
        default: escaped.unicodeScalars.append(scalar)
        }
      }
      return "'\(escaped)'"
    }
  }

  /// A column's name, quoted.
  ///
  /// Snowflake folds names without quotes to capitals: plain ones in small letters are written so.
  func identifier(_ name: String) -> String {
    switch self {
    case .ansi, .postgres, .duckdb, .sqlite, .trino:
      return "\"\(SQLDialect.doubling("\"", in: name))\""
    case .snowflake:
      let isPlain =
        SQLDialect.isPlain(name) && !name.utf8.contains { (65...90).contains($0) }
      return "\"\(SQLDialect.doubling("\"", in: isPlain ? name.uppercased() : name))\""
    case .spark:
      return "`\(SQLDialect.doubling("`", in: name))`"
    case .bigquery:
      var escaped = ""
      for character in name {
        if character == "`" || character == "\\" { escaped.append("\\") }
        escaped.append(character)
      }
      return "`\(escaped)`"
    }
  }

  /// The name of a table as a user gives it: parts apart by dots, each as it is when it is plain,
  /// as it is meant when it is in quotes, else quoted.
  func table(_ name: String) -> String {
    var parts: [String] = []
    var part = ""
    var quote: Character?
    var wasQuoted = false
    func end() {
      parts.append(wasQuoted || !SQLDialect.isPlain(part) ? quoted(part) : part)
      part = ""
      wasQuoted = false
    }
    for character in name {
      if let open = quote {
        if character == open { quote = nil } else { part.append(character) }
      } else if character == ".", !part.isEmpty || wasQuoted {
        end()
      } else if (character == "\"" || character == "`"), part.isEmpty {
        quote = character
        wasQuoted = true
      } else {
        part.append(character)
      }
    }
    end()
    return parts.joined(separator: ".")
  }

  /// A name in quotes, its letters as they are.
  private func quoted(_ name: String) -> String {
    switch self {
    case .snowflake: "\"\(SQLDialect.doubling("\"", in: name))\""
    case .ansi, .postgres, .duckdb, .sqlite, .bigquery, .spark, .trino: identifier(name)
    }
  }

  /// Whether a name needs no quotes anywhere, unless it is a keyword.
  private static func isPlain(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
    return name.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || byte == UInt8(ascii: "_")
    }
  }

  private static func doubling(_ quote: Character, in text: String) -> String {
    var doubled = ""
    for character in text {
      if character == quote { doubled.append(quote) }
      doubled.append(character)
    }
    return doubled
  }

  /// The smallest of some values.
  func least(_ values: [String]) -> String {
    // SQLite's MIN of one value is an aggregate, and takes 127 arguments at most.
    guard values.count > 1 else { return values.first ?? "NULL" }
    guard values.count <= 100 else {
      let parts = stride(from: 0, to: values.count, by: 100).map { start in
        least(Array(values[start..<min(start + 100, values.count)]))
      }
      return least(parts)
    }
    return "\(self == .sqlite ? "MIN" : "LEAST")(\(values.joined(separator: ", ")))"
  }
}
