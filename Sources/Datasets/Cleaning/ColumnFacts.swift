/// What roles are decided by, gathered from a column's cells in one look.
struct ColumnFacts: Sendable {
  /// Numbers: whether all are whole.
  var isInteger = false
  /// How many different values there are; of numbers only when they are whole and close together,
  /// else `nil`.
  var distinctCount: Int?
  /// Numbers: the share of the most common one among all rows, if it is more than half.
  var topShare: Double = 0
  /// Fewer than two different values.
  var isConstant = false
  /// Whole numbers without gaps to speak of, nearly all different.
  var isRun = false
  /// Each number is one more than in the row before.
  var countsRows = false
  /// Mean length of the texts that are not missing, in bytes.
  var meanLength = 0.0
  /// How many of the texts hold blanks between words.
  var sharesBlanks = 0.0
  /// How many of the values looked at are days or times.
  var dateShare = 0.0

  /// Below this many rows a run of numbers may well be ages or scores.
  static let smallestRun = 20
  /// How many texts are looked at for dates and blanks.
  private static let sampleSize = 1000

  init(of column: Column) {
    if column.isNumeric {
      lookAtNumbers(column)
    } else {
      lookAtTexts(column)
    }
  }

  private mutating func lookAtNumbers(_ column: Column) {
    isInteger = column.isInteger
    if isInteger, let tally = WholeNumberTally(column) {
      let count = column.rowCount
      isConstant = tally.low == tally.high
      topShare = Double(tally.topCount) / Double(count)
      countsRows =
        tally.isStrictlyIncreasing && count > 1 && tally.high - tally.low == Int64(count - 1)
      let width = Double(tally.high) - Double(tally.low)
      guard width < Double(4 * count + 1024) else { return }
      distinctCount = tally.distinctCount
      isRun = ColumnFacts.isRun(distinct: tally.distinctCount, of: count, width: width)
      return
    }
    lookClosely(column)
  }

  /// Nearly all different, and hardly a number between the least and the largest is left out.
  private static func isRun(distinct: Int, of count: Int, width: Double) -> Bool {
    count >= smallestRun && Double(distinct) > 0.95 * Double(count)
      && width + 1 <= 1.05 * Double(distinct) + 2
  }

  /// Goes through the numbers twice, a piece at a time.
  private mutating func lookClosely(_ column: Column) {
    var low = Double.infinity
    var high = -Double.infinity
    var candidate = Double.nan
    var votes = 0
    var steps = 0
    var last = Double.nan
    column.forEachNumber { number in
      low = min(low, number)
      high = max(high, number)
      // Boyer and Moore 1981: what more than half of the rows have survives.
      if votes == 0 { candidate = number }
      votes += number == candidate ? 1 : -1
      if number - last == 1 { steps += 1 }
      last = number
    }
    let count = column.numberCount
    isConstant = count == 0 || low == high
    var common = 0
    column.forEachNumber { if $0 == candidate { common += 1 } }
    topShare = column.rowCount > 0 ? Double(common) / Double(column.rowCount) : 0
    countsRows = isInteger && count > 1 && steps == count - 1 && count == column.rowCount
    guard isInteger, count > 0, high - low < Double(4 * count + 1024), low.magnitude < 1e15 else {
      return
    }
    // One bit for each value in the range.
    var seen = [UInt64](repeating: 0, count: Int(high - low) / 64 + 1)
    var distinct = 0
    column.forEachNumber { number in
      let offset = Int(number - low)
      let bit: UInt64 = 1 << UInt64(offset & 63)
      if seen[offset >> 6] & bit == 0 {
        seen[offset >> 6] |= bit
        distinct += 1
      }
    }
    distinctCount = distinct
    isRun = ColumnFacts.isRun(distinct: distinct, of: count, width: high - low)
  }

  private mutating func lookAtTexts(_ column: Column) {
    let distinct = column.distinctTextCount()
    distinctCount = distinct
    isConstant = distinct <= 1
    var looked = 0
    var dates = 0
    var blanks = 0
    var bytes = 0
    column.forEachDistinctSample(limit: ColumnFacts.sampleSize) { text in
      looked += 1
      bytes += text.count
      if DatePattern.matches(text) { dates += 1 }
      for index in text.indices where text[index] == 0x20 {
        blanks += 1
        break
      }
    }
    guard looked > 0 else { return }
    meanLength = Double(bytes) / Double(looked)
    dateShare = Double(dates) / Double(looked)
    sharesBlanks = Double(blanks) / Double(looked)
  }
}

/// Days and times as people and programs write them.
enum DatePattern {
  /// Whether a text is a day, with or without a time: `2016-01-02`, `04-09-2012`, `4/9/12`,
  /// `2.1.2016`, `20160102` is not (it is a number), `2016-01-02T10:00:00Z`.
  static func matches(_ text: Span<UInt8>) -> Bool {
    var parts: [Int] = []
    var lengths: [Int] = []
    var separator: UInt8 = 0
    var index = 0
    while parts.count < 3 {
      let start = index
      var value = 0
      while index < text.count, index - start < 4, text[index] &- 0x30 < 10 {
        value = value * 10 + Int(text[index] - 0x30)
        index += 1
      }
      guard index > start else { return false }
      parts.append(value)
      lengths.append(index - start)
      guard parts.count < 3 else { break }
      guard index < text.count else { return false }
      let byte = text[index]
      guard byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
      else { return false }
      guard separator == 0 || separator == byte else { return false }
      separator = byte
      index += 1
    }
    if index < text.count {
      guard text[index] == UInt8(ascii: "T") || text[index] == 0x20 else { return false }
      guard index + 4 < text.count, text[index + 1] &- 0x30 < 10 else { return false }
      guard (index..<text.count).contains(where: { text[$0] == UInt8(ascii: ":") }) else {
        return false
      }
    }
    let days = 1...31
    if lengths[0] == 4 {
      return (1...12).contains(parts[1]) && days.contains(parts[2]) && lengths[2] <= 2
    }
    guard lengths[0] <= 2, lengths[1] <= 2, lengths[2] == 4 || lengths[2] == 2 else { return false }
    return days.contains(parts[0]) && days.contains(parts[1]) && min(parts[0], parts[1]) <= 12
  }
}
