import Clustering

/// Customers as exports have them: decimals, quoted names, categories, days, gaps, words for numbers.
///
/// Twelve columns; 2 % of the numbers are missing in one of several spellings, 0.1 % are no numbers,
/// 30 % of the names are quoted, some of them with doubled quotes.
struct MessyCustomers {
  static let header =
    "customer_id,name,region,signup,age,annual_income,spending_score,tenure_years,"
    + "orders,basket_value,return_rate,notes\n"

  private static let first = [
    "Ana", "Bo", "Chloé", "Dmitri", "Elif", "Fatima", "Gus", "Hana", "Iñaki", "Jo",
  ]
  private static let last = [
    "Smith", "O'Neil", "García", "Müller", "Tanaka", "van der Berg", "Li", "Okafor", "Silva",
    "Novák",
  ]
  private static let regions = ["north", "south", "east", "west", "north-east", "overseas"]
  private static let gaps = ["", "", "", "NA", "N/A", "null", "?"]

  let count: Int
  private var random: RandomSource
  private var next = 0

  init(count: Int) {
    self.count = count
    random = RandomSource(seed: 2026, stream: [2, UInt64(count)])
  }

  /// About 256 KiB of CSV, the header before the first rows; nil after the last.
  mutating func csvPiece() -> [UInt8]? {
    guard next < count else { return nil }
    var piece: [UInt8] = []
    piece.reserveCapacity(1 << 18 + 512)
    if next == 0 { piece.append(contentsOf: MessyCustomers.header.utf8) }
    while piece.count < 1 << 18, next < count {
      next += 1
      appendRow(to: &piece)
    }
    return piece
  }

  private mutating func appendRow(to piece: inout [UInt8]) {
    let comma = UInt8(ascii: ",")
    let first = Self.first[random.below(10)]
    let last = Self.last[random.below(10)]
    let style = random.unit()
    piece.append(decimal: next)
    let name =
      style < 0.2
      ? "\"\(last), \(first)\""
      : style < 0.3 ? "\"\(first) \"\"\(last.prefix(3))\"\" \(last)\"" : "\(first) \(last)"
    piece.append(contentsOf: ",\(name),\(Self.regions[random.below(6)]),".utf8)
    let day = random.below(3650)
    piece.append(decimal: 2014 + day / 365)
    piece.append(contentsOf: day % 365 / 31 + 1 < 10 ? "-0".utf8 : "-".utf8)
    piece.append(decimal: day % 365 / 31 + 1)
    piece.append(contentsOf: day % 365 % 28 + 1 < 10 ? "-0".utf8 : "-".utf8)
    piece.append(decimal: day % 365 % 28 + 1)
    let shape = random.unit()
    let numbers: [(Double, Int)] = [
      (Double(18 + random.below(73)), 0),
      (8000 + 120_000 * shape * shape * random.unit(), 2),
      (100 * random.unit(), 1),
      (16 * random.unit() * random.unit(), 3),
      (Double(random.below(13) + random.below(13)), 0),
      (200 * random.unit() * random.unit(), 2),
      (random.unit() * random.unit() * random.unit(), 5),
    ]
    for (number, decimals) in numbers {
      piece.append(comma)
      let hole = random.unit()
      if hole < 0.02 {
        piece.append(contentsOf: Self.gaps[random.below(7)].utf8)
      } else if hole < 0.021 {
        piece.append(contentsOf: "abc".utf8)
      } else {
        piece.append(number, decimals: decimals)
      }
    }
    piece.append(comma)
    if style > 0.9 {
      piece.append(contentsOf: "\"asked for a call; prefers mail, not phone\"".utf8)
    }
    piece.append(UInt8(ascii: "\n"))
  }
}
