/// How well each customer fits its segment (Rousseeuw 1987).
public struct SilhouetteChart: Chart {
  /// The most bars that are drawn.
  public static let barLimit = 2000

  /// The name it is asked for by.
  public let name = ChartName.silhouette
  /// The segments whose marks are drawn, the largest first.
  public let segments: [ChartSegment]
  /// The mean over all customers; nil when undefined.
  public let mean: Double?
  /// The mean of each segment; nil when undefined.
  public let means: [Double?]
  /// The silhouettes of the customers of each segment, falling, as many as are drawn.
  private let values: [[Double]]
  private let measured: Int
  private let basis: String?

  /// A silhouette plot.
  ///
  /// - Parameters:
  ///   - values: the silhouettes of the customers of each segment, in any order.
  ///   - basis: what the values are taken from, when that is not every customer, as a sentence.
  public init(
    segments: [ChartSegment], values: [[Double]], mean: Double?, means: [Double?],
    basis: String? = nil
  ) {
    precondition(values.count == segments.count && means.count == segments.count, "one a segment")
    self.segments = segments
    self.mean = mean
    self.means = means
    self.basis = basis
    let total = values.reduce(0) { $0 + $1.count }
    measured = total
    self.values = values.map { values in
      let sorted = values.sorted(by: >)
      guard total > SilhouetteChart.barLimit, !sorted.isEmpty else { return sorted }
      // Evenly over the ranks: the outline stays what it is.
      let count = max(1, sorted.count * SilhouetteChart.barLimit / total)
      return (0..<count).map { sorted[(2 * $0 + 1) * sorted.count / (2 * count)] }
    }
  }

  private var shown: Shown { Shown(segments) }

  /// What one sees, in words.
  public var title: String {
    let all = values.joined()
    guard let mean, !all.isEmpty else { return "The silhouette is not defined for this run." }
    let word =
      mean >= 0.7 ? "very well" : mean >= 0.5 ? "well" : mean >= 0.25 ? "fairly well" : "weakly"
    let negative = Double(all.count { $0 < 0 }) / Double(all.count)
    let rest =
      negative == 0
      ? "no customer is nearer to another segment"
      : "\(NumberText.percent(negative)) of them are nearer to another one"
    return
      "Customers fit their segment \(word): the mean silhouette is \(NumberText.short(mean)), and \(rest)."
  }

  /// How to read the picture.
  public var explanation: String {
    var notes = [
      "Each bar is a customer: 1 is far from every other segment, 0 on a border, below 0 nearer to another segment. The dashed line is the mean."
    ]
    let drawn = values.reduce(0) { $0 + $1.count }
    if let basis { notes.append(basis) }
    if drawn < measured {
      notes.append(
        "\(NumberText.short(Double(drawn))) of \(NumberText.short(Double(measured))) customers are drawn, evenly over the ranks of each segment."
      )
    }
    if let note = shown.note { notes.append(note) }
    return notes.joined(separator: " ")
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    let drawn = values.prefix(shown.count)
    let total = max(drawn.reduce(0) { $0 + $1.count }, 1)
    let bands = drawn.map { max(22, Double($0.count) / Double(total) * 420) }
    let height = bands.reduce(0) { $0 + $1 + 8 }
    let labels = segments.prefix(shown.count).map { Label.clean($0.name) }
    let longest = labels.map { TextMetrics.width($0, size: 12) }.max() ?? 0
    let side = min(longest, canvas.room * 0.34) + 30
    let plot = Plot(
      x: .init(label: "silhouette", values: [0, 1] + drawn.joined()),
      y: .init(label: "", values: []),
      in: .init(
        left: canvas.left + side, top: canvas.bottom + 14, right: canvas.right,
        bottom: canvas.bottom + height + 14 + 42),
      hasRows: true, on: &canvas)
    var y = plot.area.top
    for (index, band) in bands.enumerated() {
      let middle = y + band / 2
      canvas.marker(
        Marker(segment: index), x: canvas.left + 6, y: middle, radius: 5,
        style: "\(canvas.fill(ofSegment: index)) dot")
      canvas.text(labels[index], x: canvas.left + 18, y: middle + 4, room: side - 28)
      canvas.openGroup(
        [.init("segment", segments[index].id)]
          + (means[index].map { [.init("mean", $0)] } ?? []),
        style: "\(canvas.fill(ofSegment: index)) crisp")
      let thickness = band / Double(max(drawn[index].count, 1))
      let zero = plot.x.position(0)
      for (rank, value) in drawn[index].enumerated() {
        let end = plot.x.position(value)
        let top = y + Double(rank) * thickness
        canvas.rectangle(
          .init(left: min(zero, end), top: top, right: max(zero, end), bottom: top + thickness),
          style: "", data: [.init("silhouette", value)])
      }
      canvas.closeGroup()
      y += band + 8
    }
    if let mean {
      let x = plot.x.position(mean)
      canvas.line(x, plot.area.top - 2, x, plot.area.bottom, style: "mean")
      let label = "mean \(NumberText.short(mean))"
      let half = TextMetrics.width(label, size: 11, isBold: true) / 2 + 0.01
      canvas.openGroup([.init("mean", mean)])
      canvas.text(
        label, x: min(max(x, canvas.left + half), canvas.right - half), y: plot.area.top - 6,
        anchor: .middle, size: 11, isBold: true, room: 2 * half)
      canvas.closeGroup()
    }
    canvas.bottom = plot.area.bottom + 40
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    let names = segments.uniqueNames
    let rows = zip(names, values).flatMap { name, values in
      values.enumerated().map { rank, value -> JSON in
        [
          "segment": .string(name), "rank": .number(Double(rank + 1)),
          "silhouette": .number(value as Double?),
        ]
      }
    }
    return VegaLite(
      self, values: rows,
      [
        (
          "facet",
          [
            "row": [
              "field": "segment", "type": "nominal", "title": nil,
              "sort": .array(names.map { .string($0) }),
              "header": ["labelAngle": 0, "labelAlign": "left", "labelLimit": 200],
            ]
          ]
        ),
        ("spacing", 4), ("resolve", ["scale": ["y": "independent"]]),
        (
          "spec",
          [
            "width": 420, "height": 60, "mark": ["type": "bar", "tooltip": true],
            "encoding": [
              "x": VegaLite.quantity("silhouette", "silhouette", zero: true),
              "y": VegaLite.channel("rank", "ordinal", nil, [("axis", nil)]),
              "color": segments.colourChannel,
            ],
          ]
        ),
      ])
  }
}
