// Safety: all pointers come from ``CellBatch``, whose bounds were found in the text they point
// into; the text has SeparatorScanner.padding readable bytes before and after it, so reading the
// 8 bytes that begin or end at a cell's bounds stays inside. Room for `count` results is made
// before they are written.

/// The cells of one column in a batch of records.
struct CellBatch {
  /// The text that the bounds count from.
  let text: UnsafeRawPointer
  /// The bounds of the first cell; those of the next are `stride` further.
  let bounds: UnsafePointer<FieldBound>
  let stride: Int
  let count: Int

  @inline(__always)
  func start(_ row: Int) -> Int { Int(bounds[row &* stride].start) }

  @inline(__always)
  func end(_ row: Int) -> Int { Int(bounds[row &* stride].end) }

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
    let length = end(row) &- start
    return TextKey(length: length) { offset in
      let left = UInt64(truncatingIfNeeded: length &- offset)
      let mask: UInt64 = left < 8 ? (1 &<< (left &<< 3)) &- 1 : .max
      return word(start &+ offset) & mask
    }
  }
}

/// Which bits of a cell's first four words count, by its length.
///
/// Looked up in memory, since a compiler makes branches of comparisons, which lengths that vary
/// then mislead.
struct WordMasks {
  let first: UInt64
  let second: UInt64
  let third: UInt64
  let fourth: UInt64
  /// Not 0 for a length that has no masks.
  let isTooLong: UInt64

  /// For lengths up to 32, and one for all above.
  static let all: [WordMasks] = (0...33).map { WordMasks(length: $0) }

  private init(length: Int) {
    func mask(_ count: Int) -> UInt64 {
      count >= 8 ? .max : count <= 0 ? 0 : (UInt64(1) << UInt64(8 * count)) - 1
    }
    first = mask(length)
    second = mask(length - 8)
    third = mask(length - 16)
    fourth = mask(length - 24)
    isTooLong = length > 32 ? 1 : 0
  }
}

/// Room for what is found in a batch, kept from one to the next.
struct BatchRoom: Sendable {
  var values: [Int32] = []
  var places: [UInt8] = []
  var failures: [UInt32] = []
  var codes: [UInt32] = []

  mutating func reserve(_ count: Int) {
    guard codes.count < count else { return }
    values = Array(repeating: 0, count: count + VectorText.room)
    places = Array(repeating: 0, count: count + VectorText.room)
    failures = Array(repeating: 0, count: count + VectorText.room)
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
    let enough = batch.count / 8
    var failureCount = Int.max
    // Each way reads more kinds of numbers than the one before, and is slower.
    let usesVectors = VectorText.isAvailable
    if way == .short {
      if usesVectors {
        // Eight digits cost no more than four there.
        way = .long
      } else {
        failureCount = ColumnWriter.readShortIntegers(batch, &room)
        if failureCount > enough { way = .long }
      }
    }
    if way == .long {
      failureCount =
        usesVectors
        ? VectorText.readIntegers(batch, &room) : ColumnWriter.readIntegers(batch, &room)
      if failureCount > enough { way = .decimal }
    }
    let hasPlaces = way == .decimal
    if hasPlaces {
      failureCount =
        usesVectors
        ? VectorText.readDecimals(batch, &room) : ColumnWriter.readDecimals(batch, &room)
    }

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
    var exceptionCount = 0
    for index in 0..<failureCount {
      let row = Int(room.failures[index])
      if batch.mayBeNumeral(row), let numeral = batch.quickNumeral(row) {
        replace(before + row, with: numeral)
      } else {
        room.failures[exceptionCount] = UInt32(truncatingIfNeeded: row)
        exceptionCount += 1
      }
    }
    guard exceptionCount > 0 else { return }
    let rows = room.failures[..<exceptionCount]
    exceptionRows.append(contentsOf: rows.lazy.map { $0 + UInt32(truncatingIfNeeded: before) })
    let exceptions = Array(rows)
    lookUp(batch, known.find(batch, &room, count: exceptionCount), &room)
    for row in exceptions { exceptionTexts.append(room.codes[Int(row)]) }
  }

