/// The part of a list that a picture has room for.
struct Shown {
  /// How many are drawn, from the first on.
  let count: Int
  /// What the picture says about the others; nil when there are none.
  let note: String?

  /// Segments, of which the largest are drawn.
  init(_ segments: [ChartSegment]) {
    count = min(segments.count, Canvas.segmentLimit)
    note =
      count < segments.count
      ? "The \(count) largest of \(segments.count) segments are shown." : nil
  }

  /// Things of which the first are drawn.
  ///
  /// - Parameter things: what they are called, such as "features".
  init(_ things: String, _ total: Int, limit: Int) {
    count = min(total, limit)
    note = count < total ? "The first \(count) of \(total) \(things) are shown." : nil
  }
}

extension Canvas {
  /// Draws panels of one height in rows, two beside each other where there is room for them, and moves
  /// `bottom` below the last.
  mutating func panels<Content>(
    _ contents: some RandomAccessCollection<Content>,
    draw: (_ content: Content, _ box: Box, _ canvas: inout Canvas) -> Void
  ) {
    let columns = room >= 520 ? 2 : 1
    let gap = 24.0
    let width = (room - gap * Double(columns - 1)) / Double(columns)
    let height = 200.0
    let top = bottom
    for (position, content) in contents.enumerated() {
      let x = left + Double(position % columns) * (width + gap)
      let y = top + Double(position / columns) * height
      draw(content, Box(left: x, top: y, right: x + width, bottom: y + height - 12), &self)
    }
    bottom = top + Double((contents.count + columns - 1) / columns) * height
  }
}
