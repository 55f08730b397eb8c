import Datasets
import Segmentation

/// A run written down as its model, and read back.
struct ModelPayload {
  /// What the document says it is.
  static let format = "segmentd-model"
  /// The version of its layout.
  static let version = 1

  let run: Run

  var json: JSON {
    let model = run.model
    return .object([
      .init(name: "format", value: .string(Self.format)),
      .init(name: "version", value: .integer(Self.version)),
      .init(name: "run_id", value: .string(run.id)),
      .init(name: "series", value: .string(model.series)),
      .init(name: "created_at", value: .string(Timestamp.text(run.createdAt))),
      .init(name: "scale", value: .string(model.scale.rawValue)),
      // A text, since many readers keep no more than 53 bits of a number.
      .init(name: "seed", value: .string(String(model.seed))),
      .init(
        name: "quality",
        value: [
          "inertia": .number(model.quality.inertia),
          "silhouette": .number(model.quality.silhouette),
          "simplified_silhouette": .number(model.quality.simplifiedSilhouette),
          "calinski_harabasz": .number(model.quality.calinskiHarabasz),
          "davies_bouldin": .number(model.quality.daviesBouldin),
          "explained_variance": .number(model.quality.explainedVariance),
        ]),
      .init(name: "features", value: .array(model.features.map(Self.json))),
      .init(name: "clusters", value: .array(model.clusters.map(Self.json))),
    ])
  }

  private static func json(_ feature: RunModel.Feature) -> JSON {
    [
      "key": .string(feature.key), "header": .string(feature.header),
      "unit": .string(feature.unit), "number_format": json(feature.numberStyle),
      "logarithm": .bool(feature.scaling.isLogarithmic),
      "center": .number(feature.scaling.center), "spread": .number(feature.scaling.spread),
      "mean": .number(feature.mean), "sd": .number(feature.standardDeviation),
      "importance": .number(feature.importance),
      "category": feature.level.map { level in
        [
          "column": .string(level.columnKey), "header": .string(level.columnHeader),
          "name": .string(level.name),
        ]
      } ?? .null,
    ]
  }

  private static func json(_ style: NumberStyle?) -> JSON {
    style.map {
      ["decimal_mark": .string(String($0.decimalMark)), "unit": .string($0.unit)]
    } ?? .null
  }

  private static func json(_ cluster: RunModel.Cluster) -> JSON {
    [
      "segment_id": .string(cluster.segmentID), "name": .string(cluster.segmentName),
      "size": .number(cluster.size), "inertia": .number(cluster.inertia),
      "silhouette": .number(cluster.silhouette), "far_distance": .number(cluster.farDistance),
      "scaled_centroid": .array(cluster.scaledCentroid.map { .number($0) }),
      "mean": .array(cluster.means.map { .number($0) }),
    ]
  }

  /// Reads a model as ``json`` writes it; members it does not know are passed over.
  ///
  /// - Throws: one problem that lists all that is missing or wrong.
  static func model(_ content: [UInt8]) throws(ProblemDetails) -> RunModel {
    let value: JSONValue
    do {
      value = try JSONValue.parse(content.span)
    } catch {
      throw ProblemDetails(DatasetError.malformedJSON(error))
    }
    var reader = ModelReader()
    let model = reader.model(value)
    guard reader.faults.isEmpty, let model else {
      throw ProblemDetails(
        .malformedModel, "The content is not a model as GET /runs/{id}/model.json gives it.",
        faults: reader.faults)
    }
    return model
  }
}

/// Reads the members of a model and collects what is wrong with them.
private struct ModelReader {
  /// The largest number of clusters, as of a fit.
  private static let clusterLimit = SegmentationOptions.clusterCountLimit

  var faults: [ProblemDetails.Fault] = []

  private mutating func fault(_ pointer: String, _ reason: String) {
    faults.append(.init(pointer: pointer, reason: reason))
  }

  mutating func model(_ value: JSONValue) -> RunModel? {
    guard case .object(let object) = value else {
      fault("", "takes an object")
      return nil
    }
    guard text(object, "format", at: "") == ModelPayload.format else {
      fault("/format", "takes \"\(ModelPayload.format)\"")
      return nil
    }
    guard number(object, "version", at: "") == Double(ModelPayload.version) else {
      fault("/version", "takes \(ModelPayload.version)")
      return nil
    }
    let scale = Scale(rawValue: text(object, "scale", at: ""))
    if scale == nil { fault("/scale", "takes one of: \(Scale.allCases.map(\.rawValue))") }
    let series = text(object, "series", at: "")
    if !SeriesName.isValid(series) { fault("/series", SeriesName.rule) }
    let digits = text(object, "seed", at: "")
    let seed = digits.utf8.allSatisfy { (48...57).contains($0) } ? UInt64(digits) : nil
    if seed == nil { fault("/seed", "takes a text of digits") }
    let features = objects(object, "features", limit: 10_000).map { feature($0, at: $1) }
    let clusters = objects(object, "clusters", limit: Self.clusterLimit).map {
      cluster($0, at: $1, featureCount: features.count)
    }
    if Set(features.map(\.key)).count < features.count { fault("/features", "repeats a key") }
    if Set(clusters.map(\.segmentID)).count < clusters.count {
      fault("/clusters", "repeats a segment_id")
    }
    let quality = quality(object)
    guard faults.isEmpty, let scale, let seed else { return nil }
    return RunModel(
      features: features, clusters: clusters, quality: quality, scale: scale, seed: seed,
      series: series)
  }

