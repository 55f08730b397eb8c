import Charts
import Datasets
import Segmentation

/// The written report of a run: what a consultant would hand over.
struct Report {
  let run: Run
  let exploration: Exploration
  let sections: [ReportSection]

  /// Makes the report.
  ///
  /// - Parameter comparison: the run before, and what changed since; nil for the first of a series.
  /// - Throws: an error of the service, or that nobody waits for it any more.
  init(run: Run, charts: RunCharts, comparison: ComparisonPayload?) throws(SegmentationError) {
    var charts = charts
    exploration = charts.explored()
    charts.exploration = exploration
    self.run = run
    let writer = ReportWriter(
      run: run, profile: run.profile, exploration: exploration, comparison: comparison)
    var pictures: [ChartName: any Chart] = [:]
    for name in charts.names { pictures[name] = try charts.chart(name) }
    sections = writer.sections(pictures)
  }

  /// The heading of the whole.
  var title: String {
    "\(DashboardPage.segments(run)) of \(DashboardText.number(run.customerCount)) customers"
  }

  /// Which run this is.
  var place: ReportText {
    "Series \(data: run.series), run \(run.id), \(DashboardText.moment(run.createdAt))"
  }
}

/// Puts what is known of a run into words and tables.
private struct ReportWriter {
  let run: Run
  let profile: RunProfile
  let exploration: Exploration
  let comparison: ComparisonPayload?

  private typealias Text = DashboardText

  func sections(_ pictures: [ChartName: any Chart]) -> [ReportSection] {
    func show(_ names: ChartName...) -> [ReportBlock] {
      names.compactMap { name in pictures[name].map { .picture(name: name, chart: $0) } }
    }
    var sections = [
      ReportSection(id: "summary", title: "In short", blocks: summary + show(.sizes)),
      ReportSection(id: "data", title: "The data", blocks: data),
      ReportSection(id: "cleaning", title: "Cleaning", blocks: cleaning),
      ReportSection(
        id: "exploration", title: "Exploration",
        blocks: explored + show(.histograms, .correlation)),
      ReportSection(
        id: "choice", title: "How many segments", blocks: choice + show(.k, .elbow, .silhouette)),
      ReportSection(
        id: "segments", title: "The segments side by side",
        blocks: sideBySide + show(.profiles, .scatter, .boxplots, .categories, .centroids)),
      ReportSection(
        id: "each", title: "The segments one by one", blocks: run.segments.map(segment)),
      ReportSection(id: "recommendations", title: "Recommendations", blocks: recommendations),
    ]
    if let comparison {
      sections.append(
        ReportSection(
          id: "changes", title: "What has changed", blocks: changes(comparison) + show(.movement)))
    }
    sections.append(ReportSection(id: "method", title: "Method and its limits", blocks: method))
    return sections
  }

  // MARK: In short

  private var summary: [ReportBlock] {
    let largest = run.clusters.max { $0.size < $1.size }
    var points: [ReportText] = []
    if let structure = run.quality.structure {
      let words = Text.structure(structure)
      points.append(
        "The structure is \(words.word.lowercased()): \(words.meaning) (silhouette \(Text.index(run.quality.silhouette)))."
      )
    }
    if let largest {
      points.append(
        "The largest segment is \(data: run.segments[largest.index].name), with \(Text.number(largest.size)) customers (\(Text.percent(largest.share)))."
      )
    }
    if let stability = run.quality.minimumStability {
      let least = run.clusters.min { ($0.stability ?? 2) < ($1.stability ?? 2) }
      points.append(
        "When the customers are drawn anew, every segment is found again with a stability of \(Text.index(stability)) or more; the least so is \(data: least.map { run.segments[$0.index].name } ?? "")."
      )
    }
    if let fidelity = run.insight.rules?.fidelity {
      points.append(
        "The rules in this report put \(Text.percent(fidelity)) of the customers into the right segment."
      )
    }
    if let value = run.insight.value, let shares = value.shareOfCluster,
      let top = shares.indices.max(by: { shares[$0] < shares[$1] })
    {
      points.append(
        "\(data: run.segments[top].name) brings \(Text.percent(shares[top])) of \(data: value.key) with \(Text.percent(run.clusters[top].share)) of the customers."
      )
    }
    return [
      .list(points),
      .table(
        .init(
          columns: [
            ("Segment", false), ("Customers", true), ("Share", true), ("Goal", false),
            ("How to tell them", false),
          ],
          rows: run.segments.map { segment in
            let cluster = run.clusters[segment.cluster]
            return [
              "\(data: segment.name)", "\(Text.number(cluster.size))",
              "\(Text.percent(cluster.share))",
              "\(Text.goal(run.insight.plays[segment.cluster].goal))", rule(segment),
            ]
          })),
    ]
  }

