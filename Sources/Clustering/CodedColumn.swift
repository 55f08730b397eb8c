/// A column whose values are numbered in ascending order, because there are few of them.
struct CodedColumn: Sendable {
  /// Where a sample's number comes from.
  private enum Source: Sendable {
    case uint8([UInt8], least: Int)
    case int8([Int8], least: Int)
    case uint16([UInt16], least: Int)
    case int16([Int16], least: Int)
    case int32([Int32], least: Int)
    case codes([UInt16])
    /// With the first sample of each piece.
    case pieces([SamplePiece], starts: [Int], least: Int)
  }

  private let source: Source
  /// The value of each number; some may not occur.
  let values: [Double]

  /// Values a column may have to be numbered.
  static let limit = 1 << 16
  /// Values of a column of real numbers up to which they are looked up in a table.
  private static let tableLimit = 1 << 12

  /// Numbers a column; nil when it has too many values.
  init?(_ column: SampleColumn, team: WorkTeam) {
    switch column {
    case .uint8(let values):
      guard let (least, most) = Self.range(values, team: team) else { return nil }
      source = .uint8(values, least: least)
      self.values = (least...most).map(Double.init)
    case .int8(let values):
      guard let (least, most) = Self.range(values, team: team) else { return nil }
      source = .int8(values, least: least)
      self.values = (least...most).map(Double.init)
    case .uint16(let values):
      guard let (least, most) = Self.range(values, team: team) else { return nil }
      source = .uint16(values, least: least)
      self.values = (least...most).map(Double.init)
    case .int16(let values):
      guard let (least, most) = Self.range(values, team: team) else { return nil }
      source = .int16(values, least: least)
      self.values = (least...most).map(Double.init)
    case .int32(let values):
      guard let (least, most) = Self.range(values, team: team) else { return nil }
      source = .int32(values, least: least)
      self.values = (least...most).map(Double.init)
    case .float64(let values):
      guard let (codes, table) = Self.numbered(values, team: team) else { return nil }
      source = .codes(codes)
      self.values = table
    case .pieces(let pieces):
      guard let (least, most) = Self.range(pieces, team: team) else { return nil }
      var starts: [Int] = []
      var count = 0
      for piece in pieces {
        starts.append(count)
        count += piece.distances.count
      }
      source = .pieces(pieces, starts: starts, least: least)
      self.values = (least...most).map(Double.init)
    }
  }

  /// The combination of each of some samples: its numbers as digits, the first column first, so that
  /// combinations ascend as rows do.
  static func combinations(
    of columns: [CodedColumn], _ samples: Range<Int>, into combinations: Buffer<UInt32>
  ) {
    combinations.fill(with: 0)
    for column in columns {
      column.append(to: combinations.base, from: samples.lowerBound, count: samples.count)
    }
  }

  /// `keys[i] = keys[i] · cardinality + number(first + i)` for `count` samples.
  func append(to keys: UnsafeMutablePointer<UInt32>, from first: Int, count: Int) {
    let radix = UInt32(truncatingIfNeeded: values.count)
    switch source {
    case .uint8(let values, let least):
      Self.append(values, least, radix, to: keys, from: first, count: count)
    case .int8(let values, let least):
      Self.append(values, least, radix, to: keys, from: first, count: count)
    case .uint16(let values, let least):
      Self.append(values, least, radix, to: keys, from: first, count: count)
    case .int16(let values, let least):
      Self.append(values, least, radix, to: keys, from: first, count: count)
    case .int32(let values, let least):
      Self.append(values, least, radix, to: keys, from: first, count: count)
    case .codes(let values):
      Self.append(values, 0, radix, to: keys, from: first, count: count)
    case .pieces(let pieces, let starts, let least):
      var index = Self.lastIndex(in: starts, upTo: first)
      var done = 0
      while done < count {
        let offset = first + done - starts[index]
        let length = min(count - done, pieces[index].distances.count - offset)
        Self.append(
          pieces[index].distances, least - pieces[index].base, radix, to: keys + done,
          from: offset, count: length)
        done += length
        index += 1
      }
    }
  }

  @inline(__always)
  private static func append<Value: FixedWidthInteger & Sendable>(
    _ values: [Value], _ least: Int, _ radix: UInt32, to keys: UnsafeMutablePointer<UInt32>,
    from first: Int, count: Int
  ) {
    let offset = UInt32(truncatingIfNeeded: least)
    values.withUnsafeBufferPointer { values in
      // Safety: the caller's range lies within the column.
      guard let base = values.baseAddress else { return }
      for i in 0..<count {
        keys[i] = keys[i] &* radix &+ (UInt32(truncatingIfNeeded: base[first &+ i]) &- offset)
      }
    }
  }

