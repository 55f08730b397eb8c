extension Column {
  /// How many different texts there are among the cells that are not missing.
  func distinctTextCount() -> Int {
    var hashes: Set<UInt64> = []
    var hasPlain = false
    for segment in segments {
      guard case .plain(let run) = segment.cells else { continue }
      hasPlain = true
      for row in 0..<segment.rowCount {
        let text = run.bytes.span.extracting(run.range(row))
        if NumberParser.read(text) != .missing { hashes.insert(TextPool.hash(text)) }
      }
    }
    var count = 0
    for index in 0..<pool.count where pool.readings[index] != .missing {
      if hasPlain {
        hashes.insert(TextPool.hash(pool.bytes.span.extracting(pool.range(index))))
      } else {
        count += 1
      }
    }
    return count + hashes.count
  }

  /// Calls `body` with up to `limit` of the texts that are not missing, spread over the column.
  func forEachDistinctSample(limit: Int, _ body: (Span<UInt8>) -> Void) {
    let step = max(1, pool.count / limit)
    for index in stride(from: 0, to: pool.count, by: step) where pool.readings[index] != .missing {
      body(pool.bytes.span.extracting(pool.range(index)))
    }
    let plain = segments.filter { if case .plain = $0.cells { true } else { false } }
    guard !plain.isEmpty else { return }
    let each = max(1, limit / plain.count)
    for segment in plain.prefix(limit) {
      guard case .plain(let run) = segment.cells else { continue }
      for row in stride(from: 0, to: segment.rowCount, by: max(1, segment.rowCount / each)) {
        let text = run.bytes.span.extracting(run.range(row))
        if NumberParser.read(text) != .missing { body(text) }
      }
    }
  }

  /// Calls `body` with each row whose cell is no number, in order.
  func forEachNonNumber(_ body: (_ row: Int, _ reading: CellReading) -> Void) {
    for (segment, start) in zip(segments, starts) {
      switch segment.cells {
      case .numerals:
        for (row, text) in zip(segment.exceptionRows, segment.exceptionTexts) {
          let reading = pool.readings[Int(text)]
          if reading.value == nil { body(start + Int(row), reading) }
        }
      case .pooled(let codes):
        for row in 0..<segment.rowCount {
          let reading = pool.readings[Int(codes[row])]
          if reading.value == nil { body(start + row, reading) }
        }
      case .plain(let run):
        for row in 0..<segment.rowCount {
          let reading = read(run.bytes.span.extracting(run.range(row)))
          if reading.value == nil { body(start + row, reading) }
        }
      }
    }
  }

  /// Calls `body` with a hash of each cell's text, in row order.
  ///
  /// Equal texts have equal hashes, however they are stored.
  func forEachCellHash(_ body: (UInt64) -> Void) {
    let poolHashes = poolHashes()
    for segment in segments { Column.forEachCellHash(of: segment, poolHashes, body) }
  }

  /// The hashes of the texts that cells share.
  func poolHashes() -> [UInt64] {
    (0..<pool.count).map {
      let text = pool.bytes.span.extracting(pool.range($0))
      // Not what the column's style makes of the text: that would hang on where it is stored.
      return Column.hash(NumberParser.read(text), text)
    }
  }

  /// Calls `body` with a hash of each cell of a segment, in row order.
  static func forEachCellHash(
    of segment: ColumnSegment, _ poolHashes: [UInt64], _ body: (UInt64) -> Void
  ) {
    switch segment.cells {
    case .numerals(let numerals):
      var next = 0
      for row in 0..<segment.rowCount {
        if next < segment.exceptionRows.count, Int(segment.exceptionRows[next]) == row {
          body(poolHashes[Int(segment.exceptionTexts[next])])
          next += 1
        } else {
          body(hash(numerals[row]))
        }
      }
    case .pooled(let codes):
      for row in 0..<segment.rowCount { body(poolHashes[Int(codes[row])]) }
    case .plain(let run):
      for row in 0..<segment.rowCount {
        let text = run.bytes.span.extracting(run.range(row))
        body(hash(NumberParser.read(text), text))
      }
    }
  }

  func cellHash(at row: Int) -> UInt64 {
    var text: [UInt8] = []
    appendText(at: row, to: &text)
    return Column.hash(NumberParser.read(text.span), text.span)
  }

  private static func hash(_ reading: CellReading, _ text: Span<UInt8>) -> UInt64 {
    if case .numeral(let numeral) = reading { return hash(numeral) }
    return Fingerprint.mix(TextPool.hash(text) ^ 0x9E37_79B9_7F4A_7C15)
  }

  /// The hash of a plain number; each way of writing it has its own.
  static func hash(_ numeral: Numeral) -> UInt64 {
    // The constant keeps 0, the most common number, from having the hash 0.
    Fingerprint.mix(
      UInt64(bitPattern: numeral.mantissa) &+ UInt64(numeral.decimals) << 59
        &+ 0xC0AC_29B7_C97C_50DD)
  }
}
