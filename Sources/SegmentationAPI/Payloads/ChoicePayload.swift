import Segmentation

/// The table of k with the votes and the sentence that says why.
struct ChoicePayload {
  let run: Run
  let choice: ChoiceOfClusterCount

  /// What `POST /segments` tells.
  var json: JSON {
    .object(
      about + [
        .init(name: "table", value: .string("/clusters/k?run=\(run.id)")),
        .init(name: "items", value: .array(choice.candidates.map { .object($0.members) })),
      ])
  }

  /// What stands before the rows of the table.
  var about: [JSON.Member] {
    [
      .init(name: "chosen", value: .integer(run.clusters.count)),
      .init(name: "reason", value: .string(ChoiceReason(run: run, choice: choice).text)),
      .init(
        name: "votes",
        value: [
          "silhouette": .integer(choice.votes.silhouette),
          "calinski_harabasz": .integer(choice.votes.calinskiHarabasz),
          "davies_bouldin": .integer(choice.votes.daviesBouldin),
          "gap": .integer(choice.votes.gap),
          "stability": .integer(choice.votes.stability),
        ]),
      .init(name: "structure", value: .string(run.quality.structure?.rawValue)),
      .init(name: "least_stable_segment", value: .string(leastStable)),
      .init(
        name: "single",
        value: [
          "gap": .number(choice.singleGap), "gap_se": .number(choice.singleGapError),
        ]),
    ]
  }

  /// The id of the segment that is found again least.
  private var leastStable: String? {
    let least = run.clusters.min { ($0.stability ?? 2) < ($1.stability ?? 2) }
    guard let least, least.stability != nil else { return nil }
    return run.segments[least.index].id
  }
}

extension ChoiceOfClusterCount.Candidate {
  /// The row of the table.
  var members: [JSON.Member] {
    [
      .init(name: "k", value: .integer(clusterCount)),
      .init(name: "inertia", value: .number(inertia)),
      .init(name: "silhouette", value: .number(silhouette)),
      .init(name: "simplified_silhouette", value: .number(simplifiedSilhouette)),
      .init(name: "calinski_harabasz", value: .number(calinskiHarabasz)),
      .init(name: "davies_bouldin", value: .number(daviesBouldin)),
      .init(name: "gap", value: .number(gap)),
      .init(name: "gap_se", value: .number(gapError)),
      .init(name: "min_stability", value: .number(minimumStability)),
      .init(
        name: "least_stable",
        value: .integer(minimumStability.flatMap { stability.firstIndex(of: $0) })),
      .init(name: "stability", value: .array(stability.map { .number($0) })),
      .init(name: "min_size", value: .number(smallestSize)),
      .init(name: "feasible", value: .bool(isFeasible)),
    ]
  }
}

extension MinimumSize {
  var json: JSON {
    switch self {
    case .customers(let count): .number(count)
    case .share(let share): .number(share)
    }
  }
}

extension ChoicePayload {
  private static let candidate = Schema.object([
    "k": .count, "inertia": .number, "silhouette": .number.orNull,
    "simplified_silhouette": .number.orNull, "calinski_harabasz": .number.orNull,
    "davies_bouldin": .number.orNull, "gap": .number.orNull, "gap_se": .number.orNull,
    "min_stability": .share.orNull, "least_stable": .count.orNull,
    "stability": .array(of: .share), "min_size": .number, "feasible": .boolean,
  ]).named("ClusterCountCandidate")

  private static let about: Schema.Members = [
    "chosen": .count,
    "reason": .string.described("why there are this many segments, for people who run a shop"),
    "votes": .object([
      "silhouette": .count.orNull, "calinski_harabasz": .count.orNull,
      "davies_bouldin": .count.orNull, "gap": .count.orNull, "stability": .count.orNull,
    ]), "structure": .words(StructureStrength.self).orNull,
    "least_stable_segment": .segmentID.orNull,
    "single": .object(["gap": .number.orNull, "gap_se": .number.orNull]),
  ]

  /// The choice in the answer to a fit.
  static let schema = Schema.object(
    about + ["table": .link, "items": .array(of: candidate)]
  ).named("ClusterCountChoice")

  /// What `/clusters/k` answers.
  static let listSchema = Schema.list(of: candidate, about: Schema.ofRun + about)
}
