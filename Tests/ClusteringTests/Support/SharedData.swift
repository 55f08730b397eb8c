import FoundationEssentials
import Testing

@testable import Clustering

/// The files handed over beside the package; tests that need them are skipped where they are absent.
enum SharedData {
  /// `shared/data` in the nearest folder above the package that has it.
  static let folder: String? = {
    var parts = #filePath.split(separator: "/")
    while !parts.isEmpty {
      parts.removeLast()
      let folder = "/" + parts.joined(separator: "/") + "/shared/data"
      if FileManager.default.fileExists(atPath: folder + "/reference.json") { return folder }
    }
    return nil
  }()

  static let isPresent = folder != nil

  static func contents(_ name: String) throws -> Data {
    let folder = try #require(folder)
    return try #require(FileManager.default.contents(atPath: folder + "/" + name))
  }

  /// Age, income and score of the 200 Mall customers.
  static func mall() throws -> [[Double]] {
    let text = String(decoding: try contents("mall_gender_lf.csv"), as: UTF8.self)
    var columns: [[Double]] = [[], [], []]
    for line in text.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      for feature in 0..<3 { columns[feature].append(try #require(Double(cells[2 + feature]))) }
    }
    return columns
  }

  /// Named Mall columns, raw or z-scored, as scikit-learn's figures have them.
  static func mall(_ features: [String], scaling: String) throws -> FeatureMatrix {
    let all = try mall()
    let order = ["Age": 0, "Income": 1, "Score": 2]
    let columns = try features.map { all[try #require(order[$0])] }
    switch scaling {
    case "raw": return try FeatureMatrix(columns: columns)
    case "zscore": return try FeatureMatrix(columns: columns.map(zScored))
    case "minmax": return try FeatureMatrix(columns: columns.map(minMaxScaled))
    default: throw UnknownScaling(name: scaling)
    }
  }

  struct UnknownScaling: Error { let name: String }
}

/// Mean 0, population deviation 1.
func zScored(_ column: [Double]) -> [Double] {
  let mean = column.reduce(0, +) / Double(column.count)
  let squares = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  let deviation = (squares / Double(column.count)).squareRoot()
  return column.map { ($0 - mean) / deviation }
}

/// Range 0...1.
func minMaxScaled(_ column: [Double]) -> [Double] {
  let low = column.min() ?? 0
  let high = column.max() ?? 1
  return column.map { ($0 - low) / (high - low) }
}

/// One line of `reference.json`'s runs.
struct ReferenceRun: Decodable {
  let set: String
  let features: [String]
  let scaling: String
  let k: Int
  let inertia: Double
  let sizes: [Double]
  let silhouette: Double?
  let db: Double?
  let ch: Double?
  let perClusterWss: [Double]?
  let note: String?

  enum CodingKeys: String, CodingKey {
    case set, features, scaling, k, inertia, sizes, silhouette, db, ch, note
    case perClusterWss = "per_cluster_wss"
  }

  var isBestKnownMall: Bool { self.set == "mall" && note == "best known" }

  struct File: Decodable { let runs: [ReferenceRun] }

  static func all() throws -> [ReferenceRun] {
    try JSONDecoder().decode(File.self, from: SharedData.contents("reference.json")).runs
  }
}

extension Double {
  /// Whether two numbers agree to a relative tolerance.
  func isClose(to other: Double, _ tolerance: Double = 1e-9) -> Bool {
    (self - other).magnitude <= tolerance * Swift.max(magnitude, other.magnitude)
  }
}
