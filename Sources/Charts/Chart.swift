/// A picture of a run: values in, SVG and Vega-Lite out.
///
/// A chart knows what one sees on it and says so in its title. Both forms are deterministic: the
/// same values give the same bytes.
public protocol Chart: Sendable {
  /// The name it is asked for by, one of ``ChartName``.
  var name: ChartName { get }
  /// What one sees, in words.
  var title: String { get }
  /// How to read the picture, and what is left out of it.
  var explanation: String { get }
  /// The segments whose colours and marks are used, the largest first.
  var segments: [ChartSegment] { get }
  /// Draws everything below the title.
  func draw(on canvas: inout Canvas)
  /// The same picture as a Vega-Lite specification.
  var specification: VegaLite { get }
}

/// The charts there are, by the names they are asked for.
public enum ChartName: String, CaseIterable, Sendable {
  case scatter, pairs, elbow, k, silhouette, sizes, profiles, histograms, boxplots, correlation
  case categories, centroids, movement

  /// What the chart shows, in a few words.
  public var summary: String {
    switch self {
    case .scatter: "customers in two features, with centroids"
    case .pairs: "customers in every pair of features"
    case .elbow: "inertia by the number of segments"
    case .k: "the quality indices by the number of segments"
    case .silhouette: "how well each customer fits its segment"
    case .sizes: "customers in each segment"
    case .profiles: "what sets each segment apart, as a heat map"
    case .histograms: "the distribution of each feature"
    case .boxplots: "the spread of each feature in each segment"
    case .correlation: "which features move together"
    case .categories: "categories by segment, with their lift"
    case .centroids: "the segments on a map by their distances"
    case .movement: "who moved between the segments of two runs"
    }
  }
}

/// How wide a picture is drawn, in CSS pixels; its height follows from what it holds.
public struct ChartWidth: Sendable, Equatable {
  /// The widths that can be drawn.
  public static let range = 320...1600
  /// A column of a page.
  public static let standard = ChartWidth(720)

  /// The width in pixels.
  public let pixels: Int

  /// A width, brought into the range of those that can be drawn.
  public init(_ pixels: Int) {
    self.pixels = min(max(pixels, ChartWidth.range.lowerBound), ChartWidth.range.upperBound)
  }
}

extension Chart {
  /// The picture as an SVG document, UTF-8: without script, without anything fetched, light or dark as
  /// the reader prefers.
  ///
  /// - Complexity: O(what is drawn), which is bounded whatever the number of customers.
  public func svg(width: ChartWidth = .standard) -> [UInt8] {
    canvas(width: width).document
  }

  /// The picture as a Vega-Lite v5 specification with its data inside, UTF-8 JSON.
  public func vegaLite() -> [UInt8] {
    specification.json.bytes
  }

  /// How large ``svg(width:)`` is, in CSS pixels: what a page needs to leave room for it.
  ///
  /// - Complexity: that of ``svg(width:)``, but for its text.
  public func size(width: ChartWidth = .standard) -> (width: Int, height: Int) {
    (width.pixels, Int(canvas(width: width).height))
  }

  func canvas(width: ChartWidth) -> Canvas {
    var canvas = Canvas(
      name: name.rawValue, title: title, explanation: explanation, segments: segments,
      width: Double(width.pixels))
    draw(on: &canvas)
    return canvas
  }
}
