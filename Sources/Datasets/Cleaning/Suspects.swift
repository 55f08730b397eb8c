/// Finds numbers and categories that look like mistakes, and changes none.
enum Suspects {
  /// A kind of number that one column should not have.
  struct Rule {
    let reason: FindingReason
    let isSuspect: (Double) -> Bool
  }

  /// The rules under which some number of a column is suspect; mostly none.
  static func rules(_ column: Column, meaning: ColumnMeaning?) -> [Rule] {
    guard let range = column.numberRange else { return [] }
    var rules: [Rule] = []
    if let possible = possibleRange(column, meaning),
      !possible.contains(range.lowerBound) || !possible.contains(range.upperBound)
    {
      rules.append(Rule(reason: .impossibleValue) { !possible.contains($0) })
    }
    // Few columns end in such numbers, so few are counted.
    let repeated = [range.lowerBound, range.upperBound].filter(isRepeatedDigit)
    let beginsAtZero = range.lowerBound == 0 && range.upperBound > 0
    guard !repeated.isEmpty || beginsAtZero else { return rules }
    let values = values(of: column)
    let sentinels = repeated.filter { isFarOut($0, values) }
    if !sentinels.isEmpty {
      rules.append(Rule(reason: .sentinelValue) { sentinels.contains($0) })
    }
    if beginsAtZero, isZeroApart(values, meaning) {
      rules.append(Rule(reason: .sentinelZero) { $0 == 0 })
    }
    return rules
  }

  /// Beyond so many rows a sample of them tells what is usual in a column of any numbers.
  private static let countedRowLimit = 1 << 20

  /// What numbers the column has: all where they are counted or are not too many to sort.
  private static func values(of column: Column) -> ValueCounts {
    let isCounted = column.integerRange.map { $0.upperBound - $0.lowerBound < 1 << 16 } ?? false
    guard isCounted || column.rowCount <= countedRowLimit else {
      return ValueCounts(column.sample(1 << 16))
    }
    return ValueCounts(column, rows: RowSelection(all: column.rowCount))
  }

  /// What a column can hold by its name: ages of people, a score's stated range, no negative
  /// incomes.
  private static func possibleRange(_ column: Column, _ meaning: ColumnMeaning?)
    -> ClosedRange<Double>?
  {
    if let stated = column.statedRange { return stated }
    switch meaning {
    case .age: return 0...120
    case .income: return 0...Double.infinity
    case .score: return 0...Double.infinity
    default: break
    }
    let words = column.key.split(separator: "_")
    // Nobody born before is a customer; the end leaves room for the years to come.
    if words.contains("birth"), words.contains("year") { return 1905...2100 }
    return nil
  }

  /// Four or more equal digits, or −9, −99, −999: what people and programs write for "unknown".
  private static func isRepeatedDigit(_ number: Double) -> Bool {
    guard number == number.rounded(), number.magnitude < 1e12, number != 0 else { return false }
    let digits = String(Int(number.magnitude))
    guard digits.allSatisfy({ $0 == digits.first }) else { return false }
    return digits.count >= 4 || (number < 0 && digits.first == "9")
  }

  /// Beyond three quartile distances from the quartiles (Tukey's far out).
  private static func isFarOut(_ number: Double, _ values: ValueCounts) -> Bool {
    guard let low = values.quantile(0.25), let high = values.quantile(0.75), high > low else {
      return false
    }
    let reach = 3 * (high - low)
    return number < low - reach || number > high + reach
  }

  /// Whether zero is rare, and far from the next number for a column so finely divided.
  private static func isZeroApart(_ values: ValueCounts, _ meaning: ColumnMeaning?) -> Bool {
    guard values.values.first == 0, values.values.count > 20 else { return false }
    let share = Double(values.counts[0]) / Double(values.count)
    guard share < 0.25, let largest = values.values.last else { return false }
    if meaning == .age || meaning == .income { return true }
    let usualStep = largest / Double(values.values.count)
    return values.values[1] > 10 * usualStep
  }

  // MARK: Categories

  /// A category that is probably another one misspelt, or one that hardly anybody has.
  struct Category {
    let reason: FindingReason
    /// The category it is probably meant to be.
    let proposal: String?
  }

  /// Categories beyond this number are names rather than kinds.
  static let categoryLimit = 100

  /// The suspect ones among some categories.
  static func categories(_ counts: [CategoryCount]) -> [String: Category] {
    let total = counts.reduce(0) { $0 + $1.count }
    guard counts.count > 1, counts.count <= categoryLimit else { return [:] }
    var found: [String: Category] = [:]
    for category in counts {
      // The same but for capitals and blanks, however many rows have it.
      let common = counts.filter { plain($0.name) == plain(category.name) }.max {
        ($0.count, $1.name) < ($1.count, $0.name)
      }
      if let common, common.name != category.name {
        found[category.name] = Category(reason: .nearMissCategory, proposal: common.name)
      }
    }
    for rare in counts where rare.count <= max(2, total / 100) && found[rare.name] == nil {
      let similar = counts.filter {
        $0.count >= 10 * rare.count && isNearMiss(rare.name, $0.name)
      }
      if let best = similar.min(by: {
        (distance(rare.name, $0.name), $1.count, $0.name)
          < (distance(rare.name, $1.name), $0.count, $1.name)
      }) {
        found[rare.name] = Category(reason: .nearMissCategory, proposal: best.name)
      } else if total >= 1000, counts.count <= 20, rare.count <= max(4, total / 500) {
        found[rare.name] = Category(reason: .rareCategory, proposal: nil)
      }
    }
    return found
  }

  /// Whether a text is another one with letters missing or changed.
  static func isNearMiss(_ text: String, _ other: String) -> Bool {
    let (one, two) = (letters(text), letters(other))
    // What differs in digits or signs alone is meant: `Grade 1`, `A+`.
    guard !one.isEmpty, one != two, digits(text) == digits(other) else { return false }
    if one.first == two.first, isSubsequence(one, of: two) { return true }
    return one.count > 2
      && Spelling.editDistance(Array(one), Array(two)) <= (two.count <= 4 ? 1 : 2)
  }

  /// Edits between two texts; more if they begin differently.
  private static func distance(_ text: String, _ other: String) -> Int {
    let (one, two) = (letters(text), letters(other))
    let edits = min(1000, Spelling.editDistance(Array(one), Array(two)))
    return edits + (one.first == two.first ? 0 : 100)
  }

  /// In lower case, without the blanks around it.
  private static func plain(_ text: String) -> String {
    var rest = text[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return rest.lowercased()
  }

  private static func letters(_ text: String) -> String {
    text.lowercased().filter(\.isLetter)
  }

  private static func digits(_ text: String) -> String {
    text.filter(\.isNumber)
  }

  private static func isSubsequence(_ text: String, of other: String) -> Bool {
    var rest = text[...]
    for character in other where character == rest.first { rest.removeFirst() }
    return rest.isEmpty
  }
}
