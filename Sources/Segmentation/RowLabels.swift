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

  /// Labels for `rowCount` rows, none of them used yet.
  init(rowCount: Int, clusterCount: Int) {
    storage =
      clusterCount <= Int(RowLabels.unused)
      ? .narrow([UInt8](repeating: RowLabels.unused, count: rowCount))
      : .wide([Int32](repeating: -1, count: rowCount))
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

  /// Gives the used rows their clusters: `labels[pointOfRow[i]]` to the `i`-th of them.
  mutating func assign(_ labels: [Int32], pointOfRow: [Int32], rows: RowSelection) {
    var position = 0
    switch storage {
    case .narrow(var narrow):
      storage = .narrow([])
      for row in rows.ranges.joined() {
        narrow[row] = UInt8(truncatingIfNeeded: labels[Int(pointOfRow[position])])
        position += 1
      }
      storage = .narrow(narrow)
    case .wide(var wide):
      storage = .wide([])
      for row in rows.ranges.joined() {
        wide[row] = labels[Int(pointOfRow[position])]
        position += 1
      }
      storage = .wide(wide)
    }
  }
}
