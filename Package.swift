// swift-tools-version: 6.2
import PackageDescription

/// Every target is built in Swift 6 language mode with warnings as errors.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// The numeric rooms are optimised in debug builds too: their tests go through millions of points.
let optimised: [SwiftSetting] =
  strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
  name: "segmentd",
  products: [
    .executable(name: "segmentd", targets: ["segmentd"])
  ],
  targets: [
    // Arrows only go down; ArchitectureTests holds the sources to this list.
    .executableTarget(
      name: "segmentd",
      dependencies: ["SegmentationAPI", "HTTPServer", "Segmentation", "Datasets", "CLinux"],
      swiftSettings: strict),
    // What speed is judged by: the libraries measured from within, no part of the service.
    .executableTarget(
      name: "segment-bench",
      dependencies: ["SegmentationAPI", "HTTPServer", "Segmentation", "Datasets", "Clustering"],
      swiftSettings: strict),
    .target(
      name: "SegmentationAPI", dependencies: ["HTTPServer", "Charts", "Segmentation", "Datasets"],
      swiftSettings: strict),
    .target(name: "HTTPServer", dependencies: ["CLinux"], swiftSettings: strict),
    // epoll, eventfd, accept4 and malloc_trim, which the C library modules leave out; headers only.
    .systemLibrary(name: "CLinux"),
    // Pictures out of values; knows no store and no wire.
    .target(name: "Charts", swiftSettings: strict),
    .target(name: "Segmentation", dependencies: ["Datasets", "Clustering"], swiftSettings: strict),
    // Square roots and roundings of unoptimised builds are calls into libm.
    // Loops for processors with AVX-512 or AVX2, chosen at run time; headers only.
    .systemLibrary(name: "CVector"),
    .target(
      name: "Datasets", dependencies: ["CVector"], swiftSettings: optimised,
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "Clustering", dependencies: ["CVector"], swiftSettings: optimised),

    .testTarget(
      name: "ClusteringTests", dependencies: ["Clustering"], exclude: ["Golden"],
      swiftSettings: strict),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets"], exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "SegmentationTests",
      dependencies: ["Segmentation", "Datasets", "Clustering", "TestSupport"],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "HTTPServerTests", dependencies: ["HTTPServer"],
      // Read by the tests from where they lie.
      exclude: ["Conformance"], swiftSettings: strict),
    .testTarget(
      name: "SegmentationAPITests",
      dependencies: ["SegmentationAPI", "Charts", "Datasets", "Segmentation"],
      swiftSettings: strict),
    .testTarget(name: "segmentdTests", dependencies: ["segmentd"], swiftSettings: strict),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"], swiftSettings: strict),
    .testTarget(
      name: "segment-benchTests", dependencies: ["segment-bench", "Datasets"],
      swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),

    // What tests share. Only this part needs libcurl, Debian's libcurl4-openssl-dev.
    .systemLibrary(
      name: "CCurl", path: "Tests/CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(
      name: "TestSupport", dependencies: ["CCurl"], path: "Tests/Support", swiftSettings: strict),
    .testTarget(
      name: "TestSupportTests", dependencies: ["TestSupport"], path: "Tests/SupportTests",
      swiftSettings: strict),
    .testTarget(
      name: "IntegrationTests", dependencies: ["TestSupport", "Datasets"],
      path: "Tests/Integration",
      swiftSettings: strict),
  ]
)
