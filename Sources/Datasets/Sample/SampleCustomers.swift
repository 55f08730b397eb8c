/// Customers of a shop that does not exist, for a first look at the service.
public enum SampleCustomers {
  /// A kind of customer: how common it is, and the middle and spread of what it does.
  private struct Group {
    /// Out of 100 customers.
    var share: Int
    var femaleShare: Double
    var age: (mean: Double, spread: Double)
    /// In thousands a year.
    var income: (mean: Double, spread: Double)
    /// 1…100.
    var score: (mean: Double, spread: Double)
  }

  /// Six kinds that one can tell apart and name.
  private static let groups = [
    // Families with an ordinary purse.
    Group(share: 22, femaleShare: 0.58, age: (57, 7), income: (56, 8), score: (48, 6)),
    // Young people with an ordinary purse.
    Group(share: 19, femaleShare: 0.60, age: (26, 4.5), income: (58, 8), score: (51, 6)),
    // Well off and fond of shopping.
    Group(share: 19, femaleShare: 0.54, age: (33, 4), income: (90, 13), score: (83, 8)),
    // Well off and sparing.
    Group(share: 17, femaleShare: 0.46, age: (43, 8), income: (92, 13), score: (17, 8)),
    // Students who spend what they have.
    Group(share: 12, femaleShare: 0.57, age: (24, 4), income: (26, 6), score: (79, 8)),
    // Little money, and careful with it.
    Group(share: 11, femaleShare: 0.60, age: (46, 10), income: (27, 6), score: (19, 8)),
  ]

  /// A CSV with `CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)`.
  ///
  /// Same count and seed, same bytes, on any machine.
  ///
  /// - Parameters:
  ///   - count: how many customers, ids from 1.
  ///   - seed: which of the possible shops.
  public static func csv(count: Int = 200, seed: UInt64 = 2026) -> [UInt8] {
    var random = SampleRandom(state: seed)
    var text = Array("CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)\n".utf8)
    for id in 0..<max(0, count) {
      let group = draw(&random)
      let gender = random.unit() < group.femaleShare ? "Female" : "Male"
      let numbers = [
        number(group.age, in: 18...75, &random),
        number(group.income, in: 12...140, &random),
        number(group.score, in: 1...100, &random),
      ]
      text.append(contentsOf: "\(id + 1),\(gender),".utf8)
      text.append(contentsOf: numbers.map(String.init).joined(separator: ",").utf8)
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }

  private static func draw(_ random: inout SampleRandom) -> Group {
    var rest = random.unit() * Double(groups.reduce(0) { $0 + $1.share })
    for group in groups.dropLast() {
      rest -= Double(group.share)
      if rest < 0 { return group }
    }
    return groups[groups.count - 1]
  }

  private static func number(
    _ kind: (mean: Double, spread: Double), in range: ClosedRange<Int>, _ random: inout SampleRandom
  ) -> Int {
    let value = Int((kind.mean + kind.spread * random.bell()).rounded())
    return min(max(value, range.lowerBound), range.upperBound)
  }
}
