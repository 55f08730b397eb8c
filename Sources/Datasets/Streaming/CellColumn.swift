/// Further cells for each row of a batch, one column of them.
public enum CellColumn: Sendable {
  /// One of a few texts a row, written as they are; a negative number is the last text.
  case texts([Int32], [[UInt8]])
  /// A number a row; NaN is an empty cell.
  case numbers([Double])

  /// The most bytes a cell takes.
  var maxLength: Int {
    switch self {
    case .texts(_, let texts): texts.map(\.count).max() ?? 0
    case .numbers: ShortestDecimal.maxLength
    }
  }
}