  private func rule(_ segment: Segment) -> ReportText {
    guard let rule = run.insight.rules?.ofCluster[segment.cluster] else { return "–" }
    return ReportText(data: rule.text(features: run.features))
  }

  // MARK: Data and cleaning

  private var data: [ReportBlock] {
    let report = run.dataset.report
    var blocks: [ReportBlock] = [
      .paragraph(
        "The file has \(Text.count(report.rowsRead)) rows, of which \(Text.count(report.rowsUsed)) are used and \(Text.count(report.rowsSetAside)) were set aside. Its fingerprint is \(run.dataset.id): the same file and options give the same segments, number for number."
      )
    ]
    if let transactions = report.transactions {
      blocks.append(
        .paragraph(
          "The rows were transactions: \(Text.count(transactions.transactionsUsed)) of them, by \(data: transactions.id), \(data: transactions.date) and \(data: transactions.amount), became \(Text.count(transactions.customers)) customers with recency, frequency and monetary value as of \("\(transactions.asOf)")."
        ))
    }
    blocks.append(
      .table(
        .init(
          columns: [
            ("Column", false), ("Used as", false), ("Without a value", true), ("Remark", false),
          ],
          rows: report.columns.map { column in
            [
              "\(data: column.header)", "\(column.role.word)", "\(Text.count(column.missingCount))",
              ReportText(data: column.role.reason ?? ""),
            ]
          })))
    return blocks
  }

