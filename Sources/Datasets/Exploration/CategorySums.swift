/// Sums of the features for each category of a column.
struct CategorySums {
  private let column: Column
  private let texts: [String?]
  private let featureCount: Int
  private var sizes: [Int]
  private var sums: [Double]
  private var counts: [Int]

  /// - Returns: `nil` for a column with one category or too many.
  init?(_ column: Column, featureCount: Int) {
    guard let texts = column.sharedTexts,
      (2...Exploration.categoryLimit).contains(texts.count { $0 != nil })
    else { return nil }
    self.column = column
    self.texts = texts
    self.featureCount = featureCount
    sizes = Array(repeating: 0, count: texts.count)
    sums = Array(repeating: 0, count: texts.count * featureCount)
    counts = Array(repeating: 0, count: texts.count * featureCount)
  }

  mutating func add(_ piece: RowSelection.Piece, _ numbers: [[Double]]) {
    var all: [Int] = []
    all.reserveCapacity(piece.rows.count)
    column.forEachSharedText(in: piece.rows) { all.append($0) }
    let codes = piece.count == all.count ? all : piece.kept.flatMap { all[$0] }
    for code in codes { sizes[code] += 1 }
    for (feature, column) in numbers.enumerated() {
      for (position, code) in codes.enumerated() where !column[position].isNaN {
        sums[code * featureCount + feature] += column[position]
        counts[code * featureCount + feature] += 1
      }
    }
  }

  func means(of features: [Int]) -> CategoryMeans {
    let groups = texts.indices.compactMap { code -> CategoryMeans.Group? in
      guard let name = texts[code], sizes[code] > 0 else { return nil }
      return CategoryMeans.Group(
        category: CategoryCount(name: name, count: sizes[code]),
        means: (0..<featureCount).map { feature in
          let place = code * featureCount + feature
          return counts[place] > 0 ? sums[place] / Double(counts[place]) : nil
        })
    }
    return CategoryMeans(
      column: column.key, features: features,
      groups: groups.sorted {
        ($1.category.count, $0.category.name) < ($0.category.count, $1.category.name)
      })
  }
}

extension Column {
  /// The distinct texts of the used rows and how many have each.
  public func categoryCounts(in rows: RowSelection) -> [CategoryCount] {
    guard let texts = sharedTexts else {
      let categories = categories()
      var counts = [Int](repeating: 0, count: categories.names.count)
      for range in rows.ranges {
        for row in range where categories.codes[row] >= 0 {
          counts[Int(categories.codes[row])] += 1
        }
      }
      return zip(categories.names, counts).filter { $0.1 > 0 }.map {
        CategoryCount(name: $0, count: $1)
      }
    }
    var counts = [Int](repeating: 0, count: texts.count)
    var all: [Int] = []
    rows.forEachPiece { piece in
      all.removeAll(keepingCapacity: true)
      forEachSharedText(in: piece.rows) { all.append($0) }
      for range in piece.kept { for index in range { counts[all[index]] += 1 } }
    }
    return zip(texts, counts).compactMap { text, count in
      guard let text, count > 0 else { return nil }
      return CategoryCount(name: text, count: count)
    }
  }
}
