/// Inertia by the number of segments.
public struct ElbowChart: Chart {
  /// The name it is asked for by.
  public let name = ChartName.elbow
  /// The numbers of segments that were tried, ascending, with the inertia of each.
  public let candidates: [(k: Int, inertia: Double)]
  /// The number of segments of the run.
  public let chosen: Int
  /// The segments whose marks are drawn, the largest first.
  public let segments: [ChartSegment] = []

  /// An elbow over the numbers of segments that were tried.
  public init(candidates: [(k: Int, inertia: Double)], chosen: Int) {
    self.candidates = candidates
    self.chosen = chosen
  }

  /// What one sees, in words.
  public var title: String {
    guard let first = candidates.first,
      let position = candidates.firstIndex(where: { $0.k == chosen }), first.inertia > 0
    else { return "Inertia falls with every further segment." }
    let own = candidates[position]
    var parts: [String] = []
    if position > 0 {
      parts.append(
        "\(chosen) segments have \(NumberText.percent(1 - own.inertia / first.inertia)) less inertia than \(first.k)"
      )
    }
    if position + 1 < candidates.count, own.inertia > 0 {
      let next = candidates[position + 1]
      let saved = NumberText.percent(1 - next.inertia / own.inertia)
      parts.append(
        "\(parts.isEmpty ? "From \(chosen) segments on, " : "")\(next.k - own.k == 1 ? "one more" : "\(next.k - own.k) more") would take off another \(saved)"
      )
    }
    return parts.isEmpty
      ? "Inertia falls with every further segment." : parts.joined(separator: "; ") + "."
  }

  /// How to read the picture.
  public var explanation: String {
    "Inertia is the sum of squared distances of customers to their centroid, in scaled units. It always falls: the bend is a picture, not a proof, and the choice of k rests on the other indices."
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    let height = min(max(canvas.room * 0.5, 240), 420)
    let plot = Plot(
      x: .init(
        label: "number of segments (k)", values: candidates.map { Double($0.k) }, isWhole: true),
      y: .init(label: "inertia", values: [0] + candidates.map(\.inertia)),
      in: .init(
        left: canvas.left, top: canvas.bottom, right: canvas.right, bottom: canvas.bottom + height),
      strip: 18, on: &canvas)
    canvas.chosen(chosen, in: plot, among: candidates.map(\.k))
    canvas.polyline(
      candidates.filter { $0.inertia.isFinite }.map {
        (plot.x.position(Double($0.k)), plot.y.position($0.inertia))
      }, style: "curve")
    for candidate in candidates where candidate.inertia.isFinite {
      canvas.circle(
        x: plot.x.position(Double(candidate.k)), y: plot.y.position(candidate.inertia),
        radius: candidate.k == chosen ? 6 : 4, style: "s0 dot",
        data: [.init("k", candidate.k), .init("inertia", candidate.inertia)],
        hint: "k = \(candidate.k): \(NumberText.short(candidate.inertia))")
    }
    canvas.bottom += height
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    VegaLite(
      self,
      values: candidates.map {
        [
          "k": .number(Double($0.k)), "inertia": .number($0.inertia as Double?),
          "chosen": .bool($0.k == chosen),
        ]
      },
      [
        ("width", 520), ("height", 300),
        (
          "encoding",
          [
            "x": VegaLite.channel(
              "k", "quantitative", "number of segments (k)",
              [
                ("axis", ["tickMinStep": 1, "format": "d"]), ("scale", ["zero": false]),
              ])
          ]
        ),
        (
          "layer",
          [
            [
              "mark": ["type": "line", "point": true, "tooltip": true, "color": "#0072b2"],
              "encoding": ["y": VegaLite.quantity("inertia", "inertia", zero: true)],
            ],
            [
              "transform": [["filter": "datum.chosen"]],
              "mark": ["type": "rule", "strokeDash": [4, 3]],
            ],
          ]
        ),
      ])
  }
}

extension Canvas {
  /// Marks the number of segments of the run by a dashed line with its name above the area.
  mutating func chosen(_ k: Int, in plot: Plot, among candidates: [Int]) {
    guard candidates.contains(k) else { return }
    let x = plot.x.position(Double(k))
    line(x, plot.area.top - 2, x, plot.area.bottom, style: "mean")
    let label = "k = \(k)"
    let half = TextMetrics.width(label, size: 11, isBold: true) / 2 + 0.01
    text(
      label, x: min(max(x, left + half), right - half), y: plot.area.top - 6, anchor: .middle,
      size: 11, isBold: true, room: 2 * half)
  }
}