  private mutating func quality(_ object: JSONObject) -> RunModel.Quality {
    guard case .object(let quality) = object["quality"] else {
      fault("/quality", "takes an object")
      return RunModel.Quality(
        inertia: 0, silhouette: nil, simplifiedSilhouette: nil, calinskiHarabasz: nil,
        daviesBouldin: nil, explainedVariance: nil)
    }
    return RunModel.Quality(
      inertia: number(quality, "inertia", at: "/quality"),
      silhouette: optional(quality, "silhouette", at: "/quality"),
      simplifiedSilhouette: optional(quality, "simplified_silhouette", at: "/quality"),
      calinskiHarabasz: optional(quality, "calinski_harabasz", at: "/quality"),
      daviesBouldin: optional(quality, "davies_bouldin", at: "/quality"),
      explainedVariance: optional(quality, "explained_variance", at: "/quality"))
  }

  private mutating func feature(_ object: JSONObject, at pointer: String) -> RunModel.Feature {
    let spread = number(object, "spread", at: pointer)
    if !(spread > 0) { fault("\(pointer)/spread", "takes a positive number") }
    let key = text(object, "key", at: pointer)
    if key.isEmpty { fault("\(pointer)/key", "is empty") }
    var isLogarithmic = false
    if case .bool(let value) = object["logarithm"] {
      isLogarithmic = value
    } else {
      fault("\(pointer)/logarithm", "takes true or false")
    }
    var unit: String?
    switch object["unit"] {
    case .string(let text): unit = text
    case nil, .null: break
    default: fault("\(pointer)/unit", "takes a text or null")
    }
    return RunModel.Feature(
      key: key, header: text(object, "header", at: pointer), unit: unit,
      numberStyle: numberStyle(object, at: "\(pointer)/number_format"),
      scaling: FeatureScaling(
        center: number(object, "center", at: pointer), spread: spread,
        isLogarithmic: isLogarithmic),
      mean: number(object, "mean", at: pointer),
      standardDeviation: number(object, "sd", at: pointer),
      importance: optional(object, "importance", at: pointer),
      level: level(object, at: "\(pointer)/category"))
  }

  private mutating func numberStyle(_ object: JSONObject, at pointer: String) -> NumberStyle? {
    switch object["number_format"] {
    case nil, .null: return nil
    case .object(let format):
      let style = NumberStyle(
        decimalMark: text(format, "decimal_mark", at: pointer),
        unit: text(format, "unit", at: pointer))
      if style == nil { fault(pointer, "takes a decimal_mark of \".\" or \",\" and a known unit") }
      return style
    default:
      fault(pointer, "takes an object or null")
      return nil
    }
  }

  private mutating func level(_ object: JSONObject, at pointer: String) -> CategoryLevel? {
    switch object["category"] {
    case nil, .null: return nil
    case .object(let category):
      let column = text(category, "column", at: pointer)
      if column.isEmpty { fault("\(pointer)/column", "is empty") }
      return CategoryLevel(
        columnKey: column, columnHeader: text(category, "header", at: pointer),
        name: text(category, "name", at: pointer))
    default:
      fault(pointer, "takes an object or null")
      return nil
    }
  }

  private mutating func cluster(_ object: JSONObject, at pointer: String, featureCount: Int)
    -> RunModel.Cluster
  {
    let id = text(object, "segment_id", at: pointer)
    if id.isEmpty { fault("\(pointer)/segment_id", "is empty") }
    let size = number(object, "size", at: pointer)
    if !(size >= 0) { fault("\(pointer)/size", "is negative") }
    return RunModel.Cluster(
      segmentID: id, segmentName: text(object, "name", at: pointer), size: size,
      scaledCentroid: numbers(object, "scaled_centroid", at: pointer, count: featureCount),
      means: numbers(object, "mean", at: pointer, count: featureCount),
      inertia: number(object, "inertia", at: pointer),
      silhouette: optional(object, "silhouette", at: pointer),
      farDistance: number(object, "far_distance", at: pointer))
  }

