/// The fingerprint of a column's cells: the same however they are stored and wherever the column is
/// cut into segments.
///
/// Two polynomials over the hashes of the cells, modulo 2⁶⁴. Segments are summed by themselves and
/// then joined, which is exact: no sum depends on where another one ended.
struct CellFingerprint: Sendable, Equatable {
  private(set) var first: UInt64 = 0
  private(set) var second: UInt64 = 0

  // Odd, so that no factor of a power of them is lost; the digits of π beyond those in use elsewhere.
  private static let firstBase: UInt64 = 0xA409_3822_299F_31D1
  private static let secondBase: UInt64 = 0x082E_FA98_EC4E_6C89

  /// - Complexity: O(*rows*).
  init(_ column: Column) {
    let poolHashes = column.poolHashes()
    for segment in column.segments {
      append(CellFingerprint(segment, poolHashes), segment.rowCount)
    }
  }

  private init(_ segment: ColumnSegment, _ poolHashes: [UInt64]) {
    switch segment.cells {
    case .numerals(let numerals):
      guard segment.exceptionRows.isEmpty, case .all(let places) = numerals.decimals else {
        sumOneByOne(segment, poolHashes)
        return
      }
      let base = numerals.mantissas.base
      let decimals = UInt8(places)
      switch numerals.mantissas.distances {
      case .bits8(let distances):
        let hashes = (0..<256).map {
          Column.hash(Numeral(mantissa: base &+ Int64($0), decimals: decimals))
        }
        sum(distances.count) { hashes[Int(distances[$0])] }
      case .bits16(let distances):
        sum(distances.count) {
          Column.hash(Numeral(mantissa: base &+ Int64(distances[$0]), decimals: decimals))
        }
      case .bits32(let distances):
        sum(distances.count) {
          Column.hash(Numeral(mantissa: base &+ Int64(distances[$0]), decimals: decimals))
        }
      case .counter(let count):
        sum(count) { Column.hash(Numeral(mantissa: base &+ Int64($0), decimals: decimals)) }
      case .bits64(let values):
        sum(values.count) { Column.hash(Numeral(mantissa: values[$0], decimals: decimals)) }
      }
    case .pooled(let codes):
      switch codes.distances {
      case .bits8(let codes): sum(codes.count) { poolHashes[Int(codes[$0])] }
      case .bits16(let codes): sum(codes.count) { poolHashes[Int(codes[$0])] }
      case .bits32(let codes): sum(codes.count) { poolHashes[Int(codes[$0])] }
      case .bits64(let codes): sum(codes.count) { poolHashes[Int(codes[$0])] }
      case .counter(let count): sum(count) { poolHashes[$0] }
      }
    case .plain:
      sumOneByOne(segment, poolHashes)
    }
  }

  /// Adds the hashes of `count` cells; four sums at a time, so that none waits for the one before.
  @inline(__always)
  private mutating func sum(_ count: Int, _ hash: (Int) -> UInt64) {
    let (a, b) = (CellFingerprint.firstBase, CellFingerprint.secondBase)
    let (a2, b2) = (a &* a, b &* b)
    let (a4, b4) = (a2 &* a2, b2 &* b2)
    var (p0, p1, p2, p3) = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    var (q0, q1, q2, q3) = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    var index = 0
    while index &+ 4 <= count {
      let (h0, h1, h2, h3) = (hash(index), hash(index &+ 1), hash(index &+ 2), hash(index &+ 3))
      p0 = p0 &* a4 &+ h0
      p1 = p1 &* a4 &+ h1
      p2 = p2 &* a4 &+ h2
      p3 = p3 &* a4 &+ h3
      q0 = q0 &* b4 &+ h0
      q1 = q1 &* b4 &+ h1
      q2 = q2 &* b4 &+ h2
      q3 = q3 &* b4 &+ h3
      index &+= 4
    }
    first = ((p0 &* a &+ p1) &* a &+ p2) &* a &+ p3
    second = ((q0 &* b &+ q1) &* b &+ q2) &* b &+ q3
    while index < count {
      let hash = hash(index)
      first = first &* a &+ hash
      second = second &* b &+ hash
      index &+= 1
    }
  }

  private mutating func sumOneByOne(_ segment: ColumnSegment, _ poolHashes: [UInt64]) {
    Column.forEachCellHash(of: segment, poolHashes) { hash in
      first = first &* CellFingerprint.firstBase &+ hash
      second = second &* CellFingerprint.secondBase &+ hash
    }
  }

  /// Joins the sums of a segment of `count` cells behind these.
  private mutating func append(_ segment: CellFingerprint, _ count: Int) {
    first = first &* CellFingerprint.power(CellFingerprint.firstBase, count) &+ segment.first
    second = second &* CellFingerprint.power(CellFingerprint.secondBase, count) &+ segment.second
  }

  private static func power(_ base: UInt64, _ exponent: Int) -> UInt64 {
    var (result, square, rest) = (UInt64(1), base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = result &* square }
      square = square &* square
      rest >>= 1
    }
    return result
  }
}
