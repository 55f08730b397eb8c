import Charts
import Segmentation

/// The first thing seen: how many segments of how many customers, how good, and the picture.
struct DashboardOverview {
  let shown: DashboardPage.RunView
  let seriesNames: [String]

  private var run: Run { shown.run }

  func write(to html: inout HTMLWriter) {
    html.element("section", ["id": "overview", "class": "overview", "aria-labelledby": "title"]) {
      html in
      html.element("div", ["class": "head"]) { html in
        html.element("h1", ["id": "title", "tabindex": "-1"]) { html in
          html.text(
            "\(DashboardPage.segments(run)) of \(DashboardText.number(run.customerCount)) customers"
          )
        }
        place(&html)
        summary(&html)
        tiles(&html)
        strip(&html)
        warnings(&html)
      }
      if let scatter = shown.pictures[.scatter] {
        html.element("div", ["class": "hero"]) { html in
          scatter.write(to: &html, query: shown.query, isFirst: true)
          axes(&html)
        }
      }
    }
  }

  /// Which run of which series this is.
  private func place(_ html: inout HTMLWriter) {
    html.element("p", ["class": "place"]) { html in
      if shown.isCurrent {
        html.text("Current run")
      } else {
        html.element("strong", "Not the current run")
        html.text(" (")
        html.element(
          "a", ["href": "/?series=\(PathSegment.encoded(run.series))"], "see the current one")
        html.text(")")
      }
      html.text(", made ")
      html.element(
        "time", ["datetime": Timestamp.text(run.createdAt), "class": "moment"],
        DashboardText.moment(run.createdAt))
    }
    if seriesNames.count > 1 {
      html.element("p", ["class": "place"]) { html in
        html.text("Series: ")
        for (index, name) in seriesNames.prefix(20).enumerated() {
          if index > 0 { html.text(", ") }
          html.element(
            "a",
            [
              "href": "/?series=\(PathSegment.encoded(name))",
              "aria-current": name == run.series ? "true" : nil,
            ], name)
        }
      }
    }
  }

  private func summary(_ html: inout HTMLWriter) {
    guard let structure = run.quality.structure else { return }
    let (word, meaning) = DashboardText.structure(structure)
    html.element("p", ["class": "summary"]) { html in
      html.element("strong", "\(word) structure")
      html.text(": \(meaning).")
      if let least = run.quality.minimumStability {
        switch StabilityWord(least) {
        case .highlyStable, .stable:
          html.text(" Drawn anew, the customers fall into the same segments again.")
        case .doubtful:
          html.text(" Drawn anew, the borders of a segment move.")
        case .unstable:
          html.text(" Drawn anew, a segment comes and goes: do not build on that one.")
        }
      }
    }
  }

  private func tiles(_ html: inout HTMLWriter) {
    let report = run.dataset.report
    html.element("dl", ["class": "tiles"]) { html in
      if !run.isRestored {
        tile(
          &html, "Rows used", DashboardText.count(report.rowsUsed),
          "of \(DashboardText.count(report.rowsRead))")
      }
      tile(&html, "Silhouette", DashboardText.index(run.quality.silhouette))
      tile(&html, "Least stability", DashboardText.index(run.quality.minimumStability))
      if let share = run.quality.explainedVariance {
        tile(&html, "Spread explained", DashboardText.percent(share))
      }
    }
  }

  private func tile(
    _ html: inout HTMLWriter, _ name: String, _ value: String, _ note: String? = nil
  ) {
    html.element("div") { html in
      html.element("dt", name)
      html.element("dd") { html in
        html.text(value)
        if let note {
          html.text(" ")
          html.element("small", note)
        }
      }
    }
  }

  /// The shares of the segments as one bar, then their names, which lead to the cards.
  private func strip(_ html: inout HTMLWriter) {
    html.element(
      "svg",
      ["class": "strip", "aria-hidden": "true"]
    ) { html in
      var start = 0.0
      for segment in run.segments {
        let share = run.clusters[segment.cluster].share
        let mark = DashboardMark(segment)
        html.element(
          "rect",
          [
            "x": Self.length(start), "width": Self.length(share),
            "class": mark.style, "fill": mark.colour,
          ], "")
        start += share
      }
    }
    html.element("ul", ["class": "legend"]) { html in
      for segment in run.segments.prefix(24) {
        html.element("li") { html in
          html.element("a", ["href": "#segment-\(segment.cluster)"]) { html in
            DashboardMark(segment).write(to: &html)
            html.data(segment.name)
            html.element(
              "span", ["class": "share"],
              DashboardText.percent(run.clusters[segment.cluster].share))
          }
        }
      }
    }
  }

  /// A share as a length in SVG: `19.5%`.
  static func length(_ share: Double) -> String {
    "\(TextTable.number((max(0, share) * 10_000).rounded() / 100))%"
  }

  private func warnings(_ html: inout HTMLWriter) {
    let texts = run.warnings.map(\.detail) + run.dataset.report.warnings.map(\.detail)
    guard !texts.isEmpty else { return }
    html.element("ul", ["class": "notes", "aria-label": "What not to miss"]) { html in
      for text in texts.prefix(8) {
        html.element("li") { html in html.data(text) }
      }
    }
  }

  /// Which features the picture shows; for the script to show others.
  private func axes(_ html: inout HTMLWriter) {
    guard run.features.count > 2 else { return }
    html.element("form", ["class": "axes scripted", "id": "axes"]) { html in
      for axis in ["x", "y"] as [StaticString] {
        let name = "\(axis)"
        html.element("label", ["for": "axis-\(name)"], name == "x" ? "Across" : "Up")
        html.element("select", ["id": "axis-\(name)", "name": name, "autocomplete": "off"]) {
          html in
          html.element("option", ["value": ""], "what matters most")
          for feature in run.features.filter({ $0.level == nil }).prefix(60) {
            html.element(
              "option", ["value": feature.key], Label.clean(DashboardText.name(of: feature)))
          }
        }
      }
    }
  }
}
