/// Which features move together.
public struct CorrelationChart: Chart {
  /// The most features that have a row and a column.
  public static let featureLimit = 24

  /// The name it is asked for by.
  public let name = ChartName.correlation
  /// The features.
  public let features: [ChartFeature]
  /// The coefficients, −1...1, `d × d`; nil where one is undefined.
  public let coefficients: [[Double?]]
  /// What kind of coefficient: Pearson or Spearman.
  public let method: String
  /// The segments whose marks are drawn, the largest first.
  public let segments: [ChartSegment] = []

  /// A matrix of correlations.
  public init(features: [ChartFeature], coefficients: [[Double?]], method: String = "Pearson") {
    precondition(coefficients.count == features.count, "d × d")
    precondition(coefficients.allSatisfy { $0.count == features.count }, "d × d")
    self.features = features
    self.coefficients = coefficients
    self.method = method
  }

  private var shown: Shown {
    Shown("features", features.count, limit: CorrelationChart.featureLimit)
  }

  /// What one sees, in words.
  public var title: String {
    var strongest: (a: Int, b: Int, r: Double)?
    for a in features.indices {
      for b in features.indices where b > a {
        guard let r = coefficients[a][b], r.isFinite, abs(r) > abs(strongest?.r ?? 0) else {
          continue
        }
        strongest = (a, b, r)
      }
    }
    guard let strongest else { return "No two features move together." }
    let names =
      "\(Label.quoted(features[strongest.a].name)) and \(Label.quoted(features[strongest.b].name))"
    let r = NumberText.short(strongest.r)
    guard abs(strongest.r) >= 0.3 else {
      return "No two features move together closely; the nearest are \(names) (r = \(r))."
    }
    let word = abs(strongest.r) >= 0.7 ? "closely " : ""
    return strongest.r > 0
      ? "\(names) rise \(word)together (r = \(r))."
      : "\(names) move \(word)against each other (r = \(r))."
  }

  /// How to read the picture.
  public var explanation: String {
    let all =
      "\(method) correlation of each pair of features: 1 moves together, −1 against, 0 neither."
    return [all, shown.note].compactMap(\.self).joined(separator: " ")
  }

  /// Draws what stands below the title.
  public func draw(on canvas: inout Canvas) {
    let labels = features.prefix(shown.count).map { Label.clean($0.name) }
    let map = HeatMap(
      rows: labels, columns: labels,
      cells: (0..<shown.count).map { row in
        (0..<shown.count).map { column in
          let r = coefficients[row][column]
          return HeatMap.Cell(
            level: r, text: r.map { NumberText.fixed($0, decimals: 2) } ?? "–",
            hint:
              "\(Label.isolated(features[row].name)), \(Label.isolated(features[column].name)): \(r.map { NumberText.short($0) } ?? "undefined")",
            data: [
              .init("row", features[row].key), .init("column", features[column].key),
            ] + (r.map { [.init("r", $0)] } ?? []))
        }
      })
    map.draw(on: &canvas)
    canvas.stepLegend(low: "−1", middle: "0", high: "1")
  }

  /// The Vega-Lite form.
  public var specification: VegaLite {
    let labels = Label.unique(features.map(\.name))
    let sort = JSON.array(labels.map { .string($0) })
    let values = features.indices.flatMap { row in
      features.indices.map { column -> JSON in
        [
          "row": .string(labels[row]), "column": .string(labels[column]),
          "r": .number(coefficients[row][column]),
        ]
      }
    }
    return VegaLite(
      self, values: values,
      VegaLite.heatMap(
        y: VegaLite.channel("row", "nominal", nil, [("sort", sort)]),
        x: VegaLite.channel(
          "column", "nominal", nil,
          [
            ("sort", sort), ("axis", ["orient": "top", "labelAngle": -30, "labelLimit": 160]),
          ]), colour: "r", title: "r", steps: VegaLite.diverging(from: -1, by: 0, to: 1), text: "r",
        format: ".2f"))
  }
}