  /// Looks the texts of the rows in `room.failures` up one by one, or adds them.
  private mutating func lookUp(_ batch: CellBatch, _ count: Int, _ room: inout BatchRoom) {
    for index in 0..<count {
      let row = Int(room.failures[index])
      room.codes[row] = code(of: batch, row)
    }
  }

  /// The number of a cell's text.
  private mutating func code(of batch: CellBatch, _ row: Int) -> UInt32 {
    let key = batch.key(row)
    if let code = known.find(batch, row, key) { return UInt32(code) }
    return UInt32(known.count + fresh.intern(batch.buffer(row).span, key))
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

  /// Reads cells of 1 to 4 digits without a needless zero before them.
  ///
  /// - Returns: how many others there are; their rows are in `failures`.
  private static func readShortIntegers(_ batch: CellBatch, _ room: inout BatchRoom) -> Int {
    var failureCount = 0
    room.values.withUnsafeMutableBufferPointer { values in
      room.failures.withUnsafeMutableBufferPointer { failures in
        guard let values = values.baseAddress, let failures = failures.baseAddress else { return }
        let (text, stride, count) = (batch.text, batch.stride, batch.count)
        var bound = batch.bounds
        var row = 0
        while row < count {
          let start = Int(bound.pointee.start)
          let length = Int(bound.pointee.end) &- start
          bound += stride
          let cell =
            UInt32(littleEndian: text.loadUnaligned(fromByteOffset: start, as: UInt32.self))
            ^ 0x3030_3030
          // The cell's last byte becomes the highest, and zeros come before its first.
          let digits = cell &<< UInt32(truncatingIfNeeded: 32 &- 8 &* length)
          let pairs = (digits &* 10 &+ digits &>> 8) & 0x00FF_00FF
          values[row] = Int32(truncatingIfNeeded: (pairs &* 100 &+ pairs &>> 16) & 0xFFFF)
          let isShort = UInt(bitPattern: length &- 1) < 4
          let areDigits = ((digits &+ 0x7676_7676) | digits) & 0x8080_8080 == 0
          let beginsWithZero = cell & 0xFF == 0 && length > 1
          if !isShort || !areDigits || beginsWithZero {
            failures[failureCount] = UInt32(truncatingIfNeeded: row)
            failureCount &+= 1
          }
          row &+= 1
        }
      }
    }
    return failureCount
  }

  /// Reads cells of 1 to 8 digits without a needless zero before them.
  ///
  /// - Returns: how many others there are; their rows are in `failures`.
  static func readIntegers(_ batch: CellBatch, _ room: inout BatchRoom) -> Int {
    var failureCount = 0
    room.values.withUnsafeMutableBufferPointer { values in
      room.failures.withUnsafeMutableBufferPointer { failures in
        guard let values = values.baseAddress, let failures = failures.baseAddress else { return }
        let (text, stride, count) = (batch.text, batch.stride, batch.count)
        var bound = batch.bounds
        var row = 0
        while row < count {
          let start = Int(bound.pointee.start)
          let length = Int(bound.pointee.end) &- start
          bound += stride
          let cell =
            UInt64(littleEndian: text.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            ^ 0x3030_3030_3030_3030
          let digits = cell &<< UInt64(truncatingIfNeeded: 64 &- 8 &* length)
          values[row] = Int32(truncatingIfNeeded: number(ofDigits: digits))
          let isShort = UInt(bitPattern: length &- 1) < 8
          let beginsWithZero = cell & 0xFF == 0 && length > 1
          if !isShort || !areDigits(digits) || beginsWithZero {
            failures[failureCount] = UInt32(truncatingIfNeeded: row)
            failureCount &+= 1
          }
          row &+= 1
        }
      }
    }
    return failureCount
  }

  /// Reads cells of up to 8 bytes that are digits with at most one point among them.
  ///
  /// - Returns: how many others there are; their rows are in `failures`.
  static func readDecimals(_ batch: CellBatch, _ room: inout BatchRoom) -> Int {
    var failureCount = 0
    room.values.withUnsafeMutableBufferPointer { values in
      room.places.withUnsafeMutableBufferPointer { places in
        room.failures.withUnsafeMutableBufferPointer { failures in
          guard let values = values.baseAddress, let places = places.baseAddress,
            let failures = failures.baseAddress
          else { return }
          let (text, stride, count) = (batch.text, batch.stride, batch.count)
          var bound = batch.bounds
          var row = 0
          while row < count {
            let start = Int(bound.pointee.start)
            let length = Int(bound.pointee.end) &- start
            bound += stride
            let begin =
              UInt64(littleEndian: text.loadUnaligned(fromByteOffset: start, as: UInt64.self))
              ^ 0x3030_3030_3030_3030
            let cell = begin &<< UInt64(truncatingIfNeeded: 64 &- 8 &* length)
            // Digits are below 0x10 now, and a point is 0x1E: its byte is the first with this bit.
            let bits = cell & 0x1010_1010_1010_1010
            var digits = cell
            var after = 0
            var isGood = UInt(bitPattern: length &- 1) < 8
            if bits != 0 {
              let upTo = bits ^ (bits &- 1)
              let place = UInt64(truncatingIfNeeded: bits.trailingZeroBitCount)
              // The bytes below the point move up over it.
              digits = cell & ~(upTo &<< 3 | 7) | (cell & upTo &>> 5) &<< 8
              after = Int(truncatingIfNeeded: 7 &- place &>> 3)
              isGood =
                isGood && (cell &>> (place &- 4)) & 0xFF == 0x1E && after > 0
                && length &- after > 1
            }
            let whole = length &- after &- (bits != 0 ? 1 : 0)
            values[row] = Int32(truncatingIfNeeded: number(ofDigits: digits))
            places[row] = UInt8(truncatingIfNeeded: after)
            let beginsWithZero = begin & 0xFF == 0 && whole > 1
            if !isGood || !areDigits(digits) || beginsWithZero {
              failures[failureCount] = UInt32(truncatingIfNeeded: row)
              failureCount &+= 1
            }
            row &+= 1
          }
        }
      }
    }
    return failureCount
  }

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
    lookUp(batch, known.find(batch, &room), &room)
    codes.append(contentsOf: room.codes[..<batch.count])
  }
}

extension TextPool {
  /// The number of a cell's text, or `nil` if it is not there.
  fileprivate func find(_ batch: CellBatch, _ row: Int, _ key: TextKey) -> Int? {
    find(key) { equals($0, batch, row) }
  }

