/// Cuts delimited text into records and fields (RFC 4180, and what real files do beside it).
///
/// - A record ends with LF, CR LF or CR, or with the content. Empty lines are no records.
/// - A field that begins with `"` runs to the next lone `"`; `""` within it is one quote. Text
///   between the closing quote and the next delimiter belongs to the field as it stands, as in
///   Python's csv.
/// - A quote elsewhere is a character like any other.
struct RecordCutter: Sendable {
  /// A field's place in the text.
  struct Field: Sendable {
    var start: Int
    var end: Int
    /// The text between `start` and `end` holds quotes that are not part of the value.
    var isEscaped: Bool

    /// The field's value.
    func value(in text: Span<UInt8>) -> [UInt8] {
      let field = text.extracting(start..<end)
      // Safety: `extracting` checks the range; the array is copied before the closure returns.
      guard isEscaped else { return field.withUnsafeBufferPointer { Array($0) } }
      var value: [UInt8] = []
      RecordCutter.unescape(field, into: &value)
      return value
    }
  }

  /// What stands at a place in the text.
  enum Outcome: Equatable {
    /// A record, in `fields`; the next one begins at `next`.
    case record(next: Int)
    /// The text ends within a record.
    case needsMore
    /// Nothing but empty lines up to the end.
    case end
  }

  let delimiter: UInt8
  let maxFieldBytes: Int
  /// The fields of the last record.
  private(set) var fields: [Field] = []
  /// The line at which the next record begins, from 0.
  private(set) var line: Int
  /// The line at which the last record began.
  private(set) var recordLine: Int

  init(delimiter: UInt8, maxFieldBytes: Int, line: Int = 0) {
    self.delimiter = delimiter
    self.maxFieldBytes = maxFieldBytes
    self.line = line
    recordLine = line
  }

  /// Cuts the record that begins at `start`, where the last one ended.
  ///
  /// - Parameter isLast: whether the content ends with `text`.
  mutating func cut(_ text: Span<UInt8>, from start: Int, isLast: Bool) throws(DatasetError)
    -> Outcome
  {
    let lf = UInt8(ascii: "\n")
    let cr = UInt8(ascii: "\r")
    let quote = UInt8(ascii: "\"")
    let end = text.count
    var index = start
    var line = self.line
    // Empty lines.
    while index < end, text[index] == lf || text[index] == cr {
      if text[index] == cr {
        if index + 1 == end, !isLast { return .needsMore }
        if index + 1 < end, text[index + 1] == lf { index += 1 }
      }
      index += 1
      line += 1
    }
    guard index < end else {
      self.line = line
      return .end
    }

    fields.removeAll(keepingCapacity: true)
    var newlines = 0
    while true {
      var field = Field(start: index, end: index, isEscaped: false)
      let fieldLine = line + newlines
      if index < end, text[index] == quote {
        index += 1
        field.start = index
        quoted: while true {
          while index < end, text[index] != quote {
            if text[index] == lf
              || (text[index] == cr && (index + 1 == end || text[index + 1] != lf))
            {
              newlines += 1
            }
            index += 1
          }
          try checkLength(index - field.start, fieldLine)
          guard index < end else {
            if isLast { throw .unclosedQuote(line: fieldLine + 1) }
            return .needsMore
          }
          if index + 1 < end, text[index + 1] == quote {
            field.isEscaped = true
            index += 2
            continue quoted
          }
          if index + 1 == end, !isLast { return .needsMore }
          field.end = index
          index += 1
          break quoted
        }
        if index < end, text[index] != delimiter, text[index] != lf, text[index] != cr {
          // More text after the closing quote: `"a"b` is `ab`.
          field.isEscaped = true
          while index < end, text[index] != delimiter, text[index] != lf, text[index] != cr {
            index += 1
          }
          field.end = index
        }
      } else {
        while index < end, text[index] != delimiter, text[index] != lf, text[index] != cr {
          index += 1
        }
        field.end = index
      }
      try checkLength(field.end - field.start, fieldLine)
      fields.append(field)
      if index == end {
        guard isLast else { return .needsMore }
        break
      }
      if text[index] == delimiter {
        index += 1
        continue
      }
      if text[index] == cr {
        if index + 1 == end, !isLast { return .needsMore }
        if index + 1 < end, text[index + 1] == lf { index += 1 }
      }
      index += 1
      newlines += 1
      break
    }
    recordLine = line
    self.line = line + newlines
    return .record(next: index)
  }

  private func checkLength(_ length: Int, _ line: Int) throws(DatasetError) {
    if length > maxFieldBytes {
      throw .fieldTooLong(line: line + 1, column: fields.count + 1, limit: maxFieldBytes)
    }
  }

  /// How many lines end in a text: at a line feed, or at a carriage return that has none behind it.
  static func lineEndCount(_ text: Span<UInt8>) -> Int {
    var count = 0
    for index in 0..<text.count {
      let isEnd =
        text[index] == UInt8(ascii: "\n")
        || (text[index] == UInt8(ascii: "\r")
          && (index + 1 == text.count || text[index + 1] != UInt8(ascii: "\n")))
      if isEnd { count += 1 }
    }
    return count
  }

  /// Appends the value of an escaped field: its text without the quotes that are not part of it.
  static func unescape(_ field: Span<UInt8>, into output: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    var index = 0
    var isOpen = true
    while index < field.count {
      let byte = field[index]
      index += 1
      if isOpen, byte == quote {
        if index < field.count, field[index] == quote {
          index += 1
        } else {
          isOpen = false
          continue
        }
      }
      output.append(byte)
    }
  }
}
