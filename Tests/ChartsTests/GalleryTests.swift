import Foundation
import Testing

@testable import Charts

/// Writes every picture to a folder, to be looked at.
@Suite("gallery")
struct GalleryTests {
  static let folder = ProcessInfo.processInfo.environment["CHART_GALLERY"]

  @Test(
    "pictures are written where CHART_GALLERY says",
    .enabled(if: folder != nil, "CHART_GALLERY names no folder"))
  func write() throws {
    let folder = URL(filePath: try #require(GalleryTests.folder))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for kind in Gallery.Kind.allCases {
      for chart in Gallery.of(kind).charts {
        for width in [360, 720, 1280] {
          try Data(chart.svg(width: ChartWidth(width))).write(
            to: folder.appending(path: "\(kind)-\(chart.name)-\(width).svg"))
        }
        try Data(chart.vegaLite()).write(
          to: folder.appending(path: "\(kind)-\(chart.name).vl.json"))
      }
    }
  }
}
