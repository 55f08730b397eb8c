import Datasets
import Segmentation

/// What `POST /segments` and `GET /runs/{id}` answer.
struct RunPayload {
  let run: Run
  /// Clusters that are not told of.
  var withheld: Set<Int> = []

  var json: JSON {
    .object(
      [
        .init(name: "run_id", value: .string(run.id)),
        .init(name: "series", value: .string(run.series)),
        .init(name: "created_at", value: .string(Timestamp.text(run.createdAt))),
        .init(name: "dataset", value: DatasetPayload(dataset: run.dataset).json),
        .init(name: "options", value: options),
        .init(name: "k", value: .integer(run.clusters.count)),
        .init(name: "k_choice", value: choice),
        .init(name: "quality", value: quality),
        .init(
          name: "segments",
          value: .array(
            run.segments.filter { !withheld.contains($0.cluster) }
              .map { SegmentPayload(run: run, segment: $0).brief })),
        .init(name: "rules_fidelity", value: .number(run.insight.rules?.fidelity)),
        .init(name: "identity", value: identity),
        .init(
          name: "warnings",
          value: .array(
            run.warnings.filter { $0.cluster.map { !withheld.contains($0) } ?? true }.map(\.json)
              + run.dataset.report.warnings.map(\.json))),
        .init(
          name: "scale_suggestions", value: .array(run.scaleSuggestions().map(\.json))),
        .init(name: "links", value: links),
      ]
        + (withheld.isEmpty
          ? [] : [.init(name: "withheld_segments", value: .integer(withheld.count))]))
  }

  private var options: JSON {
    let options = run.options
    return [
      "k": options.clusterCount.json,
      "features": .array(run.features.map { .string($0.key) }),
      "scale": .string(options.scale.rawValue),
      "missing": .string(options.cleaning.missing.rawValue),
      "outliers": .string(options.cleaning.outliers.rawValue),
      "duplicates": .string(options.cleaning.duplicates.rawValue),
      "categorical": .string(options.categorical.rawValue),
      "min_size": options.minimumSize.json,
      "bootstraps": options.bootstraps.map { .integer($0) } ?? "auto",
      "seed": .number(Double(options.seed)),
      "restarts": options.restarts.map { .integer($0) } ?? "auto",
    ]
  }

  /// Why there are this many clusters.
  private var choice: JSON {
    // The table has the size of the smallest segment for each k.
    guard withheld.isEmpty, let choice = run.choice else { return .null }
    return ChoicePayload(run: run, choice: choice).json
  }

  /// What became of the segments of the run before; null for the first of a series.
  private var identity: JSON {
    guard let previous = run.identity.previousRunID else { return .null }
    return [
      "previous_run_id": .string(previous),
      "basis": .string(run.identity.basis.rawValue),
      "items": .array(
        run.identity.relations.map {
          [
            "from": .string($0.from), "to": .string($0.to),
            "verdict": .string($0.verdict.rawValue),
          ]
        }),
    ]
  }

  private var quality: JSON {
    let quality = run.quality
    return [
      "inertia": .number(quality.inertia),
      "silhouette": .number(quality.silhouette),
      "silhouette_error": .number(quality.silhouetteError),
      "simplified_silhouette": .number(quality.simplifiedSilhouette),
      "calinski_harabasz": .number(quality.calinskiHarabasz),
      "davies_bouldin": .number(quality.daviesBouldin),
      "explained_variance": .number(quality.explainedVariance),
      "structure": .string(quality.structure?.rawValue),
      "min_stability": .number(quality.minimumStability),
      "stability_error": .number(quality.stabilityError),
      "bootstraps": .integer(quality.bootstrapCount),
      "converged": .bool(quality.hasConverged),
      "iterations": .integer(quality.iterationCount),
      "restarts": .integer(quality.restartCount),
      "distance_computations": .integer(quality.distanceComputations),
    ]
  }

  private var links: JSON {
    [
      "self": .string("/runs/\(run.id)"),
      "summary": .string("/clusters/summary?run=\(run.id)"),
      "k": .string("/clusters/k?run=\(run.id)"),
      "segments": .string("/segments?run=\(run.id)"),
      "customers": .string("/customers?run=\(run.id)"),
      "quality": .string("/datasets/\(run.dataset.id)/quality"),
      "eda": .string("/datasets/\(run.dataset.id)/eda"),
      "dashboard": "/",
    ]
  }

