/// Finds the delimiter of delimited text from its beginning.
enum CSVDialectSniffer {
  /// In order of preference when all fit equally well.
  static let delimiters: [UInt8] = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }
  /// Records looked at.
  private static let recordLimit = 200

  /// The delimiter under which the most records have as many fields as the first, and the first
  /// has the most; a comma when there is none.
  static func delimiter(of text: Span<UInt8>, isLast: Bool) -> UInt8 {
    var best = (agreeing: 0.0, width: 1, delimiter: UInt8(ascii: ","))
    for delimiter in delimiters {
      var cutter = RecordCutter(delimiter: delimiter, maxFieldBytes: .max)
      var index = 0
      var width = 0
      var records = 0
      var agreeing = 0
      do throws(DatasetError) {
        while records < recordLimit,
          case .record(let next) = try cutter.cut(text, from: index, isLast: isLast)
        {
          if records == 0 { width = cutter.fields.count }
          records += 1
          if cutter.fields.count == width { agreeing += 1 }
          index = next
        }
      } catch {
        // An unclosed quote ends the look; whether it is an error is found when decoding.
      }
      if records == 0 {
        // One record longer than the beginning: count what can be seen of it.
        width = 1 + cutter.fields.count
        (records, agreeing) = (1, 1)
      }
      guard width > 1 else { continue }
      let share = Double(agreeing) / Double(records)
      if (share, width) > (best.agreeing, best.width) {
        best = (share, width, delimiter)
      }
    }
    return best.delimiter
  }
}
