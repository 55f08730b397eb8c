/// What sets each segment apart: segments by features, as a heat map.
public struct ProfilesChart: Chart {
  /// The most features that have a column.
  public static let featureLimit = 24

  /// The name it is asked for by.
  public let name = ChartName.profiles
  /// The segments whose marks are drawn, the largest first.
  public let segments: [ChartSegment]
  /// The features.
  public let features: [ChartFeature]
  /// (mean − overall mean) / overall standard deviation, segment by segment.
  public let z: [[Double]]
  /// The means in the features' own units, segment by segment.
  public let means: [[Double]]

  /// A heat map of the means of the features in the segments.
  public init(
    segments: [ChartSegment], features: [ChartFeature], z: [[Double]], means: [[Double]]
  ) {
    precondition(z.count == segments.count && means.count == segments.count, "one row a segment")
    precondition(
      (z + means).allSatisfy { $0.count == features.count }, "one value a feature")
    self.segments = segments
    self.features = features
    self.z = z
    self.means = means
  }

  private var shownSegments: Shown { Shown(segments) }
  private var shownFeatures: Shown {
    Shown("features", features.count, limit: ProfilesChart.featureLimit)
  }

  /// What one sees, in words.
  public var title: String {
    var strongest: (segment: Int, feature: Int, z: Double)?
    for segment in segments.indices {
      for feature in features.indices where z[segment][feature].isFinite {
        if abs(z[segment][feature]) > abs(strongest?.z ?? 0) {
          strongest = (segment, feature, z[segment][feature])
        }
      }
    }
    guard let strongest else { return "The segments do not differ in their means." }
    return
      "\(Label.quoted(segments[strongest.segment].name)) stands out most: its \(Label.quoted(features[strongest.feature].name)) is \(NumberText.short(abs(strongest.z))) standard deviations \(strongest.z > 0 ? "above" : "below") average."
  }

  /// How to read the picture.
  public var explanation: String {
    let notes = [
      "Numbers are means in the unit of the feature; the colour says how far they are from the mean of all customers.",
      shownSegments.note, shownFeatures.note,
    ]
    return notes.compactMap(\.self).joined(separator: " ")
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    let columns = Array(features.prefix(shownFeatures.count))
    let map = HeatMap(
      rows: segments.prefix(shownSegments.count).map { Label.clean($0.name) },
      rowMarks: Array(0..<shownSegments.count), columns: columns.map(\.label),
      cells: (0..<shownSegments.count).map { segment in
        columns.indices.map { feature in
          HeatMap.Cell(
            level: z[segment][feature] / 2, text: NumberText.short(means[segment][feature]),
            hint:
              "\(Label.isolated(segments[segment].name)), \(Label.isolated(columns[feature].name)): \(columns[feature].text(means[segment][feature])), z \(NumberText.short(z[segment][feature]))",
            data: [
              .init("segment", segments[segment].id), .init("feature", columns[feature].key),
              .init("mean", means[segment][feature]), .init("z", z[segment][feature]),
            ])
        }
      })
    map.draw(on: &canvas)
    canvas.stepLegend(low: "2 sd below", middle: "average", high: "2 sd above")
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    let names = segments.uniqueNames
    let labels = Label.unique(features.map(\.label))
    let values = segments.indices.flatMap { segment in
      features.indices.map { feature -> JSON in
        [
          "segment": .string(names[segment]), "feature": .string(labels[feature]),
          "z": .number(z[segment][feature] as Double?),
          "mean": .number(means[segment][feature] as Double?),
        ]
      }
    }
    return VegaLite(
      self, values: values,
      VegaLite.heatMap(
        y: segments.rowChannel,
        x: VegaLite.channel(
          "feature", "nominal", nil,
          [
            ("sort", .array(labels.map { .string($0) })),
            ("axis", ["orient": "top", "labelAngle": -30, "labelLimit": 160]),
          ]), colour: "z", title: "z", steps: VegaLite.diverging(from: -2, by: 0, to: 2),
        text: "mean", format: ".4~g"))
  }
}

extension VegaLite {
  /// A value and the colour of a cell that has it; between two values colours are mixed.
  typealias ColourStep = (value: Double, colour: String)

  /// The colour of what is as usual.
  private static let neutral = "#f3f4f6"

  /// Colours for what lies below and above the usual.
  static func diverging(from low: Double, by middle: Double, to high: Double) -> [ColourStep] {
    [(low, "#b04a00"), (middle, neutral), (high, "#005f9e")]
  }

  /// Colours for amounts.
  static func sequential(to most: Double) -> [ColourStep] { [(0, neutral), (most, "#005f9e")] }

  /// Coloured cells with numbers in them.
  static func heatMap(
    y: JSON, x: JSON, colour: String, title: String, steps: [ColourStep], text: String,
    format: String
  ) -> [(String, JSON)] {
    // Text is white on what is nearly as dark as an end.
    let middle = steps.first { $0.colour == neutral }?.value ?? 0
    let isStrong = steps.filter { $0.value != middle }.map { step in
      "datum.\(colour) \(step.value < middle ? "<" : ">") \(NumberText.exact(middle + 0.8 * (step.value - middle)))"
    }.joined(separator: " || ")
    return [
      ("width", ["step": 74]), ("height", ["step": 28]), ("encoding", ["y": y, "x": x]),
      (
        "layer",
        [
          [
            "mark": ["type": "rect", "tooltip": true],
            "encoding": [
              "color": channel(
                colour, "quantitative", title,
                [
                  (
                    "scale",
                    [
                      "range": .array(steps.map { .string($0.colour) }),
                      "domain": .array(steps.map { .number($0.value as Double?) }),
                      "interpolate": "rgb", "clamp": true,
                    ]
                  )
                ])
            ],
          ],
          [
            "mark": ["type": "text"],
            "encoding": [
              "text": channel(text, "quantitative", nil, [("format", .string(format))]),
              "color": [
                "condition": ["test": .string(isStrong), "value": "white"], "value": "black",
              ],
            ],
          ],
        ]
      ),
    ]
  }
}
