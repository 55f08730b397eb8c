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

  /// Writes the width of a label in bytes, how many there are, and the labels.
  func write(to writer: inout ArchiveWriter) {
    switch storage {
    case .narrow(let labels):
      writer.put(byte: 1)
      writer.put(labels.count)
      writer.put(bulk: labels)
    case .wide(let labels):
      writer.put(byte: 4)
      writer.put(labels.count)
      writer.put(bulk: labels)
    }
  }

  /// Reads a label for each of `rowCount` rows.
  init(from reader: inout ArchiveReader, rowCount: Int, clusterCount: Int) throws(ArchiveFault) {
    let width = try reader.byte()
    let count = try reader.count()
    guard count == rowCount, width == 1 || width == 4 else {
      throw .damaged("there is not one label for each row")
    }
    let isLegal: Bool
    if width == 1 {
      let labels = try reader.bulk(UInt8.self, count: count)
      isLegal = labels.allSatisfy { $0 == RowLabels.unused || Int($0) < clusterCount }
      storage = .narrow(labels)
    } else {
      let labels = try reader.bulk(Int32.self, count: count)
      isLegal = labels.allSatisfy { $0 >= -1 && Int($0) < clusterCount }
      storage = .wide(labels)
    }
    guard isLegal else { throw .damaged("a label is no cluster") }
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
