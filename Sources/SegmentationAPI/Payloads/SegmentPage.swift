import Datasets
import Segmentation

/// A segment by itself: everything a shop needs to act on it.
struct SegmentPage {
  let run: Run
  let segment: Segment
  private let profile: RunProfile
  private let advice: SegmentAdvice

  init(run: Run, segment: Segment) {
    self.run = run
    self.segment = segment
    profile = run.profile
    advice = run.advice(forCluster: segment.cluster, profile: profile)
  }

  private var persona: String { run.persona(ofCluster: segment.cluster, profile: profile) }

  /// What stands beside the members that a list of segments has.
  var members: [JSON.Member] {
    [
      .init(name: "persona", value: .string(persona)),
      .init(name: "persona_name", value: .string(advice.persona)),
      .init(name: "persona_summary", value: .string(advice.summary)),
      .init(name: "goal_reason", value: .string(advice.because)),
      .init(
        name: "actions",
        value: .array(
          advice.actions.map { ["kind": .string($0.kind.rawValue), "text": .string($0.text)] })),
      .init(
        name: "features",
        value: .array(profile.numbers.filter { $0.feature != nil }.map { number($0) })),
      .init(
        name: "other_numbers",
        value: .array(profile.numbers.filter { $0.feature == nil }.map { number($0) })),
      .init(name: "categories", value: .array(profile.categories.map { category($0) })),
      .init(
        name: "typical_customers",
        value: .array(profile.typical[segment.cluster].map { customer($0) })),
      .init(
        name: "borderline_customers",
        value: .array(profile.borderline[segment.cluster].map { customer($0) })),
    ]
  }

  // MARK: Numbers

  private func number(_ number: NumberProfile) -> JSON {
    let column = run.dataset.table.columns[number.column]
    let feature = number.feature.map { run.features[$0] }
    let summary = number.ofCluster[segment.cluster]
    return .object(
      [
        .init(name: "feature", value: .string(feature?.key ?? column.key)),
        .init(name: "header", value: .string(feature?.header ?? column.header)),
        .init(name: "unit", value: .string(column.unit)),
        .init(name: "mean", value: .number(summary?.mean)),
        .init(name: "overall_mean", value: .number(number.overall.mean)),
        .init(name: "z", value: .number(number.z(ofCluster: segment.cluster))),
        .init(name: "lift", value: .number(number.lift(ofCluster: segment.cluster))),
      ] + SegmentPage.spread(summary)
        + [.init(name: "overall", value: .object(SegmentPage.spread(number.overall)))])
  }

  /// Median, deviation, quantiles and extremes.
  static func spread(_ summary: NumberSummary?) -> [JSON.Member] {
    [
      .init(name: "median", value: .number(summary?.median)),
      .init(name: "sd", value: .number(summary?.standardDeviation)),
      .init(name: "min", value: .number(summary?.minimum)),
      .init(name: "q10", value: .number(summary?.q10)),
      .init(name: "q25", value: .number(summary?.q25)),
      .init(name: "q75", value: .number(summary?.q75)),
      .init(name: "q90", value: .number(summary?.q90)),
      .init(name: "max", value: .number(summary?.maximum)),
    ]
  }

  // MARK: Categories

  private func category(_ profile: CategoryProfile) -> JSON {
    let column = run.dataset.table.columns[profile.column]
    let figures = profile.ofCluster[segment.cluster]
    let hidden = figures.filter(\.isHidden)
    return [
      "column": .string(column.key),
      "header": .string(column.header),
      "top": .string(profile.top(ofCluster: segment.cluster).map { profile.categories[$0].name }),
      "items": .array(
        zip(profile.categories, figures).filter { !$1.isHidden }.map { category, figure in
          [
            "category": .string(category.name),
            "count": .number(figure.count),
            "share": .number(figure.share),
            "overall_share": .number(category.share),
            "lift": .number(figure.lift),
            "expected_count": .number(figure.expectedCount),
            "p": .number(figure.pValue),
            "p_adjusted": .number(figure.adjustedPValue),
            "significant": .bool(figure.isSignificant),
          ]
        }),
      "hidden": [
        "categories": .integer(hidden.count),
        "share": .number(hidden.reduce(0) { $0 + $1.share }),
      ],
      "not_listed": .integer(profile.otherCount),
    ]
  }

  // MARK: Customers

  private func customer(_ row: Int) -> JSON {
    let score = run.score(row: row)
    return .object(
      [
        .init(name: "customer_id", value: .string(run.dataset.customerID(ofRow: row))),
        .init(name: "distance", value: .number(score?.distance)),
        .init(name: "margin", value: .number(score?.margin)),
        .init(
          name: "second_segment_id",
          value: .string(score?.secondCluster.map { run.segments[$0].id })),
      ]
        + zip(run.features, run.featureValues(row: row)).map {
          .init(name: $0.key, value: .number($1))
        })
  }

