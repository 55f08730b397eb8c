import Datasets
import Segmentation

/// A segment as the answers show it.
struct SegmentPayload {
  let run: Run
  let segment: Segment

  private var cluster: Cluster { run.clusters[segment.cluster] }

  /// The segment in the answer to a fit.
  var brief: JSON { .object(members) }

  /// The segment by itself.
  var full: JSON {
    .object(
      [
        .init(name: "run_id", value: .string(run.id)),
        .init(name: "series", value: .string(run.series)),
      ] + members + SegmentPage(run: run, segment: segment).members + [
        .init(
          name: "links",
          value: [
            "customers": .string("/segments/\(PathSegment.encoded(segment.id))/customers"),
            "history": .string("/segments/\(PathSegment.encoded(segment.id))/history"),
            "cluster": .string("/clusters/\(segment.cluster)"),
          ])
      ])
  }

  private var members: [JSON.Member] {
    [
      .init(name: "segment_id", value: .string(segment.id)),
      .init(name: "name", value: .string(segment.name)),
      .init(name: "cluster", value: .integer(segment.cluster)),
      .init(name: "size", value: .number(cluster.size)),
      .init(name: "share", value: .number(cluster.share)),
      .init(name: "silhouette", value: .number(cluster.silhouette)),
      .init(name: "stability", value: .number(cluster.stability)),
      .init(
        name: "stability_word",
        value: .string(cluster.stability.map { StabilityWord($0).rawValue })),
      .init(name: "borderline", value: .number(cluster.borderlineSize)),
      .init(name: "profile", value: byFeature(cluster.means)),
      .init(name: "z", value: byFeature(cluster.z)),
      .init(name: "rule", value: .string(rule?.text(features: run.features))),
      .init(name: "rule_precision", value: .number(rule?.precision)),
      .init(name: "rule_recall", value: .number(rule?.recall)),
      .init(name: "value_share", value: .number(valueShare)),
      .init(name: "goal", value: .string(play.goal.rawValue)),
      .init(
        name: "verdict", value: .string(run.identity.verdict(ofSegment: segment.id)?.rawValue)),
    ] + segment.details.members
  }

  /// The segment for a person at a terminal.
  var text: [UInt8] {
    let percent = { (share: Double) in "\(TextTable.number((share * 1000).rounded() / 10)) %" }
    let quality = rule.map { rule in
      "right for \(rule.precision.map(percent) ?? "nobody"), finds \(percent(rule.recall))"
    }
    return SegmentPage(run: run, segment: segment).text(
      rule: rule?.text(features: run.features), ruleQuality: quality)
  }

  private var rule: SegmentRule? { run.insight.rules?.ofCluster[segment.cluster] }

  private var valueShare: Double? {
    run.insight.value?.shareOfCluster?[segment.cluster]
  }

  private var play: SegmentPlay { run.insight.plays[segment.cluster] }

  private func byFeature(_ values: [Double]) -> JSON {
    .object(zip(run.features, values).map { .init(name: $0.key, value: .number($1)) })
  }

  /// The row of the segment in the list of segments.
  var row: [JSON.Member] {
    [
      .init(name: "segment_id", value: .string(segment.id)),
      .init(name: "name", value: .string(segment.name)),
      .init(name: "cluster", value: .integer(segment.cluster)),
      .init(name: "size", value: .number(cluster.size)),
      .init(name: "share", value: .number(cluster.share)),
    ]
      + zip(run.features, cluster.means).map { .init(name: $0.key, value: .number($1)) }
      + [
        .init(name: "silhouette", value: .number(cluster.silhouette)),
        .init(name: "stability", value: .number(cluster.stability)),
        .init(
          name: "stability_word",
          value: .string(cluster.stability.map { StabilityWord($0).rawValue })),
        .init(name: "borderline", value: .number(cluster.borderlineSize)),
        .init(name: "value_share", value: .number(valueShare)),
        .init(name: "goal", value: .string(play.goal.rawValue)),
        .init(name: "rule", value: .string(rule?.text(features: run.features))),
      ]
      + segment.details.members
  }
}

extension SegmentDetails {
  /// What a person chose beside the name.
  var members: [JSON.Member] {
    [
      .init(name: "description", value: .string(description)),
      .init(name: "colour", value: .string(colour)),
      .init(name: "pinned", value: .bool(isPinned)),
    ]
  }
}

extension SegmentPayload {
  private static let byFeature = Schema.map(of: .number)

  private static let members: Schema.Members =
    [
      "segment_id": .segmentID, "name": .string, "cluster": .count, "size": .number,
      "share": .share, "borderline": .number.orNull, "silhouette": .number.orNull,
      "stability": .share.orNull, "stability_word": .words(StabilityWord.self).orNull,
      "profile": byFeature, "z": byFeature,
      "rule": .string.orNull.example("spending_score > 60.5 and annual_income > 54"),
      "rule_precision": .share.orNull, "rule_recall": .share.orNull,
      "value_share": .number.orNull, "goal": .words(SegmentGoal.self),
      "verdict": .words(SegmentVerdict.self).orNull,
    ] + SegmentDetails.schemaMembers

  /// The segment in the answer to a fit.
  static let schema = Schema.object(members).named("Segment")

  /// The segment by itself.
  static let pageSchema = Schema.object(
    Schema.ofRun + members + SegmentPage.schemaMembers + ["links": .map(of: .link)]
  ).named("SegmentPage")

  /// What a person chose for a segment that the current run does not have.
  static let chosenSchema = Schema.object(
    ["segment_id": .segmentID, "name": .string.orNull] + SegmentDetails.schemaMembers
  ).named("ChosenDetails")

  /// The flat row: members that are not named are the means of features.
  static let rowSchema = Schema.object(
    [
      "segment_id": .segmentID, "name": .string, "cluster": .count, "size": .number,
      "share": .share, "silhouette": .number.orNull, "stability": .share.orNull,
      "stability_word": .words(StabilityWord.self).orNull, "value_share": .number.orNull,
      "goal": .words(SegmentGoal.self), "rule": .string.orNull,
    ] + SegmentDetails.schemaMembers, others: .number.orNull
  ).named("SegmentRow")
}

extension SegmentDetails {
  static let schemaMembers: Schema.Members = [
    "description": .string.orNull, "colour": .string.orNull.example("#0072b2"),
    "pinned": .boolean,
  ]
}
