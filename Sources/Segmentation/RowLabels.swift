import Clustering
import Datasets

/// The cluster of each row of a table; rows that were not used have none.
///
/// One byte a row while there are at most 255 clusters, four above.
public struct RowLabels: Sendable, Equatable {
  private enum Storage: Sendable, Equatable {
    case narrow([UInt8])
    case wide([Int32])
  }

  private static let unused = UInt8.max
  private var storage: Storage

  /// Labels for `rowCount` rows, none of them used.
  init(rowCount: Int, clusterCount: Int) {
    storage =
      clusterCount <= Int(RowLabels.unused)
      ? .narrow([UInt8](repeating: RowLabels.unused, count: rowCount))
      : .wide([Int32](repeating: -1, count: rowCount))
  }

  /// The labels of the used rows of a table.
  ///
  /// - Parameters:
  ///   - labels: the cluster of each of `points`.
  ///   - rows: the samples that the points were made of, as rows of a table that has `rowCount`.
  ///   - threads: threads to use at most.
  init(
    _ labels: [Int32], of points: DistinctPoints, rows: RowSelection, rowCount: Int,
    clusterCount: Int, threads: Int
  ) {
    if clusterCount <= Int(RowLabels.unused) {
      let narrow = labels.map { UInt8(truncatingIfNeeded: $0) }
      storage = .narrow(
        RowLabels.placed(
          points.spread(narrow, threads: threads), rows, rowCount, unused: RowLabels.unused))
    } else {
      storage = .wide(
        RowLabels.placed(points.spread(labels, threads: threads), rows, rowCount, unused: -1))
    }
  }

  /// The labels of used rows at the places of these rows.
  private static func placed<Label>(
    _ labels: [Label], _ rows: RowSelection, _ rowCount: Int, unused: Label
  ) -> [Label] {
    if labels.count == rowCount { return labels }
    var placed: [Label] = []
    placed.reserveCapacity(rowCount)
    var position = 0
    for range in rows.ranges {
      placed.append(contentsOf: repeatElement(unused, count: range.lowerBound - placed.count))
      placed.append(contentsOf: labels[position..<position + range.count])
      position += range.count
    }
    placed.append(contentsOf: repeatElement(unused, count: rowCount - placed.count))
    return placed
  }

  /// The number of rows, used or not.
  public var count: Int {
    switch storage {
    case .narrow(let labels): labels.count
    case .wide(let labels): labels.count
    }
  }

  /// The memory it takes, in bytes.
  var byteCount: Int {
    switch storage {
    case .narrow(let labels): labels.count
    case .wide(let labels): labels.count * 4
    }
  }

  /// The cluster of a row, nil when the row was not used.
  public subscript(row: Int) -> Int? {
    switch storage {
    case .narrow(let labels):
      labels[row] == RowLabels.unused ? nil : Int(labels[row])
    case .wide(let labels):
      labels[row] < 0 ? nil : Int(labels[row])
    }
  }

  /// Gives one row its cluster.
  mutating func assign(_ cluster: Int, toRow row: Int) {
    switch storage {
    case .narrow(var labels):
      storage = .narrow([])
      labels[row] = UInt8(truncatingIfNeeded: cluster)
      storage = .narrow(labels)
    case .wide(var labels):
      storage = .wide([])
      labels[row] = Int32(truncatingIfNeeded: cluster)
      storage = .wide(labels)
    }
  }
}
