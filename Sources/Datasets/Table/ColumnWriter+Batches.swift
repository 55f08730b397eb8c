// Safety: all pointers come from ``CellBatch``, whose bounds were found in the text they point
// into; the text has SeparatorScanner.padding readable bytes before and after it, so reading the
// 8 bytes that begin or end at a cell's bounds stays inside. Room for `count` results is made
// before they are written.

/// The cells of one column in a batch of records.
struct CellBatch {
  /// The text that the bounds count from.
  let text: UnsafeRawPointer
  /// The bounds of the first cell; those of the next are `stride` further.
  let starts: UnsafePointer<UInt32>
  let ends: UnsafePointer<UInt32>
  let stride: Int
  let count: Int

  @inline(__always)
  func start(_ row: Int) -> Int { Int(starts[row &* stride]) }

  @inline(__always)
  func end(_ row: Int) -> Int { Int(ends[row &* stride]) }

  /// The 8 bytes from an offset on.
  @inline(__always)
  func word(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  func buffer(_ row: Int) -> UnsafeBufferPointer<UInt8> {
    let start = start(row)
    return UnsafeBufferPointer(
      start: (text + start).assumingMemoryBound(to: UInt8.self), count: end(row) - start)
  }

  /// What stands for a cell's text in a pool.
  @inline(__always)
  func key(_ row: Int) -> TextKey {
    let start = start(row)
    let end = end(row)
    let length = end &- start
    if length > 16 { return longKey(start, length) }
    let shift = UInt64(truncatingIfNeeded: 64 &- 8 &* min(length, 8))
    let low = word(start) & (length == 0 ? 0 : UInt64.max &>> shift)
    let high = length > 8 ? word(end &- 8) : 0
    return TextKey(low: low, high: high, length: UInt32(truncatingIfNeeded: length))
  }

  /// The same as ``TextKey/init(_:)`` for more than 16 bytes.
  @inline(never)
  private func longKey(_ start: Int, _ length: Int) -> TextKey {
    var digest = TextKey.firstDigest
    var offset = 0
    while offset < length &- 8 {
      digest = TextKey.digest(digest, word(start &+ offset))
      offset &+= 8
    }
    return TextKey(
      low: digest, high: word(start &+ length &- 8),
      length: UInt32(truncatingIfNeeded: length))
  }
}

/// Room for what is found in a batch, kept from one to the next.
struct BatchRoom: Sendable {
  var values: [Int32] = []
  var places: [UInt8] = []
  var failures: [UInt32] = []
  var codes: [UInt32] = []

  mutating func reserve(_ count: Int) {
    guard values.count < count else { return }
    values = Array(repeating: 0, count: count)
    places = Array(repeating: 0, count: count)
    failures = Array(repeating: 0, count: count)
    codes = Array(repeating: 0, count: count)
  }
}

extension ColumnWriter {
  /// Appends the cells of a batch.
  mutating func append(_ batch: CellBatch, _ room: inout BatchRoom) {
    guard batch.count > 0 else { return }
    room.reserve(batch.count)
    if mode == .undecided { decide(batch) }
    switch mode {
    case .undecided, .numerals: appendNumerals(batch, &room)
    case .texts: appendTexts(batch, &room)
    case .plain:
      for row in 0..<batch.count { run.append(batch.buffer(row).span) }
    }
    rowCount += batch.count
    reconsider()
  }

  /// Takes the way that suits most of some cells of the first batch.
  private mutating func decide(_ batch: CellBatch) {
    let step = max(1, batch.count / 32)
    var looked = 0
    var found = 0
    for row in stride(from: 0, to: batch.count, by: step) {
      looked += 1
      if case .numeral = NumberParser.read(batch.buffer(row).span) { found += 1 }
    }
    mode = found * 2 >= looked ? .numerals : .texts
  }

  // MARK: Numerals

  private mutating func appendNumerals(_ batch: CellBatch, _ room: inout BatchRoom) {
    let before = numeralCount
    var failureCount = 0
    var hasPlaces = commonDecimals > 0 || !decimals.isEmpty
    if !hasPlaces {
      failureCount = ColumnWriter.readIntegers(batch, &room)
      hasPlaces = failureCount * 8 > batch.count
    }
    if hasPlaces { failureCount = ColumnWriter.readDecimals(batch, &room) }

    if isWide {
      wide.reserveCapacity(before + batch.count)
      for row in 0..<batch.count { wide.append(Int64(room.values[row])) }
    } else {
      narrow.append(contentsOf: room.values[..<batch.count])
    }
    if failureCount < batch.count {
      appendPlaces(batch.count, hasPlaces, failureCount, &room, before)
    } else if !decimals.isEmpty {
      decimals.append(contentsOf: repeatElement(0, count: batch.count))
    }
    for index in 0..<failureCount {
      let row = Int(room.failures[index])
      if let numeral = batch.quickNumeral(row) {
        replace(before + row, with: numeral)
      } else {
        replaceByException(before + row, batch, row)
      }
    }
  }

