/// A picture while it is drawn: SVG elements below a title, and the texts placed so far.
///
/// Everything that comes from outside passes ``text(_:x:y:anchor:size:isBold:style:room:)`` or a data
/// attribute, and both escape it.
public struct Canvas {
  /// Where a text stands to its point.
  enum Anchor: String {
    case start, middle, end
  }

  /// A rectangle, in pixels.
  struct Box: Equatable {
    var left, top, right, bottom: Double

    var width: Double { right - left }
    var height: Double { bottom - top }

    func intersects(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  /// A value that is kept beside a mark, for programs to read back.
  struct Datum {
    let name: String
    let text: String

    init(_ name: String, _ value: Double) {
      self.name = name
      text = NumberText.exact(value)
    }

    init(_ name: String, _ value: Int) {
      self.name = name
      text = String(value)
    }

    init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  /// The room between the edge and what is drawn.
  static let margin = 16.0

  let name: String
  let title: String
  let explanation: String
  let width: Double
  /// Where the next thing may be drawn; the height of the picture in the end.
  var bottom: Double
  /// Where texts stand, so that none is put on another.
  private(set) var texts: [Box] = []
  private var body: [UInt8] = []
  /// The styles of what was drawn, as elements name them: one, or several with spaces between them.
  private var styles: Set<String> = ["ground"]
  private let chosenColours: [(index: Int, colour: String)]

  init(
    name: String, title: String, explanation: String, segments: [ChartSegment], width: Double
  ) {
    self.name = name
    self.title = title
    self.explanation = explanation
    self.width = width
    chosenColours = segments.enumerated().compactMap { index, segment in
      segment.colour.map { (index, $0) }
    }
    bottom = Canvas.margin
    body.reserveCapacity(1 << 15)
    drawHeading()
  }

  /// What is between the margins.
  var left: Double { Canvas.margin }
  var right: Double { width - Canvas.margin }
  var room: Double { width - 2 * Canvas.margin }

  private mutating func drawHeading() {
    let heading = TextMetrics.lines(title, size: 15, isBold: true, into: room, atMost: 4)
    for line in heading.lines {
      text(line, x: left, y: bottom + 14, size: 15, isBold: true, room: room + 0.01)
      bottom += 20
    }
    let notes = TextMetrics.lines(explanation, size: 12, into: room, atMost: 6)
    for line in notes.lines {
      text(line, x: left, y: bottom + 13, size: 12, style: "muted", room: room + 0.01)
      bottom += 16
    }
    bottom += 12
  }

  // MARK: Text

  /// Draws one line that is no wider than `room`; what is cut stands whole in its title.
  ///
  /// - Parameter whole: what the title says when `text` is already cut.
  /// - Returns: the width it takes.
  @discardableResult
  mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, size: Double = 12,
    isBold: Bool = false, style: String = "", room: Double, isUpright: Bool = false,
    whole: String? = nil
  ) -> Double {
    let (shown, isCut) = TextMetrics.fitted(text, size: size, isBold: isBold, into: room)
    let length = TextMetrics.width(shown, size: size, isBold: isBold)
    texts.append(
      Canvas.box(
        x: x, y: y, length: length, anchor: anchor, size: size, isUpright: isUpright))
    write("<text x=\"")
    write(x)
    write("\" y=\"")
    write(y)
    write("\" font-size=\"")
    write(size)
    write("\"")
    if anchor != .start { write(" text-anchor=\"\(anchor.rawValue)\"") }
    if isBold { write(" font-weight=\"bold\"") }
    classes(style)
    if isUpright {
      write(" transform=\"rotate(-90 ")
      write(x)
      write(" ")
      write(y)
      write(")\"")
    }
    write(">")
    if let whole = whole ?? (isCut ? text : nil) { titleElement(whole) }
    escaped(shown)
    write("</text>\n")
    return length
  }

  /// Where a line of text stands.
  static func box(
    x: Double, y: Double, length: Double, anchor: Anchor, size: Double, isUpright: Bool = false
  ) -> Box {
    let before =
      switch anchor {
      case .start: 0.0
      case .middle: length / 2
      case .end: length
      }
    let after = length - before
    return isUpright
      ? Box(left: x - 0.8 * size, top: y - after, right: x + 0.22 * size, bottom: y + before)
      : Box(left: x - before, top: y - 0.8 * size, right: x + after, bottom: y + 0.22 * size)
  }

  /// Whether a text would stand on another.
  func isFree(_ box: Box) -> Bool {
    box.left >= 0 && box.right <= width && !texts.contains { $0.intersects(box) }
  }

  // MARK: Shapes

  mutating func openGroup(_ data: [Datum] = [], style: String = "") {
    write("<g")
    attributes(style: style, data)
    write(">\n")
  }

  mutating func closeGroup() { write("</g>\n") }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) {
    write("<path d=\"M")
    write(x1)
    write(" ")
    write(y1)
    write("L")
    write(x2)
    write(" ")
    write(y2)
    write("\"")
    attributes(style: style, [])
    write("/>\n")
  }

  mutating func polyline(_ points: [(x: Double, y: Double)], style: String) {
    write("<path d=\"")
    for (index, point) in points.enumerated() {
      write(index == 0 ? "M" : "L")
      write(point.x)
      write(" ")
      write(point.y)
    }
    write("\"")
    attributes(style: style, [])
    write("/>\n")
  }

