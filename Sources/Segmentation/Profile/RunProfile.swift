import Clustering
import Datasets
import Synchronization

/// What the rows of a run say about its segments beyond centroids: made when it is first asked for
/// and kept with the run.
public struct RunProfile: Sendable, Equatable {
  /// Features first, then other numbers that describe.
  public let numbers: [NumberProfile]
  /// Descriptive columns, the one asked for with `category` first.
  public let categories: [CategoryProfile]
  /// For each cluster the rows nearest to its centroid, the nearest first.
  public let typical: [[Int]]
  /// For each cluster the rows nearest to the border with another, the nearest first.
  public let borderline: [[Int]]

  /// How many typical and how many borderline customers are kept a cluster.
  public static let customerLimit = 5

  /// Looks at every row.
  ///
  /// - Parameter threads: how many may look at columns; the profile does not depend on it.
  /// - Complexity: O(*n*(*kd* + *c*)) for *c* columns, and O(*n* log *n*) for each with fractions.
  init(of run: Run, threads: Int = 1) {
    let (dataset, rowLabels) = (run.dataset, run.rowLabels)
    let weights = dataset.weights()
    var clusters: [Int32] = []
    clusters.reserveCapacity(dataset.usedRowCount)
    for row in dataset.rows.ranges.joined() {
      clusters.append(Int32(truncatingIfNeeded: rowLabels[row] ?? 0))
    }
    let count = run.clusters.count
    let ofRows = clusters
    let others = Self.otherNumbers(of: dataset, features: run.features)
    numbers = ParallelMap.map(run.features.count + others.count, threads: threads) { index in
      let feature = index < run.features.count ? index : nil
      return Self.number(
        column: feature.map { run.features[$0].column } ?? others[index - run.features.count],
        feature: feature, run: run, weights: weights, clusters: ofRows)
    }.compactMap { $0 }
    let described = Self.categoryColumns(of: dataset)
    var categories = ParallelMap.map(described.count, threads: threads) { index in
      let column = described[index]
      return CategoryProfile(
        column: column, dataset.table.columns[column].categories(), rows: dataset.rows,
        weights: weights, clusters: ofRows, clusterCount: count)
    }
    CategoryProfile.adjust(&categories)
    self.categories = categories
    (typical, borderline) = Self.customers(of: run, clusters: clusters)
  }

  /// No profile of a run takes more than this, in bytes: it is what the store counts, since the
  /// profile is made after the run was stored.
  static func largestByteCount(
    of dataset: Dataset, features: [RunFeature], clusterCount: Int
  ) -> Int {
    guard dataset.table.rowCount > 0 else { return 0 }
    let groups = clusterCount + 1
    let numberCount = features.count + otherNumbers(of: dataset, features: features).count
    let figures = categoryColumns(of: dataset).count * CategoryProfile.categoryLimit
    return numberCount * (groups * MemoryLayout<NumberSummary?>.stride + 128)
      + figures * (groups * MemoryLayout<CategoryProfile.Figure>.stride + 128)
      + groups * 4 * customerLimit * MemoryLayout<Int>.stride
  }

  /// The value column and numbers that could have been features.
  private static func otherNumbers(of dataset: Dataset, features: [RunFeature]) -> [Int] {
    let features = Set(features.map(\.column))
    return dataset.table.columns.indices.filter {
      !features.contains($0)
        && (dataset.roles[$0] == .feature || dataset.valueColumn == $0)
    }
  }

  private static func categoryColumns(of dataset: Dataset) -> [Int] {
    let columns = dataset.table.columns.indices.filter { dataset.roles[$0] == .descriptive }
    guard let first = dataset.categoryColumn, !dataset.table.columns[first].isNumeric else {
      return columns
    }
    return [first] + columns.filter { $0 != first }
  }

