import Synchronization

/// Which rows of a set pass a filter, in the order that was asked for.
enum RowOrder: Sendable {
  /// All rows as they are.
  case all(count: Int)
  case chosen([Int32])

  /// Sets above this size are not ordered by text: the texts would have to be held all at once.
  static let textLimit = 2_000_000

  var count: Int {
    switch self {
    case .all(let count): count
    case .chosen(let rows): rows.count
    }
  }

  /// The row at a place.
  subscript(position: Int) -> Int {
    switch self {
    case .all: position
    case .chosen(let rows): Int(rows[position])
    }
  }

  /// Applies filter and order to a set.
  ///
  /// The order is total: rows that are equal in all that was asked for stay in the order of the set.
  /// - Complexity: O(*n*) with a filter, O(*n* log *n*) with an order.
  init(_ query: ODataQuery, of set: EntitySet) throws(ODataFault) {
    guard query.filter != nil || !query.order.isEmpty else {
      self = .all(count: set.rows.count)
      return
    }
    var rows: [Int32] = []
    if let filter = query.filter {
      rows = Self.passing(filter, of: set.rows)
    } else {
      rows = (0..<set.rows.count).map { Int32(truncatingIfNeeded: $0) }
    }
    // From the least important property to the first; a stable sort keeps what went before.
    for order in query.order.reversed() {
      let property = set.properties[order.property]
      if property.type == .string, rows.count > Self.textLimit {
        throw .notImplemented(
          "\(rows.count) rows are too many to be ordered by the text \(property.name); order them by a number or filter them first."
        )
      }
      Self.sort(&rows, by: order, of: set.rows)
    }
    self = .chosen(rows)
  }

  private static func passing(_ filter: FilterExpression, of rows: some EntityRows) -> [Int32] {
    var passing: [Int32] = []
    for row in 0..<rows.count where filter.isTrue(row, of: rows) {
      passing.append(Int32(truncatingIfNeeded: row))
    }
    return passing
  }

  private static func sort(
    _ rows: inout [Int32], by order: ODataQuery.Order, of source: some EntityRows
  ) {
    let values = rows.map { source.value(row: Int($0), property: order.property) }
    var places = Array(rows.indices)
    // Equal values keep their places: the standard sort is stable in fact, and made so in any case.
    places.sort { left, right in
      if values[left].precedes(values[right]) { return !order.isDescending }
      if values[right].precedes(values[left]) { return order.isDescending }
      return left < right
    }
    rows = places.map { rows[$0] }
  }
}

/// The orders that pages were cut from lately, so that reading page after page sorts once.
final class RowOrderCache: Sendable {
  private struct Entry: Sendable {
    let key: String
    let order: RowOrder
  }

  /// How many orders are kept, and how many rows they may hold together (4 bytes each).
  private static let capacity = 4
  private static let rowLimit = 16 << 20

  // The latest first. Held for a look-up or an insertion, never while an order is made.
  private let entries = Mutex<[Entry]>([])

  /// The order for a key, made if it is not kept.
  func order(
    _ key: String, _ make: () throws(ODataFault) -> RowOrder
  ) throws(ODataFault) -> RowOrder {
    let kept = entries.withLock { entries -> RowOrder? in
      guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
      let entry = entries.remove(at: index)
      entries.insert(entry, at: 0)
      return entry.order
    }
    if let kept { return kept }
    let order = try make()
    guard case .chosen(let rows) = order, rows.count <= Self.rowLimit else { return order }
    entries.withLock { entries in
      entries.removeAll { $0.key == key }
      entries.insert(Entry(key: key, order: order), at: 0)
      while entries.count > Self.capacity
        || entries.reduce(0, { $0 + $1.order.count }) > Self.rowLimit
      {
        entries.removeLast()
      }
    }
    return order
  }
}
