/// Finds the names someone may have meant.
enum Suggestions {
  /// Up to three names within a third of their length in edits, the closest first.
  static func closest(to name: String, among names: [String]) -> [String] {
    let wanted = ColumnAliases.folded(ColumnName.names(for: [name])[0].key)
    return names.map { candidate in
      let folded = ColumnAliases.folded(candidate)
      let isPart = !wanted.isEmpty && (folded.contains(wanted) || wanted.contains(folded))
      return (candidate, isPart ? 1 : distance(wanted, folded))
    }
    .filter { $0.1 <= max(2, wanted.count / 3) }
    .sorted { $0.1 < $1.1 }
    .prefix(3)
    .map(\.0)
  }

  /// Levenshtein 1966, over at most 64 characters of each.
  static func distance(_ first: String, _ second: String) -> Int {
    let one = Array(first.prefix(64))
    let other = Array(second.prefix(64))
    var row = Array(0...other.count)
    for (index, character) in one.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in other.indices {
        let change = diagonal + (character == other[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, row[column] + 1, row[column + 1] + 1)
      }
    }
    return row[other.count]
  }
}
