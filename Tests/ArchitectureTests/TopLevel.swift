/// What may stand at the top of the repository.
struct TopLevel {
  /// The names that are not hidden.
  var names: Set<String>

  static let segmentd = TopLevel(names: [
    "Package.swift", "Sources", "Tests", "Config", "Dockerfile", "README.md",
  ])

  /// The top-level names of `paths` that have no place there; hidden ones may stay.
  func strays(in paths: [String]) -> [String] {
    let tops = Set(paths.compactMap { $0.split(separator: "/").first.map(String.init) })
    return tops.filter { !$0.hasPrefix(".") && !names.contains($0) }.sorted()
  }
}
