/// Finds the names someone may have meant.
enum Suggestions {
  /// Up to three names within a third of their length in edits, the closest first.
  static func closest(to name: String, among names: [String]) -> [String] {
    let wanted = ColumnAliases.folded(ColumnName.names(for: [name])[0].key)
    return names.map { candidate in
      let folded = ColumnAliases.folded(candidate)
      let isPart = !wanted.isEmpty && (folded.contains(wanted) || wanted.contains(folded))
      return (candidate, isPart ? 1 : Spelling.editDistance(Array(wanted), Array(folded)))
    }
    .filter { $0.1 <= max(2, wanted.count / 3) }
    .sorted { $0.1 < $1.1 }
    .prefix(3)
    .map(\.0)
  }
}
