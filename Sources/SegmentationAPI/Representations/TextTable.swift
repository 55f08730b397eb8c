/// An aligned table for people at a terminal: numbers to the right, text to the left.
struct TextTable {
  var columns: [String]
  var rows: [[JSON]]

  func write(to out: inout [UInt8]) {
    let cells = rows.map { $0.map(TextTable.text) }
    var widths = columns.map(\.count)
    var isNumeric = [Bool](repeating: true, count: columns.count)
    for (row, texts) in zip(rows, cells) {
      for index in columns.indices {
        widths[index] = max(widths[index], texts[index].count)
        switch row[index] {
        case .integer, .number, .null: break
        case .bool, .string, .array, .object: isNumeric[index] = false
        }
      }
    }
    func line(_ texts: [String]) {
      var line = ""
      for (index, text) in texts.enumerated() {
        if index > 0 { line += "  " }
        let padding = String(repeating: " ", count: max(0, widths[index] - text.count))
        line += isNumeric[index] ? padding + text : text + padding
      }
      while line.hasSuffix(" ") { line.removeLast() }
      out.append(contentsOf: line.utf8)
      out.append(0x0A)
    }
    line(columns)
    line(widths.map { String(repeating: "-", count: $0) })
    for texts in cells { line(texts) }
  }

  /// A cell as a person reads it: at most four decimals, controls and line breaks as a space.
  static func text(_ cell: JSON) -> String {
    switch cell {
    case .null: return ""
    case .bool(let value): return value ? "yes" : "no"
    case .integer(let value): return String(value)
    case .number(let value): return TextTable.number(value)
    case .string(let text):
      return String(
        String.UnicodeScalarView(
          text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    case .array, .object: return String(decoding: cell.bytes, as: UTF8.self)
    }
  }

  /// A number with at most four decimals; very large and very small ones in their shortest form.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    let size = abs(value)
    guard size < 1e12, size == 0 || size >= 1e-4 else { return value.description }
    let scaled = Int((value * 10_000).rounded())
    let fraction = String(abs(scaled) % 10_000 + 10_000).dropFirst()
    var text = (scaled < 0 ? "-" : "") + String(abs(scaled) / 10_000) + "." + fraction
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
