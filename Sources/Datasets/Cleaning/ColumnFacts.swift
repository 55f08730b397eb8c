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
  /// Numbers: many begin with a needless zero, so they are names.
  var hasLeadingZeros = false
  /// Numbers: all are days such as 20160102.
  var isCompactDate = false
  /// What stands between several values of one cell, if cells hold several.
  var valueSeparator: Character?
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
      hasLeadingZeros = isInteger && column.hasLeadingZeros
      isCompactDate = isInteger && column.isCompactDate
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
    var separators = ValueSeparators()
    column.forEachDistinctSample(limit: ColumnFacts.sampleSize) { text in
      separators.add(text)
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
    valueSeparator = separators.found(among: looked)
  }
}

extension Column {
  /// Whether many of its cells are digits that begin with a needless zero: names, not numbers.
  fileprivate var hasLeadingZeros: Bool {
    let step = max(1, rowCount / 256)
    var looked = 0
    var found = 0
    var text: [UInt8] = []
    for row in stride(from: 0, to: rowCount, by: step) {
      text.removeAll(keepingCapacity: true)
      appendText(at: row, to: &text)
      looked += 1
      if text.count > 1, text[0] == 0x30, text.allSatisfy({ $0 &- 0x30 < 10 }) { found += 1 }
    }
    return found * 5 >= looked
  }

  /// Whether its numbers are days such as 20160102.
  fileprivate var isCompactDate: Bool {
    guard let range = numberRange, range.lowerBound >= 1900_01_01, range.upperBound <= 2100_12_31
    else { return false }
    return sample(512).allSatisfy { number in
      guard !number.isNaN else { return true }
      let day = Int(number)
      return (1...12).contains(day / 100 % 100) && (1...31).contains(day % 100)
    }
  }

  /// The numbers of up to about `limit` rows, spread evenly over the column; NaN where there is
  /// none.
  func sample(_ limit: Int) -> [Double] {
    let step = max(1, rowCount / limit)
    return stride(from: 0, to: rowCount, by: step).map { number(at: $0) ?? .nan }
  }
}

/// Recognises cells of several values, such as `tea;milk`.
private struct ValueSeparators {
  private static let marks = [UInt8(ascii: ";"), UInt8(ascii: "|")]
  private var texts = [0, 0]
  private var parts: [Set<[UInt8]>] = [[], []]

  mutating func add(_ text: Span<UInt8>) {
    for (index, mark) in ValueSeparators.marks.enumerated()
    where text.indices.contains(where: { text[$0] == mark }) {
      texts[index] += 1
      var part: [UInt8] = []
      for place in text.indices {
        if text[place] == mark {
          parts[index].insert(part)
          part = []
        } else {
          part.append(text[place])
        }
      }
      parts[index].insert(part)
    }
  }

  /// The mark whose values come again in other company: there are fewer of them than twice the
  /// texts they make.
  func found(among looked: Int) -> Character? {
    for (index, mark) in ValueSeparators.marks.enumerated()
    where texts[index] * 10 >= looked && texts[index] > 1 {
      if parts[index].count < 2 * texts[index] { return Character(Unicode.Scalar(mark)) }
    }
    return nil
  }
}