  /// Notes the decimals of a batch's numerals.
  private mutating func appendPlaces(
    _ count: Int, _ hasPlaces: Bool, _ failureCount: Int, _ room: inout BatchRoom, _ before: Int
  ) {
    if !hasPlaces {
      if decimals.isEmpty, commonDecimals <= 0 {
        commonDecimals = 0
      } else {
        if decimals.isEmpty { differ(upTo: before) }
        decimals.append(contentsOf: repeatElement(0, count: count))
      }
      return
    }
    if decimals.isEmpty {
      var firstGood = 0
      while firstGood < failureCount, Int(room.failures[firstGood]) == firstGood { firstGood += 1 }
      if commonDecimals < 0 || before == exceptionRows.count {
        commonDecimals = Int(room.places[firstGood])
      }
      let common = UInt8(truncatingIfNeeded: commonDecimals)
      for index in 0..<failureCount { room.places[Int(room.failures[index])] = common }
      var difference: UInt8 = 0
      for row in 0..<count { difference |= room.places[row] ^ common }
      guard difference != 0 else { return }
      differ(upTo: before)
    }
    decimals.append(contentsOf: room.places[..<count])
  }

  private mutating func replace(_ row: Int, with numeral: Numeral) {
    if !isWide, let value = Int32(exactly: numeral.mantissa) {
      narrow[row] = value
    } else {
      widen()
      wide[row] = numeral.mantissa
    }
    if !decimals.isEmpty {
      decimals[row] = numeral.decimals
    } else if commonDecimals < 0 {
      commonDecimals = Int(numeral.decimals)
    } else if commonDecimals != Int(numeral.decimals) {
      differ(upTo: numeralCount)
      decimals[row] = numeral.decimals
    }
  }

  private mutating func replaceByException(_ row: Int, _ batch: CellBatch, _ batchRow: Int) {
    let cell = batch.buffer(batchRow).span
    let key = batch.key(batchRow)
    exceptionTexts.append(code(of: cell, key))
    exceptionRows.append(UInt32(truncatingIfNeeded: row))
  }

  /// Reads cells of 1 to 8 digits without a needless zero before them; gives how many others
  /// there are, and their rows in `failures`.
  private static func readIntegers(_ batch: CellBatch, _ room: inout BatchRoom) -> Int {
    var failureCount = 0
    room.values.withUnsafeMutableBufferPointer { values in
      room.failures.withUnsafeMutableBufferPointer { failures in
        guard let values = values.baseAddress, let failures = failures.baseAddress else { return }
        smallestOfLength.withUnsafeBufferPointer { smallest in
          guard let smallest = smallest.baseAddress else { return }
          for row in 0..<batch.count {
            let end = batch.end(row)
            let length = end &- batch.start(row)
            let shift = UInt64(truncatingIfNeeded: 64 &- 8 &* length)
            // The cell's last byte is the highest; zeros stand for what is before it.
            let digits = (batch.word(end &- 8) ^ 0x3030_3030_3030_3030) & (UInt64.max &<< shift)
            let value = number(ofDigits: digits)
            let isShort = UInt(bitPattern: length &- 1) < 8
            let isGood =
              isShort && areDigits(digits) && value >= smallest[isShort ? length : 0]
            values[row] = Int32(truncatingIfNeeded: value)
            failures[failureCount] = UInt32(truncatingIfNeeded: row)
            failureCount &+= isGood ? 0 : 1
          }
        }
      }
    }
    return failureCount
  }

