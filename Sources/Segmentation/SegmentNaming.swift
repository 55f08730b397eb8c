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
    /// The category that the feature stands for; nil for a number.
    var level: CategoryLevel?
  }

  /// Half a standard deviation: below it, a mean says little about a segment.
  static let noticeable = 0.5
  /// From here on a deviation is called very high or very low.
  static let extreme = 1.5
  /// A name of more than three parts is no name.
  static let partLimit = 3
  /// What a feature or a category is called is cut to so many characters.
  static let nounLimit = 48

  private let features: [Feature]
  /// What each feature is called in a name; no two alike.
  private let nouns: [String]

  init(features: [Feature]) {
    self.features = features
    let short = features.map(SegmentNaming.noun)
    var taken: Set<String> = []
    nouns = features.indices.map { index in
      let isShared = short.count { $0 == short[index] } > 1
      let noun = SegmentNaming.cut(
        isShared ? SegmentNaming.words(features[index].key) : short[index])
      var free = noun
      var number = 2
      // Two may be cut to the same beginning.
      while !taken.insert(free).inserted {
        free = "\(noun) \(number)"
        number += 1
      }
      return free
    }
  }

  /// One name for each cluster, all different.
  ///
  /// - Parameter z: for each cluster one z-score a feature.
  func names(z: [[Double]]) -> [String] {
    var names = z.map {
      name($0, limit: SegmentNaming.partLimit, noticeable: SegmentNaming.noticeable, strong: false)
    }
    // Where two agree, say more: stronger words, then categories, then smaller deviations, then a
    // number.
    let refinements: [(limit: Int, noticeable: Double, categories: Int)] = [
      (SegmentNaming.partLimit, SegmentNaming.noticeable, 0),
      (SegmentNaming.partLimit, SegmentNaming.noticeable, 1),
      (SegmentNaming.partLimit + 1, 0.25, 2),
      (max(features.count, SegmentNaming.partLimit), 0.1, features.count),
    ]
    for refinement in refinements {
      for indices in SegmentNaming.groups(of: names) {
        for index in indices {
          names[index] = name(
            z[index], limit: refinement.limit, noticeable: refinement.noticeable, strong: true,
            categories: refinement.categories)
        }
      }
    }
    var slugs = Set(names.map(SegmentNaming.slug))
    for indices in SegmentNaming.groups(of: names) {
      for index in indices.dropFirst() {
        var number = 2
        while !slugs.insert(SegmentNaming.slug("\(names[index]) \(number)")).inserted {
          number += 1
        }
        names[index] += " \(number)"
      }
    }
    return names
  }

  /// The positions of names that stand more than once, by name.
  private static func groups(of names: [String]) -> [[Int]] {
    let positions = Dictionary(grouping: names.indices) { slug(names[$0]) }
    return positions.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  private func name(
    _ z: [Double], limit: Int, noticeable: Double, strong: Bool, categories: Int = 0
  ) -> String {
    let chosen = z.indices
      .filter { features[$0].level == nil && abs(z[$0]) >= noticeable }
      .sorted { (abs(z[$1]), $0) < (abs(z[$0]), $1) }
      .prefix(limit)
      .sorted()
    let parts =
      chosen.map { phrase($0, z: z[$0], strong: strong) }
      + commonCategories(z, noticeable: noticeable).prefix(categories).map { nouns[$0] }
    guard !parts.isEmpty else { return "Average customers" }
    let text = parts.joined(separator: ", ")
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  /// The category of each column that a cluster has more of than others do, the clearest first.
  private func commonCategories(_ z: [Double], noticeable: Double) -> [Int] {
    var columns: Set<String> = []
    return z.indices
      .filter { features[$0].level != nil && z[$0] >= noticeable }
      .sorted { (z[$1], $0) < (z[$0], $1) }
      .filter { columns.insert(features[$0].level?.columnKey ?? "").inserted }
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
    if let level = feature.level { return "\(words(level.columnKey)) \(plain(level.name))" }
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

  private static func words(_ key: String) -> String {
    key.split(separator: "_").joined(separator: " ")
  }

  /// A category without the characters that would turn or break the text around it, such as line
  /// ends and marks of direction.
  private static func plain(_ text: String) -> String {
    var plain = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
        plain += " "
      default: plain.unicodeScalars.append(scalar)
      }
    }
    return plain.split(separator: " ").joined(separator: " ")
  }

  /// The beginning of a text that is too long for a name.
  private static func cut(_ text: String) -> String {
    guard text.count > nounLimit else { return text }
    let beginning = text.prefix(nounLimit - 1)
    // Not within a word, unless it is a very long one.
    let end = beginning.lastIndex(of: " ").flatMap { space in
      beginning.distance(from: beginning.startIndex, to: space) > nounLimit / 2 ? space : nil
    }
    return beginning[..<(end ?? beginning.endIndex)] + "…"
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
