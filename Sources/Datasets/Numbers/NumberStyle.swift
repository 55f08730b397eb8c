/// How the numbers of one column are written, where it is not as programs write them.
///
/// Decided once for a column: in one whose cells say `1.234,50`, the cell `1.234` is one thousand
/// two hundred and thirty-four.
public struct NumberStyle: Equatable, Sendable {
  /// What stands before the decimals: `.` or `,`.
  public let decimalMark: Character
  /// A currency, `%` or a multiple such as `k$`, which cells carry; empty if none does.
  public let unit: String

  /// A style that was decided before; `nil` when no numbers are written so.
  ///
  /// - Parameters:
  ///   - decimalMark: `.` or `,`.
  ///   - unit: what cells carry, as ``unit``.
  public init?(decimalMark: String, unit: String) {
    guard decimalMark == "." || decimalMark == ",", StyledNumber.isUnit(unit) else { return nil }
    self.decimalMark = Character(decimalMark)
    self.unit = unit
  }

  /// Reads a cell in this style.
  func read(_ cell: Span<UInt8>) -> CellReading {
    let plain = NumberParser.read(cell)
    if decimalMark == ".", plain != .text { return plain }
    switch plain {
    case .missing, .notFinite: return plain
    case .numeral, .number:
      // Only a point means something else in this style.
      guard cell.indices.contains(where: { cell[$0] == UInt8(ascii: ".") }) else { return plain }
    case .text: break
    }
    guard let styled = StyledNumber(cell), styled.unit.isEmpty || styled.unit == unit,
      let value = styled.value(decimalMark: decimalMark)
    else { return .text }
    return value.isFinite ? .number(value) : .notFinite
  }

  /// The style of the cells that are text to programs; `nil` when they are no numbers to people.
  ///
  /// - Parameters:
  ///   - texts: such cells of one column.
  ///   - pointed: how many cells of it are numbers with a decimal point and not three decimals.
  ///   - plain: how many cells of it are numbers to programs.
  init?(of texts: [[UInt8]], pointed: Int, plain: Int) {
    var units: [String: Int] = [:]
    var english = pointed
    var continental = 0
    var numbers = 0
    for text in texts {
      guard let styled = StyledNumber(text.span) else { continue }
      let isEnglish = styled.value(decimalMark: ".") != nil
      let isContinental = styled.value(decimalMark: ",") != nil
      guard isEnglish || isContinental else { continue }
      numbers += 1
      if isEnglish, !isContinental { english += 1 }
      if isContinental, !isEnglish { continental += 1 }
      units[styled.unit, default: 0] += 1
    }
    // Most of them, or a word with a digit in it would make a category a number.
    guard numbers * 2 > texts.count else { return nil }
    decimalMark = continental > english ? "," : "."
    let named = units.filter { !$0.key.isEmpty }
    // One unit for the column, or the numbers could not be compared.
    unit = named.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    guard named.isEmpty || (named[unit] ?? 0) * 10 > named.values.reduce(0, +) * 9 else {
      return nil
    }
    // `15 k` beside `15000`: nobody could say which of both a bare number is.
    if StyledNumber.isMultiple(unit), plain > 0 || units[""] != nil { return nil }
  }
}