  private mutating func objects(_ object: JSONObject, _ name: String, limit: Int) -> [(
    JSONObject, String
  )] {
    guard case .array(let items) = object[name], (1...limit).contains(items.count) else {
      fault("/\(name)", "takes an array of 1 to \(limit) objects")
      return []
    }
    return items.enumerated().compactMap { index, item in
      guard case .object(let object) = item else {
        fault("/\(name)/\(index)", "takes an object")
        return nil
      }
      return (object, "/\(name)/\(index)")
    }
  }

  private mutating func text(_ object: JSONObject, _ name: String, at pointer: String) -> String {
    guard case .string(let text) = object[name] else {
      fault("\(pointer)/\(name)", "takes a text")
      return ""
    }
    return text
  }

  private mutating func number(_ object: JSONObject, _ name: String, at pointer: String) -> Double {
    guard case .number(let number) = object[name], number.value.isFinite else {
      fault("\(pointer)/\(name)", "takes a number")
      return 0
    }
    return number.value
  }

  private mutating func optional(_ object: JSONObject, _ name: String, at pointer: String)
    -> Double?
  {
    switch object[name] {
    case nil, .null: nil
    default: number(object, name, at: pointer)
    }
  }

  private mutating func numbers(
    _ object: JSONObject, _ name: String, at pointer: String, count: Int
  ) -> [Double] {
    guard case .array(let items) = object[name], items.count == count else {
      fault("\(pointer)/\(name)", "takes an array of \(count) numbers, one a feature")
      return [Double](repeating: 0, count: count)
    }
    return items.enumerated().map { index, item in
      guard case .number(let number) = item, number.value.magnitude <= 1e120 else {
        fault("\(pointer)/\(name)/\(index)", "takes a number")
        return 0
      }
      return number.value
    }
  }
}

extension ModelPayload {
  private static let category = Schema.object([
    "column": .text, "header": .string, "name": .string,
  ])
  private static let feature: Schema.Members = [
    "key": .text, "header": .string, "logarithm": .boolean, "center": .number, "spread": .number,
    "mean": .number, "sd": .number,
  ]
  private static let optionalOfFeature: Schema.Members = [
    "unit": .string.orNull, "importance": .number.orNull, "category": category.orNull,
    "number_format": .object(["decimal_mark": .words([".", ","]), "unit": .string]).orNull,
  ]
  private static let cluster: Schema.Members = [
    "segment_id": .text, "name": .string, "size": .number(from: 0), "inertia": .number,
    "far_distance": .number, "scaled_centroid": .array(of: .number), "mean": .array(of: .number),
  ]
  private static let optionalOfCluster: Schema.Members = ["silhouette": .number.orNull]
  private static let optionalOfQuality: Schema.Members = .all(
    [
      "silhouette", "simplified_silhouette", "calinski_harabasz", "davies_bouldin",
      "explained_variance",
    ], .number.orNull)

  private static func members(optional: (Schema.Members) -> Schema.Members) -> Schema.Members {
    [
      "format": .words([format]), "version": .integer(in: version...version),
      "series": .seriesName, "scale": .words(Scale.self),
      "seed": .string(pattern: "^[0-9]{1,19}$"),
      "quality": .object(["inertia": .number] + optional(optionalOfQuality)),
      "features": .array(of: .object(feature + optional(optionalOfFeature)), from: 1),
      "clusters": .array(of: .object(cluster + optional(optionalOfCluster)), from: 1),
    ]
  }

  /// The model as it is handed out.
  static let schema = Schema.object(
    members { $0 } + ["run_id": .runID, "created_at": .time]
  ).named("Model")

  /// The model as it is taken back: what is not known may be left out, and the run that it was does
  /// not matter.
  static let takenSchema = Schema.object(members { .optional($0) }).named("TakenModel")

  static let example: JSON = [
    "format": .string(format), "version": .integer(version), "series": "default",
    "scale": "zscore", "seed": "0",
    "quality": [
      "inertia": 2.5, "silhouette": 0.61, "simplified_silhouette": nil, "calinski_harabasz": nil,
      "davies_bouldin": nil, "explained_variance": 0.8,
    ],
    "features": [
      [
        "key": "age", "header": "Age", "unit": nil, "logarithm": false, "center": 40.0,
        "spread": 10.0, "mean": 40.0, "sd": 10.0, "importance": 1.0, "category": nil,
      ]
    ],
    "clusters": [
      [
        "segment_id": "younger", "name": "Younger", "size": 3, "inertia": 1.2, "silhouette": 0.6,
        "far_distance": 1.1, "scaled_centroid": [-1.0], "mean": [30.0],
      ],
      [
        "segment_id": "older", "name": "Older", "size": 2, "inertia": 1.3, "silhouette": 0.6,
        "far_distance": 1.0, "scaled_centroid": [1.5], "mean": [55.0],
      ],
    ],
  ]
}
