import Foundation
import Testing

@testable import Charts

/// The numbers of a picture are those it was given, to the last bit.
@Suite("numbers read back from pictures")
struct ReadBackTests {
  private let gallery = Gallery.of(.plain)

  private func tree(_ name: ChartName) throws -> SVGTree {
    try #require(SVGTree(gallery.chart(name).svg()))
  }

  @Test("scatter: each customer once, each centroid")
  func scatter() throws {
    let tree = try tree(.scatter)
    for (index, segment) in gallery.segments.enumerated() {
      let marks = tree.having("x").filter {
        $0.datum("segment") == segment.id && $0.attributes["data-centroid"] == nil
      }
      let rows = gallery.points.labels.indices.filter { gallery.points.labels[$0] == index }
      #expect(marks.map { $0.number("x") } == rows.map { gallery.points.values[0][$0] })
      #expect(marks.map { $0.number("y") } == rows.map { gallery.points.values[2][$0] })
      let centroid = try #require(
        tree.having("centroid").first { $0.datum("centroid") == segment.id })
      #expect(centroid.number("x") == gallery.centroids[index][0])
      #expect(centroid.number("y") == gallery.centroids[index][2])
    }
  }

  @Test("pairs: every pair holds every customer")
  func pairs() throws {
    let tree = try tree(.pairs)
    let marks = tree.having("x")
    #expect(marks.count == 3 * 200)
    let panel = marks.filter {
      $0.datum("x-feature") == "feature_0" && $0.datum("y-feature") == "feature_1"
    }
    #expect(
      panel.compactMap { $0.number("y") }.sorted() == gallery.points.values[1].sorted())
    let separation = try #require(
      tree.having("separation").first { $0.datum("feature") == "feature_1" })
    #expect(separation.number("separation") == gallery.points.separation(of: 1))
  }

  @Test("elbow and table of k")
  func choice() throws {
    let elbow = try tree(.elbow)
    let inertias = gallery.candidates.map(\.inertia)
    #expect(elbow.having("inertia").map { $0.number("inertia") } == inertias)
    #expect(elbow.having("inertia").map { $0.number("k") } == (2...10).map(Double.init))
    let table = try tree(.k)
    let lines = table.having("index").filter { $0.datum("index") == "davies_bouldin" }
    #expect(lines.map { $0.number("k") } == [2, 4, 5, 6, 7, 8, 9, 10])
    let expected = [2, 4, 5, 6, 7, 8, 9, 10].map { Gallery.daviesBouldin($0) }
    #expect(lines.map { $0.number("value") } == expected)
  }

  @Test("silhouettes, falling within each segment, with their means")
  func silhouettes() throws {
    let tree = try tree(.silhouette)
    for (index, segment) in gallery.segments.enumerated() {
      let bars = tree.having("silhouette").filter { $0.datum("segment") == segment.id }
      #expect(bars.map { $0.number("silhouette") } == gallery.silhouettes[index])
    }
    #expect(tree.having("mean").count == 7)
  }

  @Test("sizes, profiles, boxplots")
  func segments() throws {
    let sizes = try tree(.sizes).having("size")
    #expect(sizes.map { $0.number("size") } == gallery.sizes)
    #expect(sizes.map { $0.number("share") } == gallery.sizes.map { $0 / 200 })
    let cells = try tree(.profiles).having("z")
    let (means, z) = (
      gallery.centroids.flatMap { $0 }, gallery.centroids.flatMap { $0.map { ($0 - 50) / 22 } }
    )
    #expect(cells.map { $0.number("mean") } == means)
    #expect(cells.map { $0.number("z") } == z)
    let boxes = try tree(.boxplots).having("median").filter { $0.datum("feature") == "feature_1" }
    let medians = gallery.centroids.map { $0[1] }
    #expect(boxes.map { $0.number("median") } == medians)
    #expect(boxes.map { $0.number("q10") } == medians.map { $0 - 9 })
    #expect(boxes.map { $0.number("q75") } == medians.map { $0 + 4.25 })
  }

  @Test("histograms and correlations; what is undefined has no number")
  func exploration() throws {
    let bars = try tree(.histograms).having("count").filter { $0.datum("feature") == "feature_2" }
    let edges = (0..<10).map { Double($0) * 8.5 }
    let counts = (0..<10).map { Double(($0 * 7) % 11 * 4) }
    #expect(bars.map { $0.number("from") } == edges)
    #expect(bars.map { $0.number("count") } == counts)
    let cells = try tree(.correlation).having("row")
    #expect(cells.count == 9)
    #expect(cells.filter { $0.number("r") == nil }.count == 2)
    #expect(cells[1].number("r") == 0.9 - 0.5)
  }

  @Test("categories, map, movement")
  func others() throws {
    let cells = try tree(.categories).having("category")
    #expect(cells.count == 2 * 6 * 2)
    #expect(cells[3].number("customers") == 1)
    #expect(cells[3].number("share") == 1.0 / 3)
    let places = try tree(.centroids).having("size")
    #expect(places.map { $0.number("x") } == gallery.centroids.map { $0[0] })
    let flows = try tree(.movement).having("to")
    let movement = gallery.movement
    #expect(flows.count == movement.flows.count)
    let customers = movement.flows.map(\.customers)
    #expect(flows.compactMap { $0.number("customers") }.sorted() == customers.sorted())
  }

  @Test("the Vega-Lite data are the same numbers")
  func specification() throws {
    let object =
      try JSONSerialization.jsonObject(with: Data(gallery.scatter.vegaLite())) as? [String: Any]
    let values = try #require((object?["data"] as? [String: Any])?["values"] as? [[String: Any]])
    let customers = values.filter { $0["kind"] as? String == "customer" }
    #expect(customers.map { $0["x"] as? Double } == gallery.points.values[0])
    #expect(customers.map { $0["y"] as? Double } == gallery.points.values[2])
    #expect(
      customers.map { $0["segment"] as? String }
        == gallery.points.labels.map { gallery.segments[$0].name })
  }
}
