/// A place where the sources break a rule of the house.
struct Violation: Equatable, CustomStringConvertible {
  /// The file, from the package root: `Sources/Clustering/KMeans.swift`.
  var file: String
  /// The line, from 1.
  var line: Int
  /// What is wrong, in one sentence.
  var reason: String

  var description: String { "\(file):\(line): \(reason)" }
}