  /// Reads cells of up to 8 bytes that are digits with at most one point among them.
  private static func readDecimals(_ batch: CellBatch, _ room: inout BatchRoom) -> Int {
    var failureCount = 0
    room.values.withUnsafeMutableBufferPointer { values in
      room.places.withUnsafeMutableBufferPointer { places in
        room.failures.withUnsafeMutableBufferPointer { failures in
          guard let values = values.baseAddress, let places = places.baseAddress,
            let failures = failures.baseAddress
          else { return }
          smallestOfLength.withUnsafeBufferPointer { smallest in
            guard let smallest = smallest.baseAddress else { return }
            for row in 0..<batch.count {
              let end = batch.end(row)
              let length = end &- batch.start(row)
              let shift = UInt64(truncatingIfNeeded: 64 &- 8 &* length)
              let cell = (batch.word(end &- 8) ^ 0x3030_3030_3030_3030) & (UInt64.max &<< shift)
              // The high bit of the byte that is a point (0x2E ^ 0x30), if there is one.
              let others = cell ^ 0x1E1E_1E1E_1E1E_1E1E
              let points =
                ~(((others & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | others
                | 0x7F7F_7F7F_7F7F_7F7F)
              let point = points & (0 &- points)
              let hasPoint = point != 0
              // Below and above the point; all is below if there is none.
              let below = cell & ((point &>> 7) &- 1)
              let above = cell & ~((point &<< 1) &- 1)
              let digits = hasPoint ? above | below &<< 8 : cell
              let value = number(ofDigits: digits)
              // Bytes after the point.
              let after = hasPoint ? 7 &- point.trailingZeroBitCount &>> 3 : 0
              let whole = length &- after &- (hasPoint ? 1 : 0)
              let isShort = UInt(bitPattern: length &- 1) < 8
              let isPlaced = whole > 0 && (!hasPoint || after > 0)
              let least = smallest[isShort && whole > 1 ? whole &+ after : 0]
              let isGood = isShort && isPlaced && areDigits(digits) && value >= least
              values[row] = Int32(truncatingIfNeeded: value)
              places[row] = UInt8(truncatingIfNeeded: after)
              failures[failureCount] = UInt32(truncatingIfNeeded: row)
              failureCount &+= isGood ? 0 : 1
            }
          }
        }
      }
    }
    return failureCount
  }

  /// The smallest number that has so many digits, of two and more.
  private static let smallestOfLength: [UInt64] = [
    0, 0, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000,
  ]

  /// Whether each byte is 0…9.
  @inline(__always)
  private static func areDigits(_ digits: UInt64) -> Bool {
    ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 == 0
  }

  /// The number of eight decimal digits, the first in the lowest byte: pairs, then fours, then
  /// all (Lemire 2018, after Mula).
  @inline(__always)
  private static func number(ofDigits digits: UInt64) -> UInt64 {
    let pairs = digits &* 10 &+ digits &>> 8
    let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let high = (pairs &>> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (low &+ high) &>> 32
  }

  // MARK: Texts

  private mutating func appendTexts(_ batch: CellBatch, _ room: inout BatchRoom) {
    var failureCount = 0
    room.codes.withUnsafeMutableBufferPointer { codes in
      room.failures.withUnsafeMutableBufferPointer { failures in
        guard let codes = codes.baseAddress, let failures = failures.baseAddress else { return }
        known.slots.withUnsafeBufferPointer { slots in
          guard let table = slots.baseAddress, slots.count > 0 else {
            for row in 0..<batch.count { failures[row] = UInt32(truncatingIfNeeded: row) }
            failureCount = batch.count
            return
          }
          let mask = slots.count &- 1
          for row in 0..<batch.count {
            let key = batch.key(row)
            var slot = key.hash & mask
            while table[slot].place != 0, table[slot].key != key { slot = (slot &+ 1) & mask }
            // Longer texts than the key holds are compared below.
            let isFound = table[slot].place != 0 && key.isWhole
            codes[row] = table[slot].place &- 1
            failures[failureCount] = UInt32(truncatingIfNeeded: row)
            failureCount &+= isFound ? 0 : 1
          }
        }
      }
    }
    for index in 0..<failureCount {
      let row = Int(room.failures[index])
      room.codes[row] = code(of: batch.buffer(row).span, batch.key(row))
    }
    codes.append(contentsOf: room.codes[..<batch.count])
  }
}

extension CellBatch {
  /// A cell's numeral, if it is one; quicker than the whole grammar.
  @inline(never)
  fileprivate func quickNumeral(_ row: Int) -> Numeral? {
    let cell = buffer(row)
    var index = 0
    let isNegative = cell.count > 0 && cell[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    let first = index
    guard cell.count > first, cell.count - first <= Numeral.maxDigits + 1 else { return nil }
    var mantissa: Int64 = 0
    var point = -1
    while index < cell.count {
      let digit = cell[index] &- UInt8(ascii: "0")
      if digit < 10 {
        // 19 digits at most, which fit a UInt64 and are looked at below.
        mantissa = mantissa &* 10 &+ Int64(digit)
      } else if cell[index] == UInt8(ascii: "."), point < 0 {
        point = index
      } else {
        return nil
      }
      index &+= 1
    }
    let digits = cell.count - first - (point < 0 ? 0 : 1)
    let decimals = point < 0 ? 0 : cell.count - point - 1
    let whole = digits - decimals
    guard digits <= Numeral.maxDigits, whole > 0, point < 0 || decimals > 0 else { return nil }
    if whole > 1, cell[first] == UInt8(ascii: "0") { return nil }
    if isNegative, mantissa == 0 { return nil }
    return Numeral(mantissa: isNegative ? -mantissa : mantissa, decimals: UInt8(decimals))
  }
}
