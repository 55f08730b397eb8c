/// Customers in each segment.
public struct SizesChart: Chart {
  /// The name it is asked for by.
  public let name = ChartName.sizes
  /// The segments whose marks are drawn, the largest first.
  public let segments: [ChartSegment]
  /// The customers of each segment.
  public let sizes: [Double]

  /// Bars of the sizes of the segments.
  public init(segments: [ChartSegment], sizes: [Double]) {
    precondition(sizes.count == segments.count, "one size a segment")
    self.segments = segments
    self.sizes = sizes
  }

  private var total: Double { max(sizes.reduce(0, +), .leastNonzeroMagnitude) }
  private var shown: Shown { Shown(segments) }

  /// What one sees, in words.
  public var title: String {
    guard let largest = sizes.indices.max(by: { (sizes[$0], $1) < (sizes[$1], $0) }),
      let smallest = sizes.indices.min(by: { (sizes[$0], $0) < (sizes[$1], $1) })
    else { return "There are no segments." }
    let text =
      "\(Label.quoted(segments[largest].name)) is the largest segment with \(NumberText.percent(sizes[largest] / total)) of the customers"
    return largest == smallest
      ? text + "."
      : text
        + "; \(Label.quoted(segments[smallest].name)) is the smallest with \(NumberText.percent(sizes[smallest] / total))."
  }

  /// How to read the picture.
  public var explanation: String {
    let all =
      "All \(NumberText.short(sizes.reduce(0, +))) customers are in one of \(segments.count) segments."
    return [all, shown.note].compactMap(\.self).joined(separator: " ")
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    let labels = segments.prefix(shown.count).map { Label.clean($0.name) }
    let texts = sizes.prefix(shown.count).map {
      "\(NumberText.short($0)) (\(NumberText.percent($0 / total)))"
    }
    let longest = labels.map { TextMetrics.width($0, size: 12) }.max() ?? 0
    let side = min(longest, canvas.room * 0.4) + 28
    let after = (texts.map { TextMetrics.width($0, size: 12) }.max() ?? 0) + 10
    let left = canvas.left + side
    let scale = LinearScale(over: [0] + sizes, from: left, to: canvas.right - after, count: 4)
    let most = sizes.max() ?? 1
    for index in 0..<shown.count {
      let y = canvas.bottom + Double(index) * 30
      // The longest bar takes all the room: the numbers stand beside the bars, not on an axis.
      let part = most > 0 ? max(sizes[index], 0) / most : 0
      let end = left + (scale.end - left) * (part.isFinite ? part : 1)
      canvas.marker(
        Marker(segment: index), x: canvas.left + 6, y: y + 12, radius: 5,
        style: "\(canvas.fill(ofSegment: index)) dot")
      canvas.text(labels[index], x: canvas.left + 18, y: y + 16, room: side - 26)
      canvas.rectangle(
        .init(left: left, top: y, right: end, bottom: y + 24),
        style: "\(canvas.fill(ofSegment: index)) bar",
        data: [
          .init("segment", segments[index].id), .init("size", sizes[index]),
          .init("share", sizes[index] / total),
        ], hint: "\(Label.isolated(segments[index].name)): \(texts[index])")
      canvas.text(texts[index], x: end + 8, y: y + 16, room: after)
    }
    canvas.bottom += Double(shown.count) * 30 + 4
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    let names = segments.uniqueNames
    return VegaLite(
      self,
      values: segments.indices.map {
        [
          "segment": .string(names[$0]), "size": .number(sizes[$0] as Double?),
          "share": .number(sizes[$0] / total as Double?),
        ]
      },
      [
        ("width", 420), ("height", ["step": 28]),
        ("mark", ["type": "bar", "tooltip": true]),
        (
          "encoding",
          [
            "y": segments.rowChannel, "x": VegaLite.quantity("size", "customers", zero: true),
            "color": segments.colourChannel,
          ]
        ),
      ])
  }
}
