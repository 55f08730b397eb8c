import HTTPServer
import Segmentation

/// `/clusters`: the statistics of one run.
struct ClusterRoutes {
  let context: Context

  private static let forms: [Form] = [.json, .csv, .ndjson, .txt]

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .get, "/clusters/summary", forms: Self.forms,
        parameters: [.run, .series, .wait] + Parameter.list,
        summary: "One flat row a cluster: the address that dashboards poll.",
        answers: Self.summarySchema, problems: .aboutModel,
        .cached { call throws(ProblemDetails) in try summary(call) }
      ).leavingOutSegments(),
      Endpoint(
        .get, "/clusters", forms: Self.forms, parameters: [.run, .series] + Parameter.list,
        summary: "The clusters with their centroids in original and scaled units.",
        answers: Self.listSchema, problems: .aboutModel,
        .cached { call throws(ProblemDetails) in try list(call) }
      ).leavingOutSegments(),
      Endpoint(
        .get, "/clusters/profiles", forms: Self.forms,
        parameters: [.run, .series] + Parameter.list,
        summary: "The long table cluster by feature: mean, z, lift and quantiles.",
        answers: .list(of: ProfilePayload.schema, about: Schema.ofRun + Schema.ofWithheld),
        problems: .aboutRun,
        .cached { call throws(ProblemDetails) in try profiles(call) }
      ).leavingOutSegments(),
      Endpoint(
        .get, "/clusters/k", forms: Self.forms, parameters: [.run, .series] + Parameter.list,
        summary: "The table of k: every index, the votes, and why this k.",
        answers: ChoicePayload.listSchema, problems: .aboutRun,
        .cached { call throws(ProblemDetails) in try ChoiceRoute(call: call).answer() }),
      Endpoint(
        .get, "/clusters/distances", forms: Self.forms,
        parameters: [.run, .series] + Parameter.list,
        summary: "How far the centroids are from each other, in scaled units, and a map of them.",
        answers: Self.distancesSchema, problems: .aboutModel,
        .cached { call throws(ProblemDetails) in try distances(call) }),
      Endpoint(
        .get, "/clusters/{i}", forms: [.json, .csv, .txt], parameters: [.run, .series],
        summary: "One cluster.", path: [Parameter("i", "the index of a cluster", .count)],
        answers: ClusterPayload.pageSchema, problems: .aboutModel,
        .cached { call throws(ProblemDetails) in try one(call) }
      ).leavingOutSegments(),
    ]
  }

  private func about(_ run: Run) -> [JSON.Member] {
    [
      .init(name: "run_id", value: .string(run.id)),
      .init(name: "series", value: .string(run.series)),
    ]
  }

  private func summary(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.model()
    let rows = clusters(of: run, call).map { ClusterPayload(run: run, cluster: $0).summaryRow }
    let columns = ClusterPayload(run: run, cluster: run.clusters[0]).summaryRow.map(\.name)
    return try call.answer(
      RowSet(
        about: about(run) + [
          .init(name: "updated_at", value: .string(Timestamp.text(run.createdAt))),
          .init(name: "k", value: .integer(run.clusters.count)),
          .init(name: "customers", value: .number(run.customerCount)),
          .init(name: "silhouette", value: .number(run.quality.silhouette)),
          .init(name: "rules_fidelity", value: .number(run.insight.rules?.fidelity)),
        ] + call.withheldMembers(of: run), objects: rows, columns: columns))
  }

  private func clusters(of run: Run, _ call: Call) -> [Cluster] {
    let withheld = call.withheld(in: run)
    return run.clusters.filter { !withheld.contains($0.index) }
  }

  private func list(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.model()
    guard call.form == .json else {
      let rows = clusters(of: run, call).map { ClusterPayload(run: run, cluster: $0).row }
      let columns = ClusterPayload(run: run, cluster: run.clusters[0]).row.map(\.name)
      return try call.answer(RowSet(objects: rows, columns: columns))
    }
    let objects = clusters(of: run, call).map { ClusterPayload(run: run, cluster: $0).json }
    let features = run.features.map { feature -> JSON in
      [
        "feature": .string(feature.key), "header": .string(feature.header),
        "unit": .string(feature.unit), "mean": .number(feature.mean),
        "sd": .number(feature.standardDeviation), "center": .number(feature.scaling.center),
        "spread": .number(feature.scaling.spread), "importance": .number(feature.importance),
      ]
    }
    var reader = QueryReader(call.query)
    let isFlat = reader.flag("flat", default: false)
    try reader.finish()
    if isFlat { return Answer(form: .json, bytes: JSON.array(objects).bytes) }
    return Answer(
      form: .json,
      bytes: JSON.object(
        about(run) + call.withheldMembers(of: run) + [
          .init(name: "features", value: .array(features)),
          .init(name: "items", value: .array(objects)),
          .init(name: "next", value: .null),
        ]
      ).bytes)
  }

  private func one(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.model()
    guard let index = WholeNumber.parse(call.parameter("i")),
      run.clusters.indices.contains(index)
    else {
      throw ProblemDetails(
        .notFound,
        "The run has no cluster \(call.parameter("i")); its clusters are 0 to \(run.clusters.count - 1)."
      )
    }
    guard !call.withheld(in: run).contains(index) else {
      throw call.disclosure.refusal("Cluster \(index) is of segments with")
    }
    let payload = ClusterPayload(run: run, cluster: run.clusters[index])
    // A run that came back as its model has no rows to take quantiles of.
    return call.answer(run.isRestored ? payload.json : payload.withQuantiles)
  }

  private func profiles(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.run()
    return try call.answer(
      RowSet(
        about: about(run) + call.withheldMembers(of: run), columns: ProfilePayload.columns,
        rows: ProfilePayload(run: run).rows(of: call.segments(of: run))))
  }

  private func distances(_ call: Call) throws(ProblemDetails) -> Answer {
    let run = try call.model()
    let map = run.clusterMap
    let rows = run.clusters.indices.map { index -> [JSON.Member] in
      let others = run.clusters.indices.filter { $0 != index }
      let nearest = others.min { map.distances[index][$0] < map.distances[index][$1] }
      return [
        .init(name: "cluster", value: .integer(index)),
        .init(name: "segment_id", value: .string(run.segments[index].id)),
        .init(name: "name", value: .string(run.segments[index].name)),
        .init(name: "size", value: .number(run.clusters[index].size)),
        .init(name: "x", value: .number(map.places[index].x)),
        .init(name: "y", value: .number(map.places[index].y)),
        .init(
          name: "nearest_segment_id", value: .string(nearest.map { run.segments[$0].id })),
      ]
        + run.clusters.indices.map {
          .init(name: "distance_to_\($0)", value: .number(map.distances[index][$0]))
        }
    }
    return try call.answer(
      RowSet(
        about: about(run) + [
          .init(name: "map_explains", value: .number(map.explained)),
          .init(
            name: "matrix",
            value: .array(map.distances.map { .array($0.map { .number($0) }) })),
        ], objects: rows, columns: rows[0].map(\.name)))
  }
}

extension ClusterRoutes {
  fileprivate static let summarySchema = Schema.list(
    of: ClusterPayload.summarySchema,
    about: Schema.ofRun + [
      "updated_at": .time, "k": .count, "customers": .number, "silhouette": .number.orNull,
      "rules_fidelity": .share.orNull,
    ] + Schema.ofWithheld)

  fileprivate static let listSchema = Schema.list(
    of: ClusterPayload.schema,
    about: Schema.ofRun + Schema.ofWithheld + [
      "features": .array(
        of: .object([
          "feature": .string, "header": .string, "unit": .string.orNull, "mean": .number,
          "sd": .number, "center": .number, "spread": .number, "importance": .number.orNull,
        ]))
    ])

  /// The rows have a `distance_to_…` for each cluster.
  fileprivate static let distancesSchema = Schema.list(
    of: .object(
      [
        "cluster": .count, "segment_id": .segmentID, "name": .string, "size": .number,
        "x": .number, "y": .number, "nearest_segment_id": .segmentID.orNull,
      ], others: .number
    ).named("ClusterDistances"),
    about: Schema.ofRun + [
      "map_explains": .share.orNull, "matrix": .array(of: .array(of: .number)),
    ])
}
