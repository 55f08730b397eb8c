import Segmentation

/// The long table cluster by feature of a run.
struct ProfilePayload {
  static let columns = [
    "cluster", "segment_id", "name", "feature", "mean", "z", "lift", "q10", "q50", "q90", "q25",
    "q75", "sd", "overall_mean", "overall_q10", "overall_q50", "overall_q90",
  ]

  let run: Run

  /// One row for each cluster and feature, cluster by cluster.
  func rows(of segments: [Segment]) -> [[JSON]] {
    let numbers = run.profile.numbers.filter { $0.feature != nil }
    return segments.flatMap { segment in
      numbers.map { number -> [JSON] in
        let summary = number.ofCluster[segment.cluster]
        let overall = number.overall
        return [
          .integer(segment.cluster), .string(segment.id), .string(segment.name),
          .string(number.feature.map { run.features[$0].key }), .number(summary?.mean),
          .number(number.feature.map { run.clusters[segment.cluster].z[$0] }),
          .number(number.lift(ofCluster: segment.cluster)), .number(summary?.q10),
          .number(summary?.median), .number(summary?.q90), .number(summary?.q25),
          .number(summary?.q75), .number(summary?.standardDeviation), .number(overall.mean),
          .number(overall.q10), .number(overall.median), .number(overall.q90),
        ]
      }
    }
  }
}

extension ProfilePayload {
  static let schema = Schema.object(
    ["cluster": .count, "segment_id": .segmentID, "name": .string, "feature": .string]
      + .all(Array(columns.dropFirst(4)), .number.orNull)
  ).named("Profile")
}
