/// The names of a column: its header as given, its key, and its unit.
struct ColumnName: Equatable, Sendable {
  let header: String
  /// The header in snake_case without what stands in parentheses.
  let key: String
  /// What stood in parentheses, if it names a unit rather than a range: `k$`, not `1-100`.
  let unit: String?
  /// What stood in parentheses, if it is a range: 1...100.
  var statedRange: ClosedRange<Double>?

  /// Names for all headers of a table; keys are made unique with `_2`, `_3` and so on.
  static func names(for headers: [String]) -> [ColumnName] {
    var taken: Set<String> = []
    return headers.enumerated().map { index, header in
      let (bare, unit, range) = split(header)
      let plain = snakeCase(bare)
      let base = plain.isEmpty ? "column_\(index + 1)" : plain
      var key = base
      var number = 2
      while !taken.insert(key).inserted {
        key = "\(base)_\(number)"
        number += 1
      }
      return ColumnName(header: header, key: key, unit: unit, statedRange: range)
    }
  }

  /// Takes what stands in parentheses out of a header.
  private static func split(_ header: String)
    -> (bare: String, unit: String?, range: ClosedRange<Double>?)
  {
    var bare = ""
    var inner = ""
    var units: [String] = []
    var depth = 0
    for character in header {
      switch character {
      case "(", "[":
        if depth == 0 { bare.append(" ") } else { inner.append(character) }
        depth += 1
      case ")", "]":
        guard depth > 0 else {
          bare.append(character)
          continue
        }
        depth -= 1
        if depth == 0 {
          units.append(inner)
          inner = ""
        } else {
          inner.append(character)
        }
      default:
        if depth == 0 { bare.append(character) } else { inner.append(character) }
      }
    }
    // A parenthesis that is never closed is part of the name.
    if depth > 0 { bare.append(inner) }
    let unit = units.first { text in
      text.contains { !$0.isNumber && !" -–—.,:<>=+".contains($0) }
    }
    return (bare, unit, units.lazy.compactMap(range).first)
  }

  /// `1-100`, `0–10`, `1 to 5`.
  private static func range(_ text: String) -> ClosedRange<Double>? {
    let numbers = text.split { !$0.isNumber && $0 != "." }.compactMap { Double($0) }
    let rest = text.filter { !$0.isNumber && !$0.isWhitespace && $0 != "." }
    guard numbers.count == 2, numbers[0] < numbers[1], ["-", "–", "—", "to", "…"].contains(rest)
    else { return nil }
    return numbers[0]...numbers[1]
  }

  /// Letters and digits in lower case, words apart by `_`; a word also begins where capitals do.
  private static func snakeCase(_ text: String) -> String {
    let characters = Array(text)
    var result = ""
    for (index, character) in characters.enumerated() {
      guard character.isLetter || character.isNumber else {
        if !result.isEmpty, result.last != "_" { result.append("_") }
        continue
      }
      if character.isUppercase, index > 0, let last = result.last, last != "_" {
        let previous = characters[index - 1]
        let beforeWord = index + 1 < characters.count && characters[index + 1].isLowercase
        // `annualIncome`, `Cmp3Won`, and the last capital of `IDNumber`.
        if previous.isLowercase || previous.isNumber || (previous.isUppercase && beforeWord) {
          result.append("_")
        }
      }
      result.append(contentsOf: character.lowercased())
    }
    while result.last == "_" { result.removeLast() }
    return result
  }
}
