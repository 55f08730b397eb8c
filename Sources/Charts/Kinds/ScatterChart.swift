/// Customers in two features, coloured by segment, with the centroids.
public struct ScatterChart: Chart {
  /// The most customers that are drawn.
  public static let pointLimit = 2000

  /// The name it is asked for by.
  public let name = ChartName.scatter
  /// The customers.
  public let points: CustomerPoints
  /// The features along the axes, as positions in `points.features`.
  public let x, y: Int
  /// The centroid of each segment in these two features.
  public let centroids: [(x: Double, y: Double)]
  private let sample: StratifiedSample

  /// A scatter of two features of the customers.
  public init(
    points: CustomerPoints, x: Int, y: Int, centroids: [(x: Double, y: Double)],
    pointLimit: Int = ScatterChart.pointLimit
  ) {
    precondition(centroids.count == points.segments.count, "one centroid a segment")
    self.points = points
    self.x = x
    self.y = y
    self.centroids = centroids
    sample = StratifiedSample(
      labels: points.labels, segmentCount: points.segments.count, limit: pointLimit)
  }

  /// The segments whose marks are drawn, the largest first.
  public var segments: [ChartSegment] { points.segments }

  /// What one sees, in words.
  public var title: String {
    let shares = [(x, points.separation(of: x)), (y, points.separation(of: y))]
      .compactMap { feature, share in share.map { (name: points.features[feature].name, share: $0) }
      }
      .sorted { $0.share > $1.share }
    guard let best = shares.first else { return "These customers do not differ in these features." }
    let verb =
      best.share >= 0.5
      ? "separates the segments clearly"
      : best.share >= 0.2
        ? "separates the segments in part" : "hardly separates the segments"
    var text =
      "\(Label.quoted(best.name)) \(verb): \(NumberText.percent(best.share)) of its variance lies between them"
    if shares.count > 1 {
      text += " (\(Label.quoted(shares[1].name)): \(NumberText.percent(shares[1].share)))"
    }
    return text + "."
  }

  /// How to read the picture.
  public var explanation: String {
    (["Each mark is a customer, crosses are the centroids of the segments."]
      + (sample.note.map { [$0] } ?? [])).joined(separator: " ")
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    canvas.legend(segments, extra: ("centroid", "centroid"))
    let height = min(max(canvas.room * 0.62, 260), 560)
    let plot = Plot(
      x: .init(label: points.features[x].label, values: points.values[x]),
      y: .init(label: points.features[y].label, values: points.values[y]),
      in: .init(
        left: canvas.left, top: canvas.bottom, right: canvas.right, bottom: canvas.bottom + height),
      on: &canvas)
    for (index, segment) in segments.enumerated() {
      canvas.openGroup(
        [.init("segment", segment.id)], style: "\(canvas.fill(ofSegment: index)) dot")
      for row in sample.rows where points.labels[row] == index {
        let (valueX, valueY) = (points.values[x][row], points.values[y][row])
        guard valueX.isFinite, valueY.isFinite else { continue }
        canvas.marker(
          Marker(segment: index), x: plot.x.position(valueX), y: plot.y.position(valueY),
          radius: 3.5, data: [.init("x", valueX), .init("y", valueY)])
      }
      canvas.closeGroup()
    }
    for (index, centroid) in centroids.enumerated() {
      guard centroid.x.isFinite, centroid.y.isFinite else { continue }
      canvas.marker(
        .cross, x: plot.x.position(centroid.x), y: plot.y.position(centroid.y), radius: 8,
        style: "centroid",
        data: [
          .init("centroid", segments[index].id), .init("x", centroid.x), .init("y", centroid.y),
        ],
        hint:
          "\(Label.isolated(segments[index].name)): \(points.features[x].text(centroid.x)), \(points.features[y].text(centroid.y))"
      )
    }
    canvas.bottom += height
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    let names = segments.uniqueNames
    let customers = sample.rows.map { row -> JSON in
      [
        "x": .number(points.values[x][row] as Double?),
        "y": .number(points.values[y][row] as Double?),
        "segment": .string(names[points.labels[row]]), "kind": "customer",
      ]
    }
    let centres = centroids.enumerated().map { index, centroid -> JSON in
      [
        "x": .number(centroid.x as Double?), "y": .number(centroid.y as Double?),
        "segment": .string(names[index]), "kind": "centroid",
      ]
    }
    let axes: [(String, JSON)] = [
      ("x", VegaLite.quantity("x", points.features[x].label)),
      ("y", VegaLite.quantity("y", points.features[y].label)),
    ]
    return VegaLite(
      self, values: customers + centres,
      [
        ("width", 520), ("height", 360),
        (
          "layer",
          [
            [
              "transform": [["filter": "datum.kind == 'customer'"]],
              "mark": ["type": "point", "filled": true, "tooltip": true],
              "encoding": .object(
                (axes + [("color", segments.colourChannel), ("shape", segments.shapeChannel)]).map {
                  .init(name: $0.0, value: $0.1)
                }),
            ],
            [
              "transform": [["filter": "datum.kind == 'centroid'"]],
              "mark": [
                "type": "point", "shape": "cross", "size": 220, "filled": true, "color": "black",
                "stroke": "white", "tooltip": true,
              ],
              "encoding": .object(
                (axes + [("detail", VegaLite.channel("segment", "nominal", "segment"))]).map {
                  .init(name: $0.0, value: $0.1)
                }),
            ],
          ]
        ),
      ])
  }
}
