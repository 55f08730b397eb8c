import Charts
import Segmentation

/// What has changed since the run before, and the runs there are.
struct DashboardChanges {
  let shown: DashboardPage.RunView

  private static let rowLimit = 60

  func write(to html: inout HTMLWriter) {
    html.element("section", ["id": "changes", "aria-labelledby": "changes-title"]) { html in
      html.element("h2", ["id": "changes-title"], "Since the run before")
      if let comparison = shown.comparison {
        compare(comparison, &html)
      } else {
        html.element(
          "p", ["class": "reason"],
          "There is no run before this one. The next is compared with it: who moved, what drifted.")
        runs(&html)
      }
    }
  }

  private func compare(_ payload: ComparisonPayload, _ html: inout HTMLWriter) {
    let comparison = payload.comparison
    html.element("p", ["class": "reason"]) { html in
      html.element(
        "strong", ["class": "verdict \(comparison.verdict.rawValue)"],
        DashboardText.verdict(comparison.verdict))
      html.text(" ")
      html.data(payload.reason)
    }
    html.element("div", ["class": "halves"]) { html in
      matches(payload, &html)
      drift(comparison, &html)
      shown.pictures[.movement]?.write(to: &html, query: shown.query)
      runs(&html)
    }
    html.element("p", ["class": "links"]) { html in
      let pair = "from=\(payload.from.id)&to=\(payload.to.id)"
      html.element(
        "a", ["href": "/migrations.csv?\(pair)", "download": "moved.csv"],
        "Customers who moved, as CSV")
      html.element("a", ["href": "/?run=\(payload.from.id)"], "The run before")
    }
  }

  private func matches(_ payload: ComparisonPayload, _ html: inout HTMLWriter) {
    table(&html, id: "matches", caption: "What became of the segments") { html in
      html.markup(
        "<thead><tr><th scope=\"col\">Before</th><th scope=\"col\">Now</th><th scope=\"col\">Verdict</th><th scope=\"col\" class=\"figure\">Customers</th></tr></thead>"
      )
      html.element("tbody") { html in
        for match in payload.comparison.matches.prefix(Self.rowLimit) {
          html.element("tr") { html in
            html.element("td") { html in
              if let from = match.from { html.data(payload.from.segments[from].name) }
            }
            html.element("td") { html in
              if let to = match.to { html.data(payload.to.segments[to].name) }
            }
            html.element("td", DashboardText.verdict(match.verdict))
            html.element(
              "td", ["class": "figure"],
              [
                match.from.map { DashboardText.number(payload.from.clusters[$0].size) },
                match.to.map { DashboardText.number(payload.to.clusters[$0].size) },
              ].map { $0 ?? "–" }.joined(separator: " → "))
          }
        }
      }
    }
  }

  private func drift(_ comparison: RunComparison, _ html: inout HTMLWriter) {
    guard !comparison.drift.isEmpty else { return }
    table(&html, id: "drift", caption: "Drift of features (PSI)") { html in
      html.markup(
        "<thead><tr><th scope=\"col\">Feature</th><th scope=\"col\" class=\"figure\">Mean</th><th scope=\"col\" class=\"figure\">PSI</th><th scope=\"col\">Verdict</th></tr></thead>"
      )
      html.element("tbody") { html in
        for drift in comparison.drift.prefix(Self.rowLimit) {
          html.element("tr") { html in
            html.element("th", ["scope": "row"]) { html in html.data(drift.key) }
            html.element(
              "td", ["class": "figure"],
              "\(DashboardText.number(drift.meanBefore)) → \(DashboardText.number(drift.meanAfter))"
            )
            html.element("td", ["class": "figure"], DashboardText.index(drift.index))
            html.element("td", drift.verdict.rawValue)
          }
        }
      }
    }
  }

  private func runs(_ html: inout HTMLWriter) {
    guard !shown.runs.isEmpty else { return }
    table(
      &html, id: "runs",
      caption: shown.runCount > shown.runs.count
        ? "The latest \(shown.runs.count) of \(shown.runCount) runs" : "The runs of this series"
    ) { html in
      html.markup(
        "<thead><tr><th scope=\"col\">Made</th><th scope=\"col\" class=\"figure\">Segments</th><th scope=\"col\" class=\"figure\">Customers</th><th scope=\"col\" class=\"figure\">Silhouette</th><th scope=\"col\">State</th></tr></thead>"
      )
      html.element("tbody") { html in
        for line in shown.runs {
          html.element("tr", ["class": line.run.id == shown.run.id ? "chosen" : nil]) { html in
            html.element("th", ["scope": "row"]) { html in
              html.element("a", ["href": "/?run=\(line.run.id)"]) { html in
                html.element(
                  "time", ["datetime": Timestamp.text(line.run.createdAt), "class": "moment"],
                  DashboardText.moment(line.run.createdAt))
              }
            }
            html.element("td", ["class": "figure"], "\(line.run.clusters.count)")
            html.element("td", ["class": "figure"], DashboardText.number(line.run.customerCount))
            html.element(
              "td", ["class": "figure"], DashboardText.index(line.run.quality.silhouette))
            html.element("td") { html in
              if line.isCurrent {
                html.text("current")
              } else {
                html.element(
                  "button",
                  [
                    "type": "button", "class": "small scripted", "data-activate": line.run.id,
                  ], "Make current")
              }
            }
          }
        }
      }
    }
  }

