/// An area with two axes.
struct Plot {
  /// What an axis shows.
  struct Axis {
    let label: String
    /// What must have a place on it.
    let values: [Double]
    var isWhole = false
  }

  let area: Canvas.Box
  let x: LinearScale
  let y: LinearScale

  /// The height that the label above and the labels below take.
  static let labelHeight = 20.0
  static let footHeight = 36.0

  /// Lays out two axes within a box and draws them: the label of the vertical one above it, where it
  /// reads without turning the head.
  ///
  /// - Parameters:
  ///   - strip: room kept free between the label and the area, for a text on a line.
  ///   - hasRows: whether rows lie along the vertical axis, which then has no ticks.
  init(
    x horizontal: Axis, y vertical: Axis, in box: Canvas.Box, strip: Double = 0,
    hasRows: Bool = false, on canvas: inout Canvas
  ) {
    let size = 11.0
    let top = box.top + (vertical.label.isEmpty ? 6 : Plot.labelHeight) + strip
    let bottom = box.bottom - (horizontal.label.isEmpty ? 20 : Plot.footHeight)
    let upright = LinearScale(
      over: vertical.values, from: bottom, to: top, count: max(2, Int((bottom - top) / 36)),
      isWhole: vertical.isWhole)
    let widest = upright.ticks.map { TextMetrics.width($0.label, size: size) }.max() ?? 0
    let left = hasRows ? box.left : box.left + widest + 8
    var level = LinearScale(over: horizontal.values, count: 1, isWhole: horizontal.isWhole)
    var right = box.right
    // As many ticks as their labels leave room for.
    for count in (1...max(2, Int((box.right - left) / 50))).reversed() {
      level = LinearScale(over: horizontal.values, count: count, isWhole: horizontal.isWhole)
      let label = level.ticks.map { TextMetrics.width($0.label, size: size) }.max() ?? 0
      right = box.right - label / 2
      let spacing = (right - left) / Double(max(level.ticks.count - 1, 1))
      if spacing >= label + 10 { break }
    }
    level = level.placed(from: left, to: max(right, left + 10))
    area = Canvas.Box(left: left, top: top, right: max(right, left + 10), bottom: bottom)
    x = level
    y = upright
    draw(horizontal.label, vertical.label, in: box, hasRows: hasRows, on: &canvas)
  }

  private func draw(
    _ horizontal: String, _ vertical: String, in box: Canvas.Box, hasRows: Bool,
    on canvas: inout Canvas
  ) {
    if !vertical.isEmpty {
      canvas.text(
        vertical, x: box.left, y: box.top + 12, style: "muted", room: box.width)
    }
    for tick in hasRows ? [] : y.ticks {
      let place = y.position(tick.value)
      canvas.line(area.left, place, area.right, place, style: "grid")
      canvas.text(
        tick.label, x: area.left - 6, y: place + 4, anchor: .end, size: 11, style: "muted",
        room: area.left)
    }
    var last = -Double.infinity
    for tick in x.ticks {
      let place = x.position(tick.value)
      canvas.line(place, area.bottom, place, area.bottom + 4, style: "axis")
      if hasRows { canvas.line(place, area.top, place, area.bottom, style: "grid") }
      let half = TextMetrics.width(tick.label, size: 11) / 2
      guard place - half > last + 4 else { continue }
      last = place + half
      canvas.text(
        tick.label, x: place, y: area.bottom + 16, anchor: .middle, size: 11, style: "muted",
        room: 2 * half + 1)
    }
    canvas.line(area.left, area.bottom, area.right, area.bottom, style: "axis")
    if !horizontal.isEmpty {
      canvas.text(
        horizontal, x: (area.left + area.right) / 2, y: area.bottom + 32, anchor: .middle,
        style: "muted", room: area.width)
    }
  }
}
