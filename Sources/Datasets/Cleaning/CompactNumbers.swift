/// The numbers of a column in the used rows, in the narrowest type that holds them all.
public enum CompactNumbers: Sendable, Equatable {
  /// Whole numbers of one byte.
  case uint8([UInt8])
  /// Whole numbers of two bytes.
  case int16([Int16])
  /// Whole numbers of four bytes.
  case int32([Int32])
  /// All others; NaN where a row has none.
  case float64([Double])
  /// Whole numbers as the table stores them, when all rows are used and a byte holds the distances of
  /// each piece: nothing is copied.
  case pieces([NumberPiece])
}

/// The whole numbers of some rows, as distances from one of them.
public struct NumberPiece: Sendable, Equatable {
  /// What a distance of 0 stands for.
  public let base: Int
  /// One a row.
  public let distances: [UInt8]
}

extension Dataset {
  /// The numbers of a column in the used rows, medians filled in and outliers clipped.
  ///
  /// - Complexity: O(*n*) time; up to eight bytes a row.
  public func compactNumbers(ofColumn index: Int) -> CompactNumbers {
    let column = table.columns[index]
    guard !fills.contains(where: { $0.column == index }) else {
      return .float64(numbers(ofColumn: index))
    }
    if rows.count == table.rowCount, let pieces = column.pieces() { return .pieces(pieces) }
    guard let range = column.wholeNumberRange() else {
      return .float64(numbers(ofColumn: index))
    }
    if range.lowerBound >= 0, range.upperBound <= Int64(UInt8.max) {
      return .uint8(column.wholeNumbers(in: rows))
    }
    if range.lowerBound >= Int64(Int16.min), range.upperBound <= Int64(Int16.max) {
      return .int16(column.wholeNumbers(in: rows))
    }
    if range.lowerBound >= Int64(Int32.min), range.upperBound <= Int64(Int32.max) {
      return .int32(column.wholeNumbers(in: rows))
    }
    return .float64(numbers(ofColumn: index))
  }
}

extension Column {
  /// The cells as they lie, nil when they take more than a byte each or some are no whole numbers.
  fileprivate func pieces() -> [NumberPiece]? {
    var pieces: [NumberPiece] = []
    for segment in segments where segment.rowCount > 0 {
      guard case .numerals(let numerals) = segment.cells, segment.exceptionRows.isEmpty,
        case .all(0) = numerals.decimals,
        case .bits8(let distances) = numerals.mantissas.distances,
        numerals.mantissas.base >= Int64(Int32.min),
        numerals.mantissas.base <= Int64(Int32.max) - 255
      else { return nil }
      pieces.append(NumberPiece(base: Int(numerals.mantissas.base), distances: distances))
    }
    return pieces
  }

  /// A range that holds every cell, nil when some cell is no plain whole number.
  fileprivate func wholeNumberRange() -> ClosedRange<Int64>? {
    var low = Int64.max
    var high = Int64.min
    for segment in segments where segment.rowCount > 0 {
      guard case .numerals(let numerals) = segment.cells, segment.exceptionRows.isEmpty,
        case .all(0) = numerals.decimals
      else { return nil }
      let mantissas = numerals.mantissas
      switch mantissas.distances {
      case .bits8(let distances):
        high = max(high, mantissas.base + Int64(distances.max() ?? 0))
      case .bits16(let distances):
        high = max(high, mantissas.base + Int64(distances.max() ?? 0))
      case .bits32(let distances):
        high = max(high, mantissas.base + Int64(distances.max() ?? 0))
      case .counter(let count):
        high = max(high, mantissas.base + Int64(count - 1))
      case .bits64:
        return nil
      }
      low = min(low, mantissas.base)
    }
    return low <= high ? low...high : nil
  }

  /// The cells of some rows, all known to be whole numbers that fit.
  fileprivate func wholeNumbers<Number: FixedWidthInteger>(in rows: RowSelection) -> [Number] {
    var numbers: [Number] = []
    numbers.reserveCapacity(rows.count)
    for range in rows.ranges {
      var row = range.lowerBound
      var index = locate(row).segment
      while row < range.upperBound {
        let start = starts[index]
        let part = (row - start)..<min(range.upperBound - start, segments[index].rowCount)
        if case .numerals(let numerals) = segments[index].cells {
          let base = numerals.mantissas.base
          switch numerals.mantissas.distances {
          case .bits8(let distances): append(distances, part, base, to: &numbers)
          case .bits16(let distances): append(distances, part, base, to: &numbers)
          case .bits32(let distances): append(distances, part, base, to: &numbers)
          case .counter:
            numbers.append(
              contentsOf: part.lazy.map { Number(truncatingIfNeeded: base &+ Int64($0)) })
          case .bits64(let values):
            numbers.append(contentsOf: values[part].lazy.map { Number(truncatingIfNeeded: $0) })
          }
        }
        row = start + part.upperBound
        index += 1
      }
    }
    return numbers
  }

  @inline(__always)
  private func append<Distance: FixedWidthInteger, Number: FixedWidthInteger>(
    _ distances: [Distance], _ part: Range<Int>, _ base: Int64, to numbers: inout [Number]
  ) {
    let offset = Number(truncatingIfNeeded: base)
    numbers.append(
      contentsOf: distances[part].lazy.map { Number(truncatingIfNeeded: $0) &+ offset })
  }
}
