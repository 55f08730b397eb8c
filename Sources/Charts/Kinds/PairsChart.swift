/// Customers in every pair of features.
public struct PairsChart: Chart {
  /// The most features that are paired.
  public static let featureLimit = 5
  /// The most marks over all pairs.
  public static let markLimit = 4000

  /// The name it is asked for by.
  public let name = ChartName.pairs
  /// The customers.
  public let points: CustomerPoints
  private let sample: StratifiedSample
  /// The features that are shown, those that separate the segments most.
  private let shown: [Int]
  private let separations: [Double]

  /// The pairs of the features of the customers.
  public init(points: CustomerPoints) {
    self.points = points
    let separations = points.features.indices.map { points.separation(of: $0) ?? 0 }
    self.separations = separations
    let ranked = points.features.indices.sorted {
      (separations[$0], $1) > (separations[$1], $0)
    }
    shown = ranked.prefix(PairsChart.featureLimit).sorted()
    let pairs = max(1, shown.count * (shown.count - 1) / 2)
    sample = StratifiedSample(
      labels: points.labels, segmentCount: points.segments.count,
      limit: max(PairsChart.markLimit / pairs, points.segments.count))
  }

  /// The segments whose marks are drawn, the largest first.
  public var segments: [ChartSegment] { points.segments }

  /// What one sees, in words.
  public var title: String {
    let ranked = shown.sorted { (separations[$0], $1) > (separations[$1], $0) }.prefix(2)
    guard let first = ranked.first else { return "There is no feature to show." }
    guard ranked.count > 1 else {
      return "There is only one feature, \(Label.quoted(points.features[first].name))."
    }
    return
      "The segments stand apart most in \(Label.list(ranked.map { Label.quoted(points.features[$0].name) }))."
  }

  /// How to read the picture.
  public var explanation: String {
    var notes = [
      "Each panel shows the customers in two features; percentages are the share of a feature’s variance that lies between the segments."
    ]
    if shown.count < points.features.count {
      notes.append(
        "\(shown.count) of \(points.features.count) features are shown, those that separate the segments most."
      )
    }
    if let note = sample.note { notes.append(note) }
    return notes.joined(separator: " ")
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    canvas.legend(segments)
    let gap = 10.0
    let side = 58.0
    let count = Double(shown.count)
    let cell = (canvas.room - side) / max(count, 1)
    let height = min(cell, 220)
    let top = canvas.bottom
    let scales = shown.map { LinearScale(over: points.values[$0], count: cell > 110 ? 3 : 1) }
    for row in shown.indices {
      for column in 0...row {
        let box = Canvas.Box(
          left: canvas.left + side + Double(column) * cell, top: top + Double(row) * height,
          right: canvas.left + side + Double(column + 1) * cell - gap,
          bottom: top + Double(row + 1) * height - gap)
        if row == column {
          heading(row, in: box, on: &canvas)
        } else {
          panel(
            x: column, y: row,
            scales[column].placed(from: box.left + 4, to: box.right - 4),
            scales[row].placed(from: box.bottom - 4, to: box.top + 4), in: box, on: &canvas)
        }
        if column == 0, row > 0 { sideTicks(scales[row], in: box, on: &canvas) }
        if row == shown.count - 1, column < row {
          footTicks(scales[column], in: box, on: &canvas)
        }
      }
    }
    canvas.bottom = top + count * height + 12
  }

  private func heading(_ position: Int, in box: Canvas.Box, on canvas: inout Canvas) {
    let feature = shown[position]
    let lines = TextMetrics.lines(
      points.features[feature].label, size: 12, isBold: true, into: box.width,
      atMost: box.height > 80 ? 3 : 1)
    var y = (box.top + box.bottom) / 2 - Double(lines.lines.count) * 8 + 8
    for line in lines.lines {
      canvas.text(
        line, x: (box.left + box.right) / 2, y: y, anchor: .middle, isBold: true,
        room: box.width + 0.01, whole: lines.isCut ? points.features[feature].label : nil)
      y += 15
    }
    canvas.openGroup([
      .init("feature", points.features[feature].key), .init("separation", separations[feature]),
    ])
    canvas.text(
      NumberText.percent(separations[feature]), x: (box.left + box.right) / 2, y: y,
      anchor: .middle, size: 11, style: "muted", room: box.width)
    canvas.closeGroup()
  }

