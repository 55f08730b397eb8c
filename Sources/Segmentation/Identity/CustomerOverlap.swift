import Datasets

/// How the customers of two runs are spread over the clusters of both.
struct CustomerOverlap: Sendable, Equatable {
  /// Customers that both runs clustered, by the older run's cluster and then by the newer one's.
  private(set) var counts: [[Int]]
  /// Customers of each cluster of the older run, shared or not.
  private(set) var oldSizes: [Int]
  /// Customers of each cluster of the newer run, shared or not.
  private(set) var newSizes: [Int]
  /// How many customers were compared.
  let customers: SharedCustomers.Counts
  /// The part of all customers that was compared.
  let part: SharedCustomers.Part

  /// Up to so many customers of a run are compared one by one; of more, a part that depends on the
  /// ids alone, so that it is the same customers in both runs.
  static let limit = 1 << 18
  /// As ``limit`` where segments are only to be told apart, and a fit waits for it.
  static let matchingLimit = 1 << 16

  init(old: Run, new: Run, threads: Int = 1, limit: Int = CustomerOverlap.limit) {
    let part = SharedCustomers.Part(
      of: max(old.dataset.usedRowCount, new.dataset.usedRowCount), limit: limit)
    let (k, m) = (old.clusters.count, new.clusters.count)
    var counts = [Int](repeating: 0, count: k * m)
    var oldSizes = [Int](repeating: 0, count: k)
    var newSizes = [Int](repeating: 0, count: m)
    let shared = SharedCustomers(old: old.dataset, new: new.dataset, threads: threads)
    let (oldLabels, newLabels) = (old.rowLabels, new.rowLabels)
    customers = shared.forEach(in: part) { a, b in
      let from = a.flatMap { oldLabels[$0] }
      let to = b.flatMap { newLabels[$0] }
      if let from { oldSizes[from] += 1 }
      if let to { newSizes[to] += 1 }
      if let from, let to { counts[from * m + to] += 1 }
    }
    self.part = part
    self.counts = (0..<k).map { Array(counts[$0 * m..<($0 + 1) * m]) }
    self.oldSizes = oldSizes
    self.newSizes = newSizes
  }

  /// An overlap from its parts, for tests of what is concluded from it.
  init(counts: [[Int]], oldSizes: [Int], newSizes: [Int]) {
    self.counts = counts
    self.oldSizes = oldSizes
    self.newSizes = newSizes
    customers = SharedCustomers.Counts(
      old: oldSizes.reduce(0, +), new: newSizes.reduce(0, +),
      shared: counts.joined().reduce(0, +))
    part = .all
  }

  /// Shared customers of each cluster of the older run.
  var sharedOfOld: [Int] { counts.map { $0.reduce(0, +) } }

  /// Shared customers of each cluster of the newer run.
  var sharedOfNew: [Int] {
    newSizes.indices.map { to in counts.reduce(0) { $0 + $1[to] } }
  }

  /// The Jaccard index of two clusters among the shared customers; 0 when neither has any.
  func jaccard(_ from: Int, _ to: Int, sharedOfOld: [Int], sharedOfNew: [Int]) -> Double {
    let union = sharedOfOld[from] + sharedOfNew[to] - counts[from][to]
    return union > 0 ? Double(counts[from][to]) / Double(union) : 0
  }

  /// The adjusted Rand index of the two clusterings of the shared customers; nil when undefined.
  ///
  /// - SeeAlso: Hubert and Arabie 1985, doi:10.1007/BF01908075.
  var adjustedRandIndex: Double? {
    func pairs(_ count: Int) -> Double { Double(count) * Double(count - 1) / 2 }
    let total = pairs(customers.shared == 0 ? 0 : sharedOfOld.reduce(0, +))
    guard total > 0 else { return nil }
    let both = counts.joined().reduce(0) { $0 + pairs($1) }
    let rows = sharedOfOld.reduce(0) { $0 + pairs($1) }
    let columns = sharedOfNew.reduce(0) { $0 + pairs($1) }
    let expected = rows * columns / total
    let most = (rows + columns) / 2
    // Both clusterings trivial in the same way: all in one cluster, or each alone.
    return most == expected ? 1 : (both - expected) / (most - expected)
  }
}
