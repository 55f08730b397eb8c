/// The shapes of marks; segments are told apart by them as well as by colour.
///
/// The raw values are the names of the same shapes in Vega-Lite.
enum Marker: String, CaseIterable {
  case circle, square, diamond
  case up = "triangle-up"
  case cross
  case down = "triangle-down"
  case left = "triangle-left"
  case right = "triangle-right"

  /// The mark of a segment.
  ///
  /// Beyond eight segments colours come round again, with other marks.
  init(segment: Int) {
    let all = Marker.allCases
    self = all[(segment + segment / all.count) % all.count]
  }

  /// The outline around a point, as the data of an SVG path.
  func appendPath(x: Double, y: Double, radius r: Double, to out: inout [UInt8]) {
    switch self {
    case .circle:
      Marker.append("M", x - r, y, to: &out)
      for end in [2 * r, -2 * r] {
        Marker.append("a", r, r, to: &out)
        out.append(contentsOf: " 0 1 0 ".utf8)
        NumberText.appendCoordinate(end, to: &out)
        out.append(contentsOf: " 0".utf8)
      }
      out.append(contentsOf: "z".utf8)
    case .square:
      let s = 0.9 * r
      Marker.polygon([(x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s)], to: &out)
    case .diamond:
      let s = 1.25 * r
      Marker.polygon([(x, y - s), (x + s, y), (x, y + s), (x - s, y)], to: &out)
    case .up:
      Marker.polygon([(x, y - 1.2 * r), (x + 1.1 * r, y + r), (x - 1.1 * r, y + r)], to: &out)
    case .down:
      Marker.polygon([(x, y + 1.2 * r), (x + 1.1 * r, y - r), (x - 1.1 * r, y - r)], to: &out)
    case .left:
      Marker.polygon([(x - 1.2 * r, y), (x + r, y - 1.1 * r), (x + r, y + 1.1 * r)], to: &out)
    case .right:
      Marker.polygon([(x + 1.2 * r, y), (x - r, y - 1.1 * r), (x - r, y + 1.1 * r)], to: &out)
    case .cross:
      let a = 0.4 * r
      let b = 1.15 * r
      Marker.polygon(
        [
          (x - a, y - b), (x + a, y - b), (x + a, y - a), (x + b, y - a), (x + b, y + a),
          (x + a, y + a), (x + a, y + b), (x - a, y + b), (x - a, y + a), (x - b, y + a),
          (x - b, y - a), (x - a, y - a),
        ], to: &out)
    }
  }

  private static func polygon(_ points: [(Double, Double)], to out: inout [UInt8]) {
    for (index, point) in points.enumerated() {
      append(index == 0 ? "M" : "L", point.0, point.1, to: &out)
    }
    out.append(contentsOf: "z".utf8)
  }

  private static func append(_ command: String, _ x: Double, _ y: Double, to out: inout [UInt8]) {
    out.append(contentsOf: command.utf8)
    NumberText.appendCoordinate(x, to: &out)
    out.append(UInt8(ascii: " "))
    NumberText.appendCoordinate(y, to: &out)
  }
}
