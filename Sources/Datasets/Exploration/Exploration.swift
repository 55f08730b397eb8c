/// What a dataset's columns look like, one by one and together.
///
/// Statistics are over the rows a fit looks at, cells without a number left out; filled cells are
/// not counted as numbers. Conventions are those of pandas: deviations with n−1, skewness and
/// kurtosis adjusted for it, quartiles linear.
public struct Exploration: Equatable, Sendable {
  /// Every column of the table, in order.
  public let columns: [ExploredColumn]
  /// The columns that ``pearson`` and ``spearman`` are about: those that can be features.
  public let correlated: [Int]
  /// Correlations of numbers, row and column as ``correlated``; `nil` where one does not vary.
  public let pearson: [[Double?]]
  /// Correlations of ranks, ties at their mean.
  ///
  /// With gaps in more than 20,000 rows the ranks are those of each column, not of each pair.
  public let spearman: [[Double?]]
  /// Over how many rows ranks were correlated: all, or a sample of a larger table that does not
  /// depend on the order of its rows.
  public let spearmanRowCount: Int
  /// Means of the features for each category of the descriptive columns with few of them.
  public let categoryMeans: [CategoryMeans]
  /// Whether there are clusters at all: 0.5 for numbers strewn evenly, towards 1 for heaps;
  /// `nil` for fewer rows than it needs (Hopkins and Skellam 1954).
  public let hopkins: Double?
  /// From how many rows ``hopkins`` is taken: all, or a sample that does not depend on their order.
  public let hopkinsRowCount: Int
}

/// What one column looks like.
public struct ExploredColumn: Equatable, Sendable {
  /// The column's key.
  public let key: String
  /// Cells with a value: numbers of a numeric column, else texts.
  public let count: Int
  /// Cells without a value, and in a numeric column those that are no numbers.
  public let missingCount: Int
  /// How many different values there are; of ids that lie far apart, how many rows have one.
  public let distinctCount: Int
  /// What the numbers are like; `nil` for a column of texts, and for one that names rows.
  public let numbers: ExploredNumbers?
  /// The most common texts, most common first; empty for a numeric column.
  public let top: [CategoryCount]
  /// The first and the last day of a column of dates; `nil` for others, and where the days cannot
  /// be told.
  public let dates: ExploredDates?
}

/// A text and how many rows have it.
public struct CategoryCount: Equatable, Sendable {
  /// The text.
  public let name: String
  /// How many rows have it.
  public let count: Int
}

/// What the numbers of a column are like.
public struct ExploredNumbers: Equatable, Sendable {
  /// The mean.
  public let mean: Double
  /// The standard deviation with n−1; `nil` for one number.
  public let standardDeviation: Double?
  /// The smallest number.
  public let minimum: Double
  /// A quarter of the rows lies below.
  public let firstQuartile: Double
  /// Half of the rows lie below.
  public let median: Double
  /// Three quarters of the rows lie below.
  public let thirdQuartile: Double
  /// The largest number.
  public let maximum: Double
  /// Adjusted skewness; `nil` for fewer than three numbers or none that differ.
  public let skewness: Double?
  /// Adjusted excess kurtosis; `nil` for fewer than four numbers or none that differ.
  public let kurtosis: Double?
  /// Equally wide bins from the smallest number to the largest, the last one closed.
  public let histogram: Histogram
  /// 1.5 quartile distances from the quartiles (Tukey 1977).
  public let fences: ClosedRange<Double>
  /// How many numbers lie beyond the fences.
  public let outlierCount: Int
}

/// Counts in equally wide bins.
public struct Histogram: Equatable, Sendable {
  /// Where bins begin and end, one more than there are bins.
  public let edges: [Double]
  /// How many numbers are in each.
  public let counts: [Int]
}

/// Means of the features for each category of a column.
public struct CategoryMeans: Equatable, Sendable {
  /// The key of the descriptive column.
  public let column: String
  /// The columns that means are of.
  public let features: [Int]
  /// One for each category, most common first.
  public let groups: [Group]

  /// One category.
  public struct Group: Equatable, Sendable {
    /// The category and how many rows it has.
    public let category: CategoryCount
    /// The mean of each feature; `nil` where no row has a number.
    public let means: [Double?]
  }
}
