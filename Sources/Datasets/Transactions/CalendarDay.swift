/// A day of the Gregorian calendar, counted from 1970-01-01.
public struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Days since 1970-01-01, negative before.
  public let number: Int

  /// The day with this number.
  public init(number: Int) {
    self.number = number
  }

  /// The day of a date; nil for one that the calendar does not have, or a year beyond 1...9999.
  ///
  /// - SeeAlso: `days_from_civil` of Howard Hinnant, chrono-Compatible Low-Level Date Algorithms.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month),
      (1...CalendarDay.length(ofMonth: month, year: year)).contains(day)
    else { return nil }
    // Years that begin in March, so that the leap day is the last of its year.
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    number = era * 146_097 + dayOfEra - 719_468
  }

  /// Reads `2026-11-21`.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, case .day(let day) = DateReading(bytes.span) else { return nil }
    self = day
  }

  /// The day as `2026-11-21`.
  public var description: String {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func padded(_ number: Int, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// Orders from earlier to later.
  public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
    left.number < right.number
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// What the text of a cell says as a date; a time after it does not count, nor does its zone.
///
///     date = year sep month sep day / number sep number sep year / 8 digits
///     sep  = "-" / "/" / "."          the same both times
enum DateReading: Equatable {
  /// A day, whichever way its kind is written.
  case day(CalendarDay)
  /// Two numbers, day and month in one order or the other, and a year.
  case pair(first: Int, second: Int, year: Int, separator: UInt8)
  /// No date.
  case none

  init(_ cell: Span<UInt8>) {
    var start = 0
    var end = cell.count
    while start < end, NumberParser.isBlank(cell[start]) { start += 1 }
    while end > start, NumberParser.isBlank(cell[end - 1]) { end -= 1 }
    var parts = (0, 0, 0)
    var lengths = (0, 0, 0)
    var separator: UInt8 = 0
    var index = start
    for part in 0..<3 {
      let first = index
      var value = 0
      while index < end, index - first < 8, cell[index] &- 0x30 < 10 {
        value = value * 10 + Int(cell[index] - 0x30)
        index += 1
      }
      let length = index - first
      switch part {
      case 0:
        (parts.0, lengths.0) = (value, length)
        // 20161231
        if length == 8, DateReading.isEnd(cell, index, end) {
          self = DateReading.day(value / 10_000, value / 100 % 100, value % 100)
          return
        }
      case 1: (parts.1, lengths.1) = (value, length)
      default: (parts.2, lengths.2) = (value, length)
      }
      guard part < 2 else { break }
      guard index < end else {
        self = .none
        return
      }
      let byte = cell[index]
      let isSeparator =
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
      guard isSeparator, separator == 0 || separator == byte else {
        self = .none
        return
      }
      separator = byte
      index += 1
    }
    let isShort = (1...2).contains(lengths.1)
    guard isShort, DateReading.isEnd(cell, index, end) else {
      self = .none
      return
    }
    if lengths.0 == 4, (1...2).contains(lengths.2) {
      self = DateReading.day(parts.0, parts.1, parts.2)
    } else if (1...2).contains(lengths.0), lengths.2 == 4 || lengths.2 == 2 {
      // POSIX: of two digits, 69 to 99 are of the last century.
      let year =
        lengths.2 == 4 ? parts.2 : parts.2 + (parts.2 >= 69 ? 1900 : 2000)
      self = .pair(first: parts.0, second: parts.1, year: year, separator: separator)
    } else {
      self = .none
    }
  }

  private static func day(_ year: Int, _ month: Int, _ day: Int) -> DateReading {
    CalendarDay(year: year, month: month, day: day).map(DateReading.day) ?? .none
  }

  /// Whether the date ends here: the cell does, or a time follows.
  private static func isEnd(_ cell: Span<UInt8>, _ index: Int, _ end: Int) -> Bool {
    guard index < end else { return true }
    guard cell[index] == UInt8(ascii: "T") || cell[index] == 0x20, index + 1 < end else {
      return false
    }
    return cell[index + 1] &- 0x30 < 10
  }
}

/// In which order a column writes day and month, where the year comes last.
enum DateOrder: String, Sendable {
  case dayFirst = "day first"
  case monthFirst = "month first"

  func day(_ reading: DateReading) -> CalendarDay? {
    switch reading {
    case .day(let day): day
    case .pair(let first, let second, let year, _):
      self == .dayFirst
        ? CalendarDay(year: year, month: second, day: first)
        : CalendarDay(year: year, month: first, day: second)
    case .none: nil
    }
  }
}
