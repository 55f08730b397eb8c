/// How a segment is marked on every picture: a shape and a colour by its place among the segments.
///
/// For those who show segments beside the pictures and want them to be known again.
public struct SegmentMark: Sendable, Equatable {
  /// The outline of the mark, the `d` of an SVG path inside a view box of 24 by 24.
  public let path: String
  /// Which of the ``lightColours`` and ``darkColours`` it has, unless a person chose another.
  public let colourIndex: Int

  /// The mark of a segment by its place, 0 being the largest.
  public init(segment: Int) {
    var outline: [UInt8] = []
    Marker(segment: segment).appendPath(x: 12, y: 12, radius: 8, to: &outline)
    path = String(decoding: outline, as: UTF8.self)
    colourIndex = segment % Palette.light.count
  }

  /// The colours on a light ground, `#rrggbb`.
  public static var lightColours: [String] { Palette.light }
  /// The colours on a dark ground, `#rrggbb`.
  public static var darkColours: [String] { Palette.dark }
  /// The ground of pictures, light and dark.
  public static var grounds: (light: String, dark: String) {
    (Palette.lightGround, Palette.darkGround)
  }
}
