/// The days of a column of dates.
struct DayColumn: Sendable {
  /// For each row the number of its day; ``DayColumn/none`` where there is no date.
  let days: [Int32]
  /// The order of day and month.
  let order: DateOrder
  /// Whether the dates leave the order open: each could be read both ways.
  let isOrderGuessed: Bool
  /// Whether there are dates with the year last, which have an order.
  let hasYearLast: Bool

  /// Stands where there is no date.
  static let none = Int32.min
}

extension Column {
  /// Reads every cell as a date; day and month in the one order that fits the whole column.
  ///
  /// - Complexity: O(*rows*), each text that cells share once; four bytes a row.
  func days() -> DayColumn {
    var tally = DateOrderTally()
    forEachText { tally.count(DateReading($0)) }
    let order = tally.order
    var days: [Int32] = []
    days.reserveCapacity(rowCount)
    func number(_ text: Span<UInt8>) -> Int32 {
      order.day(DateReading(text)).map { Int32(truncatingIfNeeded: $0.number) } ?? DayColumn.none
    }
    let pooled = (0..<pool.count).map { number(pool.bytes.span.extracting(pool.range($0))) }
    var text: [UInt8] = []
    for segment in segments {
      switch segment.cells {
      case .pooled(let codes):
        for row in 0..<segment.rowCount { days.append(pooled[Int(codes[row])]) }
      case .plain(let run):
        for row in 0..<segment.rowCount {
          days.append(number(run.bytes.span.extracting(run.range(row))))
        }
      case .numerals(let numerals):
        for row in 0..<segment.rowCount {
          if let index = segment.exception(at: row) {
            days.append(pooled[index])
          } else {
            let numeral = numerals[row]
            text.removeAll(keepingCapacity: true)
            Numeral.append(mantissa: numeral.mantissa, decimals: numeral.decimals, to: &text)
            days.append(number(text.span))
          }
        }
      }
    }
    return DayColumn(
      days: days, order: order, isOrderGuessed: tally.isOpen, hasYearLast: tally.hasYearLast)
  }

  /// Calls `body` with every text, those that cells share once.
  ///
  /// Numerals are left out: a date of digits alone has one order only.
  private func forEachText(_ body: (Span<UInt8>) -> Void) {
    for index in 0..<pool.count { body(pool.bytes.span.extracting(pool.range(index))) }
    for segment in segments {
      guard case .plain(let run) = segment.cells else { continue }
      for row in 0..<segment.rowCount { body(run.bytes.span.extracting(run.range(row))) }
    }
  }
}

/// What the dates of a column say about the order of day and month.
private struct DateOrderTally {
  private var dayFirst = 0
  private var monthFirst = 0
  private var either = 0
  private var slashes = 0

  mutating func count(_ reading: DateReading) {
    guard case .pair(let first, let second, _, let separator) = reading else { return }
    hasYearLast = true
    if first > 12 {
      dayFirst += 1
    } else if second > 12 {
      monthFirst += 1
    } else if first != second {
      either += 1
    }
    if separator == UInt8(ascii: "/") { slashes += 1 }
  }

  /// Whether there are dates with the year last.
  private(set) var hasYearLast = false

  /// Whether there are dates with an order and none that tells it.
  var isOpen: Bool { dayFirst == monthFirst && either + dayFirst > 0 }

  /// What most dates say; if they leave it open, months come first between slashes, as in the United
  /// States, and days elsewhere.
  var order: DateOrder {
    if dayFirst != monthFirst { return dayFirst > monthFirst ? .dayFirst : .monthFirst }
    return slashes > 0 ? .monthFirst : .dayFirst
  }
}
