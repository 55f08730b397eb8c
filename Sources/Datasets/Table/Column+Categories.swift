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
          number = code(of: NumberParser.read(cell), cell)
        }
        if number >= 0 { counts[Int(number)] += 1 }
        codes.append(number)
      }
    }
    return Categories(names: names, counts: counts, codes: codes)
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
