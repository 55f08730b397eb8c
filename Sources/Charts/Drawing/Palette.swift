/// The colours of pictures, light and dark.
///
/// Segments have the colours of Okabe and Ito (2008), which people with any kind of colour vision can
/// tell apart, darkened where they would not stand out from white (3:1, WCAG 2.2 §1.4.11). Each also
/// has a mark of its own shape. Text has a contrast of 4.5:1 at least.
enum Palette {
  /// The fills of segments on a light ground.
  static let light = [
    "#0072b2", "#c48700", "#009e73", "#cc79a7", "#4a9bc8", "#d55e00", "#9e962c", "#000000",
  ]
  /// The fills of segments on a dark ground.
  static let dark = [
    "#2a86c8", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#e6e6e6",
  ]
  /// What lies below, and the text on it.
  static let lightGround = "#ffffff"
  static let lightInk = "#1f2328"
  static let lightMuted = "#57606a"
  static let darkGround = "#14181d"
  static let darkInk = "#e6edf3"
  static let darkMuted = "#9aa4af"

  /// Five steps down, the middle, five steps up, and whether text on a step is white.
  static let lightSteps: [(fill: String, isDark: Bool)] = [
    ("#b04a00", true), ("#bd6c31", false), ("#cb8e62", false), ("#d8b094", false),
    ("#e6d2c5", false), ("#f3f4f6", false), ("#c2d6e4", false), ("#92b8d3", false),
    ("#619bc1", false), ("#317db0", false), ("#005f9e", true),
  ]
  static let darkSteps: [(fill: String, isDark: Bool)] = [
    ("#f2b04a", false), ("#c99646", false), ("#a07b41", false), ("#78613d", true),
    ("#4f4638", true), ("#262c34", true), ("#374b5a", true), ("#486a80", true),
    ("#5a89a6", false), ("#6ba8cc", false), ("#7cc7f2", false),
  ]

  /// The step, 0...10, of a value that is neutral at 0 and strongest at −1 and 1.
  static func step(_ value: Double) -> Int {
    guard value.isFinite else { return value > 0 ? 10 : value < 0 ? 0 : 5 }
    return 5 + Int((min(max(value, -1), 1) * 5).rounded())
  }

  /// Whether a text is `#rrggbb`.
  static func isColour(_ text: String) -> Bool {
    text.utf8.count == 7 && text.utf8.first == UInt8(ascii: "#")
      && text.utf8.dropFirst().allSatisfy {
        switch $0 {
        case 48...57, 65...70, 97...102: true
        default: false
        }
      }
  }

  /// A rule of a style sheet: the styles it is for, and what it says.
  private typealias Rule = (styles: [String], declarations: String)

  /// The style sheet of a picture, without the rules that it has no use for.
  ///
  /// Plain rules, so that viewers without variables read them too.
  ///
  /// - Parameter used: the styles of the picture's elements.
  static func styleSheet(using used: Set<String>) -> String {
    func text(_ rules: [Rule]) -> String {
      rules.map { rule in
        let selectors = rule.styles.compactMap { style in
          style == "text" ? ".sc text" : used.contains(style) ? ".sc .\(style)" : nil
        }
        return selectors.isEmpty
          ? "" : "\(selectors.joined(separator: ",")){\(rule.declarations)}"
      }.joined()
    }
    let night = text(darkRules)
    return
      #".sc{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif}"#
      + text(shapes) + text(lightRules) + "@media(prefers-color-scheme:dark){\(night)}"
  }

  private static let shapes: [Rule] = [
    (["axis", "grid"], "fill:none;stroke:#8c959f"), (["grid"], "stroke-opacity:.25"),
    (["mean"], "fill:none;stroke-dasharray:4 3;stroke-width:1.5"),
    (["curve"], "fill:none;stroke-width:2;stroke-linejoin:round"),
    (["dot"], "stroke-width:.6;fill-opacity:.8"), (["flow"], "fill-opacity:.45"),
    (["centroid"], "stroke-width:2.5;paint-order:stroke"),
    (["box"], "stroke-width:1.2;fill-opacity:.7"), (["whisker"], "fill:none;stroke-width:1.2"),
    (["bar"], "fill-opacity:.9"), (["crisp"], "shape-rendering:crispEdges"),
    (["ring"], "fill:none"),
  ]

  private static let lightRules = rules(
    ground: lightGround, ink: lightInk, muted: lightMuted, fills: light, steps: lightSteps)
  private static let darkRules = rules(
    ground: darkGround, ink: darkInk, muted: darkMuted, fills: dark, steps: darkSteps)

  private static func rules(
    ground: String, ink: String, muted: String, fills: [String],
    steps: [(fill: String, isDark: Bool)]
  ) -> [Rule] {
    [
      (["ground"], "fill:\(ground)"), (["text", "centroid"], "fill:\(ink)"),
      (["muted"], "fill:\(muted)"), (["dot", "centroid", "bar", "cell"], "stroke:\(ground)"),
      (["ring", "mean", "whisker", "box"], "stroke:\(ink)"), (["curve"], "stroke:\(fills[0])"),
    ] + fills.enumerated().map { (["s\($0)"], "fill:\($1)") }
      + steps.enumerated().flatMap { index, step -> [Rule] in
        [
          (["d\(index)"], "fill:\(step.fill)"),
          (["e\(index)"], "fill:\(step.isDark ? "#fff" : "#000")"),
        ]
      }
  }
}
