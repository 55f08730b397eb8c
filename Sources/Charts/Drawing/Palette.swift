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

  /// Whether a class, the first of several, is one of the eleven steps: `d0` … `d10`.
  static func isStep(_ style: String) -> Bool {
    let start = Array(style.utf8.prefix(2))
    return start.count == 2 && start[0] == UInt8(ascii: "d") && (48...57).contains(start[1])
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

  /// The style sheet of every picture.
  ///
  /// Plain rules, so that viewers without variables read them too.
  ///
  /// - Parameter hasSteps: whether the picture has cells or keys in the eleven steps.
  static func styleSheet(hasSteps: Bool) -> String { hasSteps ? sheets.all : sheets.withoutSteps }

  private static let sheets = (all: sheet(hasSteps: true), withoutSteps: sheet(hasSteps: false))

  private static func sheet(hasSteps: Bool) -> String {
    var rules = [
      #".sc{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif}"#,
      ".sc .axis{fill:none;stroke:#8c959f}.sc .grid{fill:none;stroke:#8c959f;stroke-opacity:.25}",
      ".sc .mean{fill:none;stroke-dasharray:4 3;stroke-width:1.5}",
      ".sc .curve{fill:none;stroke-width:2;stroke-linejoin:round}",
      ".sc .dot{stroke-width:.6;fill-opacity:.8}.sc .flow{fill-opacity:.45}",
      ".sc .centroid{stroke-width:2.5;paint-order:stroke}.sc .box{stroke-width:1.2;fill-opacity:.7}",
      ".sc .whisker{fill:none;stroke-width:1.2}.sc .bar{fill-opacity:.9}.sc .crisp{shape-rendering:crispEdges}",
    ]
    rules += theme(
      ground: lightGround, ink: lightInk, muted: lightMuted, fills: light,
      steps: hasSteps ? lightSteps : [])
    let night = theme(
      ground: darkGround, ink: darkInk, muted: darkMuted, fills: dark,
      steps: hasSteps ? darkSteps : [])
    rules.append("@media(prefers-color-scheme:dark){\(night.joined())}")
    return rules.joined()
  }

  private static func theme(
    ground: String, ink: String, muted: String, fills: [String],
    steps: [(fill: String, isDark: Bool)]
  ) -> [String] {
    var rules = [
      ".sc .ground{fill:\(ground)}.sc text,.sc .centroid{fill:\(ink)}.sc .muted{fill:\(muted)}",
      ".sc .dot,.sc .centroid,.sc .bar,.sc .cell{stroke:\(ground)}.sc .ring{fill:none;stroke:\(ink)}",
      ".sc .mean,.sc .whisker,.sc .box{stroke:\(ink)}.sc .curve{stroke:\(fills[0])}",
    ]
    for (index, fill) in fills.enumerated() { rules.append(".sc .s\(index){fill:\(fill)}") }
    for (index, step) in steps.enumerated() {
      rules.append(
        ".sc .d\(index){fill:\(step.fill)}.sc .e\(index){fill:\(step.isDark ? "#fff" : "#000")}")
    }
    return rules
  }
}
