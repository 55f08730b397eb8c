/// One column: its names, and its cells both as numbers and as the text that was given.
///
/// A column is numeric when more than half of its cells that are not missing are numbers. That is
/// decided once, for the whole column; what is no number in a numeric column is a bad cell.
public struct Column: Sendable {
  let name: ColumnName
  /// How its numbers are written, if not as programs write them.
  public let numberStyle: NumberStyle?
  /// How many cells the column has, one for each row of its table.
  public let rowCount: Int
  /// The first row of each segment; the same for all columns of a table.
  let starts: [Int]
  let segments: [ColumnSegment]
  /// Texts that cells share.
  let pool: TextPool

  /// Cells that are empty, blank, or a word for nothing such as `NA`, `null` or `-`.
  public let missingCount: Int
  /// Cells that are neither missing nor a number; in a numeric column they are bad cells.
  public let textCount: Int
  /// Cells that are numbers.
  public let numberCount: Int

  init(
    name: ColumnName, style: NumberStyle?, rowCount: Int, starts: [Int], segments: [ColumnSegment],
    pool: TextPool, tally: CellTally
  ) {
    self.name = name
    numberStyle = style
    self.rowCount = rowCount
    self.starts = starts
    self.segments = segments
    self.pool = pool
    missingCount = tally.missing
    textCount = tally.texts
    numberCount = tally.numbers
  }

  /// The header in snake_case without what stands in parentheses; unique within the table.
  public var key: String { name.key }
  /// The header as given; empty for an unnamed column.
  public var header: String { name.header }
  /// The range that stood in parentheses in the header: 1...100.
  var statedRange: ClosedRange<Double>? { name.statedRange }
  /// What stood in parentheses in the header, if it is a unit, or else what the cells carry: `k$`.
  public var unit: String? {
    name.unit ?? numberStyle.flatMap { $0.unit.isEmpty ? nil : $0.unit }
  }

  /// Whether more than half of the cells that are not missing are numbers.
  public var isNumeric: Bool { numberCount > textCount }

  /// Whether it is numeric and all its numbers are whole.
  ///
  /// - Complexity: O(1) for a column written without decimals, O(*rows*) otherwise.
  public var isInteger: Bool {
    guard isNumeric else { return false }
    for segment in segments {
      switch segment.cells {
      case .numerals(let numerals):
        if case .all(0) = numerals.decimals { continue }
        for row in 0..<segment.rowCount {
          let numeral = numerals[row]
          if numeral.decimals > 0, numeral.value != numeral.value.rounded() { return false }
        }
      case .pooled: continue
      case .plain(let run):
        for row in 0..<segment.rowCount {
          let reading = read(run.bytes.span.extracting(run.range(row)))
          if let number = reading.value, number != number.rounded() { return false }
        }
      }
    }
    return pool.readings.allSatisfy { $0.value.map { $0 == $0.rounded() } ?? true }
  }

  /// An estimate of the memory it holds, in bytes.
  public var byteCount: Int {
    segments.reduce(pool.byteCount) {
      $0 + $1.byteCount + MemoryLayout<ColumnSegment>.stride
    }
  }

  // MARK: Cells

  /// What a cell holds.
  public func cellKind(at row: Int) -> CellKind {
    switch reading(at: row) {
    case .missing: .missing
    case .numeral, .number: .number
    case .notFinite, .text: .text
    }
  }

  /// The number in a row; `nil` when the cell is missing or not a number.
  public func number(at row: Int) -> Double? {
    reading(at: row).value
  }

  /// The same, its text read in a style that was decided elsewhere; in the column's own for `nil`.
  public func number(at row: Int, style: NumberStyle?) -> Double? {
    guard let style, style != numberStyle else { return number(at: row) }
    var text: [UInt8] = []
    appendText(at: row, to: &text)
    return style.read(text.span).value
  }

  /// The text of a cell as it was given, or `nil` when the cell is missing.
  public func text(at row: Int) -> String? {
    if reading(at: row) == .missing { return nil }
    var bytes: [UInt8] = []
    appendText(at: row, to: &bytes)
    return String(copying: bytes.span)
  }

  /// Appends the text of a cell, byte for byte as given (also a missing one's: `NA`).
  public func appendText(at row: Int, to output: inout [UInt8]) {
    let (segment, offset) = locate(row)
    appendText(inSegment: segment, at: offset, to: &output)
  }

  func appendText(inSegment index: Int, at row: Int, to output: inout [UInt8]) {
    let segment = segments[index]
    switch segment.cells {
    case .numerals(let numerals):
      if let text = segment.exception(at: row) {
        output.append(contentsOf: pool.bytes[pool.range(text)])
      } else {
        let numeral = numerals[row]
        Numeral.append(mantissa: numeral.mantissa, decimals: numeral.decimals, to: &output)
      }
    case .pooled(let codes):
      output.append(contentsOf: pool.bytes[pool.range(Int(codes[row]))])
    case .plain(let run):
      output.append(contentsOf: run.bytes[run.range(row)])
    }
  }

  func reading(at row: Int) -> CellReading {
    let (index, offset) = locate(row)
    let segment = segments[index]
    switch segment.cells {
    case .numerals(let numerals):
      if let text = segment.exception(at: offset) { return pool.readings[text] }
      return .numeral(numerals[offset])
    case .pooled(let codes): return pool.readings[Int(codes[offset])]
    case .plain(let run):
      return read(run.bytes.span.extracting(run.range(offset)))
    }
  }

  /// Reads the text of a cell of this column.
  func read(_ cell: Span<UInt8>) -> CellReading {
    numberStyle?.read(cell) ?? NumberParser.read(cell)
  }

  func locate(_ row: Int) -> (segment: Int, row: Int) {
    precondition(row >= 0 && row < rowCount, "row out of range")
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= row { low = middle } else { high = middle }
    }
    return (low, row - starts[low])
  }
}

/// What a cell holds.
public enum CellKind: Sendable {
  case missing, number, text
}

extension CellReading {
  /// The number, if it is one.
  var value: Double? {
    switch self {
    case .numeral(let numeral): numeral.value
    case .number(let number): number
    case .missing, .notFinite, .text: nil
    }
  }
}
