import Clustering

/// Some rows of a table, in an order: all of them at no cost, or a list.
public struct RowIndices: Sendable {
  private enum Storage: Sendable {
    case all(Int)
    case list([Int32])
  }

  private let storage: Storage

  /// All rows of a table in their order.
  init(all count: Int) { storage = .all(count) }

  /// The rows of a list.
  init(_ rows: [Int32]) { storage = .list(rows) }

  /// How many rows there are.
  public var count: Int {
    switch storage {
    case .all(let count): count
    case .list(let rows): rows.count
    }
  }

  /// The row at a position.
  public subscript(position: Int) -> Int {
    switch storage {
    case .all: position
    case .list(let rows): Int(rows[position])
    }
  }
}

extension Run {
  /// Every row of the table, those set aside as well.
  public var allRows: RowIndices { RowIndices(all: dataset.table.rowCount) }

  /// The rows of one cluster, in the order of the file.
  ///
  /// - Complexity: O(*n*).
  public func rows(ofCluster cluster: Int) -> RowIndices {
    var rows: [Int32] = []
    let rowLabels = rowLabels
    for row in 0..<rowLabels.count where rowLabels[row] == cluster {
      rows.append(Int32(truncatingIfNeeded: row))
    }
    return RowIndices(rows)
  }

  /// Rows by their distance to the own centroid, the nearest first.
  ///
  /// - Complexity: O(*m* log *m*) for *m* rows.
  public func sortedByDistance(_ rows: RowIndices) -> RowIndices {
    let scored = (0..<rows.count).map { position in
      (
        row: Int32(truncatingIfNeeded: rows[position]),
        distance: score(row: rows[position])?.distance ?? .infinity
      )
    }
    return RowIndices(
      scored.sorted { ($0.distance, $0.row) < ($1.distance, $1.row) }.map(\.row))
  }

  /// Below this margin a customer stands near the border to another segment.
  public static let borderlineMargin = ClusterQuality.borderlineMargin

  /// The rows of customers near the border to another segment.
  ///
  /// - Complexity: O(*mkd*) for *m* rows.
  public func borderline(_ rows: RowIndices) -> RowIndices {
    RowIndices(
      (0..<rows.count).compactMap { position in
        guard let margin = score(row: rows[position])?.margin, margin < Run.borderlineMargin
        else { return nil }
        return Int32(truncatingIfNeeded: rows[position])
      })
  }

  /// The first row whose id is this one.
  ///
  /// - Complexity: O(*n*).
  public func row(ofCustomer id: String) -> Int? {
    (0..<dataset.table.rowCount).first { dataset.customerID(ofRow: $0) == id }
  }
}
