/// The distribution of each feature.
public struct HistogramsChart: Chart {
  /// The most features that have a panel.
  public static let panelLimit = 12

  /// The counts of one feature's values between edges.
  public struct Histogram: Sendable {
    /// The feature.
    public let feature: ChartFeature
    /// The edges, ascending; one more than there are counts.
    public let edges: [Double]
    /// The customers between each edge and the next.
    public let counts: [Double]
    /// The skewness of the values; nil when undefined.
    public let skewness: Double?

    /// A histogram of a feature.
    public init(feature: ChartFeature, edges: [Double], counts: [Double], skewness: Double? = nil) {
      precondition(
        edges.count == counts.count + 1 || counts.isEmpty && edges.isEmpty, "edges around counts")
      self.feature = feature
      self.edges = edges
      self.counts = counts
      self.skewness = skewness
    }
  }

  /// The name it is asked for by.
  public let name = ChartName.histograms
  /// One histogram a feature.
  public let histograms: [Histogram]
  /// The segments whose marks are drawn, the largest first.
  public let segments: [ChartSegment] = []

  /// Histograms, one panel each.
  public init(histograms: [Histogram]) { self.histograms = histograms }

  private var shown: Shown {
    Shown("features", histograms.count, limit: HistogramsChart.panelLimit)
  }

  /// What one sees, in words.
  public var title: String {
    let skewed = histograms.compactMap { histogram in
      histogram.skewness.map { (histogram.feature.name, $0) }
    }
    guard let most = skewed.max(by: { abs($0.1) < abs($1.1) }) else {
      return "How the values of each feature are distributed."
    }
    let size = abs(most.1)
    guard size >= 0.5 else {
      return
        "The features are roughly symmetric; the largest skewness is \(NumberText.short(most.1)), of \(Label.quoted(most.0))."
    }
    return
      "\(Label.quoted(most.0)) is \(size >= 1 ? "strongly" : "somewhat") skewed (\(NumberText.short(most.1))): a long tail of \(most.1 > 0 ? "high" : "low") values."
  }

  /// How to read the picture.
  public var explanation: String {
    let all = "Bars count the customers between two values."
    return [all, shown.note].compactMap(\.self).joined(separator: " ")
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    canvas.panels(histograms.prefix(shown.count)) { panel($0, in: $1, on: &$2) }
  }

  private func panel(_ histogram: Histogram, in box: Canvas.Box, on canvas: inout Canvas) {
    let plot = Plot(
      x: .init(label: "", values: histogram.edges),
      y: .init(label: histogram.feature.label, values: [0] + histogram.counts, isWhole: true),
      in: box, on: &canvas)
    canvas.openGroup([.init("feature", histogram.feature.key)])
    for (index, count) in histogram.counts.enumerated() {
      let (from, to) = (histogram.edges[index], histogram.edges[index + 1])
      canvas.rectangle(
        .init(
          left: plot.x.position(from), top: plot.y.position(count),
          right: max(plot.x.position(to), plot.x.position(from) + 1), bottom: plot.area.bottom),
        style: "s0 bar",
        data: [.init("from", from), .init("to", to), .init("count", count)],
        hint:
          "\(NumberText.short(from)) to \(histogram.feature.text(to)): \(NumberText.short(count))")
    }
    canvas.closeGroup()
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    let labels = Label.unique(histograms.map(\.feature.label))
    let values = zip(labels, histograms).flatMap { label, histogram in
      histogram.counts.enumerated().map { index, count -> JSON in
        [
          "feature": .string(label), "from": .number(histogram.edges[index] as Double?),
          "to": .number(histogram.edges[index + 1] as Double?),
          "count": .number(count as Double?),
        ]
      }
    }
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
        ("columns", 2), ("resolve", ["scale": ["x": "independent", "y": "independent"]]),
        (
          "spec",
          [
            "width": 260, "height": 140, "mark": ["type": "bar", "tooltip": true],
            "encoding": [
              "x": VegaLite.channel(
                "from", "quantitative", nil,
                [("bin", ["binned": true]), ("scale", ["zero": false])]), "x2": ["field": "to"],
              "y": VegaLite.quantity("count", "customers", zero: true),
              "color": ["value": "#0072b2"],
            ],
          ]
        ),
      ])
  }
}
