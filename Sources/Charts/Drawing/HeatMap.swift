/// A table whose cells are coloured.
struct HeatMap {
  /// One cell.
  struct Cell {
    /// Where the value stands between −1 (strong) and 1 (strong); nil for no colour.
    let level: Double?
    let text: String
    let hint: String
    let data: [Canvas.Datum]
  }

  let rows: [String]
  /// The segment whose mark stands beside each row; empty for none.
  var rowMarks: [Int] = []
  let columns: [String]
  /// Row by row.
  let cells: [[Cell]]

  /// Draws the table below what is there.
  func draw(on canvas: inout Canvas) {
    let markWidth = rowMarks.isEmpty ? 0.0 : 18.0
    let longest = rows.map { TextMetrics.width($0, size: 12) }.max() ?? 0
    let labelWidth = min(longest, canvas.room * 0.36)
    let left = canvas.left + markWidth + labelWidth + 8
    let width = (canvas.right - left) / Double(max(columns.count, 1))
    let top = canvas.bottom + heading(from: left, width: width, on: &canvas)
    let height = 26.0
    for (row, label) in rows.enumerated() {
      let y = top + Double(row) * height
      if !rowMarks.isEmpty {
        canvas.marker(
          Marker(segment: rowMarks[row]), x: canvas.left + 6, y: y + height / 2, radius: 5,
          style: "\(canvas.fill(ofSegment: rowMarks[row])) dot")
      }
      canvas.text(
        label, x: left - 8, y: y + height / 2 + 4, anchor: .end, room: labelWidth + 0.01)
      for (column, cell) in cells[row].enumerated() {
        let box = Canvas.Box(
          left: left + Double(column) * width, top: y, right: left + Double(column + 1) * width,
          bottom: y + height)
        let step = cell.level.map { Palette.step($0) } ?? 5
        canvas.rectangle(box, style: "d\(step) cell", data: cell.data, hint: cell.hint)
        // A number that does not fit is left to the hint: half a number would be a wrong one.
        if TextMetrics.width(cell.text, size: 11) <= width - 4 {
          canvas.text(
            cell.text, x: box.left + width / 2, y: y + height / 2 + 4, anchor: .middle, size: 11,
            style: "e\(step)", room: width)
        }
      }
    }
    canvas.bottom = top + Double(rows.count) * height + 14
  }

  /// Draws the names of the columns: level where they fit, else upright.
  private func heading(from left: Double, width: Double, on canvas: inout Canvas) -> Double {
    let isLevel = width >= 58
    if !isLevel {
      let length = min(120, columns.map { TextMetrics.width($0, size: 12) }.max() ?? 0)
      let size = min(12, width * 0.8)
      for (index, column) in columns.enumerated() {
        canvas.text(
          column, x: left + (Double(index) + 0.5) * width + size * 0.3,
          y: canvas.bottom + length, size: size, room: length + 0.01, isUpright: true)
      }
      return length + 8
    }
    let wrapped = columns.map {
      TextMetrics.lines($0, size: 12, into: width - 8, atMost: 3)
    }
    let count = wrapped.map(\.lines.count).max() ?? 1
    for (index, heading) in wrapped.enumerated() {
      let x = left + (Double(index) + 0.5) * width
      let first = count - heading.lines.count
      for (line, text) in heading.lines.enumerated() {
        canvas.text(
          text, x: x, y: canvas.bottom + 12 + Double(first + line) * 15, anchor: .middle,
          room: width - 4, whole: heading.isCut ? columns[index] : nil)
      }
    }
    return Double(count) * 15 + 6
  }
}
