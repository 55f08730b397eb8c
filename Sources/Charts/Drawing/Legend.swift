/// What marks and colours stand for, in rows that fill the width.
extension Canvas {
  /// The most segments that a picture names or gives a row.
  static let segmentLimit = 24

  /// Draws the marks of segments with their names, and moves `bottom` below them.
  mutating func legend(_ segments: [ChartSegment], extra: (marker: String, text: String)? = nil) {
    var x = left
    var y = bottom
    let shown = segments.prefix(Canvas.segmentLimit)
    // Names share the width, so that two fit beside each other, unless it is too narrow for that.
    let widest = room < 400 ? room - 18 : room / 2 - 30
    func advance(_ length: Double) {
      if x > left, x + length > right {
        x = left
        y += 20
      }
    }
    for (index, segment) in shown.enumerated() {
      let name = TextMetrics.fitted(Label.clean(segment.name), size: 12, into: widest).text
      let length = TextMetrics.width(name, size: 12)
      advance(length + 18)
      marker(
        Marker(segment: index), x: x + 6, y: y + 8, radius: 5,
        style: "\(fill(ofSegment: index)) dot")
      text(Label.clean(segment.name), x: x + 17, y: y + 12, room: length + 0.01)
      x += length + 33
    }
    if segments.count > shown.count {
      let more = "and \(segments.count - shown.count) more"
      let length = TextMetrics.width(more, size: 12)
      advance(length)
      text(more, x: x, y: y + 12, style: "muted", room: room)
      x += length + 18
    }
    if let extra {
      let length = TextMetrics.width(extra.text, size: 12)
      advance(length + 18)
      marker(.cross, x: x + 6, y: y + 8, radius: 6, style: extra.marker)
      text(extra.text, x: x + 17, y: y + 12, room: length + 0.01)
    }
    bottom = y + 28
  }

  /// Draws a bar of the eleven steps with what its ends and middle mean, and moves `bottom` below it.
  mutating func stepLegend(low: String, middle: String, high: String) {
    let width = min(room, 330)
    let cell = width / 11
    for step in 0...10 {
      rectangle(
        Box(
          left: left + Double(step) * cell, top: bottom, right: left + Double(step + 1) * cell,
          bottom: bottom + 10), style: "d\(step)")
    }
    let third = width / 3 - 4
    text(low, x: left, y: bottom + 24, size: 11, style: "muted", room: third)
    text(
      middle, x: left + width / 2, y: bottom + 24, anchor: .middle, size: 11, style: "muted",
      room: third)
    text(
      high, x: left + width, y: bottom + 24, anchor: .end, size: 11, style: "muted", room: third)
    bottom += 40
  }
}
