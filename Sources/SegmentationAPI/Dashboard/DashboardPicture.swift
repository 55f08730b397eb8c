import Charts
import Segmentation

/// A chart on the page: an image with room left for it, in two widths.
struct DashboardPicture {
  /// How wide pictures are drawn: on a phone, and in a column of a page.
  static let widths = (narrow: ChartWidth(340), wide: ChartWidth(560))
  /// Above this number of rows the page does not wait for its pictures to be drawn, only leaves room
  /// for what they are likely to take.
  static let drawnRowLimit = 50_000

  let name: ChartName
  /// What one sees; the summary of the chart where it was not drawn.
  let alternative: String
  let narrow: (width: Int, height: Int)
  let wide: (width: Int, height: Int)
  /// Whether the room is a guess, in which the picture then stands as large as it fits.
  let isExpected: Bool

  /// A chart that was made.
  init(_ name: ChartName, chart: some Chart) {
    self.name = name
    alternative = chart.title
    narrow = chart.size(width: Self.widths.narrow)
    wide = chart.size(width: Self.widths.wide)
    isExpected = false
  }

  /// A chart that will be made when it is asked for.
  init(expecting name: ChartName) {
    self.name = name
    alternative = name.summary
    narrow = (Self.widths.narrow.pixels, Self.widths.narrow.pixels)
    wide = (Self.widths.wide.pixels, Self.widths.wide.pixels)
    isExpected = true
  }

  /// The pictures of a run.
  ///
  /// - Throws: a problem of the service, or that the request was given up.
  static func all(of charts: RunCharts) throws(SegmentationError) -> [ChartName: DashboardPicture] {
    var charts = charts
    let isSmall = charts.run.dataset.usedRowCount <= drawnRowLimit
    if isSmall { charts.exploration = charts.explored() }
    var pictures: [ChartName: DashboardPicture] = [:]
    for name in charts.names {
      guard isSmall else {
        pictures[name] = DashboardPicture(expecting: name)
        continue
      }
      guard let chart = try charts.chart(name) else { continue }
      pictures[name] = DashboardPicture(name, chart: chart)
    }
    return pictures
  }

  /// The picture with the links to take it along.
  func write(to html: inout HTMLWriter, query: String, isFirst: Bool = false) {
    html.element(
      "figure",
      ["class": isExpected ? "picture expected" : "picture", "id": "chart-\(name.rawValue)"]
    ) { html in
      html.element("picture") { html in
        html.void(
          "source",
          [
            "media": "(max-width: 639px)",
            "srcset": address("svg", query, width: narrow.width), "width": "\(narrow.width)",
            "height": "\(narrow.height)",
          ])
        html.void(
          "img",
          [
            "src": address("svg", query, width: wide.width), "width": "\(wide.width)",
            "height": "\(wide.height)", "alt": Label.clean(alternative),
            "loading": isFirst ? nil : "lazy",
          ])
      }
      html.element("figcaption") { html in
        html.element("span", name.summary.prefix(1).uppercased() + name.summary.dropFirst())
        for (suffix, form) in [("svg", "SVG"), ("vl.json", "Vega-Lite")] {
          html.element(
            "a",
            [
              "href": address(suffix, query), "download": "",
              "aria-label": "\(form): \(name.rawValue)",
            ], form)
        }
      }
    }
  }

  private func address(_ suffix: String, _ query: String, width: Int? = nil) -> String {
    "/charts/\(name.rawValue).\(suffix)?\(query)\(width.map { "&width=\($0)" } ?? "")"
  }
}

/// The mark of a segment, as on the pictures.
struct DashboardMark {
  let mark: SegmentMark
  let colour: String?

  init(_ segment: Segment) {
    mark = SegmentMark(segment: segment.cluster)
    colour = segment.details.colour
  }

  /// The class that fills with the segment's colour; none where a person chose one.
  var style: String? { colour == nil ? "s\(mark.colourIndex)" : nil }

  func write(to html: inout HTMLWriter) {
    html.element("svg", ["class": "mark", "viewBox": "0 0 24 24", "aria-hidden": "true"]) { html in
      html.element("path", ["class": style, "fill": colour, "d": mark.path], "")
    }
  }
}
