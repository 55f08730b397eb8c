import Datasets

/// A descriptive column in each cluster beside all customers: gender, favourite channel, most
/// purchased category, whatever the file holds.
public struct CategoryProfile: Sendable, Equatable {
  /// One category over all customers.
  public struct Category: Sendable, Equatable {
    /// The text of the cells.
    public let name: String
    /// How many customers have it.
    public let count: Double
    /// `count` over all customers who have any category here.
    public let share: Double
  }

  /// One category in one cluster.
  public struct Figure: Sendable, Equatable {
    /// How many customers of the cluster have it.
    public let count: Double
    /// `count` over the customers of the cluster who have any category here.
    public let share: Double
    /// How many would have it, were the cluster like all customers.
    public let expectedCount: Double
    /// The p-value of the test of the cluster against all others; nil where a test would not hold.
    public let pValue: Double?
    /// The p-value, adjusted for all tests of the run (Benjamini and Hochberg).
    public fileprivate(set) var adjustedPValue: Double?

    /// `share` over the share of all customers; nil when too few are expected to say.
    public let lift: Double?
    /// Whether so few are expected that nothing should be read from it.
    public var isHidden: Bool { expectedCount < CategoryProfile.expectedLimit }
    /// Whether the cluster differs beyond chance, one in twenty such claims being false at most.
    public var isSignificant: Bool { (adjustedPValue ?? 1) < CategoryProfile.significance }
  }

  /// Below this expected count a share is a matter of luck.
  public static let expectedLimit = 5.0
  /// The level of the tests.
  public static let significance = 0.05
  /// The most categories that are looked at one by one.
  public static let categoryLimit = 20

  /// The position of the column in the table.
  public let column: Int
  /// The most common categories, the most common first.
  public let categories: [Category]
  /// How many further categories there are.
  public let otherCount: Int
  /// For each cluster one figure a category.
  public private(set) var ofCluster: [[Figure]]

  /// The category that most customers of a cluster have, by position; nil when nobody has any.
  public func top(ofCluster cluster: Int) -> Int? {
    let figures = ofCluster[cluster]
    let top = figures.indices.max {
      (figures[$0].count, $1) < (figures[$1].count, $0)
    }
    return top.flatMap { figures[$0].count > 0 ? $0 : nil }
  }

  /// Counts the categories of a column.
  ///
  /// - Parameters:
  ///   - rows: the rows that count, one cluster and perhaps a weight each.
  /// - Complexity: O(*n*).
  init(
    column: Int, _ source: Categories, rows: RowSelection, weights: [Double]?, clusters: [Int32],
    clusterCount: Int
  ) {
    self.column = column
    var counts = [Double](repeating: 0, count: source.names.count)
    var position = 0
    for row in rows.ranges.joined() {
      let code = source.codes[row]
      if code >= 0 { counts[Int(code)] += weights?[position] ?? 1 }
      position += 1
    }
    let present = counts.indices.filter { counts[$0] > 0 }.sorted {
      counts[$0] != counts[$1] ? counts[$0] > counts[$1] : source.names[$0] < source.names[$1]
    }
    let shown = Array(present.prefix(Self.categoryLimit))
    let known = counts.reduce(0, +)
    categories = shown.map {
      Category(name: source.names[$0], count: counts[$0], share: counts[$0] / known)
    }
    otherCount = present.count - shown.count
    var place = [Int](repeating: -1, count: source.names.count)
    for (index, code) in shown.enumerated() { place[code] = index }
    var ofCluster = Array(
      repeating: [Double](repeating: 0, count: shown.count), count: clusterCount)
    var knownOfCluster = [Double](repeating: 0, count: clusterCount)
    position = 0
    for row in rows.ranges.joined() {
      let code = source.codes[row]
      if code >= 0 {
        let cluster = Int(clusters[position])
        let weight = weights?[position] ?? 1
        knownOfCluster[cluster] += weight
        if place[Int(code)] >= 0 { ofCluster[cluster][place[Int(code)]] += weight }
      }
      position += 1
    }
    let categories = categories
    self.ofCluster = zip(ofCluster, knownOfCluster).map { counts, size in
      zip(counts, categories).map { count, category in
        let share = size > 0 ? count / size : 0
        let expected = size * category.share
        return Figure(
          count: count, share: share, expectedCount: expected,
          pValue: TwoProportionTest.pValue(
            (count, size), (category.count - count, known - size)),
          adjustedPValue: nil,
          lift: expected < Self.expectedLimit ? nil : share / category.share)
      }
    }
  }

  /// Adjusts the p-values of all columns, categories and clusters together.
  static func adjust(_ profiles: inout [CategoryProfile]) {
    let tests = profiles.flatMap { $0.ofCluster.flatMap { $0.compactMap(\.pValue) } }
    var adjusted = FalseDiscovery.adjusted(tests)[...]
    for profile in profiles.indices {
      for cluster in profiles[profile].ofCluster.indices {
        for figure in profiles[profile].ofCluster[cluster].indices
        where profiles[profile].ofCluster[cluster][figure].pValue != nil {
          profiles[profile].ofCluster[cluster][figure].adjustedPValue = adjusted.popFirst()
        }
      }
    }
  }
}
