/// Finds rows that repeat an earlier one, in files that name their customers.
struct TwinFinder {
  /// Rows equal to an earlier row in every cell, in order.
  private(set) var twins: [TwinRow] = []
  /// Rows that have an earlier row's id and other cells, in order, and the first row with the id.
  private(set) var repeats: [(row: Int, first: Int)] = []
  /// How many different ids there are.
  private(set) var distinctIDs = 0

  /// - Parameter id: the column of the ids; rows without an id are like no other.
  init(_ table: Table, id: Int) {
    let column = table.columns[id]
    // Ids that grow from row to row are all different.
    if WholeNumberTally(column)?.isStrictlyIncreasing == true {
      distinctIDs = table.rowCount
      return
    }
    // Which ids stand in several rows.
    var hashes: [UInt64] = []
    hashes.reserveCapacity(table.rowCount)
    column.forEachCellHash { hashes.append($0) }
    var isMissing = Set<Int>()
    column.forEachNonNumber { row, reading in
      if reading == .missing { isMissing.insert(row) }
    }
    var seen = HashTable(capacity: table.rowCount)
    var isRepeated = Set<UInt64>()
    for row in hashes.indices where !isMissing.contains(row) {
      if !seen.insert(hashes[row]) { isRepeated.insert(hashes[row]) }
    }
    distinctIDs = table.rowCount - isMissing.count
    guard !isRepeated.isEmpty else { return }
    // Only their rows are compared.
    var firstRows: [UInt64: Int] = [:]
    var firstRowsOfID: [UInt64: Int] = [:]
    for row in hashes.indices where isRepeated.contains(hashes[row]) && !isMissing.contains(row) {
      let firstOfID = firstRowsOfID[hashes[row]]
      if firstOfID == nil { firstRowsOfID[hashes[row]] = row } else { distinctIDs -= 1 }
      let hash = table.rowHash(row)
      if let first = firstRows[hash], table.rowsAreEqual(first, row) {
        twins.append(TwinRow(row: row, standIn: first))
        continue
      }
      if firstRows[hash] == nil { firstRows[hash] = row }
      if let firstOfID { repeats.append((row: row, first: firstOfID)) }
    }
  }
}

/// A set of well-mixed 64-bit hashes.
private struct HashTable {
  /// 0 is free; the hash 0 is kept apart.
  private var slots: [UInt64]
  private var hasZero = false

  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = Array(repeating: 0, count: size)
  }

  /// Whether the hash was new.
  mutating func insert(_ hash: UInt64) -> Bool {
    if hash == 0 {
      defer { hasZero = true }
      return !hasZero
    }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      if slots[slot] == hash { return false }
      slot = (slot + 1) & mask
    }
    slots[slot] = hash
    return true
  }
}

extension Table {
  func rowHash(_ row: Int) -> UInt64 {
    columns.reduce(0) { Fingerprint.mix($0 &* 31 &+ $1.cellHash(at: row)) }
  }

  /// Whether two rows have the same text in every cell.
  func rowsAreEqual(_ first: Int, _ second: Int) -> Bool {
    var one: [UInt8] = []
    var other: [UInt8] = []
    return columns.allSatisfy { column in
      one.removeAll(keepingCapacity: true)
      other.removeAll(keepingCapacity: true)
      column.appendText(at: first, to: &one)
      column.appendText(at: second, to: &other)
      return one == other
    }
  }
}