  /// The last start that is not above a sample.
  private static func lastIndex(in starts: [Int], upTo sample: Int) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= sample { low = middle } else { high = middle }
    }
    return low
  }

  /// The smallest and largest number of some pieces, when they are near enough.
  private static func range(
    _ pieces: [SamplePiece], team: WorkTeam
  ) -> (least: Int, most: Int)? {
    let lows = Buffer<Int>(repeating: .max, count: pieces.count)
    let highs = Buffer<Int>(repeating: .min, count: pieces.count)
    team.forEach(pieces.count) { index in
      let piece = pieces[index]
      var (low, high) = (UInt8.max, UInt8.min)
      for distance in piece.distances {
        low = min(low, distance)
        high = max(high, distance)
      }
      guard low <= high else { return }
      // Safety: each piece writes its own element.
      lows[index] = piece.base + Int(low)
      highs[index] = piece.base + Int(high)
    }
    guard let low = lows.array.min(), let high = highs.array.max(), low <= high else { return nil }
    return high - low < limit ? (low, high) : nil
  }

  /// The smallest and largest value, when they are near enough.
  private static func range<Value: FixedWidthInteger & Sendable & BitwiseCopyable>(
    _ values: [Value], team: WorkTeam
  ) -> (least: Int, most: Int)? {
    let partCount = 16
    let lows = Buffer<Value>(repeating: .max, count: partCount)
    let highs = Buffer<Value>(repeating: .min, count: partCount)
    team.forEach(partCount) { part in
      values.withUnsafeBufferPointer { values in
        var (low, high) = (Value.max, Value.min)
        for index in values.count * part / partCount..<values.count * (part + 1) / partCount {
          let value = values[index]
          low = value < low ? value : low
          high = value > high ? value : high
        }
        // Safety: each part writes its own element.
        lows[part] = low
        highs[part] = high
      }
    }
    guard let low = lows.array.min(), let high = highs.array.max(), low <= high else { return nil }
    return Int(high) - Int(low) < limit ? (Int(low), Int(high)) : nil
  }

  /// The number of each value among the distinct ones, and those in ascending order; nil when there
  /// are too many.
  private static func numbered(
    _ values: [Double], team: WorkTeam
  ) -> (codes: [UInt16], table: [Double])? {
    // Most columns with too many values show it in a few thousand samples.
    let stride = max(1, values.count / 8192)
    var seen = ValueTable(capacity: 4 * tableLimit)
    for index in Swift.stride(from: 0, to: values.count, by: stride) {
      guard seen.insert(values[index]) < tableLimit else { return nil }
    }
    for value in values {
      guard seen.insert(value) < tableLimit else { return nil }
    }
    let table = seen.values.sorted()
    var rank = [UInt16](repeating: 0, count: table.count)
    for (position, value) in table.enumerated() {
      rank[seen.insert(value)] = UInt16(truncatingIfNeeded: position)
    }
    let complete = seen
    let ranks = rank
    let codes = [UInt16](unsafeUninitializedCapacity: values.count) { buffer, count in
      // Safety: each part writes its own range, and together they write every element.
      nonisolated(unsafe) let target = buffer
      let partCount = 16
      team.forEach(partCount) { part in
        guard let base = target.baseAddress else { return }
        for index in values.count * part / partCount..<values.count * (part + 1) / partCount {
          (base + index).initialize(to: ranks[complete.find(values[index])])
        }
      }
      count = values.count
    }
    return (codes, table)
  }
}

/// Distinct real numbers in the order they came, with open addressing.
private struct ValueTable: Sendable {
  private(set) var values: [Double] = []
  /// For each slot the index of its value, −1 where it is free.
  private var slots: [Int32]
  private let mask: Int

  init(capacity: Int) {
    slots = Array(repeating: -1, count: capacity)
    mask = capacity - 1
  }

  @inline(__always)
  private func start(_ value: Double) -> Int {
    let mixed = value.bitPattern &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed &>> 40) & mask
  }

  /// The index of a value, which is added when it is new.
  mutating func insert(_ value: Double) -> Int {
    let value = value + 0.0
    var slot = start(value)
    while slots[slot] >= 0 {
      if values[Int(slots[slot])] == value { return Int(slots[slot]) }
      slot = (slot + 1) & mask
    }
    slots[slot] = Int32(truncatingIfNeeded: values.count)
    values.append(value)
    return values.count - 1
  }

  /// The index of a value that is there.
  func find(_ value: Double) -> Int {
    let value = value + 0.0
    var slot = start(value)
    while values[Int(slots[slot])] != value { slot = (slot + 1) & mask }
    return Int(slots[slot])
  }
}