  private static func number(
    column: Int, feature: Int?, run: Run, weights: [Double]?, clusters: [Int32]
  ) -> NumberProfile? {
    let values =
      feature.map { run.numbers(of: run.features[$0]) } ?? run.dataset.numbers(ofColumn: column)
    let groups = GroupedValues(
      values, weights: weights, clusters: clusters, clusterCount: run.clusters.count)
    let all = groups.all
    guard
      let overall = NumberSummary(
        ascending: all.values, weights: all.weights, mean: feature.map { run.features[$0].mean })
    else { return nil }
    return NumberProfile(
      column: column, feature: feature, overall: overall,
      ofCluster: run.clusters.map { cluster in
        NumberSummary(
          ascending: groups.values[cluster.index], weights: groups.weights[cluster.index],
          mean: feature.map { cluster.means[$0] })
      })
  }

  // MARK: Typical and borderline customers

  /// Rows that are scored at a time: a bounded buffer, whatever the number of rows.
  private static let pieceSize = 1 << 16

  private static func customers(of run: Run, clusters: [Int32]) -> (
    typical: [[Int]], borderline: [[Int]]
  ) {
    var nearest = Array(repeating: LeastRows(limit: customerLimit), count: run.clusters.count)
    var closest = nearest
    var position = 0
    for range in run.dataset.rows.ranges {
      var start = range.lowerBound
      while start < range.upperBound {
        let end = min(range.upperBound, start + pieceSize)
        let scores = run.scores(ofRows: start..<end)
        for (offset, score) in scores.enumerated() {
          let cluster = Int(clusters[position])
          position += 1
          guard let score else { continue }
          nearest[cluster].add(start + offset, score.distance)
          // The fit's label wins over rounding on a border.
          if let margin = score.cluster == cluster ? score.margin : 0 {
            closest[cluster].add(start + offset, margin)
          }
        }
        start = end
      }
    }
    return (nearest.map(\.rows), closest.map(\.rows))
  }
}

/// The rows with the least measures seen so far, ties to the lower row.
private struct LeastRows {
  let limit: Int
  private var kept: [(measure: Double, row: Int)] = []

  init(limit: Int) { self.limit = limit }

  mutating func add(_ row: Int, _ measure: Double) {
    if kept.count == limit, let last = kept.last, last.measure <= measure { return }
    let place = kept.firstIndex { measure < $0.measure } ?? kept.count
    kept.insert((measure, row), at: place)
    if kept.count > limit { kept.removeLast() }
  }

  var rows: [Int] { kept.map(\.row) }
}

extension Run {
  /// The scores of consecutive used rows; nil where a value is too large to have a distance.
  ///
  /// - Complexity: O(*mkd*) for *m* rows.
  func scores(ofRows rows: Range<Int>) -> [Score?] {
    let columns = features.map { feature -> [Double] in
      let column = dataset.table.columns[feature.column]
      if let level = feature.level {
        return rows.map { feature.scaling.scaled(level.value(of: column.text(at: $0))) }
      }
      let numbers = column.numbers(in: rows)
      return zip(rows, numbers).map { row, number in
        feature.scaling.scaled(
          number.isNaN
            ? dataset.number(ofRow: row, column: feature.column) ?? feature.mean : number)
      }
    }
    let matches: NearestCentroids.Matches
    do {
      matches = try centroids.matches(FeatureMatrix(columns: columns))
    } catch {
      // A value too large to have a distance: row by row only the rows that have one are without.
      return rows.map { score(row: $0) }
    }
    return (0..<matches.count).map { score(matches[$0]) }
  }
}

/// A profile that is made once, by the first who asks.
final class KeptProfile: Sendable {
  // Held for a look, never while a profile is made: two who ask at once both make it, the same one,
  // and nobody waits for another.
  private let kept = Mutex<RunProfile?>(nil)
  private let threads: Int

  /// - Parameter threads: how many may make the profile.
  init(threads: Int) { self.threads = threads }

  func profile(of run: Run) -> RunProfile {
    if let profile = kept.withLock({ $0 }) { return profile }
    let profile = RunProfile(of: run, threads: threads)
    return kept.withLock { kept in
      if let kept { return kept }
      kept = profile
      return profile
    }
  }
}
