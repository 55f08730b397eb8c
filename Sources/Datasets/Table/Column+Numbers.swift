extension Column {
  /// All numbers in row order; NaN where ``number(at:)`` is `nil`.
  public func numbers() -> [Double] {
    numbers(in: 0..<rowCount)
  }

  /// The numbers of some rows; NaN where ``number(at:)`` is `nil`.
  public func numbers(in rows: Range<Int>) -> [Double] {
    var output = [Double](repeating: .nan, count: rows.count)
    var span = output.mutableSpan
    copyNumbers(rows, into: &span)
    return output
  }

  /// Calls `body` with each number, in row order; cells that are none are passed over.
  ///
  /// Made a piece at a time, so that a long column costs no long array.
  func forEachNumber(_ body: (Double) -> Void) {
    let piece = 1 << 14
    var buffer = [Double](repeating: .nan, count: min(piece, rowCount))
    var start = 0
    while start < rowCount {
      let end = min(rowCount, start + piece)
      var span = buffer.mutableSpan
      copyNumbers(start..<end, into: &span)
      for index in 0..<(end - start) where !buffer[index].isNaN { body(buffer[index]) }
      start = end
    }
  }

  /// Writes the numbers of `rows` to the beginning of `output`; NaN where there is none.
  public func copyNumbers(_ rows: Range<Int>, into output: inout MutableSpan<Double>) {
    guard !rows.isEmpty else { return }
    var index = locate(rows.lowerBound).segment
    var row = rows.lowerBound
    while row < rows.upperBound {
      let segment = segments[index]
      let start = starts[index]
      let end = min(rows.upperBound, start + segment.rowCount)
      let target = row - rows.lowerBound
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
      for row in rows { output[target + row - rows.lowerBound] = numerals[row].value }
      for (row, text) in zip(segment.exceptionRows, segment.exceptionTexts)
      where rows.contains(Int(row)) {
        output[target + Int(row) - rows.lowerBound] = pool.readings[Int(text)].value ?? .nan
      }
    case .pooled(let codes):
      for row in rows {
        output[target + row - rows.lowerBound] = pool.readings[Int(codes[row])].value ?? .nan
      }
    case .plain(let run):
      for row in rows {
        let reading = NumberParser.read(run.bytes.span.extracting(run.range(row)))
        output[target + row - rows.lowerBound] = reading.value ?? .nan
      }
    }
  }

  /// Count, extremes, mean and deviation of the numbers; `nil` when there are none.
  public func statistics() -> NumberStatistics? {
    NumberStatistics(numbers().lazy.filter { !$0.isNaN })
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

  /// - Returns: `nil` when there are no numbers.
  init?(_ numbers: some Sequence<Double>) {
    var count = 0
    var low = Double.infinity
    var high = -Double.infinity
    var mean = 0.0
    var squares = 0.0
    for number in numbers {
      // Welford 1962: no loss of digits when the mean is large.
      count += 1
      let distance = number - mean
      mean += distance / Double(count)
      squares += distance * (number - mean)
      low = min(low, number)
      high = max(high, number)
    }
    guard count > 0 else { return nil }
    self.count = count
    minimum = low
    maximum = high
    self.mean = mean
    standardDeviation = count > 1 ? (squares / Double(count - 1)).squareRoot() : nil
  }
}
