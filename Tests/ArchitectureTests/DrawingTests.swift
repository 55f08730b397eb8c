import Testing

@Suite("the drawing", .timeLimit(.minutes(1)))
struct DrawingTests {
  static let forbidden: [(path: String, module: String)] = [
    ("Sources/segmentd/main.swift", "Glibc"),
    ("Sources/SegmentationAPI/Application.swift", "Clustering"),
    ("Sources/SegmentationAPI/Application.swift", "segmentd"),
    ("Sources/Segmentation/SegmentationService.swift", "HTTPServer"),
    ("Sources/Segmentation/SegmentationService.swift", "Charts"),
    ("Sources/Datasets/Column.swift", "Clustering"),
    ("Sources/Datasets/Column.swift", "Segmentation"),
    ("Sources/Datasets/Column.swift", "_Builtin_intrinsics"),
    ("Sources/Datasets/Decoding/TableDecoder.swift", "Glibc"),
    ("Sources/Datasets/Archive/ArchiveFile.swift", "Glibc"),
    ("Sources/Clustering/KMeans.swift", "Datasets"),
    ("Sources/Clustering/KMeans.swift", "FoundationEssentials"),
    ("Sources/HTTPServer/Server/Server.swift", "Glibc"),
    ("Sources/HTTPServer/Server/Server.swift", "FoundationEssentials"),
    ("Sources/HTTPServer/Server/Server.swift", "Datasets"),
    ("Sources/HTTPServer/Server/SystemClock.swift", "Glibc"),
    ("Sources/HTTPServer/System/Socket.swift", "Glibc"),
    ("Sources/HTTPServer/Server/EventLoop.swift", "CLinux"),
    ("Sources/HTTPServer/Wire/RequestParser.swift", "Dispatch"),
    ("Sources/HTTPServer/Wire/Deep/RequestParser.swift", "Synchronization"),
    ("Sources/Charts/Scatter.swift", "FoundationEssentials"),
    ("Sources/Charts/Scatter.swift", "Segmentation"),
    ("Sources/segment-bench/main.swift", "segmentd"),
    ("Sources/segment-bench/main.swift", "Glibc"),
  ]

  @Test("an arrow that points up or sideways is found", arguments: forbidden)
  func refuses(path: String, module: String) {
    let source = SwiftSource("// import A\n@testable import \(module)")
    let violations = Drawing.segmentd.violations(in: source, at: path)
    #expect(violations.map(\.file) == [path])
    #expect(violations.map(\.line) == [2])
    #expect(violations.first?.reason.hasSuffix(" may not import \(module)") == true)
  }

  @Test("no module imports Foundation", arguments: Drawing.segmentd.rooms.keys.sorted())
  func refusesFoundation(module: String) {
    for form in ["import Foundation", "import struct Foundation.Data", "import FoundationXML"] {
      let source = SwiftSource(form)
      #expect(Drawing.segmentd.violations(in: source, at: "Sources/\(module)/A.swift").count == 1)
    }
  }

  static let allowed: [(path: String, modules: [String])] = [
    (
      "Sources/segmentd/main.swift",
      [
        "SegmentationAPI", "HTTPServer", "Segmentation", "Datasets", "Clustering", "Charts",
        "FoundationEssentials", "Dispatch", "Synchronization",
      ]
    ),
    ("Sources/SegmentationAPI/A.swift", ["HTTPServer", "Charts", "Segmentation", "Datasets"]),
    ("Sources/Segmentation/A.swift", ["Datasets", "Clustering", "FoundationEssentials"]),
    ("Sources/Datasets/A.swift", ["FoundationEssentials", "Dispatch", "Synchronization"]),
    (
      "Sources/Datasets/Decoding/A.swift",
      ["FoundationEssentials", "Dispatch", "Synchronization", "_Builtin_intrinsics"]
    ),
    ("Sources/Datasets/Archive/System/OpenFile.swift", ["Glibc", "Musl"]),
    ("Sources/Clustering/A.swift", ["Dispatch", "Synchronization"]),
    ("Sources/HTTPServer/Server/EventLoop.swift", ["Dispatch", "Synchronization"]),
    ("Sources/HTTPServer/Server/System/Socket.swift", ["Glibc", "Musl", "Dispatch"]),
    ("Sources/HTTPServer/Server/System/Deep/Socket.swift", ["Glibc"]),
    ("Sources/HTTPServer/Server/System/Poller.swift", ["CLinux"]),
    ("Sources/segmentd/System/Process.swift", ["CLinux", "Glibc", "Musl", "Dispatch"]),
    ("Sources/HTTPServer/Wire/RequestParser.swift", []),
    ("Sources/segment-bench/main.swift", ["Clustering", "HTTPServer", "Datasets"]),
    ("Sources/segment-bench/System/Meter.swift", ["Glibc", "Musl"]),
  ]

  @Test("the arrows of the drawing pass", arguments: allowed)
  func allows(path: String, modules: [String]) {
    let source = SwiftSource(modules.map { "import \($0)\n" }.joined())
    #expect(Drawing.segmentd.violations(in: source, at: path) == [])
  }

  @Test(
    "a file outside every module of the drawing is found",
    arguments: ["Sources/Utils/A.swift", "Sources/A.swift"])
  func refusesUnknownModules(path: String) {
    #expect(Drawing.segmentd.violations(in: SwiftSource(""), at: path).count == 1)
  }
}
