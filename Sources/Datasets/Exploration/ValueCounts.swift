/// The distinct numbers of a column, rising, and how many rows have each: all that statistics of
/// one column need.
///
/// Whole numbers that lie close together are counted into places, others sorted by their bits;
/// neither compares two numbers.
struct ValueCounts: Sendable {
  private(set) var values: [Double] = []
  private(set) var counts: [Int] = []
  /// How many rows have a number.
  private(set) var count = 0

  /// - Parameter rows: the rows to look at; filled cells are not seen.
  init(_ column: Column, rows: RowSelection) {
    if let range = column.integerRange, range.upperBound - range.lowerBound < 1 << 20,
      range.upperBound - range.lowerBound < 16 * rows.count + 4096
    {
      countPlaces(column, rows, range)
    } else {
      var numbers: [Double] = []
      numbers.reserveCapacity(rows.count)
      ValueCounts.forEach(column, rows) { numbers.append($0) }
      take(&numbers)
    }
  }

  /// Adds rows that have a number.
  mutating func add(_ number: Double, times: Int) {
    guard times > 0 else { return }
    let place = values.firstIndex { $0 >= number } ?? values.count
    if place < values.count, values[place] == number {
      counts[place] += times
    } else {
      values.insert(number, at: place)
      counts.insert(times, at: place)
    }
    count += times
  }

  init(_ numbers: [Double]) {
    var numbers = numbers.filter { !$0.isNaN }
    take(&numbers)
  }

  private static func forEach(
    _ column: Column, _ rows: RowSelection, _ body: (Double) -> Void
  ) {
    var room = [Double](repeating: .nan, count: min(column.rowCount, 4096))
    rows.forEachPiece { piece in
      var span = room.mutableSpan
      column.copyNumbers(piece.rows, into: &span)
      for range in piece.kept {
        for index in range where !room[index].isNaN { body(room[index]) }
      }
    }
  }

  private mutating func countPlaces(
    _ column: Column, _ rows: RowSelection, _ range: ClosedRange<Int>
  ) {
    var places = [Int](repeating: 0, count: range.upperBound - range.lowerBound + 1)
    ValueCounts.forEach(column, rows) { places[Int($0) - range.lowerBound] += 1 }
    for (place, found) in places.enumerated() where found > 0 {
      values.append(Double(range.lowerBound + place))
      counts.append(found)
      count += found
    }
  }

  private mutating func take(_ numbers: inout [Double]) {
    RadixSort.sort(&numbers)
    count = numbers.count
    for number in numbers {
      if let last = values.last, last == number {
        counts[counts.count - 1] += 1
      } else {
        values.append(number)
        counts.append(1)
      }
    }
  }

  // MARK: Statistics

  /// The number below which a share of the rows lies, linear between two (type 7 of Hyndman and
  /// Fan 1996, as numpy and pandas do).
  func quantile(_ share: Double) -> Double? {
    guard count > 0 else { return nil }
    let place = share * Double(count - 1)
    let below = Int(place)
    let low = value(at: below)
    let high = value(at: min(below + 1, count - 1))
    return low + (high - low) * (place - Double(below))
  }

  private func value(at rank: Int) -> Double {
    var before = 0
    for (value, found) in zip(values, counts) {
      before += found
      if rank < before { return value }
    }
    return values[values.count - 1]
  }

  var mean: Double? {
    guard count > 0 else { return nil }
    return weightedSum { $0 } / Double(count)
  }

  /// The sum over all rows of what `term` makes of their numbers, smallest number first.
  func weightedSum(_ term: (Double) -> Double) -> Double {
    // Neumaier 1974: a sum of millions keeps its last digits.
    var sum = 0.0
    var lost = 0.0
    for (value, found) in zip(values, counts) {
      let next = term(value) * Double(found)
      let total = sum + next
      lost += abs(sum) >= abs(next) ? (sum - total) + next : (next - total) + sum
      sum = total
    }
    return sum + lost
  }

  /// The median distance from the median.
  var medianDeviation: Double? {
    guard let median = quantile(0.5) else { return nil }
    var distances = ValueCounts([])
    let sorted = zip(values, counts).map { (abs($0 - median), $1) }.sorted { $0.0 < $1.0 }
    for (distance, found) in sorted {
      distances.values.append(distance)
      distances.counts.append(found)
      distances.count += found
    }
    return distances.quantile(0.5)
  }

  /// The range that the middle of the column reaches out to: beyond it a number is an outlier.
  ///
  /// 3.5 robust deviations from the median (Iglewicz and Hoaglin 1993); `nil` where more than half
  /// of the rows have one number, which leaves no deviation to measure by.
  var robustRange: ClosedRange<Double>? {
    guard let median = quantile(0.5), let deviation = medianDeviation, deviation > 0 else {
      return nil
    }
    // 1.4826: a normal distribution's deviation over its median deviation.
    let reach = 3.5 * 1.4826 * deviation
    return median - reach...median + reach
  }

  /// How many rows have a number outside of a range.
  func count(outside range: ClosedRange<Double>) -> Int {
    zip(values, counts).reduce(0) { $0 + (range.contains($1.0) ? 0 : $1.1) }
  }
}