  private func panel(
    x column: Int, y row: Int, _ x: LinearScale, _ y: LinearScale, in box: Canvas.Box,
    on canvas: inout Canvas
  ) {
    let (horizontal, vertical) = (points.values[shown[column]], points.values[shown[row]])
    canvas.rectangle(box, style: "axis")
    canvas.openGroup([
      .init("x-feature", points.features[shown[column]].key),
      .init("y-feature", points.features[shown[row]].key),
    ])
    for (index, segment) in segments.enumerated() {
      canvas.openGroup(
        [.init("segment", segment.id)], style: "\(canvas.fill(ofSegment: index)) dot")
      for customer in sample.rows where points.labels[customer] == index {
        let (valueX, valueY) = (horizontal[customer], vertical[customer])
        guard valueX.isFinite, valueY.isFinite else { continue }
        canvas.marker(
          Marker(segment: index), x: x.position(valueX), y: y.position(valueY), radius: 2,
          data: [.init("x", valueX), .init("y", valueY)])
      }
      canvas.closeGroup()
    }
    canvas.closeGroup()
  }

  private func sideTicks(_ scale: LinearScale, in box: Canvas.Box, on canvas: inout Canvas) {
    let placed = scale.placed(from: box.bottom - 4, to: box.top + 4)
    for tick in ends(placed, spacing: 14) {
      canvas.text(
        tick.label, x: box.left - 5, y: placed.position(tick.value) + 4, anchor: .end, size: 10,
        style: "muted", room: 52)
    }
  }

  private func footTicks(_ scale: LinearScale, in box: Canvas.Box, on canvas: inout Canvas) {
    let placed = scale.placed(from: box.left + 4, to: box.right - 4)
    let ticks = ends(placed, spacing: 0)
    // Both ends where they fit beside each other, aligned with the panel's edges.
    guard let low = ticks.first, let high = ticks.last,
      TextMetrics.width(low.label + high.label, size: 10) + 6 <= box.width
    else { return }
    canvas.text(
      low.label, x: box.left, y: box.bottom + 12, size: 10, style: "muted", room: box.width)
    canvas.text(
      high.label, x: box.right, y: box.bottom + 12, anchor: .end, size: 10, style: "muted",
      room: box.width)
  }

  private func ends(_ scale: LinearScale, spacing: Double) -> [LinearScale.Tick] {
    guard let first = scale.ticks.first, let last = scale.ticks.last,
      abs(scale.end - scale.start) >= spacing
    else { return [] }
    return [first, last]
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    let names = segments.uniqueNames
    let keys = shown.indices.map { "f\($0)" }
    let values = sample.rows.map { row -> JSON in
      .object(
        zip(keys, shown).map { .init(name: $0, value: .number(points.values[$1][row] as Double?)) }
          + [.init(name: "segment", value: .string(names[points.labels[row]]))])
    }
    // No longer than a panel.
    let narrow: (String, JSON) = ("axis", ["titleLimit": 130])
    let panels = shown.indices.map { row -> JSON in
      [
        "hconcat": .array(
          shown.indices.map { column -> JSON in
            [
              "width": 130, "height": 130,
              "mark": ["type": "point", "filled": true, "size": 14, "tooltip": true],
              "encoding": [
                "x": VegaLite.quantity(
                  keys[column], points.features[shown[column]].label, more: [narrow]),
                "y": VegaLite.quantity(
                  keys[row], points.features[shown[row]].label, more: [narrow]),
                "color": segments.colourChannel, "shape": segments.shapeChannel,
              ],
            ]
          })
      ]
    }
    return VegaLite(self, values: values, [("vconcat", .array(panels))])
  }
}