  /// Looks the texts of a batch up, without a branch that hangs on them.
  ///
  /// The cells have no NUL, nor has any text that the pool got from such cells.
  ///
  /// - Parameters:
  ///   - room: `codes` gets the numbers of the rows' texts.
  ///   - count: how many rows are looked up: those in `room.failures`; `nil` for all.
  /// - Returns: how many were not found so; their rows are in `failures`, and they may be there.
  fileprivate func find(_ batch: CellBatch, _ room: inout BatchRoom, count: Int? = nil) -> Int {
    guard !slots.isEmpty else {
      if let count { return count }
      for row in 0..<batch.count { room.failures[row] = UInt32(truncatingIfNeeded: row) }
      return batch.count
    }
    var failureCount = 0
    // Safety: hashes shifted by `shift`, and those plus 1 under the mask, are less than the count of
    // slots; what slots hold is less than the count of edges and middles. Failures are written no
    // further than they were read.
    room.codes.withUnsafeMutableBufferPointer { codes in
      room.failures.withUnsafeMutableBufferPointer { failures in
        slots.withUnsafeBufferPointer { slots in
          edges.withUnsafeBufferPointer { edges in
            middles.withUnsafeBufferPointer { middles in
              WordMasks.all.withUnsafeBufferPointer { masks in
                guard let codes = codes.baseAddress, let failures = failures.baseAddress,
                  let slots = slots.baseAddress, let edges = edges.baseAddress,
                  let middles = middles.baseAddress, let masks = masks.baseAddress
                else { return }
                let search = Search(
                  slots: slots, mask: self.slots.count &- 1, shift: shift, edges: edges,
                  middles: middles, masks: masks, codes: codes, failures: failures)
                failureCount =
                  hasMiddles
                  ? search.run(batch, count, hasMiddles: true)
                  : search.run(batch, count, hasMiddles: false)
              }
            }
          }
        }
      }
    }
    return failureCount
  }

