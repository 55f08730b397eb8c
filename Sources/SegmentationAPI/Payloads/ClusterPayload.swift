import Segmentation

/// A cluster as the answers show it.
struct ClusterPayload {
  let run: Run
  let cluster: Cluster

  private var segment: Segment { run.segments[cluster.index] }

  /// The cluster by itself; quantiles are in the profiles.
  var json: JSON {
    [
      "cluster": .integer(cluster.index),
      "segment_id": .string(segment.id),
      "name": .string(segment.name),
      "size": .number(cluster.size),
      "share": .number(cluster.share),
      "inertia": .number(cluster.inertia),
      "silhouette": .number(cluster.silhouette),
      "far_distance": .number(cluster.farDistance),
      "stability": .number(cluster.stability),
      "borderline": .number(cluster.borderlineSize),
      "centroid": byFeature(cluster.centroid),
      "scaled_centroid": byFeature(cluster.scaledCentroid),
      "mean": byFeature(cluster.means),
      "z": byFeature(cluster.z),
    ]
  }

  /// The cluster with how its customers are spread in each feature, and how much each matters.
  var withQuantiles: JSON {
    guard case .object(let members) = json else { return json }
    let features = run.profile.numbers.compactMap { number -> JSON? in
      guard let index = number.feature else { return nil }
      return .object(
        [
          .init(name: "feature", value: .string(run.features[index].key)),
          .init(name: "importance", value: .number(run.features[index].importance)),
          .init(name: "mean", value: .number(cluster.means[index])),
          .init(name: "z", value: .number(cluster.z[index])),
        ] + SegmentPage.spread(number.ofCluster[cluster.index]))
    }
    return .object(members + [.init(name: "features", value: .array(features))])
  }

  private func byFeature(_ values: [Double]) -> JSON {
    .object(zip(run.features, values).map { .init(name: $0.key, value: .number($1)) })
  }

  /// The flat row that dashboards poll: one column a feature.
  var summaryRow: [JSON.Member] {
    [
      .init(name: "cluster", value: .integer(cluster.index)),
      .init(name: "segment_id", value: .string(segment.id)),
      .init(name: "name", value: .string(segment.name)),
      .init(name: "size", value: .number(cluster.size)),
      .init(name: "share", value: .number(cluster.share)),
    ]
      + zip(run.features, cluster.means).map { .init(name: $0.key, value: .number($1)) }
      + [
        .init(name: "silhouette", value: .number(cluster.silhouette)),
        .init(name: "stability", value: .number(cluster.stability)),
        .init(name: "borderline", value: .number(cluster.borderlineSize)),
        .init(name: "inertia", value: .number(cluster.inertia)),
        .init(
          name: "value_share",
          value: .number(run.insight.value?.shareOfCluster?[cluster.index])),
        .init(name: "goal", value: .string(run.insight.plays[cluster.index].goal.rawValue)),
        .init(
          name: "rule",
          value: .string(
            run.insight.rules?.ofCluster[cluster.index]?.text(features: run.features))),
      ]
  }

  /// The flat row of the list of clusters: means, then centroids in scaled units.
  var row: [JSON.Member] {
    summaryRow
      + zip(run.features, cluster.centroid).map {
        .init(name: "centroid_\($0.key)", value: .number($1))
      }
      + zip(run.features, cluster.scaledCentroid).map {
        .init(name: "scaled_centroid_\($0.key)", value: .number($1))
      }
  }
}

extension ClusterPayload {
  private static let byFeature = Schema.map(of: .number)

  private static let members: Schema.Members = [
    "cluster": .count, "segment_id": .segmentID, "name": .string, "size": .number,
    "share": .share, "inertia": .number, "silhouette": .number.orNull,
    "borderline": .number.orNull,
    "far_distance": .number.orNull, "stability": .share.orNull, "centroid": byFeature,
    "scaled_centroid": byFeature, "mean": byFeature, "z": byFeature,
  ]

  /// The cluster in the list of clusters.
  static let schema = Schema.object(members).named("Cluster")

  /// The cluster by itself; one of a restored run has no quantiles.
  static let pageSchema = Schema.object(
    members
      + .optional([
        "features": .array(
          of: .object(
            ["feature": .string, "importance": .share.orNull, "mean": .number, "z": .number]
              + SegmentPage.spreadMembers))
      ])
  ).named("ClusterPage")

  /// The flat row that dashboards poll: members that are not named are the means of features.
  static let summarySchema = Schema.object(
    [
      "cluster": .count, "segment_id": .segmentID, "name": .string, "size": .number,
      "share": .share, "silhouette": .number.orNull, "stability": .share.orNull,
      "inertia": .number, "value_share": .number.orNull, "goal": .words(SegmentGoal.self),
      "rule": .string.orNull,
    ], others: .number.orNull
  ).named("ClusterSummary")
}
