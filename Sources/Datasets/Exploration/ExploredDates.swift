/// The days of a column of dates.
public struct ExploredDates: Equatable, Sendable {
  /// In which order the parts of the day stand.
  public enum Order: String, Sendable {
    case yearMonthDay = "year_month_day"
    case dayMonthYear = "day_month_year"
    case monthDayYear = "month_day_year"
  }
  /// The order of the parts, found from days beyond the twelfth.
  public let order: Order
  /// The first day, as in ISO 8601: `2012-07-30`.
  public let earliest: String
  /// The last day.
  public let latest: String
}

extension ExploredDates {
  /// - Returns: `nil` when no text is a day, or when nothing tells the day from the month.
  init?(_ texts: [CategoryCount]) {
    let parts = texts.compactMap { DatePattern.parts(of: Array($0.name.utf8).span) }
    guard !parts.isEmpty else { return nil }
    let order: Order
    if parts.allSatisfy(\.beginsWithYear) {
      order = .yearMonthDay
    } else {
      let others = parts.filter { !$0.beginsWithYear }
      let dayFirst = others.contains { $0.numbers[0] > 12 }
      let monthFirst = others.contains { $0.numbers[1] > 12 }
      guard dayFirst != monthFirst else { return nil }
      order = dayFirst ? .dayMonthYear : .monthDayYear
    }
    self.init(order, parts.map { $0.day(order) })
  }

  /// Numbers such as 20160102.
  init?(compact values: ValueCounts) {
    let ends = [values.values.first, values.values.last].compactMap(\.self).map { Int($0) }
    guard !ends.isEmpty else { return nil }
    self.init(.yearMonthDay, ends.map { [$0 / 10_000, $0 / 100 % 100, $0 % 100] })
  }

  private init?(_ order: Order, _ days: [[Int]]) {
    let sorted = [
      days.min { $0.lexicographicallyPrecedes($1) }, days.max { $0.lexicographicallyPrecedes($1) },
    ]
    let texts = sorted.compactMap(\.self).map { day in
      day.enumerated().map { index, number in
        let digits = String(number)
        return String(repeating: "0", count: max(0, (index == 0 ? 4 : 2) - digits.count)) + digits
      }.joined(separator: "-")
    }
    guard texts.count == 2 else { return nil }
    self.order = order
    earliest = texts[0]
    latest = texts[1]
  }
}

extension DatePattern.Parts {
  /// Year, month and day.
  fileprivate func day(_ order: ExploredDates.Order) -> [Int] {
    if beginsWithYear { return numbers }
    let year = numbers[2] >= 100 ? numbers[2] : numbers[2] + (numbers[2] < 70 ? 2000 : 1900)
    return order == .dayMonthYear
      ? [year, numbers[1], numbers[0]] : [year, numbers[0], numbers[1]]
  }
}
