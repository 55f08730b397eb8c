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
  /// The largest of all.
  let high: Int64
  let distances: Distances

  /// Integers that are packed already.
  init(base: Int64, high: Int64, distances: Distances) {
    self.base = base
    self.high = high
    self.distances = distances
  }

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
    self.high = Int64(high)
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
    // All bits that any number has: not less than the largest, and quicker to find.
    var high: UInt32 = 0
    var index = 0
    let span = codes.span
    while index < span.count {
      high |= span[index]
      index &+= 1
    }
    self.high = Int64(high)
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

  /// Whether a Double holds each of them exactly.
  var isExact: Bool { max(base.magnitude, high.magnitude) <= 1 << 53 }

  /// Writes the integers of some rows, divided by a power of ten: exact operands, one rounding.
  func copy<Distance: FixedWidthInteger>(
    _ values: [Distance], _ rows: Range<Int>, _ scale: Double,
    into output: inout MutableSpan<Double>, at target: Int
  ) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= values.count)
    precondition(target >= 0 && target + rows.count <= output.count)
    // 64-bit distances are plain values.
    let base = Distance.bitWidth == 64 ? 0 : Double(self.base)
    // Safety: the preconditions keep both in bounds.
    values.withUnsafeBufferPointer { values in
      output.withUnsafeMutableBufferPointer { output in
        guard let source = values.baseAddress, let start = output.baseAddress else { return }
        let first = source + rows.lowerBound
        let numbers = start + target
        let count = rows.count
        var index = 0
        if scale == 1 {
          while index < count {
            numbers[index] = base + Double(Int64(truncatingIfNeeded: first[index]))
            index &+= 1
          }
        } else {
          while index < count {
            numbers[index] = (base + Double(Int64(truncatingIfNeeded: first[index]))) / scale
            index &+= 1
          }
        }
      }
    }
  }

  /// Calls `body` with the integers of some rows, in order, until it says false; gives whether
  /// it never did.
  @inline(__always)
  @discardableResult
  func forEach(_ rows: Range<Int>, _ body: (Int64) -> Bool) -> Bool {
    switch distances {
    case .bits8(let values): forEach(values.span, rows, base, body)
    case .bits16(let values): forEach(values.span, rows, base, body)
    case .bits32(let values): forEach(values.span, rows, base, body)
    case .bits64(let values): forEach(values.span, rows, 0, body)
    case .counter: rows.allSatisfy { body(base + Int64($0)) }
    }
  }

  @inline(__always)
  private func forEach<Distance: FixedWidthInteger & BitwiseCopyable>(
    _ values: Span<Distance>, _ rows: Range<Int>, _ base: Int64, _ body: (Int64) -> Bool
  ) -> Bool {
    var row = rows.lowerBound
    while row < rows.upperBound {
      guard body(base &+ Int64(truncatingIfNeeded: values[row])) else { return false }
      row &+= 1
    }
    return true
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
