/// The customers that two datasets have in common, found by the text of their ids.
///
/// A customer is the first used row with an id; rows without one are nobody. Ids are compared by a
/// 64-bit hash of their text. Two states of one dataset share all rows, with or without ids.
public struct SharedCustomers: Sendable {
  private let old: Dataset
  private let new: Dataset
  private let threads: Int

  /// A share of all customers, the same for every dataset: those whose hash begins with certain bits.
  public struct Part: Sendable, Equatable {
    /// How many bits of the hash say which part a customer belongs to; there are 2^bits parts.
    public let bits: Int
    /// Which part, from 0.
    public let index: Int

    /// All customers.
    public static let all = Part(bits: 0, index: 0)

    /// One of 2^bits parts of about the same size.
    ///
    /// - Precondition: 0 ≤ `bits` < 32 and 0 ≤ `index` < 2^bits.
    public init(bits: Int, index: Int) {
      precondition((0..<32).contains(bits) && (0..<1 << bits).contains(index))
      self.bits = bits
      self.index = index
    }

    /// The first of as many parts as it takes for one to hold about `limit` of `count` customers.
    public init(of count: Int, limit: Int) {
      var bits = 0
      while count >> bits > limit, bits < 31 { bits += 1 }
      self.init(bits: bits, index: 0)
    }

    @inline(__always)
    fileprivate func holds(_ key: UInt64) -> Bool {
      bits == 0 || key &>> UInt64(64 &- bits) == UInt64(index)
    }
  }

  /// How many customers there are in a part.
  public struct Counts: Sendable, Equatable {
    /// Customers of the older dataset.
    public var old = 0
    /// Customers of the newer dataset.
    public var new = 0
    /// Customers of both.
    public var shared = 0

    /// Counts of nobody, unless given.
    public init(old: Int = 0, new: Int = 0, shared: Int = 0) {
      self.old = old
      self.new = new
      self.shared = shared
    }
  }

  /// The customers of two datasets.
  ///
  /// - Parameter threads: how many may look at the ids; nothing found depends on it.
  public init(old: Dataset, new: Dataset, threads: Int = 1) {
    self.old = old
    self.new = new
    self.threads = threads
  }

  /// Calls `body` with the rows of each customer of a part, in the order of the newer dataset and
  /// then of those who are in the older one only.
  ///
  /// - Parameter body: gets the row of the older and that of the newer table; nil where the customer
  ///   is not in it.
  /// - Complexity: O(*n*) time for all rows of both; memory for the customers of the part.
  @discardableResult
  public func forEach(in part: Part = .all, _ body: (_ old: Int?, _ new: Int?) -> Void) -> Counts {
    if old.id == new.id { return forEachOfSame(part, body) }
    var counts = Counts()
    let olds = old.customers(in: part, threads: threads)
    let news = new.customers(in: part, threads: threads)
    var index = KeyIndex(olds.keys)
    counts.old = index.distinctCount
    var strangers = KeyIndex([])
    for position in news.keys.indices {
      let key = news.keys[position]
      let row = Int(news.rows[position])
      switch index.take(key) {
      case .taken(let first):
        counts.new += 1
        counts.shared += 1
        body(Int(olds.rows[first]), row)
      case .takenBefore: continue
      case .absent:
        guard strangers.insert(key, position) else { continue }
        counts.new += 1
        body(nil, row)
      }
    }
    index.forEachUntaken { body(Int(olds.rows[$0]), nil) }
    return counts
  }

  private func forEachOfSame(_ part: Part, _ body: (Int?, Int?) -> Void) -> Counts {
    var counts = Counts()
    for range in old.rows.ranges {
      for row in range where part.holds(Fingerprint.mix(UInt64(row) &+ 1)) {
        counts.shared += 1
        body(row, row)
      }
    }
    (counts.old, counts.new) = (counts.shared, counts.shared)
    return counts
  }
}

extension Dataset {
  /// The used rows of a part's customers and the hashes of their ids, in order of rows.
  ///
  /// - Parameter threads: how many may look at the ids; the result does not depend on it.
  fileprivate func customers(in part: SharedCustomers.Part, threads: Int)
    -> (rows: [Int32], keys: [UInt64])
  {
    guard let idColumn else { return ([], []) }
    let column = table.columns[idColumn]
    var isMissing = Set<Int>()
    if column.missingCount > 0 {
      column.forEachNonNumber { row, reading in
        if reading == .missing { isMissing.insert(row) }
      }
    }
    let missing = isMissing
    let poolHashes = column.poolHashes()
    let pieces = ParallelMap.map(column.segments.count, threads: threads) { index in
      customers(in: part, column, segment: index, poolHashes, missing)
    }
    return (pieces.flatMap(\.rows), pieces.flatMap(\.keys))
  }

  private func customers(
    in part: SharedCustomers.Part, _ column: Column, segment index: Int, _ poolHashes: [UInt64],
    _ missing: Set<Int>
  ) -> (rows: [Int32], keys: [UInt64]) {
    let segment = column.segments[index]
    var output: (rows: [Int32], keys: [UInt64]) = ([], [])
    let expected = segment.rowCount >> part.bits
    output.rows.reserveCapacity(expected + expected / 4)
    output.keys.reserveCapacity(expected + expected / 4)
    var row = column.starts[index]
    let ranges = rows.ranges
    var range = 0
    if ranges.count > 1 {
      // The first range that ends behind the segment's first row.
      var high = ranges.count
      while range < high {
        let middle = (range + high) / 2
        if ranges[middle].upperBound <= row { range = middle + 1 } else { high = middle }
      }
    }
    Column.forEachCellHash(of: segment, poolHashes) { key in
      defer { row &+= 1 }
      guard part.holds(key) else { return }
      while range < ranges.count, ranges[range].upperBound <= row { range += 1 }
      guard range < ranges.count, ranges[range].lowerBound <= row, !missing.contains(row) else {
        return
      }
      output.rows.append(Int32(truncatingIfNeeded: row))
      output.keys.append(key)
    }
    return output
  }
}