  private struct Search {
    let slots: UnsafePointer<UInt32>
    let mask: Int
    let shift: UInt64
    let edges: UnsafePointer<TextKey.Pair>
    let middles: UnsafePointer<TextKey.Pair>
    let masks: UnsafePointer<WordMasks>
    let codes: UnsafeMutablePointer<UInt32>
    let failures: UnsafeMutablePointer<UInt32>

    @inline(__always)
    func run(_ batch: CellBatch, _ count: Int?, hasMiddles: Bool) -> Int {
      var failureCount: Int
      if let count {
        failureCount = run(batch, count, probe: 0, hasMiddles: hasMiddles) { Int(failures[$0]) }
      } else {
        failureCount = run(batch, batch.count, probe: 0, hasMiddles: hasMiddles) { $0 }
      }
      // One text in ten has another in its place, and nearly all of those are in the next.
      return run(batch, failureCount, probe: 1, hasMiddles: hasMiddles) { Int(failures[$0]) }
    }

    @inline(__always)
    private func run(
      _ batch: CellBatch, _ count: Int, probe: Int, hasMiddles: Bool, _ rowAt: (Int) -> Int
    ) -> Int {
      var failureCount = 0
      var index = 0
      while index < count {
        let row = rowAt(index)
        index &+= 1
        let start = batch.start(row)
        let length = batch.end(row) &- start
        let bits = masks + min(length, 33)
        let edge = TextKey.Pair(
          low: batch.word(start) & bits.pointee.first,
          high: batch.word(start &+ 8) & bits.pointee.second)
        var middle = TextKey.Pair(low: 0, high: 0)
        if hasMiddles {
          middle.low = batch.word(start &+ 16) & bits.pointee.third
          middle.high = batch.word(start &+ 24) & bits.pointee.fourth
        }
        let hash = TextKey.hash(edge, middle)
        let slot = (Int(truncatingIfNeeded: hash &>> shift) &+ probe) & mask
        let place = Int(slots[slot])
        let found = edges + place
        var difference = (found.pointee.low ^ edge.low) | (found.pointee.high ^ edge.high)
        if hasMiddles {
          let found = middles + place
          difference |= (found.pointee.low ^ middle.low) | (found.pointee.high ^ middle.high)
          difference |= bits.pointee.isTooLong
        } else {
          difference |= bits.pointee.third
        }
        codes[row] = UInt32(truncatingIfNeeded: place &- 1)
        failures[failureCount] = UInt32(truncatingIfNeeded: row)
        failureCount &+= difference == 0 ? 0 : 1
      }
      return failureCount
    }
  }

  /// Whether a text of the pool is the cell's, both longer than 32 bytes.
  @inline(never)
  private func equals(_ index: Int, _ batch: CellBatch, _ row: Int) -> Bool {
    let range = range(index)
    let length = range.count
    guard length == batch.end(row) &- batch.start(row), length >= 8 else { return false }
    // Safety: both have `length` bytes; the last eight are compared with a step back.
    return bytes.withUnsafeBytes { bytes in
      guard let text = bytes.baseAddress.map({ $0 + range.lowerBound }) else { return false }
      let cell = batch.text + batch.start(row)
      var offset = 0
      while offset < length &- 8 {
        let one = text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if one != cell.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
        offset &+= 8
      }
      let one = text.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
      return one == cell.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
    }
  }
}

extension CellBatch {
  /// Whether a cell begins as numerals do.
  @inline(__always)
  fileprivate func mayBeNumeral(_ row: Int) -> Bool {
    let first = UInt8(truncatingIfNeeded: word(start(row)))
    return first &- UInt8(ascii: "0") < 10 || first == UInt8(ascii: "-")
  }

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