  private var cleaning: [ReportBlock] {
    let report = run.dataset.report
    guard !report.countsByReason.isEmpty else {
      return [.paragraph("Nothing had to be mended: every row has a value in every feature.")]
        + report.warnings.map { .note(ReportText(data: $0.detail)) }
    }
    let reasons = report.countsByReason.sorted {
      ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue)
    }
    return [
      .paragraph(
        "\(Text.count(report.rowsSetAside)) rows were set aside, \(Text.count(report.duplicatesDropped)) of them because an earlier one equals them; \(Text.count(report.filledCount)) values were filled and \(Text.count(report.clippedCount)) clipped. The service lists each with its line."
      ),
      .table(
        .init(
          columns: [("Found", false), ("Times", true), ("First in line", true), ("Done", false)],
          rows: reasons.map { reason, count in
            let first = report.findings.first { $0.reason == reason }
            return [
              "\(reason.sentence)", "\(Text.count(count))", "\(first.map { "\($0.line)" } ?? "–")",
              "\(first.map { Text.done($0.action) } ?? "–")",
            ]
          })),
    ] + report.warnings.map { .note(ReportText(data: $0.detail)) }
  }

  // MARK: Exploration and choice

  private var explored: [ReportBlock] {
    var blocks: [ReportBlock] = []
    let table = run.dataset.table
    let rows = zip(table.columns, exploration.columns).compactMap {
      column, explored -> [ReportText]? in
      guard let numbers = explored.numbers else { return nil }
      return ["\(data: column.header)"]
        + [
          numbers.mean, numbers.standardDeviation, numbers.minimum, numbers.firstQuartile,
          numbers.median, numbers.thirdQuartile, numbers.maximum,
        ].map { ReportText(words: Text.number($0)) } + ["\(Text.count(numbers.outlierCount))"]
    }
    let names: [ReportText] = [
      "Mean", "Deviation", "Least", "Quarter", "Median", "Three quarters", "Most", "Outliers",
    ]
    if !rows.isEmpty {
      blocks.append(
        .table(.init(columns: [("Number", false)] + names.map { ($0, true) }, rows: rows)))
    }
    for (column, explored) in zip(table.columns, exploration.columns) where !explored.top.isEmpty {
      let parts = explored.top.prefix(5).map { "\($0.name) (\(Text.count($0.count)))" }
      blocks.append(
        .paragraph(
          "Most common in \(data: column.header): \(data: parts.joined(separator: ", "))."))
    }
    if let hopkins = exploration.hopkins {
      let words =
        hopkins >= 0.7
        ? "there are groups to find"
        : hopkins >= 0.6 ? "groups are faint" : "groups are hard to see"
      blocks.append(
        .paragraph(
          "The Hopkins statistic is \(Text.index(hopkins)); 0.5 is what customers without any groups would have: \(words)."
        ))
    }
    for suggestion in run.scaleSuggestions() {
      blocks.append(.note(ReportText(data: suggestion.json.text("reason"))))
    }
    return blocks
  }

  private var choice: [ReportBlock] {
    guard let choice = run.choice else {
      return [
        .paragraph(
          "\(run.clusters.count) segments were asked for; other numbers were not compared for this run."
        )
      ]
    }
    return [
      .paragraph(ReportText(data: ChoiceReason(run: run, choice: choice).text)),
      .table(
        .init(
          columns: [
            ("Segments", true), ("Silhouette", true), ("Calinski–Harabasz", true),
            ("Davies–Bouldin", true), ("Gap", true), ("Least stability", true),
            ("Smallest segment", true),
          ],
          rows: choice.candidates.map { candidate in
            let mark = candidate.clusterCount == run.clusters.count ? " (chosen)" : ""
            return [
              "\(candidate.clusterCount)\(mark)", "\(Text.index(candidate.silhouette))",
              "\(Text.index(candidate.calinskiHarabasz))",
              "\(Text.index(candidate.daviesBouldin))", "\(Text.index(candidate.gap))",
              "\(Text.index(candidate.minimumStability))",
              "\(Text.number(candidate.smallestSize))",
            ]
          })),
    ]
  }

  // MARK: Segments

  private var sideBySide: [ReportBlock] {
    [
      .table(
        .init(
          columns: [(ReportText("Mean of"), false)]
            + run.segments.map { ("\(data: $0.name)", true) } + [("All", true)],
          rows: run.features.indices.prefix(30).map { index in
            let feature = run.features[index]
            return [ReportText(data: feature.header)]
              + run.segments.map { segment in
                ReportText(words: Text.number(run.clusters[segment.cluster].means[index]))
              } + [ReportText(words: Text.number(feature.mean))]
          }))
    ]
  }

  private func segment(_ segment: Segment) -> ReportBlock {
    let cluster = run.clusters[segment.cluster]
    let advice = run.advice(forCluster: segment.cluster, profile: profile)
    var blocks: [ReportBlock] = [
      .paragraph(
        "\(Text.number(cluster.size)) customers, \(Text.percent(cluster.share)) of all\(cluster.stability.map { ", \(Text.stability($0)) (\(Text.index($0)))" } ?? "")."
      )
    ]
    if let name = advice.persona {
      blocks.append(.paragraph("\(data: name)\(data: advice.summary.map { ": \($0)" } ?? "")"))
    }
    if let description = segment.details.description {
      blocks.append(.paragraph(ReportText(data: description)))
    }
    blocks.append(
      .paragraph(ReportText(data: run.persona(ofCluster: segment.cluster, profile: profile))))
    if let rule = run.insight.rules?.ofCluster[segment.cluster] {
      let right = rule.precision.map { "right for \(Text.percent($0)) of those it takes, " } ?? ""
      blocks.append(
        .paragraph(
          "How to tell them: \(data: rule.text(features: run.features)) (\(right)finds \(Text.percent(rule.recall)) of the segment)."
        ))
    }
    blocks.append(
      .table(
        .init(
          columns: [
            ("Number", false), ("Mean", true), ("All", true), ("Deviations from all", true),
            ("10 % below", true), ("Median", true), ("90 % below", true),
          ],
          rows: profile.numbers.prefix(30).map { number in
            let summary = number.ofCluster[segment.cluster]
            let header =
              number.feature.map { run.features[$0].header }
              ?? run.dataset.table.columns[number.column].header
            return [
              ReportText(data: header), "\(Text.number(summary?.mean))",
              "\(Text.number(number.overall.mean))",
              "\(Text.index(number.z(ofCluster: segment.cluster)))", "\(Text.number(summary?.q10))",
              "\(Text.number(summary?.median))", "\(Text.number(summary?.q90))",
            ]
          })))
    blocks += notable(segment)
    blocks.append(
      .paragraph("Goal: \(Text.goal(advice.goal).lowercased()). \(data: advice.because)"))
    blocks.append(
      .list(advice.actions.map { "\(Text.action($0.kind)): \(data: $0.text)" }))
    return .part(title: "\(data: segment.name)", blocks)
  }

  /// The categories that a segment has more or less often than chance would have it.
  private func notable(_ segment: Segment) -> [ReportBlock] {
    let lines = profile.categories.flatMap { column in
      zip(column.categories, column.ofCluster[segment.cluster]).filter {
        $1.isSignificant && !$1.isHidden
      }.map { category, figure -> ReportText in
        "\(data: run.dataset.table.columns[column.column].header) \(data: category.name): \(Text.percent(figure.share)), of all customers \(Text.percent(category.share))."
      }
    }
    return lines.isEmpty ? [] : [.list(Array(lines.prefix(10)))]
  }

  private var recommendations: [ReportBlock] {
    var blocks: [ReportBlock] = [
      .paragraph(
        "By goal, the segments of most customers first. The figures say how many it is for.")
    ]
    for goal in SegmentGoal.allCases {
      let segments = run.segments.filter { run.insight.plays[$0.cluster].goal == goal }
        .sorted { run.clusters[$0.cluster].size > run.clusters[$1.cluster].size }
      guard !segments.isEmpty else { continue }
      blocks.append(
        .part(
          title: "\(Text.goal(goal))",
          segments.map { segment in
            let cluster = run.clusters[segment.cluster]
            let advice = run.advice(forCluster: segment.cluster, profile: profile)
            return .table(
              .init(
                columns: [
                  (
                    "\(data: segment.name): \(Text.number(cluster.size)) customers, \(Text.percent(cluster.share))",
                    false
                  ), ("What to do", false),
                ],
                rows: advice.actions.map {
                  ["\(Text.action($0.kind))", ReportText(data: $0.text)]
                }))
          }))
    }
    return blocks
  }

  // MARK: Change and method

  private func changes(_ payload: ComparisonPayload) -> [ReportBlock] {
    [
      .paragraph(
        "\(Text.verdict(payload.comparison.verdict)) since run \(payload.from.id): \(data: payload.reason)"
      ),
      .table(
        .init(
          columns: [
            ("Segment", false), ("Now", false), ("Verdict", false), ("Customers before", true),
            ("Customers now", true),
          ],
          rows: payload.comparison.matches.map { match in
            [
              ReportText(data: match.from.map { payload.from.segments[$0].name } ?? "–"),
              ReportText(data: match.to.map { payload.to.segments[$0].name } ?? "–"),
              "\(match.verdict.rawValue)",
              "\(Text.number(match.from.map { payload.from.clusters[$0].size }))",
              "\(Text.number(match.to.map { payload.to.clusters[$0].size }))",
            ]
          })),
    ]
  }

  private var method: [ReportBlock] {
    let quality = run.quality
    let options = run.options
    let names = run.features.map(\.header).joined(separator: ", ")
    var limits: [ReportText] = [
      "k-means makes round groups of similar extent; where groups are long or of very different sizes, it cuts them.",
      "Segments describe the customers in this file at this time. Customers change: post the file again and see what moved.",
      "Rules are a summary that fits most customers; who belongs to which segment is decided by the distance to its centre.",
      "That a segment differs does not say why. Try an action on a part of it first and compare.",
    ]
    if let structure = quality.structure, structure == .weak {
      limits.insert(
        "The structure is weak: the borders between segments are conventions, not gaps.", at: 0)
    }
    let borderline = run.clusters.compactMap(\.borderlineSize).reduce(0, +)
    if borderline > 0 {
      limits.insert(
        "\(Text.number(borderline)) customers stand nearly between two segments and could belong to either.",
        at: 0)
    }
    return [
      .paragraph(
        "Customers are grouped by k-means (Lloyd's algorithm from k-means++ seeds, the best of \(quality.restartCount) tries) over \(data: names). Features were scaled by \(options.scale.rawValue), so that each counts by how customers differ in it. The seed is \("\(options.seed)"); the same file and options give the same bits."
      ),
      .table(
        .init(
          columns: [("Figure", false), ("Value", true), ("What it says", false)],
          rows: [
            [
              "Silhouette", "\(Text.index(quality.silhouette))",
              "how much nearer customers are to their own segment than to the next, −1 to 1",
            ],
            [
              "Calinski–Harabasz", "\(Text.index(quality.calinskiHarabasz))",
              "how far segments are apart, against how wide they are; more is better",
            ],
            [
              "Davies–Bouldin", "\(Text.index(quality.daviesBouldin))",
              "how much the nearest segments overlap; less is better",
            ],
            [
              "Explained variance", "\(quality.explainedVariance.map { Text.percent($0) } ?? "–")",
              "how much of the differences between customers the segments account for",
            ],
            [
              "Inertia", "\(Text.index(quality.inertia))",
              "the sum of squared distances to the centres, in scaled units",
            ],
            [
              "Least stability", "\(Text.index(quality.minimumStability))",
              "how surely the least stable segment comes back when customers are drawn anew (\(quality.bootstrapCount) times)",
            ],
          ])),
      .part(title: "Limits", [.list(limits)]),
    ] + run.warnings.map { .note(ReportText(data: $0.detail)) }
  }
}

extension JSON {
  /// A text member of an object; empty where there is none.
  fileprivate func text(_ name: String) -> String {
    guard case .object(let members) = self,
      case .string(let text) = members.first(where: { $0.name == name })?.value
    else { return "" }
    return text
  }
}
