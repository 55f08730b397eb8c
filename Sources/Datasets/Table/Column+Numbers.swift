extension Column {
  /// All numbers in row order; NaN where ``number(at:)`` is `nil`.
  public func numbers() -> [Double] {
    numbers(in: 0..<rowCount)
  }

  /// The numbers of some rows; NaN where ``number(at:)`` is `nil`.
  public func numbers(in rows: Range<Int>) -> [Double] {
    numbers(in: RowSelection(ranges: rows.isEmpty ? [] : [rows]))
  }

  /// The numbers of some rows; NaN where ``number(at:)`` is `nil`.
  public func numbers(in rows: RowSelection) -> [Double] {
    [Double](unsafeUninitializedCapacity: rows.count) { buffer, count in
      // Safety: numbers need no initialising, and each of `rows.count` is written once: pieces
      // hold all rows.
      var output = buffer.mutableSpan
      var position = 0
      var room = [Double](repeating: .nan, count: min(rowCount, 4096))
      rows.forEachPiece { piece in
        if piece.count == piece.rows.count {
          copyNumbers(piece.rows, into: &output, at: position)
          position += piece.count
          return
        }
        var span = room.mutableSpan
        copyNumbers(piece.rows, into: &span, at: 0)
        for range in piece.kept {
          for index in range {
            output[position] = room[index]
            position += 1
          }
        }
      }
      count = position
    }
  }

  /// Writes the numbers of `rows` to the beginning of `output`; NaN where there is none.
  public func copyNumbers(_ rows: Range<Int>, into output: inout MutableSpan<Double>) {
    copyNumbers(rows, into: &output, at: 0)
  }

  private func copyNumbers(
    _ rows: Range<Int>, into output: inout MutableSpan<Double>, at position: Int
  ) {
    guard !rows.isEmpty else { return }
    var index = locate(rows.lowerBound).segment
    var row = rows.lowerBound
    while row < rows.upperBound {
      let segment = segments[index]
      let start = starts[index]
      let end = min(rows.upperBound, start + segment.rowCount)
      let target = position + row - rows.lowerBound
      copyNumbers(of: segment, (row - start)..<(end - start), into: &output, at: target)
      row = end
      index += 1
    }
  }

  private func copyNumbers(
    of segment: ColumnSegment, _ rows: Range<Int>, into output: inout MutableSpan<Double>,
    at target: Int
  ) {
    switch segment.cells {
    case .numerals(let numerals):
      numerals.copyValues(rows, into: &output, at: target)
      segment.forEachException(in: rows) { row, text in
        output[target + row - rows.lowerBound] = pool.readings[text].value ?? .nan
      }
    case .pooled(let codes):
      for row in rows {
        output[target + row - rows.lowerBound] = pool.readings[Int(codes[row])].value ?? .nan
      }
    case .plain(let run):
      for row in rows {
        let reading = read(run.bytes.span.extracting(run.range(row)))
        output[target + row - rows.lowerBound] = reading.value ?? .nan
      }
    }
  }

  /// The smallest and the largest of all numbers, if they are whole and were written so; `nil`
  /// else, and if there are none.
  ///
  /// - Complexity: O(*segments*) for a column that is written without exceptions.
  public var integerRange: ClosedRange<Int>? {
    guard numberCount > 0, let range = numberRange, isInteger else { return nil }
    guard let low = Int(exactly: range.lowerBound), let high = Int(exactly: range.upperBound) else {
      return nil
    }
    return low...high
  }

  /// The smallest and the largest number; `nil` if there are none.
  var numberRange: ClosedRange<Double>? {
    guard numberCount > 0 else { return nil }
    var low = Double.infinity
    var high = -Double.infinity
    func take(_ reading: CellReading) {
      guard let value = reading.value else { return }
      low = min(low, value)
      high = max(high, value)
    }
    for segment in segments {
      switch segment.cells {
      case .numerals(let numerals):
        guard segment.exceptionRows.count < segment.rowCount else { continue }
        if case .all(let count) = numerals.decimals {
          let places = UInt8(count)
          take(.numeral(Numeral(mantissa: numerals.mantissas.base, decimals: places)))
          take(.numeral(Numeral(mantissa: numerals.mantissas.high, decimals: places)))
        } else {
          for row in 0..<segment.rowCount { take(.numeral(numerals[row])) }
        }
      case .pooled: continue
      case .plain(let run):
        for row in 0..<segment.rowCount {
          take(read(run.bytes.span.extracting(run.range(row))))
        }
      }
    }
    for reading in pool.readings { take(reading) }
    return low <= high ? low...high : nil
  }

  /// Calls `body` with each number, in row order; cells that are none are passed over.
  func forEachNumber(_ body: (Double) -> Void) {
    forEachNumbers { _, numbers in
      for index in numbers.indices where !numbers[index].isNaN { body(numbers[index]) }
      return true
    }
  }

  /// Calls `body` with all numbers in order, NaN where there is none, a few thousand at a time,
  /// until it says false.
  func forEachNumbers(_ body: (_ rows: Range<Int>, _ numbers: Span<Double>) -> Bool) {
    var buffer = [Double](repeating: .nan, count: min(rowCount, 4096))
    var start = 0
    while start < rowCount {
      let end = min(rowCount, start + buffer.count)
      var span = buffer.mutableSpan
      copyNumbers(start..<end, into: &span)
      guard body(start..<end, buffer.span.extracting(0..<end - start)) else { return }
      start = end
    }
  }

  /// Count, extremes, mean and deviation of the numbers; `nil` when there are none.
  public func statistics() -> NumberStatistics? {
    var statistics = RunningStatistics()
    forEachNumber { statistics.add($0) }
    return statistics.result
  }
}

/// Moments and extremes of some numbers.
public struct NumberStatistics: Equatable, Sendable {
  /// How many numbers there are, at least one.
  public let count: Int
  /// The smallest number.
  public let minimum: Double
  /// The largest number.
  public let maximum: Double
  /// The arithmetic mean, each number counted once.
  public let mean: Double
  /// With n−1; `nil` for a single number.
  public let standardDeviation: Double?
}

/// The statistics of numbers that come one by one (Welford 1962).
struct RunningStatistics {
  private var count = 0
  private var low = Double.infinity
  private var high = -Double.infinity
  private var mean = 0.0
  private var squares = 0.0

  mutating func add(_ number: Double) {
    count += 1
    let distance = number - mean
    mean += distance / Double(count)
    squares += distance * (number - mean)
    low = min(low, number)
    high = max(high, number)
  }

  var result: NumberStatistics? {
    guard count > 0 else { return nil }
    return NumberStatistics(
      count: count, minimum: low, maximum: high, mean: mean,
      standardDeviation: count > 1 ? (squares / Double(count - 1)).squareRoot() : nil)
  }
}