  static let columns = [
    "run_id", "series", "created_at", "current", "dataset_id", "customers", "k", "inertia",
    "silhouette",
  ]

  /// The row of a run in the list of runs.
  func row(isCurrent: Bool) -> [JSON.Member] {
    [
      .init(name: "run_id", value: .string(run.id)),
      .init(name: "series", value: .string(run.series)),
      .init(name: "created_at", value: .string(Timestamp.text(run.createdAt))),
      .init(name: "current", value: .bool(isCurrent)),
      .init(name: "dataset_id", value: .string(run.datasetID)),
      .init(name: "customers", value: .number(run.customerCount)),
      .init(name: "k", value: .integer(run.clusters.count)),
      .init(name: "inertia", value: .number(run.quality.inertia)),
      .init(name: "silhouette", value: .number(run.quality.silhouette)),
    ]
  }
}

extension SegmentationOptions.ClusterCount {
  var json: JSON {
    switch self {
    case .automatic: "auto"
    case .fixed(let count): .integer(count)
    }
  }
}

extension RunWarning {
  var json: JSON {
    var members: [JSON.Member] = [.init(name: "code", value: .string(code.rawValue))]
    if let column { members.append(.init(name: "column", value: .string(column))) }
    if let cluster { members.append(.init(name: "cluster", value: .integer(cluster))) }
    members.append(.init(name: "detail", value: .string(detail)))
    return .object(members)
  }
}

extension RunPayload {
  private static let members: Schema.Members =
    [
      "run_id": .runID, "series": .string, "created_at": .time, "dataset": DatasetPayload.schema,
      "options": .object([
        "k": autoOr(.count), "features": .array(of: .string), "scale": .words(Scale.self),
        "missing": .words(CleaningOptions.Missing.self),
        "outliers": .words(CleaningOptions.Outliers.self),
        "duplicates": .words(CleaningOptions.Duplicates.self),
        "categorical": .words(Categorical.self), "min_size": .number, "bootstraps": autoOr(.count),
        "seed": .number, "restarts": autoOr(.count),
      ]), "k": .count, "k_choice": ChoicePayload.schema.orNull,
      "quality": .object([
        "inertia": .number, "silhouette": .number.orNull, "silhouette_error": .number.orNull,
        "simplified_silhouette": .number.orNull, "calinski_harabasz": .number.orNull,
        "davies_bouldin": .number.orNull, "explained_variance": .number.orNull,
        "structure": .words(StructureStrength.self).orNull, "min_stability": .share.orNull,
        "stability_error": .number.orNull, "bootstraps": .count.orNull, "converged": .boolean,
        "iterations": .count, "restarts": .count, "distance_computations": .count,
      ]), "segments": .array(of: SegmentPayload.schema), "rules_fidelity": .share.orNull,
      "identity": Schema.object([
        "previous_run_id": .runID, "basis": .words(["customers", "centroids", "none"]),
        "items": .array(
          of: .object([
            "from": .segmentID.orNull, "to": .segmentID.orNull,
            "verdict": .words(SegmentVerdict.self),
          ])),
      ]).orNull, "warnings": .array(of: DatasetPayload.warningSchema),
      "scale_suggestions": .array(of: ScaleSuggestion.schema), "links": .map(of: .link),
    ] + Schema.ofWithheld

  private static func autoOr(_ schema: Schema) -> Schema {
    .any(of: [.words(["auto"]), schema])
  }

  static let schema = Schema.object(members).named("Run")

  /// The answer to a fit.
  static let fitSchema = Schema.object(
    members + .optional(["eda": ExplorationPayload.schema, "cleaning": QualityPayload.schema])
  ).named("Fit")

  static let rowSchema = Schema.object([
    "run_id": .runID, "series": .string, "created_at": .time, "current": .boolean,
    "dataset_id": .datasetID, "customers": .number, "k": .count, "inertia": .number,
    "silhouette": .number.orNull,
  ]).named("RunRow")
}
