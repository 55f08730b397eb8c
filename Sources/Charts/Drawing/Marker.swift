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
    // Relative to its beginning, which is shorter: pictures hold hundreds of marks.
    switch self {
    case .circle:
      Marker.append("M", x - r, y, to: &out)
      for end in [2 * r, -2 * r] {
        Marker.append("a", r, r, to: &out)
        out.append(contentsOf: " 0 1 0 ".utf8)
        NumberText.appendCoordinate(end, to: &out)
        out.append(contentsOf: " 0".utf8)
      }
    case .square:
      let s = 0.9 * r
      Marker.append("M", x - s, y - s, to: &out)
      Marker.walk([("h", 2 * s), ("v", 2 * s), ("h", -2 * s)], to: &out)
    case .diamond:
      let s = 1.25 * r
      Marker.append("M", x, y - s, to: &out)
      for (dx, dy) in [(s, s), (-s, s), (-s, -s)] { Marker.append("l", dx, dy, to: &out) }
    case .up:
      Marker.append("M", x, y - 1.2 * r, to: &out)
      Marker.append("l", 1.1 * r, 2.2 * r, to: &out)
      Marker.walk([("h", -2.2 * r)], to: &out)
    case .down:
      Marker.append("M", x, y + 1.2 * r, to: &out)
      Marker.append("l", 1.1 * r, -2.2 * r, to: &out)
      Marker.walk([("h", -2.2 * r)], to: &out)
    case .left:
      Marker.append("M", x - 1.2 * r, y, to: &out)
      Marker.append("l", 2.2 * r, -1.1 * r, to: &out)
      Marker.walk([("v", 2.2 * r)], to: &out)
    case .right:
      Marker.append("M", x + 1.2 * r, y, to: &out)
      Marker.append("l", -2.2 * r, -1.1 * r, to: &out)
      Marker.walk([("v", 2.2 * r)], to: &out)
    case .cross:
      // Half the thickness of an arm, and what an arm stands out.
      let a = 0.4 * r
      let b = 0.75 * r
      Marker.append("M", x - a, y - a - b, to: &out)
      Marker.walk(
        [
          ("h", 2 * a), ("v", b), ("h", b), ("v", 2 * a), ("h", -b), ("v", b), ("h", -2 * a),
          ("v", -b), ("h", -b), ("v", -2 * a), ("h", b),
        ], to: &out)
    }
    out.append(UInt8(ascii: "z"))
  }

  /// Steps to the side and up or down.
  private static func walk(_ steps: [(command: String, length: Double)], to out: inout [UInt8]) {
    for (command, length) in steps {
      out.append(contentsOf: command.utf8)
      NumberText.appendCoordinate(length, to: &out)
    }
  }

  private static func append(_ command: String, _ x: Double, _ y: Double, to out: inout [UInt8]) {
    out.append(contentsOf: command.utf8)
    NumberText.appendCoordinate(x, to: &out)
    out.append(UInt8(ascii: " "))
    NumberText.appendCoordinate(y, to: &out)
  }
}
