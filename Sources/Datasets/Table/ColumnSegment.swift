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

/// Plain decimal numbers: integers, and where the point stands.
struct Numerals: Sendable {
  enum Decimals: Sendable {
    case all(UInt8)
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

  subscript(row: Int) -> Numeral {
    switch decimals {
    case .all(let places): Numeral(mantissa: mantissas[row], decimals: places)
    case .each(let places): Numeral(mantissa: mantissas[row], decimals: places[row])
    }
  }
}

/// Integers as distances from the smallest one, in as few bytes as the largest distance needs.
struct PackedIntegers: Sendable {
  enum Distances: Sendable {
    case bits8([UInt8])
    case bits16([UInt16])
    case bits32([UInt32])
    /// Plain values: the base does not count.
    case bits64([Int64])
    /// So many, each one more than the one before: what counts rows costs nothing.
    case counter(Int)
  }
  let base: Int64
  let distances: Distances

  /// Packs values as distances from the smallest.
  init<Value: FixedWidthInteger & SignedInteger>(_ values: [Value]) {
    var low = values.first ?? 0
    var high = low
    var index = 0
    let span = values.span
    while index < span.count {
      low = min(low, span[index])
      high = max(high, span[index])
      index &+= 1
    }
    base = Int64(low)
    let width = UInt64(bitPattern: Int64(high)) &- UInt64(bitPattern: Int64(low))
    if values.count > 1, width == UInt64(values.count - 1), PackedIntegers.count(up: values) {
      distances = .counter(values.count)
    } else if width <= 0xFF {
      distances = .bits8(PackedIntegers.narrowed(values, by: low))
    } else if width <= 0xFFFF {
      distances = .bits16(PackedIntegers.narrowed(values, by: low))
    } else if width <= 0xFFFF_FFFF {
      distances = .bits32(PackedIntegers.narrowed(values, by: low))
    } else {
      distances = .bits64(values.map { Int64($0) })
    }
  }

  /// Whether each value is one more than the one before.
  private static func count<Value: FixedWidthInteger>(up values: [Value]) -> Bool {
    let span = values.span
    var difference: Value = 0
    var index = 1
    while index < span.count {
      difference |= span[index] &- span[index &- 1] ^ 1
      index &+= 1
    }
    return difference == 0
  }

  /// Packs numbers of texts, which begin at 0.
  init(codes: [UInt32]) {
    base = 0
    var high: UInt32 = 0
    var index = 0
    let span = codes.span
    while index < span.count {
      high |= span[index]
      index &+= 1
    }
    if high <= 0xFF {
      distances = .bits8(PackedIntegers.narrowed(codes, by: 0))
    } else if high <= 0xFFFF {
      distances = .bits16(PackedIntegers.narrowed(codes, by: 0))
    } else {
      distances = .bits32(PackedIntegers.narrowed(codes, by: 0))
    }
  }

  /// The low bits of each value less `low`.
  private static func narrowed<Value: FixedWidthInteger, Narrow: FixedWidthInteger>(
    _ values: [Value], by low: Value
  ) -> [Narrow] {
    [Narrow](unsafeUninitializedCapacity: values.count) { output, count in
      // Safety: there is room for as many numbers as there are values, and all are written.
      values.withUnsafeBufferPointer { values in
        guard let target = output.baseAddress, let source = values.baseAddress else { return }
        var index = 0
        while index < values.count {
          (target + index).initialize(to: Narrow(truncatingIfNeeded: source[index] &- low))
          index &+= 1
        }
      }
      count = values.count
    }
  }

  var byteCount: Int {
    switch distances {
    case .bits8(let values): values.count
    case .bits16(let values): values.count * 2
    case .bits32(let values): values.count * 4
    case .bits64(let values): values.count * 8
    case .counter: 0
    }
  }

  /// How many integers there are.
  var count: Int {
    switch distances {
    case .bits8(let values): values.count
    case .bits16(let values): values.count
    case .bits32(let values): values.count
    case .bits64(let values): values.count
    case .counter(let count): count
    }
  }

  subscript(row: Int) -> Int64 {
    switch distances {
    case .bits8(let values): base + Int64(values[row])
    case .bits16(let values): base + Int64(values[row])
    case .bits32(let values): base + Int64(values[row])
    case .bits64(let values): values[row]
    case .counter: base + Int64(row)
    }
  }
}

/// Texts one after the other.
struct TextRun: Sendable {
  var bytes: [UInt8] = []
  var ends: [UInt32] = []

  var byteCount: Int { bytes.count + ends.count * 4 }

  mutating func append(_ text: Span<UInt8>) {
    text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    ends.append(UInt32(bytes.count))
  }

  func range(_ row: Int) -> Range<Int> {
    (row == 0 ? 0 : Int(ends[row - 1]))..<Int(ends[row])
  }
}
