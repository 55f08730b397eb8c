extension Column {
  /// The distinct texts of the column and which row has which; missing cells have none.
  public func categories() -> Categories {
    var names: [String] = []
    var counts: [Int] = []
    var codes: [Int32] = []
    codes.reserveCapacity(rowCount)
    var poolCodes = [Int32](repeating: -2, count: pool.count)
    var others = TextPool()
    var otherCodes: [Int32] = []
    var text: [UInt8] = []

    func code(of reading: CellReading, _ cell: Span<UInt8>) -> Int32 {
      if reading == .missing { return -1 }
      let number = others.intern(cell)
      if number == otherCodes.count {
        otherCodes.append(Int32(names.count))
        names.append(String(copying: cell))
        counts.append(0)
      }
      return otherCodes[number]
    }
    func code(ofPooled index: Int) -> Int32 {
      if poolCodes[index] == -2 {
        poolCodes[index] = code(
          of: pool.readings[index], pool.bytes.span.extracting(pool.range(index)))
      }
      return poolCodes[index]
    }

    for segment in segments {
      for row in 0..<segment.rowCount {
        let number: Int32
        switch segment.cells {
        case .numerals(let numerals):
          if let index = segment.exception(at: row) {
            number = code(ofPooled: index)
          } else {
            let numeral = numerals[row]
            text.removeAll(keepingCapacity: true)
            Numeral.append(mantissa: numeral.mantissa, decimals: numeral.decimals, to: &text)
            number = code(of: .numeral(numeral), text.span)
          }
        case .pooled(let pooled): number = code(ofPooled: Int(pooled[row]))
        case .plain(let run):
          let cell = run.bytes.span.extracting(run.range(row))
          number = code(of: read(cell), cell)
        }
        if number >= 0 { counts[Int(number)] += 1 }
        codes.append(number)
      }
    }
    return Categories(names: names, counts: counts, codes: codes)
  }
}

extension Column {
  /// Whether all cells are texts of the pool.
  private var isPooled: Bool {
    segments.allSatisfy { if case .pooled = $0.cells { true } else { false } }
  }

  /// For a column whose cells are all in the pool: what each of its texts is, `nil` for a missing
  /// cell; else `nil`.
  var sharedTexts: [String?]? {
    guard isPooled else { return nil }
    return (0..<pool.count).map { pool.readings[$0] == .missing ? nil : pool.string($0) }
  }

  /// Calls `body` with the numbers of the texts in ``sharedTexts`` that some rows have.
  func forEachSharedText(in rows: Range<Int>, _ body: (_ number: Int) -> Void) {
    guard !rows.isEmpty else { return }
    var index = locate(rows.lowerBound).segment
    var row = rows.lowerBound
    while row < rows.upperBound {
      let (segment, start) = (segments[index], starts[index])
      let end = min(rows.upperBound, start + segment.rowCount)
      if case .pooled(let codes) = segment.cells {
        codes.forEach(row - start..<end - start) { code in
          body(Int(code))
          return true
        }
      }
      row = end
      index += 1
    }
  }

  /// The distinct texts and how many rows have each; missing cells are left out.
  func textCounts() -> [CategoryCount] {
    guard isPooled else {
      let categories = categories()
      return zip(categories.names, categories.counts).map { CategoryCount(name: $0, count: $1) }
    }
    var counts = [Int](repeating: 0, count: pool.count)
    for segment in segments {
      guard case .pooled(let codes) = segment.cells else { continue }
      if case .bits8(let distances) = codes.distances {
        let found = WholeNumberTally.histogram(distances)
        for code in 0..<min(counts.count, found.count) { counts[code] += found[code] }
      } else {
        codes.forEach(0..<segment.rowCount) { code in
          counts[Int(code)] += 1
          return true
        }
      }
    }
    return counts.indices.filter { pool.readings[$0] != .missing }.map {
      CategoryCount(name: pool.string($0), count: counts[$0])
    }
  }

  /// Calls `body` with the rows that have one of some texts, in order.
  func forEachRow(withTexts wanted: Set<String>, _ body: (_ row: Int, _ text: String) -> Void) {
    guard isPooled else {
      let categories = categories()
      let isWanted = categories.names.map(wanted.contains)
      for (row, code) in categories.codes.enumerated() where code >= 0 && isWanted[Int(code)] {
        body(row, categories.names[Int(code)])
      }
      return
    }
    let isWanted = (0..<pool.count).map { wanted.contains(pool.string($0)) }
    for (segment, start) in zip(segments, starts) {
      guard case .pooled(let codes) = segment.cells else { continue }
      var row = start
      codes.forEach(0..<segment.rowCount) { code in
        if isWanted[Int(code)] { body(row, pool.string(Int(code))) }
        row += 1
        return true
      }
    }
  }
}

/// The distinct texts of a column, in order of first appearance.
public struct Categories: Equatable, Sendable {
  /// The different texts; a code is an index into them.
  public let names: [String]
  /// How many rows have each name.
  public let counts: [Int]
  /// For each row the index of its name; −1 for a missing cell.
  public let codes: [Int32]
}
