import Datasets

/// Names segments from their centroids: what is high and what is low, in the words of the file.
///
/// Names depend on the centroids alone, so neither the seed nor the order of the rows changes them.
/// A deviation counts from half a standard deviation on and gets a stronger word from one and a
/// half on, when that is needed to tell two segments apart.
struct SegmentNaming {
  /// A feature as naming sees it.
  struct Feature {
    let key: String
    let meaning: ColumnMeaning?
  }

  /// Half a standard deviation: below it, a mean says little about a segment.
  static let noticeable = 0.5
  /// From here on a deviation is called very high or very low.
  static let extreme = 1.5
  /// A name of more than three parts is no name.
  static let partLimit = 3

  private let features: [Feature]
  /// What each feature is called in a name; no two alike.
  private let nouns: [String]

  init(features: [Feature]) {
    self.features = features
    let short = features.map(SegmentNaming.noun)
    nouns = features.indices.map { index in
      let isShared = short.count { $0 == short[index] } > 1
      return isShared
        ? features[index].key.split(separator: "_").joined(separator: " ") : short[index]
    }
  }

  /// One name for each cluster, all different.
  ///
  /// - Parameter z: for each cluster one z-score a feature.
  func names(z: [[Double]]) -> [String] {
    var names = z.map {
      name($0, limit: SegmentNaming.partLimit, noticeable: SegmentNaming.noticeable, strong: false)
    }
    // Where two agree, say more: stronger words, then smaller deviations, then a number.
    let refinements: [(limit: Int, noticeable: Double, strong: Bool)] = [
      (SegmentNaming.partLimit, SegmentNaming.noticeable, true),
      (SegmentNaming.partLimit + 1, 0.25, true),
      (features.count, 0.1, true),
    ]
    for refinement in refinements {
      for indices in SegmentNaming.groups(of: names) {
        for index in indices {
          names[index] = name(
            z[index], limit: refinement.limit, noticeable: refinement.noticeable,
            strong: refinement.strong)
        }
      }
    }
    for indices in SegmentNaming.groups(of: names) {
      for (position, index) in indices.enumerated().dropFirst() {
        var number = position + 1
        while names.contains("\(names[indices[0]]) \(number)") { number += 1 }
        names[index] = "\(names[indices[0]]) \(number)"
      }
    }
    return names
  }

  /// The positions of names that stand more than once, by name.
  private static func groups(of names: [String]) -> [[Int]] {
    let positions = Dictionary(grouping: names.indices) { slug(names[$0]) }
    return positions.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  private func name(_ z: [Double], limit: Int, noticeable: Double, strong: Bool) -> String {
    let chosen = z.indices
      .filter { abs(z[$0]) >= noticeable }
      .sorted { (abs(z[$1]), $0) < (abs(z[$0]), $1) }
      .prefix(limit)
      .sorted()
    guard !chosen.isEmpty else { return "Average customers" }
    let parts = chosen.map { phrase($0, z: z[$0], strong: strong) }
    let text = parts.joined(separator: ", ")
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  private func phrase(_ feature: Int, z: Double, strong: Bool) -> String {
    let isHigh = z > 0
    let very = strong && abs(z) >= SegmentNaming.extreme
    if features[feature].meaning == .age {
      return (very ? "much " : "") + (isHigh ? "older" : "younger")
    }
    return (very ? "very " : "") + (isHigh ? "high " : "low ") + nouns[feature]
  }

  /// A feature's name in running text: `annual_income` is income, `spending_score` spending.
  private static func noun(_ feature: Feature) -> String {
    var words = feature.key.split(separator: "_").map(String.init)
    if words.count > 1, let first = words.first,
      ["annual", "yearly", "monthly", "total"].contains(first)
    {
      words.removeFirst()
    }
    if words.count > 1, let last = words.last, ["score", "amount", "value"].contains(last) {
      words.removeLast()
    }
    return words.joined(separator: " ")
  }

  /// A name as it stands in an address: lower case ASCII letters and digits joined by hyphens.
  static func slug(_ name: String) -> String {
    var slug = ""
    var isBoundary = false
    for scalar in name.lowercased().unicodeScalars {
      let isWord =
        (scalar.value < 128 && (("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)))
        || (scalar.value >= 128 && scalar.properties.isAlphabetic)
      if isWord {
        if isBoundary, !slug.isEmpty { slug += "-" }
        slug.unicodeScalars.append(scalar)
        isBoundary = false
      } else {
        isBoundary = true
      }
    }
    return slug.isEmpty ? "segment" : slug
  }
}
