import Clustering

/// Customers with whole-numbered age, income and spending score in five groups, 4 % of them noise.
///
/// Same count, same customers, on any machine. Rows come a piece at a time, so that ten million
/// cost no more memory than ten.
struct MallCustomers {
  /// One kind of customers; mean and deviation of age, income and spending.
  private struct Group {
    var share: Double
    var means: (Double, Double, Double)
    var deviations: (Double, Double, Double)
  }

  private static let groups = [
    Group(share: 0.38, means: (43, 55, 50), deviations: (16, 9, 7)),
    Group(share: 0.12, means: (45, 26, 21), deviations: (13, 7.5, 12)),
    Group(share: 0.12, means: (25, 26, 79), deviations: (5.5, 7.5, 11)),
    Group(share: 0.18, means: (41, 88, 17), deviations: (11, 16, 10)),
    Group(share: 0.20, means: (33, 86, 82), deviations: (4, 16, 9.5)),
  ]

  /// The header of ``csvPiece()``.
  static let header = "CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)\n"

  /// How many customers there are.
  let count: Int
  private var random: RandomSource
  private var next = 0

  init(count: Int) {
    self.count = count
    random = RandomSource(seed: 2026, stream: [1, UInt64(count)])
  }

  /// The next customer's age, income and spending, or nil after the last.
  mutating func customer() -> (UInt8, UInt8, UInt8)? {
    guard next < count else { return nil }
    next += 1
    var draw = random.unit()
    var group = MallCustomers.groups[4]
    for candidate in MallCustomers.groups {
      group = candidate
      if draw < candidate.share { break }
      draw -= candidate.share
    }
    if random.unit() < 0.04 {
      return (within(18...70), within(15...137), within(1...100))
    }
    return (
      number(group.means.0, group.deviations.0, 18...70),
      number(group.means.1, group.deviations.1, 15...137),
      number(group.means.2, group.deviations.2, 1...100)
    )
  }

  private mutating func within(_ range: ClosedRange<Int>) -> UInt8 {
    UInt8(range.lowerBound + random.below(range.count))
  }

  private mutating func number(_ mean: Double, _ deviation: Double, _ range: ClosedRange<Int>)
    -> UInt8
  {
    let value = Int((mean + deviation * random.bell()).rounded())
    return UInt8(min(max(value, range.lowerBound), range.upperBound))
  }

  /// About 256 KiB of CSV, the header before the first rows; nil after the last.
  mutating func csvPiece() -> [UInt8]? {
    guard next < count else { return nil }
    var piece: [UInt8] = []
    piece.reserveCapacity(1 << 18 + 64)
    if next == 0 { piece.append(contentsOf: MallCustomers.header.utf8) }
    while piece.count < 1 << 18, let (age, income, spending) = customer() {
      piece.append(decimal: next)
      piece.append(contentsOf: random.unit() < 0.56 ? ",Female,".utf8 : ",Male,".utf8)
      piece.append(decimal: Int(age))
      piece.append(UInt8(ascii: ","))
      piece.append(decimal: Int(income))
      piece.append(UInt8(ascii: ","))
      piece.append(decimal: Int(spending))
      piece.append(UInt8(ascii: "\n"))
    }
    return piece
  }
}

extension RandomSource {
  /// Nearly normal, mean 0 and deviation 1: the sum of twelve, which needs no logarithm and so
  /// rounds alike on every machine.
  mutating func bell() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += unit() }
    return sum
  }
}

extension [UInt8] {
  /// Appends a number that is not negative.
  mutating func append(decimal number: Int) {
    var divisor = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }

  /// Appends a number that is not negative, with so many decimals.
  mutating func append(_ number: Double, decimals: Int) {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((number * Double(scale)).rounded())
    append(decimal: scaled / scale)
    guard decimals > 0 else { return }
    append(UInt8(ascii: "."))
    var rest = scale / 10
    while rest > 0 {
      append(UInt8(ascii: "0") + UInt8(scaled / rest % 10))
      rest /= 10
    }
  }
}
