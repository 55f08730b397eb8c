/// The table of k as lines: one panel an index.
public struct ClusterCountChart: Chart {
  /// A quality index over the numbers of segments.
  public struct Index: Sendable {
    /// The name of the field in the table of k.
    public let key: String
    /// What it is called.
    public let name: String
    /// Whether the larger value is the better one.
    public let prefersLarge: Bool
    /// One value a number of segments; nil where it is undefined.
    public let values: [Double?]

    /// What the index would choose where its rule is not the best value, as that of the gap.
    public let vote: Int?

    /// An index with its values.
    public init(
      key: String, name: String, prefersLarge: Bool, values: [Double?], vote: Int? = nil
    ) {
      self.vote = vote
      self.key = key
      self.name = name
      self.prefersLarge = prefersLarge
      self.values = values
    }

    /// The position of the best value, the first of equals.
    var best: Int? {
      var best: (position: Int, value: Double)?
      for (position, value) in values.enumerated() {
        guard let value, value.isFinite else { continue }
        if let old = best, prefersLarge ? value <= old.value : value >= old.value { continue }
        best = (position, value)
      }
      return best?.position
    }
  }

  /// The name it is asked for by.
  public let name = ChartName.k
  /// The numbers of segments that were tried, ascending.
  public let counts: [Int]
  /// The indices.
  public let indices: [Index]
  /// The number of segments of the run.
  public let chosen: Int
  /// The segments whose marks are drawn, the largest first.
  public let segments: [ChartSegment] = []

  /// The table of k; every index has one value a number of segments.
  public init(counts: [Int], indices: [Index], chosen: Int) {
    precondition(indices.allSatisfy { $0.values.count == counts.count }, "one value a k")
    self.counts = counts
    self.indices = indices
    self.chosen = chosen
  }

  /// What one sees, in words.
  public var title: String {
    let inFavour = indices.filter { best(of: $0).map { counts[$0] } == chosen }.map(\.name)
    let others = indices.compactMap { index in
      best(of: index).map { (index.name, counts[$0]) }.flatMap { $0.1 == chosen ? nil : $0 }
    }
    let rest = Label.list(others.map { "\($0.0) at \($0.1)" })
    if inFavour.isEmpty {
      return others.isEmpty
        ? "No index is defined here." : "No index is best at k = \(chosen): \(rest)."
    }
    let verb = inFavour.count == 1 ? "is" : "are"
    return
      "\(Label.list(inFavour)) \(verb) best at k = \(chosen)\(others.isEmpty ? "" : "; \(rest)")."
      .capitalizedFirst
  }

  /// How to read the picture.
  public var explanation: String {
    "One panel an index; the ring marks what it would choose, the dashed line the number of segments of this run."
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    canvas.panels(indices) { panel($0, in: $1, on: &$2) }
  }

  /// The position of the number of segments that an index is for; nil for one that is not shown.
  private func best(of index: Index) -> Int? {
    index.vote.map { counts.firstIndex(of: $0) } ?? index.best
  }

  private func panel(_ index: Index, in box: Canvas.Box, on canvas: inout Canvas) {
    let values = zip(counts, index.values).compactMap { count, value in
      value.flatMap { $0.isFinite ? (k: count, value: $0) : nil }
    }
    let plot = Plot(
      x: .init(label: "", values: counts.map(Double.init), isWhole: true),
      y: .init(
        label: "\(index.name) (\(index.prefersLarge ? "higher" : "lower") is better)",
        values: values.map(\.value)), in: box, strip: 16, on: &canvas)
    canvas.chosen(chosen, in: plot, among: counts)
    canvas.polyline(
      values.map { (plot.x.position(Double($0.k)), plot.y.position($0.value)) }, style: "curve")
    for (k, value) in values {
      canvas.circle(
        x: plot.x.position(Double(k)), y: plot.y.position(value), radius: 3.5, style: "s0 dot",
        data: [.init("index", index.key), .init("k", k), .init("value", value)],
        hint: "k = \(k): \(NumberText.short(value))")
    }
    if let best = best(of: index), let value = index.values[best] {
      canvas.circle(
        x: plot.x.position(Double(counts[best])), y: plot.y.position(value), radius: 7,
        style: "ring")
    }
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    let values = indices.flatMap { index in
      zip(counts, index.values).map { count, value -> JSON in
        [
          "index": .string(index.name), "k": .number(Double(count)), "value": .number(value),
          "chosen": .bool(count == chosen),
        ]
      }
    }
    return VegaLite(
      self, values: values,
      [
        (
          "facet",
          [
            "field": "index", "type": "nominal", "title": nil,
            "sort": .array(indices.map { .string($0.name) }),
          ]
        ),
        ("columns", 2), ("resolve", ["scale": ["y": "independent"]]),
        (
          "spec",
          [
            "width": 260, "height": 140,
            "encoding": [
              "x": VegaLite.channel(
                "k", "quantitative", "number of segments (k)",
                [("axis", ["tickMinStep": 1, "format": "d"]), ("scale", ["zero": false])])
            ],
            "layer": [
              [
                "mark": ["type": "line", "point": true, "tooltip": true, "color": "#0072b2"],
                "encoding": ["y": VegaLite.quantity("value", "value")],
              ],
              [
                "transform": [["filter": "datum.chosen"]],
                "mark": ["type": "rule", "strokeDash": [4, 3]],
              ],
            ],
          ]
        ),
      ])
  }
}

extension String {
  /// The text with a capital at its start.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
