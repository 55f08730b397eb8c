/// A run of a column's rows, stored in the narrowest way that keeps every cell's text.
struct ColumnSegment: Sendable {
  enum Cells: Sendable {
    /// Numerals, but for the rows in `exceptions`.
    case numerals(Numerals)
    /// Numbers of texts in the column's pool.
    case pooled(PackedIntegers)
    /// Texts one after the other.
    case plain(TextRun)
  }
  var rowCount: Int
  var cells: Cells
  /// Cells that are no numerals: rows of the segment, ascending, and their texts in the pool.
  var exceptionRows: [UInt32] = []
  var exceptionTexts: [UInt32] = []

  var byteCount: Int {
    let own: Int
    switch cells {
    case .numerals(let numerals): own = numerals.byteCount
    case .pooled(let codes): own = codes.byteCount
    case .plain(let run): own = run.byteCount
    }
    return own + exceptionRows.count * 4 + exceptionTexts.count * 4
  }

  /// The pool's number of the exception in a row, or `nil` if the row holds a numeral.
  func exception(at row: Int) -> Int? {
    guard !exceptionRows.isEmpty else { return nil }
    var low = 0
    var high = exceptionRows.count
    while low < high {
      let middle = (low + high) / 2
      if Int(exceptionRows[middle]) < row { low = middle + 1 } else { high = middle }
    }
    guard low < exceptionRows.count, Int(exceptionRows[low]) == row else { return nil }
    return Int(exceptionTexts[low])
  }
}

extension ColumnSegment {
  /// Calls `body` with the exceptions in some rows, in order.
  func forEachException(in rows: Range<Int>, _ body: (_ row: Int, _ text: Int) -> Void) {
    guard !exceptionRows.isEmpty else { return }
    var low = 0
    var high = exceptionRows.count
    while low < high {
      let middle = (low + high) / 2
      if Int(exceptionRows[middle]) < rows.lowerBound { low = middle + 1 } else { high = middle }
    }
    while low < exceptionRows.count, Int(exceptionRows[low]) < rows.upperBound {
      body(Int(exceptionRows[low]), Int(exceptionTexts[low]))
      low += 1
    }
  }
}

/// Plain decimal numbers: integers, and where the point stands.
struct Numerals: Sendable {
  enum Decimals: Sendable {
    /// An `Int`, so that the case is not kept in the array's pointer, where the leak sanitizer would
    /// not know it for one.
    case all(Int)
    case each([UInt8])
  }
  var mantissas: PackedIntegers
  var decimals: Decimals

  var byteCount: Int {
    switch decimals {
    case .all: mantissas.byteCount
    case .each(let places): mantissas.byteCount + places.count
    }
  }

  /// Writes the values of some rows.
  func copyValues(
    _ rows: Range<Int>, into output: inout MutableSpan<Double>, at target: Int
  ) {
    switch decimals {
    case .all(let places) where mantissas.isExact:
      let scale = PowersOfTen.exact[places]
      switch mantissas.distances {
      case .bits8(let values): mantissas.copy(values, rows, scale, into: &output, at: target)
      case .bits16(let values): mantissas.copy(values, rows, scale, into: &output, at: target)
      case .bits32(let values): mantissas.copy(values, rows, scale, into: &output, at: target)
      case .bits64(let values): mantissas.copy(values, rows, scale, into: &output, at: target)
      case .counter:
        for row in rows { output[target + row - rows.lowerBound] = self[row].value }
      }
    case .each(let places) where mantissas.isExact:
      var index = 0
      mantissas.forEach(rows) { mantissa in
        let place = Int(places[rows.lowerBound + index])
        output[target + index] = Double(mantissa) / PowersOfTen.exact[place]
        index += 1
        return true
      }
    case .all, .each:
      for row in rows { output[target + row - rows.lowerBound] = self[row].value }
    }
  }

  subscript(row: Int) -> Numeral {
    switch decimals {
    case .all(let places): Numeral(mantissa: mantissas[row], decimals: UInt8(places))
    case .each(let places): Numeral(mantissa: mantissas[row], decimals: places[row])
    }
  }
}

/// Texts one after the other.
struct TextRun: Sendable {
  var bytes: [UInt8] = []
  var ends: [UInt32] = []

  var byteCount: Int { bytes.count + ends.count * 4 }

  mutating func append(_ text: Span<UInt8>) {
    // Safety: the text is copied before the closure returns.
    text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    ends.append(UInt32(bytes.count))
  }

  func range(_ row: Int) -> Range<Int> {
    (row == 0 ? 0 : Int(ends[row - 1]))..<Int(ends[row])
  }
}