  private func table(
    _ html: inout HTMLWriter, id: String, caption: String,
    _ content: (inout HTMLWriter) -> Void
  ) {
    html.element(
      "div",
      [
        "class": "wide panel", "tabindex": "0", "role": "region",
        "aria-labelledby": "\(id)-caption",
      ]
    ) { html in
      html.element("table") { html in
        html.element("caption", ["id": "\(id)-caption"], caption)
        content(&html)
      }
    }
  }
}

/// Where to take the results: files, models, feeds.
struct DashboardConnect {
  let shown: DashboardPage.RunView

  private var run: Run { shown.run }

  private struct Item {
    /// Whether there is something to take only where the run has its customers.
    var needsCustomers = false
    let label: String
    let address: String
    /// The name of the file it is saved as; nil for what is looked at.
    var file: String?
    var note: String?
  }

  func write(to html: inout HTMLWriter) {
    html.element("section", ["id": "connect", "aria-labelledby": "connect-title"]) { html in
      html.element("h2", ["id": "connect-title"], "Take it along")
      html.element("div", ["class": "groups"]) { html in
        let query = shown.query
        if !run.isRestored {
          group(
            &html, "Tables",
            [
              .init(
                label: "Customers with segment", address: "/customers.csv?\(query)",
                file: "customers.csv", note: "CSV"),
              .init(
                label: "Segments", address: "/segments.csv?\(query)", file: "segments.csv",
                note: "CSV"),
              .init(
                label: "Summary", address: "/clusters/summary.csv?\(query)", file: "summary.csv",
                note: "CSV"),
              .init(
                label: "Profiles", address: "/clusters/profiles.csv?\(query)", file: "profiles.csv",
                note: "CSV"),
            ])
        }
        if !run.isRestored {
          group(
            &html, "Report",
            [
              .init(label: "To read and print", address: "/report.html?\(query)", note: "HTML"),
              .init(
                label: "To edit", address: "/report.md?\(query)", file: "report.md",
                note: "Markdown"),
            ])
        }
        group(
          &html, "Model, to score elsewhere",
          [
            .init(
              label: "JSON", address: "/runs/\(run.id)/model.json", file: "model.json",
              note: "restores the run"),
            .init(
              label: "SQL", address: "/runs/\(run.id)/model.sql", file: "model.sql",
              note: "one SELECT"),
            .init(
              label: "PMML", address: "/runs/\(run.id)/model.pmml", file: "model.pmml", note: "4.4"),
            .init(
              label: "ONNX", address: "/runs/\(run.id)/model.onnx", file: "model.onnx",
              note: "opset 13"),
          ])
        group(
          &html, "Power BI, Excel, Tableau",
          [
            .init(
              label: "Power BI", address: "/powerbi/segments.pbids", file: "segments.pbids",
              note: "opens Desktop"),
            .init(label: "OData feed", address: "/odata/", note: "version 4"),
            .init(
              needsCustomers: true, label: "Excel", address: "/customers.csv?\(query)&bom=1",
              file: "customers.csv",
              note: "CSV with a mark"),
          ])
        group(
          &html, "For programs",
          [
            .init(
              label: "Summary to poll",
              address: "/clusters/summary?series=\(PathSegment.encoded(run.series))",
              note: "JSON, ETag"),
            .init(
              needsCustomers: true, label: "Charts", address: "/charts?\(query)",
              note: "SVG, Vega-Lite"),
            .init(label: "This run", address: "/runs/\(run.id)", note: "JSON"),
            .init(label: "Every route", address: "/openapi.json", note: "OpenAPI 3.1"),
          ])
      }
    }
  }

  private func group(_ html: inout HTMLWriter, _ title: String, _ items: [Item]) {
    html.element("div", ["class": "panel"]) { html in
      html.element("h3", title)
      html.element("ul") { html in
        for item in items where !item.needsCustomers || !run.isRestored {
          html.element("li") { html in
            html.element("a", ["href": item.address, "download": item.file], item.label)
            if let note = item.note { html.element("small", note) }
          }
        }
      }
    }
  }
}