  // MARK: Text

  /// The page for a person at a terminal.
  func text(rule: String?, ruleQuality: String?) -> [UInt8] {
    var out: [UInt8] = []
    func line(_ text: String = "") {
      out.append(contentsOf: text.utf8)
      out.append(0x0A)
    }
    line("\(segment.name) (\(segment.id))")
    if let name = advice.persona {
      line("\(name)\(advice.summary.map { ": \($0)" } ?? "")")
    }
    line()
    line(persona)
    line()
    if let rule { line("rule  \(rule)\(ruleQuality.map { "  (\($0))" } ?? "")") }
    line("goal  \(advice.goal.rawValue)  \(advice.because)")
    line()
    TextTable(
      columns: ["action", "what to do"],
      rows: advice.actions.map { [.string($0.kind.rawValue), .string($0.text)] }
    ).write(to: &out)
    line()
    TextTable(
      columns: ["feature", "mean", "overall", "z", "lift", "q10", "median", "q90"],
      rows: profile.numbers.map { number in
        let summary = number.ofCluster[segment.cluster]
        return [
          .string(
            number.feature.map { run.features[$0].key }
              ?? run.dataset.table.columns[number.column].key), .number(summary?.mean),
          .number(number.overall.mean), .number(number.z(ofCluster: segment.cluster)),
          .number(number.lift(ofCluster: segment.cluster)), .number(summary?.q10),
          .number(summary?.median), .number(summary?.q90),
        ]
      }
    ).write(to: &out)
    let categories = profile.categories.flatMap { column in
      zip(column.categories, column.ofCluster[segment.cluster]).filter { !$1.isHidden }.map {
        category, figure -> [JSON] in
        [
          .string(run.dataset.table.columns[column.column].key), .string(category.name),
          .number(figure.share), .number(category.share), .number(figure.lift),
          .number(figure.adjustedPValue), .string(figure.isSignificant ? "differs" : ""),
        ]
      }
    }
    if !categories.isEmpty {
      line()
      TextTable(
        columns: ["column", "category", "share", "overall", "lift", "p_adjusted", ""],
        rows: categories
      ).write(to: &out)
    }
    for (title, rows) in [
      ("typical", profile.typical[segment.cluster]),
      ("borderline", profile.borderline[segment.cluster]),
    ] {
      line()
      TextTable(
        columns: [title] + run.features.map(\.key) + ["distance", "margin", "next segment"],
        rows: rows.map { row in
          let score = run.score(row: row)
          return [.string(run.dataset.customerID(ofRow: row))]
            + run.featureValues(row: row).map { .number($0) }
            + [
              .number(score?.distance), .number(score?.margin),
              .string(score?.secondCluster.map { run.segments[$0].id }),
            ]
        }
      ).write(to: &out)
    }
    return out
  }
}

extension SegmentPage {
  static let spreadMembers: Schema.Members = .all(
    ["median", "sd", "min", "q10", "q25", "q75", "q90", "max"], .number.orNull)

  private static let number = Schema.object(
    [
      "feature": .string, "header": .string, "unit": .string.orNull, "mean": .number.orNull,
      "overall_mean": .number.orNull, "z": .number.orNull, "lift": .number.orNull,
    ] + spreadMembers + ["overall": .object(spreadMembers)]
  ).named("NumberProfile")

  private static let category = Schema.object([
    "column": .string, "header": .string, "top": .string.orNull,
    "items": .array(
      of: .object([
        "category": .string, "count": .number, "share": .share, "overall_share": .share,
        "lift": .number.orNull, "expected_count": .number.orNull, "p": .share.orNull,
        "p_adjusted": .share.orNull, "significant": .boolean,
      ])), "hidden": .object(["categories": .count, "share": .share]), "not_listed": .count,
  ]).named("CategoryProfile")

  private static let customer = Schema.object(
    [
      "customer_id": .string, "distance": .number.orNull, "margin": .share.orNull,
      "second_segment_id": .segmentID.orNull,
    ], others: .number.orNull
  ).named("NamedCustomer")

  static let schemaMembers: Schema.Members = [
    "persona": .string.described("the segment in plain words"), "persona_name": .string.orNull,
    "persona_summary": .string.orNull, "goal_reason": .string,
    "actions": .array(of: .object(["kind": .words(ActionKind.self), "text": .string])),
    "features": .array(of: number), "other_numbers": .array(of: number),
    "categories": .array(of: category), "typical_customers": .array(of: customer),
    "borderline_customers": .array(of: customer),
  ]
}
