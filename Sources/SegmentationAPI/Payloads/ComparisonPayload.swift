import Segmentation

/// Two runs side by side, as `/runs/compare` shows them.
struct ComparisonPayload {
  let from: Run
  let to: Run
  let comparison: RunComparison

  var json: JSON {
    .object(about + [.init(name: "matches", value: .array(rows.map { .object($0) }))] + drift)
  }

  private var about: [JSON.Member] {
    [
      .init(name: "from", value: .string(from.id)),
      .init(name: "to", value: .string(to.id)),
      .init(name: "series", value: .string(to.series)),
      .init(name: "verdict", value: .string(comparison.verdict.rawValue)),
      .init(name: "reason", value: .string(reason)),
      .init(name: "ari", value: .number(comparison.adjustedRandIndex)),
      .init(name: "moved_share", value: .number(comparison.movedShare)),
      .init(name: "basis", value: .string(comparison.basis.rawValue)),
      .init(
        name: "customers",
        value: [
          "from": .integer(comparison.customers.old), "to": .integer(comparison.customers.new),
          "shared": .integer(comparison.customers.shared),
          "one_in": .integer(comparison.sampling),
        ]),
    ]
  }

  private var drift: [JSON.Member] {
    [
      .init(
        name: "drift",
        value: .array(
          comparison.drift.map { drift in
            [
              "feature": .string(drift.key), "psi": .number(drift.index),
              "verdict": .string(drift.verdict.rawValue), "mean_from": .number(drift.meanBefore),
              "mean_to": .number(drift.meanAfter),
            ]
          }))
    ]
  }

  static let columns = [
    "from", "to", "from_name", "to_name", "verdict", "size_from", "size_to", "customers", "jaccard",
    "shift",
  ]

  /// The segments of both runs, one row for each that became, or came from, another.
  var rows: [[JSON.Member]] {
    comparison.matches.map { match in
      let before = match.from.map { from.segments[$0] }
      let after = match.to.map { to.segments[$0] }
      let values: [JSON] = [
        .string(before?.id), .string(after?.id), .string(before?.name), .string(after?.name),
        .string(match.verdict.rawValue), .number(match.from.map { from.clusters[$0].size }),
        .number(match.to.map { to.clusters[$0].size }), .integer(match.customers),
        .number(match.jaccard), .number(match.shift),
      ]
      return zip(ComparisonPayload.columns, values).map { .init(name: $0, value: $1) }
    }
  }

  /// One sentence that says why the verdict is what it is.
  var reason: String {
    var parts: [String] = []
    let kept = comparison.matches.count { $0.verdict == .kept }
    let others = [SegmentVerdict.new, .gone, .split, .merged].compactMap { verdict -> String? in
      let count = comparison.matches.count { $0.verdict == verdict }
      return count > 0 ? "\(count) \(verdict.rawValue)" : nil
    }
    parts.append(
      "\(kept) of \(from.segments.count) segments were kept"
        + (others.isEmpty ? "" : " (\(others.joined(separator: ", ")))"))
    if let moved = comparison.movedShare {
      parts.append("\(percent(moved)) of the customers in both runs moved")
    } else {
      parts.append("the runs have no customers in common")
    }
    let drifting = comparison.drift.filter { $0.verdict > .stable }
    if comparison.drift.isEmpty {
      parts.append("the runs have no features in common")
    } else if drifting.isEmpty {
      parts.append("no feature has drifted (PSI below 0.1)")
    } else {
      let names = drifting.map { drift in
        "\(drift.key) (PSI \(TextTable.number(((drift.index ?? 0) * 1000).rounded() / 1000)))"
      }
      parts.append("the customers differ in \(names.joined(separator: ", "))")
    }
    return parts.joined(separator: "; ") + "."
  }

  private func percent(_ share: Double) -> String {
    "\(TextTable.number((share * 1000).rounded() / 10)) %"
  }
}

extension ComparisonPayload {
  private static let match = Schema.object([
    "from": .segmentID.orNull, "to": .segmentID.orNull, "from_name": .string.orNull,
    "to_name": .string.orNull, "verdict": .words(SegmentVerdict.self),
    "size_from": .number.orNull, "size_to": .number.orNull, "customers": .count,
    "jaccard": .share.orNull, "shift": .number.orNull,
  ]).named("SegmentMatch")

  private static let verdict = Schema.words(["stable", "drifting", "changed"])

  /// What `/runs/compare` answers: the comparison, or with `flat=1` its matches.
  static let answerSchema = Schema.any(of: [
    Schema.object([
      "from": .runID, "to": .runID, "series": .string, "verdict": verdict, "reason": .string,
      "ari": .number.orNull, "moved_share": .share.orNull,
      "basis": .words(["customers", "centroids", "none"]),
      "customers": .object(["from": .count, "to": .count, "shared": .count, "one_in": .count]),
      "matches": .array(of: match),
      "drift": .array(
        of: .object([
          "feature": .string, "psi": .number.orNull, "verdict": verdict, "mean_from": .number,
          "mean_to": .number,
        ])),
    ]).named("RunComparison"), .list(of: match), .array(of: match),
  ])
}
