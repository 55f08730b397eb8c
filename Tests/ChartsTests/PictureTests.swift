import Foundation
import Testing

@testable import Charts

/// What holds for every chart, whatever the names and numbers.
@Suite("every chart as a picture", .timeLimit(.minutes(2)))
struct PictureTests {
  static let cases = Gallery.Kind.allCases.flatMap { kind in
    ChartName.allCases.map { (kind, $0) }
  }

  @Test("it is well-formed, described, and holds nothing that runs or is fetched", arguments: cases)
  func isSafe(kind: Gallery.Kind, name: ChartName) throws {
    for width in [320, 720] {
      let bytes = Gallery.of(kind).chart(name).svg(width: ChartWidth(width))
      let tree = try #require(SVGTree(bytes), "not well-formed")
      let known: Set = [
        "svg", "title", "desc", "style", "g", "path", "rect", "circle", "text",
      ]
      #expect(Set(tree.elements.map(\.name)).subtracting(known) == [])
      let attributes = Set(tree.elements.flatMap { $0.attributes.keys })
      #expect(!attributes.contains { $0.hasPrefix("on") || $0.contains("href") || $0 == "style" })
      let root = try #require(tree.elements.first)
      #expect(root.attributes["role"] == "img")
      let ids = (root.attributes["aria-labelledby"] ?? "").split(separator: " ").map(String.init)
      #expect(ids.count == 2)
      for id in ids {
        let element = try #require(tree.elements.first { $0.attributes["id"] == id })
        #expect(!element.text.isEmpty)
      }
      let style = try #require(tree.all("style").first).text
      #expect(!style.contains("url(") && !style.contains("@import") && !style.contains("red"))
      #expect(style.contains("prefers-color-scheme:dark"))
    }
  }

  @Test("no text stands on another or beyond the edge, at any width", arguments: cases)
  func textsDoNotOverlap(kind: Gallery.Kind, name: ChartName) {
    let chart = Gallery.of(kind).chart(name)
    for width in [320, 360, 500, 720, 1280, 1600] {
      let canvas = chart.canvas(width: ChartWidth(width))
      let texts = canvas.texts
      for (index, box) in texts.enumerated() {
        #expect(
          box.left >= -0.1 && box.right <= canvas.width + 0.1 && box.top >= 0
            && box.bottom <= canvas.bottom + Canvas.margin,
          "\(box) is beyond \(width) × \(canvas.bottom)")
        for other in texts[..<index] where box.intersects(other) {
          Issue.record("\(box) and \(other) overlap at \(width)")
        }
      }
    }
  }

  @Test("its size is a size, whatever its numbers come to", arguments: cases)
  func hasSize(kind: Gallery.Kind, name: ChartName) throws {
    let chart = Gallery.of(kind).chart(name)
    for width in [320, 720, 1600] {
      let canvas = chart.canvas(width: ChartWidth(width))
      #expect(canvas.bottom.isFinite && canvas.bottom < 20_000)
      let size = chart.size(width: ChartWidth(width))
      #expect(size.width == width && size.height > 60)
      let root = try #require(SVGTree(chart.svg(width: ChartWidth(width)))?.elements.first)
      #expect(root.attributes["height"] == "\(size.height)")
    }
  }

  @Test("the same values give the same bytes, at every width others", arguments: cases)
  func isDeterministic(kind: Gallery.Kind, name: ChartName) {
    let bytes = Gallery.of(kind).chart(name).svg()
    #expect(bytes == Gallery.of(kind).chart(name).svg())
    #expect(bytes != Gallery.of(kind).chart(name).svg(width: ChartWidth(500)))
    #expect(Gallery.of(kind).chart(name).vegaLite() == Gallery.of(kind).chart(name).vegaLite())
  }

  @Test("its size is bounded", arguments: ChartName.allCases)
  func isBounded(name: ChartName) {
    let chart = Gallery.of(.large).chart(name)
    #expect(chart.svg().count < 900_000)
    #expect(chart.vegaLite().count < 900_000)
  }

  @Test("the Vega-Lite form is JSON with its data inside", arguments: cases)
  func specification(kind: Gallery.Kind, name: ChartName) throws {
    let chart = Gallery.of(kind).chart(name)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(chart.vegaLite())) as? [String: Any])
    #expect(object["$schema"] as? String == "https://vega.github.io/schema/vega-lite/v5.json")
    let data = try #require(object["data"] as? [String: Any])
    let values = try #require(data["values"] as? [[String: Any]])
    #expect(!values.isEmpty || kind == .nobody)
    // Fields are ours: a name from outside would be read as a path.
    let names = Set(values.flatMap(\.keys))
    #expect(names.allSatisfy { $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } })
    let text = String(decoding: chart.vegaLite(), as: UTF8.self)
    #expect(!text.contains("<script"))
    #expect(!text.contains("\"url\""))
  }

  @Test("names from outside are told whole where they are cut")
  func longNamesAreWhole() throws {
    let tree = try #require(SVGTree(Gallery.of(.hostile).chart(.sizes).svg()))
    let long = String(repeating: "W", count: 300)
    #expect(tree.all("title").contains { $0.text == long })
    #expect(tree.all("text").allSatisfy { $0.text.count < 120 })
    #expect(tree.having("segment").contains { $0.attributes["data-segment"] == long })
    #expect(
      tree.having("segment").contains {
        $0.attributes["data-segment"] == "<script>alert(1)</script>"
      })
  }

  @Test("a colour that a person chose is used, and only a colour is one")
  func chosenColours() {
    let text = String(decoding: Gallery.of(.hostile).chart(.sizes).svg(), as: UTF8.self)
    #expect(text.contains(".p1{fill:#123456}"))
    #expect(text.contains("class=\"p1 bar\""))
    #expect(!text.contains(".p0{"))
    #expect(!text.contains("*{}"))
  }
}
