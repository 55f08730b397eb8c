import Charts
import Segmentation

/// The segments as cards: who they are, how to tell them, what to do.
struct DashboardSegments {
  let shown: DashboardPage.RunView

  private var run: Run { shown.run }
  private let names: [String]

  init(shown: DashboardPage.RunView) {
    self.shown = shown
    names = DashboardText.shortNames(of: shown.run)
  }

  /// The most cards of the page; the list of segments has all.
  private static let cardLimit = 60
  /// The most features that a card compares, those first that set the segment apart.
  private static let featureLimit = 5

  func write(to html: inout HTMLWriter) {
    html.element("section", ["id": "segments", "aria-labelledby": "segments-title"]) { html in
      html.element("h2", ["id": "segments-title"], "The segments")
      html.element("div", ["class": "cards"]) { html in
        // Those a person pinned come first, as in the list of segments.
        let segments =
          run.segments.filter(\.details.isPinned)
          + run.segments.filter {
            !$0.details.isPinned
          }
        for segment in segments.prefix(Self.cardLimit) { card(segment, &html) }
      }
      if run.segments.count > Self.cardLimit {
        html.element("p") { html in
          html.element(
            "a", ["href": "/segments.csv?\(shown.query)"],
            "All \(run.segments.count) segments as CSV")
        }
      }
    }
  }

  private func card(_ segment: Segment, _ html: inout HTMLWriter) {
    let cluster = run.clusters[segment.cluster]
    let advice = run.advice(forCluster: segment.cluster, profile: run.profile)
    let mark = DashboardMark(segment)
    html.element(
      "article",
      [
        "class": "card", "id": "segment-\(segment.cluster)",
      ]
    ) { html in
      html.element("header") { html in
        mark.write(to: &html)
        html.element("h3") { html in html.data(segment.name) }
        html.element("span", ["class": "goal"], DashboardText.goal(advice.goal))
      }
      html.element("p", ["class": "size"]) { html in
        html.element("b", DashboardText.number(cluster.size))
        html.text(cluster.size == 1 ? " customer" : " customers")
        html.element("span", DashboardText.percent(cluster.share))
      }
      bar(cluster.share, mark, &html)
      if let text = segment.details.description ?? advice.summary {
        html.element("p", ["class": "who"]) { html in html.data(text) }
      }
      features(of: cluster, mark, &html)
      facts(segment, cluster, &html)
      html.element("details", ["id": "segment-\(segment.cluster)-actions"]) { html in
        html.element("summary", "What to do, and who they are")
        html.element("p") { html in html.data(advice.because) }
        html.element("dl", ["class": "actions"]) { html in
          for action in advice.actions {
            html.element("dt", DashboardText.action(action.kind))
            html.element("dd") { html in html.data(action.text) }
          }
        }
        html.element("p") { html in
          html.data(run.persona(ofCluster: segment.cluster, profile: run.profile))
        }
      }
      links(segment, &html)
    }
  }

  private func bar(_ share: Double, _ mark: DashboardMark, _ html: inout HTMLWriter) {
    html.element(
      "svg",
      ["class": "bar", "aria-hidden": "true"]
    ) { html in
      html.element(
        "rect",
        [
          "width": DashboardOverview.length(share), "class": mark.style,
          "fill": mark.colour,
        ], "")
    }
  }

  /// Means beside those of all customers, with a bar from the average to the left or the right.
  private func features(
    of cluster: Cluster, _ mark: DashboardMark, _ html: inout HTMLWriter
  ) {
    let order = run.features.indices.sorted { (abs(cluster.z[$1]), $0) < (abs(cluster.z[$0]), $1) }
    let kept = Set(order.prefix(Self.featureLimit))
    html.element("table", ["class": "means"]) { html in
      html.markup("<caption class=\"unseen\">Means, beside all customers</caption>")
      html.element("tbody") { html in
        for index in run.features.indices where kept.contains(index) {
          let feature = run.features[index]
          html.element("tr") { html in
            html.element("th", ["scope": "row"]) { html in
              html.data(names[index])
            }
            html.element(
              "td", ["class": "figure"],
              DashboardText.value(cluster.means[index], unit: feature.unit))
            html.element("td") { html in
              deviation(cluster.z[index], mark, &html)
            }
          }
        }
      }
    }
    if run.features.count > Self.featureLimit {
      html.element(
        "p", ["class": "muted more"],
        "and \(run.features.count - Self.featureLimit) more features")
    }
  }

  private func deviation(_ z: Double, _ mark: DashboardMark, _ html: inout HTMLWriter) {
    // Two standard deviations fill a side.
    let reach = min(abs(z), 2) / 4
    html.element(
      "svg",
      [
        "class": "deviation", "role": "img",
        "aria-label": "\(TextTable.number((z * 10).rounded() / 10)) standard deviations",
      ]
    ) { html in
      html.element(
        "rect",
        [
          "x": DashboardOverview.length(z < 0 ? 0.5 - reach : 0.5),
          "width": DashboardOverview.length(reach), "class": mark.style,
          "fill": mark.colour,
        ], "")
    }
  }

  private func facts(_ segment: Segment, _ cluster: Cluster, _ html: inout HTMLWriter) {
    html.element("dl", ["class": "facts"]) { html in
      if let rule = run.insight.rules?.ofCluster[segment.cluster] {
        html.element("dt", "Rule")
        html.element("dd") { html in
          html.element("code") { html in html.data(text(of: rule)) }
          if let precision = rule.precision {
            html.element(
              "small",
              "right for \(DashboardText.percent(precision)), finds \(DashboardText.percent(rule.recall))"
            )
          }
        }
      }
      if let share = run.insight.value?.shareOfCluster?[segment.cluster] {
        html.element("dt", "Value")
        html.element("dd", "\(DashboardText.percent(share)) of the total")
      }
      if let stability = cluster.stability {
        html.element("dt", "Stability")
        html.element("dd") { html in
          html.text("\(DashboardText.stability(stability)) ")
          html.element("small", DashboardText.index(stability))
        }
      }
    }
  }

  /// The rule by the names of columns as the page has them.
  private func text(of rule: SegmentRule) -> String {
    rule.text(keys: names.map(Self.cut))
      .split(separator: " <= ").joined(separator: " ≤ ")
  }

  private static func cut(_ name: String) -> String {
    name.count > 40 ? name.prefix(39) + "…" : name
  }

  private func links(_ segment: Segment, _ html: inout HTMLWriter) {
    guard !run.isRestored else { return }
    let path = "/segments/\(PathSegment.encoded(segment.id))/customers"
    html.element("p", ["class": "links"]) { html in
      html.element(
        "a",
        [
          "class": "button", "href": "\(path).txt?\(shown.query)&limit=1000",
          "data-segment": segment.id, "data-cluster": "\(segment.cluster)",
          "id": "segment-\(segment.cluster)-open",
          "aria-label": "Customers of \(Label.clean(segment.name))",
        ], "Customers")
      html.element(
        "a",
        [
          "href": "\(path).csv?\(shown.query)", "download": "\(segment.id).csv",
          "aria-label": "CSV of \(Label.clean(segment.name))",
        ], "CSV")
    }
  }
}
