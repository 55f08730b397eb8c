/// Days and times as people and programs write them.
enum DatePattern {
  /// Whether a text is a day, with or without a time: `2016-01-02`, `04-09-2012`, `4/9/12`,
  /// `2.1.2016`, `20160102` is not (it is a number), `2016-01-02T10:00:00Z`.
  static func matches(_ text: Span<UInt8>) -> Bool {
    parts(of: text) != nil
  }

  /// The three numbers of a day, in the order they stand in.
  struct Parts {
    let numbers: [Int]
    /// Else the year is the last.
    let beginsWithYear: Bool
  }

  /// What a text says as a day, or `nil` if it is none.
  static func parts(of text: Span<UInt8>) -> Parts? {
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
      guard index > start else { return nil }
      parts.append(value)
      lengths.append(index - start)
      guard parts.count < 3 else { break }
      guard index < text.count else { return nil }
      let byte = text[index]
      guard byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
      else { return nil }
      guard separator == 0 || separator == byte else { return nil }
      separator = byte
      index += 1
    }
    if index < text.count {
      guard text[index] == UInt8(ascii: "T") || text[index] == 0x20 else { return nil }
      guard index + 4 < text.count, text[index + 1] &- 0x30 < 10 else { return nil }
      guard (index..<text.count).contains(where: { text[$0] == UInt8(ascii: ":") }) else {
        return nil
      }
    }
    let days = 1...31
    if lengths[0] == 4 {
      let isDay = (1...12).contains(parts[1]) && days.contains(parts[2]) && lengths[2] <= 2
      return isDay ? Parts(numbers: parts, beginsWithYear: true) : nil
    }
    guard lengths[0] <= 2, lengths[1] <= 2, lengths[2] == 4 || lengths[2] == 2 else { return nil }
    guard days.contains(parts[0]), days.contains(parts[1]), min(parts[0], parts[1]) <= 12 else {
      return nil
    }
    return Parts(numbers: parts, beginsWithYear: false)
  }
}
