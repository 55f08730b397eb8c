/// The spread of each feature in each segment.
public struct BoxplotsChart: Chart {
  /// The most features that have a panel.
  public static let panelLimit = 8

  /// Five quantiles of a feature in a segment.
  public struct Quantiles: Sendable {
    /// The values below which a tenth, a quarter, half, three quarters and nine tenths lie.
    public let q10, q25, median, q75, q90: Double

    /// Five quantiles, ascending.
    public init(q10: Double, q25: Double, median: Double, q75: Double, q90: Double) {
      self.q10 = q10
      self.q25 = q25
      self.median = median
      self.q75 = q75
      self.q90 = q90
    }

    var all: [Double] { [q10, q25, median, q75, q90] }
  }

  /// The name it is asked for by.
  public let name = ChartName.boxplots
  /// The segments whose marks are drawn, the largest first.
  public let segments: [ChartSegment]
  /// The features.
  public let features: [ChartFeature]
  /// Segment by segment, one a feature.
  public let quantiles: [[Quantiles]]

  /// Boxplots of the features by segment.
  public init(segments: [ChartSegment], features: [ChartFeature], quantiles: [[Quantiles]]) {
    precondition(quantiles.count == segments.count, "one row a segment")
    precondition(quantiles.allSatisfy { $0.count == features.count }, "one a feature")
    self.segments = segments
    self.features = features
    self.quantiles = quantiles
  }

  private var shownSegments: Int { Shown(segments).count }
  private var shownFeatures: Shown {
    Shown("features", features.count, limit: BoxplotsChart.panelLimit)
  }

  /// How far the medians of the segments lie apart, in mean widths of their boxes.
  private func distance(of feature: Int) -> Double {
    let medians = quantiles.map { $0[feature].median }
    let widths = quantiles.map { $0[feature].q75 - $0[feature].q25 }
    let width = widths.reduce(0, +) / Double(max(widths.count, 1))
    let span = (medians.max() ?? 0) - (medians.min() ?? 0)
    return width > 0 ? span / width : span > 0 ? .infinity : 0
  }

  /// What one sees, in words.
  public var title: String {
    guard segments.count > 1,
      let best = features.indices.max(by: { (distance(of: $0), $1) < (distance(of: $1), $0) }),
      let low = segments.indices.min(by: {
        (quantiles[$0][best].median, $0) < (quantiles[$1][best].median, $1)
      }),
      let high = segments.indices.max(by: {
        (quantiles[$0][best].median, $1) < (quantiles[$1][best].median, $0)
      }), low != high
    else { return "How the features spread in the segments." }
    let feature = features[best]
    return
      "The segments differ most in \(Label.quoted(feature.name)): the median is \(feature.text(quantiles[low][best].median)) in \(Label.quoted(segments[low].name)), \(feature.text(quantiles[high][best].median)) in \(Label.quoted(segments[high].name))."
  }

  /// How to read the picture.
  public var explanation: String {
    let notes = [
      "Boxes hold the middle half of a segment’s customers, the line in them is the median, whiskers reach from the 10% to the 90% quantile.",
      Shown(segments).note, shownFeatures.note,
    ]
    return notes.compactMap(\.self).joined(separator: " ")
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    let labels = segments.prefix(shownSegments).map { Label.clean($0.name) }
    let longest = labels.map { TextMetrics.width($0, size: 12) }.max() ?? 0
    let side = min(longest, canvas.room * 0.36) + 28
    let rowHeight = 22.0
    for index in 0..<shownFeatures.count {
      let feature = features[index]
      canvas.text(
        feature.label, x: canvas.left, y: canvas.bottom + 13, size: 13, isBold: true,
        room: canvas.room)
      let height = Double(shownSegments) * rowHeight
      let plot = Plot(
        x: .init(
          label: "", values: quantiles.prefix(shownSegments).flatMap { $0[index].all }),
        y: .init(label: "", values: []),
        in: .init(
          left: canvas.left + side, top: canvas.bottom + 14, right: canvas.right,
          bottom: canvas.bottom + 14 + 6 + height + 20),
        hasRows: true, on: &canvas)
      canvas.openGroup([.init("feature", feature.key)])
      for segment in 0..<shownSegments {
        let middle = plot.area.top + (Double(segment) + 0.5) * rowHeight
        canvas.marker(
          Marker(segment: segment), x: canvas.left + 6, y: middle, radius: 5,
          style: "\(canvas.fill(ofSegment: segment)) dot")
        canvas.text(labels[segment], x: canvas.left + 18, y: middle + 4, room: side - 26)
        row(segment, feature: index, at: middle, in: plot, on: &canvas)
      }
      canvas.closeGroup()
      canvas.bottom = plot.area.bottom + 32
    }
  }

  private func row(
    _ segment: Int, feature: Int, at y: Double, in plot: Plot, on canvas: inout Canvas
  ) {
    let values = quantiles[segment][feature]
    guard values.all.allSatisfy(\.isFinite) else { return }
    canvas.line(
      plot.x.position(values.q10), y, plot.x.position(values.q90), y, style: "whisker")
    for end in [values.q10, values.q90] {
      let x = plot.x.position(end)
      canvas.line(x, y - 4, x, y + 4, style: "whisker")
    }
    let left = plot.x.position(values.q25)
    canvas.rectangle(
      .init(
        left: left, top: y - 7, right: max(plot.x.position(values.q75), left + 1), bottom: y + 7),
      style: "\(canvas.fill(ofSegment: segment)) box",
      data: [
        .init("segment", segments[segment].id), .init("q10", values.q10), .init("q25", values.q25),
        .init("median", values.median), .init("q75", values.q75), .init("q90", values.q90),
      ],
      hint:
        "\(Label.isolated(segments[segment].name)): median \(features[feature].text(values.median)), half of them from \(NumberText.short(values.q25)) to \(features[feature].text(values.q75))"
    )
    let median = plot.x.position(values.median)
    canvas.line(median, y - 7, median, y + 7, style: "median whisker")
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    let names = segments.uniqueNames
    let labels = Label.unique(features.map(\.label))
    let values = features.indices.flatMap { feature in
      segments.indices.map { segment -> JSON in
        let quantile = quantiles[segment][feature]
        return [
          "segment": .string(names[segment]), "feature": .string(labels[feature]),
          "q10": .number(quantile.q10 as Double?), "q25": .number(quantile.q25 as Double?),
          "median": .number(quantile.median as Double?), "q75": .number(quantile.q75 as Double?),
          "q90": .number(quantile.q90 as Double?),
        ]
      }
    }
    let row = ("y", segments.rowChannel)
    return VegaLite(
      self, values: values,
      [
        (
          "facet",
          [
            "field": "feature", "type": "nominal", "title": nil,
            "sort": .array(labels.map { .string($0) }),
          ]
        ),
        ("columns", 1), ("resolve", ["scale": ["x": "independent"]]),
        (
          "spec",
          [
            "width": 420, "height": ["step": 24],
            "encoding": .object([.init(name: row.0, value: row.1)]),
            "layer": [
              [
                "mark": "rule",
                "encoding": [
                  "x": VegaLite.quantity("q10", ""), "x2": ["field": "q90"],
                ],
              ],
              [
                "mark": ["type": "bar", "size": 14, "tooltip": true],
                "encoding": [
                  "x": VegaLite.quantity("q25", ""), "x2": ["field": "q75"],
                  "color": segments.colourChannel,
                ],
              ],
              [
                "mark": ["type": "tick", "color": "black", "size": 14, "thickness": 2],
                "encoding": ["x": VegaLite.quantity("median", "")],
              ],
            ],
          ]
        ),
      ])
  }
}
