/// The segments on a map on which those that are alike lie near each other.
public struct CentroidsChart: Chart {
  /// The name it is asked for by.
  public let name = ChartName.centroids
  /// The segments whose marks are drawn, the largest first.
  public let segments: [ChartSegment]
  /// The place of each segment.
  public let places: [(x: Double, y: Double)]
  /// The customers of each segment.
  public let sizes: [Double]
  /// The distances between the centroids, in scaled units, `k × k`.
  public let distances: [[Double]]
  /// The share of the variance between the centroids that the map shows, 0...1; nil when unknown.
  public let shown: Double?

  /// A map of segments.
  public init(
    segments: [ChartSegment], places: [(x: Double, y: Double)], sizes: [Double],
    distances: [[Double]], shown: Double?
  ) {
    precondition(places.count == segments.count && sizes.count == segments.count, "one a segment")
    precondition(
      distances.count == segments.count && distances.allSatisfy { $0.count == segments.count },
      "k × k")
    self.segments = segments
    self.places = places
    self.sizes = sizes
    self.distances = distances
    self.shown = shown
  }

  /// What one sees, in words.
  public var title: String {
    var pairs: [(a: Int, b: Int, distance: Double)] = []
    for a in segments.indices {
      for b in segments.indices where b > a { pairs.append((a, b, distances[a][b])) }
    }
    guard let near = pairs.min(by: { ($0.distance, $0.a, $0.b) < ($1.distance, $1.a, $1.b) }),
      let far = pairs.max(by: { ($0.distance, $1.a, $1.b) < ($1.distance, $0.a, $0.b) })
    else { return "There is one segment only." }
    let names = { (pair: (a: Int, b: Int, distance: Double)) in
      "\(Label.quoted(segments[pair.a].name)) and \(Label.quoted(segments[pair.b].name))"
    }
    guard pairs.count > 1 else {
      return "\(names(near)) are \(NumberText.short(near.distance)) apart."
    }
    return
      "\(names(near)) are most alike (distance \(NumberText.short(near.distance))), \(names(far)) least (\(NumberText.short(far.distance)))."
  }

  /// How to read the picture.
  public var explanation: String {
    var text =
      "Near segments are alike; the area of a mark is the number of customers. Distances are those of centroids in scaled units."
    if let shown {
      text += " The map shows \(NumberText.percent(shown)) of the variance between them."
    }
    return text
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    canvas.legend(segments)
    let height = min(max(canvas.room * 0.6, 260), 520)
    let area = Canvas.Box(
      left: canvas.left, top: canvas.bottom, right: canvas.right, bottom: canvas.bottom + height)
    canvas.rectangle(area, style: "axis")
    let largest = max(sizes.max() ?? 1, .leastNonzeroMagnitude)
    let most = min(26, canvas.room / 14)
    // One scale for both directions: a distance is a distance either way.
    let frame = Canvas.Box(
      left: area.left + most + 8, top: area.top + most + 8, right: area.right - most - 8,
      bottom: area.bottom - most - 8)
    let (xs, ys) = (places.map(\.x).filter(\.isFinite), places.map(\.y).filter(\.isFinite))
    let (lowX, highX) = (xs.min() ?? 0, xs.max() ?? 0)
    let (lowY, highY) = (ys.min() ?? 0, ys.max() ?? 0)
    let unit = min(
      frame.width / max(highX - lowX, 1e-9), frame.height / max(highY - lowY, 1e-9))
    let middle = ((area.left + area.right) / 2, (area.top + area.bottom) / 2)
    var marks: [(x: Double, y: Double, radius: Double)] = []
    for index in segments.indices {
      let place = places[index]
      guard place.x.isFinite, place.y.isFinite else { continue }
      let x = middle.0 + (place.x - (lowX + highX) / 2) * unit
      let y = middle.1 - (place.y - (lowY + highY) / 2) * unit
      let radius = max(4, most * (max(sizes[index], 0) / largest).squareRoot())
      marks.append((x, y, radius))
      canvas.marker(
        Marker(segment: index), x: x, y: y, radius: radius * 0.8,
        style: "\(canvas.fill(ofSegment: index)) dot",
        data: [
          .init("segment", segments[index].id), .init("x", place.x), .init("y", place.y),
          .init("size", sizes[index]),
        ],
        hint: "\(Label.isolated(segments[index].name)): \(NumberText.short(sizes[index])) customers"
      )
    }
    label(marks, in: area, on: &canvas)
    canvas.bottom += height
  }

  /// Writes names beside the marks where there is room; all of them stand in the legend.
  private func label(
    _ marks: [(x: Double, y: Double, radius: Double)], in area: Canvas.Box,
    on canvas: inout Canvas
  ) {
    guard marks.count == segments.count else { return }
    let obstacles = marks.map {
      Canvas.Box(
        left: $0.x - $0.radius, top: $0.y - $0.radius, right: $0.x + $0.radius,
        bottom: $0.y + $0.radius)
    }
    for (index, mark) in marks.enumerated().prefix(Canvas.segmentLimit) {
      let name = TextMetrics.fitted(
        Label.clean(segments[index].name), size: 11, into: min(180, area.width / 2.5))
      let length = TextMetrics.width(name.text, size: 11)
      let places: [(Double, Double, Canvas.Anchor)] = [
        (mark.x + mark.radius + 5, mark.y + 4, .start),
        (mark.x - mark.radius - 5, mark.y + 4, .end),
        (mark.x, mark.y + mark.radius + 13, .middle), (mark.x, mark.y - mark.radius - 6, .middle),
      ]
      for (x, y, anchor) in places {
        let box = Canvas.box(x: x, y: y, length: length, anchor: anchor, size: 11)
        guard box.left >= area.left, box.right <= area.right, box.top >= area.top,
          box.bottom <= area.bottom, canvas.isFree(box),
          !obstacles.contains(where: { $0.intersects(box) })
        else { continue }
        canvas.text(
          name.text, x: x, y: y, anchor: anchor, size: 11, room: length + 0.01,
          whole: name.isCut ? Label.clean(segments[index].name) : nil)
        break
      }
    }
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    let names = segments.uniqueNames
    // One scale for both directions, here too, with room for the marks.
    let spans = [places.map(\.x), places.map(\.y)].map { values in
      let finite = values.filter(\.isFinite)
      return (low: finite.min() ?? 0, high: finite.max() ?? 0)
    }
    let reach = max(spans.map { $0.high - $0.low }.max() ?? 0, 1e-9) * 0.6
    let axes = zip(["x", "y"], spans).map { name, span -> JSON in
      let middle = (span.low + span.high) / 2
      return VegaLite.channel(
        name, "quantitative", name == "x" ? "map, first axis" : "map, second axis",
        [
          (
            "scale",
            [
              "domain": [.number(middle - reach as Double?), .number(middle + reach as Double?)],
              "nice": false, "zero": false,
            ]
          )
        ])
    }
    return VegaLite(
      self,
      values: segments.indices.map {
        [
          "segment": .string(names[$0]), "x": .number(places[$0].x as Double?),
          "y": .number(places[$0].y as Double?), "size": .number(sizes[$0] as Double?),
        ]
      },
      [
        ("width", 400), ("height", 400),
        ("mark", ["type": "point", "filled": true, "tooltip": true]),
        (
          "encoding",
          [
            "x": axes[0], "y": axes[1],
            "size": VegaLite.channel(
              "size", "quantitative", "customers", [("scale", ["range": [60, 1200]])]),
            "color": segments.colourChannel, "shape": segments.shapeChannel,
          ]
        ),
      ])
  }
}
