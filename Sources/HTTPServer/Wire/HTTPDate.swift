/// The one date format HTTP writes: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
public enum HTTPDate {
  private static let days: StaticString = "ThuFriSatSunMonTueWed"
  private static let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"

  /// The text of a time, given in seconds since 1970 UTC.
  public static func text(secondsSince1970 seconds: Int) -> String {
    var text: [UInt8] = []
    append(secondsSince1970: seconds, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the text of a time.
  static func append(secondsSince1970 seconds: Int, to text: inout [UInt8]) {
    let day = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
    let second = seconds - day * 86400
    let date = civil(daysSince1970: day)
    append(days, part: ((day % 7) + 7) % 7, to: &text)
    text.append(", ")
    appendTwo(date.day, to: &text)
    text.append(ASCII.space)
    append(months, part: date.month - 1, to: &text)
    text.append(ASCII.space)
    appendTwo(date.year / 100, to: &text)
    appendTwo(date.year % 100, to: &text)
    text.append(ASCII.space)
    appendTwo(second / 3600, to: &text)
    text.append(ASCII.colon)
    appendTwo(second / 60 % 60, to: &text)
    text.append(ASCII.colon)
    appendTwo(second % 60, to: &text)
    text.append(" GMT")
  }

  /// The Gregorian date of a day: years of 400 are 146,097 days, and a year that begins in March
  /// keeps its leap day last (Howard Hinnant, "chrono-compatible low-level date algorithms").
  private static func civil(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = daysSince1970 + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * march + 2) / 5 + 1)
  }

  private static func append(_ names: StaticString, part: Int, to text: inout [UInt8]) {
    // Safety: `part` is below the number of three-letter names, and a static string lives forever.
    names.withUTF8Buffer { text.append(contentsOf: $0[(part * 3)..<(part * 3 + 3)]) }
  }

  private static func appendTwo(_ number: Int, to text: inout [UInt8]) {
    text.append(UInt8(0x30 + number / 10 % 10))
    text.append(UInt8(0x30 + number % 10))
  }
}