  mutating func rectangle(
    _ box: Box, style: String, data: [Datum] = [], hint: String? = nil
  ) {
    write("<rect x=\"")
    write(box.left)
    write("\" y=\"")
    write(box.top)
    write("\" width=\"")
    write(max(box.width, 0))
    write("\" height=\"")
    write(max(box.height, 0))
    write("\"")
    attributes(style: style, data)
    close("rect", hint: hint)
  }

  mutating func circle(
    x: Double, y: Double, radius: Double, style: String, data: [Datum] = [], hint: String? = nil
  ) {
    write("<circle cx=\"")
    write(x)
    write("\" cy=\"")
    write(y)
    write("\" r=\"")
    write(radius)
    write("\"")
    attributes(style: style, data)
    close("circle", hint: hint)
  }

  mutating func marker(
    _ marker: Marker, x: Double, y: Double, radius: Double, style: String = "", data: [Datum] = [],
    hint: String? = nil
  ) {
    // A tenth of a pixel is finer than is seen, and pictures hold hundreds of marks.
    let (x, y) = ((x * 10).rounded() / 10, (y * 10).rounded() / 10)
    if marker == .circle {
      return circle(x: x, y: y, radius: radius, style: style, data: data, hint: hint)
    }
    write("<path d=\"")
    marker.appendPath(x: x, y: y, radius: radius, to: &body)
    write("\"")
    attributes(style: style, data)
    close("path", hint: hint)
  }

  /// A band from the left to the right, as flows are drawn.
  mutating func ribbon(
    from x1: Double, _ top1: Double, to x2: Double, _ top2: Double, thickness: Double,
    style: String, data: [Datum], hint: String
  ) {
    let middle = (x1 + x2) / 2
    write("<path d=\"")
    for (command, numbers) in [
      ("M", [x1, top1]), ("C", [middle, top1, middle, top2, x2, top2]),
      ("L", [x2, top2 + thickness]),
      ("C", [middle, top2 + thickness, middle, top1 + thickness, x1, top1 + thickness]),
    ] {
      write(command)
      for (index, number) in numbers.enumerated() {
        if index > 0 { write(" ") }
        write(number)
      }
    }
    write("z\"")
    attributes(style: style, data)
    close("path", hint: hint)
  }

  /// The class that fills a segment's marks.
  func fill(ofSegment index: Int) -> String {
    chosenColours.contains { $0.index == index } ? "p\(index)" : "s\(index % Palette.light.count)"
  }

  // MARK: The document

  /// What the picture takes up, below it a margin.
  var height: Double {
    // A chart that sums up to no number is drawn wrong, and brings down nothing.
    bottom.isFinite ? min((bottom + Canvas.margin).rounded(.up), 1e6) : 2 * Canvas.margin
  }

  /// The whole picture.
  var document: [UInt8] {
    var out = Canvas(
      name: name, title: "", explanation: "", segments: [], width: width, body: [])
    let height = height
    out.write("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sc\" role=\"img\" viewBox=\"0 0 ")
    out.write(width)
    out.write(" ")
    out.write(height)
    out.write("\" width=\"")
    out.write(width)
    out.write("\" height=\"")
    out.write(height)
    out.write(
      "\" aria-labelledby=\"chart-\(name)-title chart-\(name)-desc\" data-chart=\"\(name)\">\n<title id=\"chart-\(name)-title\">"
    )
    out.escaped(title)
    out.write("</title>\n<desc id=\"chart-\(name)-desc\">")
    out.escaped(explanation)
    out.write(
      "</desc>\n<style>\(Palette.styleSheet(using: Set(styles.flatMap { $0.split(separator: " ").map(String.init) })))"
    )
    for (index, colour) in chosenColours {
      out.write(".sc .p\(index){fill:\(colour)}")
    }
    out.write("</style>\n<rect class=\"ground\" width=\"")
    out.write(width)
    out.write("\" height=\"")
    out.write(height)
    out.write("\"/>\n")
    return out.body + body + Array("</svg>\n".utf8)
  }

  private init(
    name: String, title: String, explanation: String, segments: [ChartSegment], width: Double,
    body: [UInt8]
  ) {
    self.name = name
    self.title = title
    self.explanation = explanation
    self.width = width
    self.body = body
    chosenColours = []
    bottom = 0
  }

  // MARK: Writing

  private mutating func write(_ text: String) { body.append(contentsOf: text.utf8) }

  private mutating func write(_ value: Double) {
    NumberText.appendCoordinate(value, to: &body)
  }

  private mutating func classes(_ style: String) {
    guard !style.isEmpty else { return }
    styles.insert(style)
    write(" class=\"\(style)\"")
  }

  private mutating func attributes(style: String, _ data: [Datum]) {
    classes(style)
    for datum in data {
      write(" data-\(datum.name)=\"")
      escaped(datum.text)
      write("\"")
    }
  }

  private mutating func close(_ element: String, hint: String?) {
    guard let hint else {
      write("/>\n")
      return
    }
    write(">")
    titleElement(hint)
    write("</\(element)>\n")
  }

  private mutating func titleElement(_ text: String) {
    write("<title>")
    escaped(text)
    write("</title>")
  }

  /// Text and attribute values of XML 1.0: what has a meaning is escaped, what may not occur replaced.
  private mutating func escaped(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": write("&amp;")
      case "<": write("&lt;")
      case ">": write("&gt;")
      case "\"": write("&quot;")
      case "'": write("&#39;")
      case "\t", "\n", "\r": write("&#\(scalar.value);")
      case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": write("\u{FFFD}")
      default: body.append(contentsOf: String(scalar).utf8)
      }
    }
  }
}
