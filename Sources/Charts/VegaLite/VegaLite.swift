/// A Vega-Lite v5 specification with its data inside.
///
/// Data have plain field names of our own (`x`, `segment`): in a field name of Vega-Lite dots and
/// brackets are a path, so the names of columns stand in titles only.
public struct VegaLite: Sendable, Equatable {
  /// The schema that specifications are valid against.
  public static let schema = "https://vega.github.io/schema/vega-lite/v5.json"

  let json: JSON

  /// A specification: what the chart says of itself, its data, and how they are drawn.
  init(_ chart: some Chart, values: [JSON], _ members: [(String, JSON)]) {
    let lines = { (text: String, size: Double, count: Int) -> JSON in
      .array(
        TextMetrics.lines(text, size: size, into: 520, atMost: count).lines.map {
          .string($0)
        })
    }
    json = .object(
      [
        .init(name: "$schema", value: .string(VegaLite.schema)),
        .init(name: "description", value: .string("\(chart.title) \(chart.explanation)")),
        .init(
          name: "title",
          value: [
            "text": lines(chart.title, 14, 4), "subtitle": lines(chart.explanation, 11, 8),
            "anchor": "start",
          ]),
        .init(name: "data", value: ["values": .array(values)]),
        // Names of any length: what is long is cut, and whole in a tooltip.
        .init(
          name: "config",
          value: [
            "axis": ["labelLimit": 160, "titleLimit": 320], "header": ["labelLimit": 260],
            "legend": ["labelLimit": 200],
          ]),
      ] + members.map { JSON.Member(name: $0.0, value: $0.1) })
  }

  /// A channel that shows a number.
  static func quantity(
    _ field: String, _ title: String, zero: Bool = false, more: [(String, JSON)] = []
  ) -> JSON {
    channel(field, "quantitative", title, [("scale", ["zero": .bool(zero)])] + more)
  }

  /// A channel of any type.
  static func channel(
    _ field: String, _ type: String, _ title: String?, _ more: [(String, JSON)] = []
  ) -> JSON {
    .object(
      [
        .init(name: "field", value: .string(field)), .init(name: "type", value: .string(type)),
        .init(name: "title", value: title.map { .string($0) } ?? .null),
      ] + more.map { JSON.Member(name: $0.0, value: $0.1) })
  }
}

extension [ChartSegment] {
  /// The names, made different from each other where two are the same.
  var uniqueNames: [String] { Label.unique(map(\.name)) }

  /// The colour of each segment's marks, by name.
  var colourChannel: JSON {
    let colours = indices.map { index -> JSON in
      .string(self[index].colour ?? Palette.light[index % Palette.light.count])
    }
    return VegaLite.channel(
      "segment", "nominal", "segment",
      [("scale", ["domain": names, "range": .array(colours)])])
  }

  /// The shape of each segment's marks, by name.
  var shapeChannel: JSON {
    let shapes = indices.map { JSON.string(Marker(segment: $0).rawValue) }
    return VegaLite.channel(
      "segment", "nominal", "segment", [("scale", ["domain": names, "range": .array(shapes)])])
  }

  /// The segments down the picture, in their order.
  var rowChannel: JSON {
    VegaLite.channel("segment", "nominal", nil, [("sort", names)])
  }

  private var names: JSON { .array(uniqueNames.map { .string($0) }) }
}

extension Label {
  /// Cleaned names, made different from each other where two are the same.
  static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.map { name in
      var unique = clean(name)
      var count = 1
      while !seen.insert(unique).inserted {
        count += 1
        unique = "\(clean(name)) (\(count))"
      }
      return unique
    }
  }
}
