import FoundationEssentials

/// Times as they stand in answers: RFC 3339, UTC, to the millisecond.
enum Timestamp {
  /// - Parameter milliseconds: since 1970, UTC.
  static func text(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      .formatted(
        .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(
          separator: .omitted))
  }
}

extension Timestamp {
  /// The moment a text names; nil when it is none of those that ``text(_:)`` writes.
  static func milliseconds(_ text: String) -> Int64? {
    do {
      let date = try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
      return Int64((date.timeIntervalSince1970 * 1000).rounded())
    } catch {
      // The caller decides what a text that is no moment means.
      return nil
    }
  }
}
