import Charts
import Datasets
import Segmentation

/// The pictures that show what sets the segments apart.
struct DashboardDifferences {
  let shown: DashboardPage.RunView

  static let names: [ChartName] = [.profiles, .sizes, .boxplots, .categories, .centroids, .pairs]

  func write(to html: inout HTMLWriter) {
    let pictures = Self.names.compactMap { shown.pictures[$0] }
    html.element("section", ["id": "differences", "aria-labelledby": "differences-title"]) { html in
      html.element("h2", ["id": "differences-title"], "What sets them apart")
      guard !pictures.isEmpty else {
        html.element(
          "p",
          "This run came back as its model and holds no customers, so there is nothing to draw.")
        return
      }
      html.element("div", ["class": "pictures"]) { html in
        for picture in pictures { picture.write(to: &html, query: shown.query) }
      }
    }
  }
}

/// One customer, typed.
struct DashboardAssignment {
  let shown: DashboardPage.RunView

  private var run: Run { shown.run }

  func write(to html: inout HTMLWriter) {
    html.element("section", ["id": "assign", "aria-labelledby": "assign-title"]) { html in
      html.element("h2", ["id": "assign-title"], "Where does a customer belong?")
      html.element(
        "form",
        ["id": "assign-form", "class": "panel", "action": "/segments/assign", "method": "get"]
      ) { html in
        html.void("input", ["type": "hidden", "name": "run", "value": run.id])
        html.element("div", ["class": "fields"]) { html in
          for (index, input) in run.inputs.enumerated() { field(index, key: input.key, &html) }
        }
        html.element("button", ["type": "submit", "class": "main plain"], "Assign")
        html.element(
          "output", ["id": "assigned", "aria-live": "polite", "class": "scripted"],
          "Type the figures of a customer; the segment stands here.")
      }
    }
  }
}

extension DashboardAssignment {
  /// The field of a column: a number, or one of the categories that are features.
  private func field(_ index: Int, key: String, _ html: inout HTMLWriter) {
    let levels = run.features.compactMap(\.level).filter { $0.columnKey == key }
    let feature = run.features.first { $0.key == key }
    html.element("div", ["class": "field"]) { html in
      html.element("label", ["for": "assign-\(index)"]) { html in
        html.data(levels.first?.columnHeader ?? feature.map(DashboardText.name) ?? key)
        if let unit = feature?.unit {
          html.text(" (")
          html.data(unit)
          html.text(")")
        }
      }
      guard levels.isEmpty else {
        html.element("select", ["id": "assign-\(index)", "name": key]) { html in
          for level in levels {
            html.element("option", ["value": level.name], Label.clean(level.name))
          }
        }
        return
      }
      html.void(
        "input",
        [
          "type": "number", "step": "any", "required": "", "id": "assign-\(index)", "name": key,
          "autocomplete": "off",
          "placeholder": feature.map { "average \(DashboardText.number($0.mean))" },
        ])
    }
  }
}

/// Why there are this many segments.
struct DashboardCount {
  let shown: DashboardPage.RunView

  private var run: Run { shown.run }

  func write(to html: inout HTMLWriter) {
    html.element("section", ["id": "number", "aria-labelledby": "number-title"]) { html in
      html.element("h2", ["id": "number-title"], "Why \(DashboardPage.segments(run))")
      if let choice = run.choice {
        html.element("p", ["class": "reason"]) { html in
          html.data(ChoiceReason(run: run, choice: choice).text)
        }
        table(choice, &html)
      } else if run.isRestored {
        html.element(
          "p", "The run came back as its model; how many segments were weighed is not in it.")
      } else {
        html.element("p", ["class": "reason"]) { html in
          html.text("\(DashboardPage.segments(run)) were asked for. ")
          html.element(
            "a", ["href": "/clusters/k.txt?\(shown.query)"], "How other numbers would do")
          html.text(" is told by every index.")
        }
      }
      html.element("div", ["class": "pictures"]) { html in
        for name in [ChartName.k, .elbow, .silhouette] {
          shown.pictures[name]?.write(to: &html, query: shown.query)
        }
      }
    }
  }

  private func table(_ choice: ChoiceOfClusterCount, _ html: inout HTMLWriter) {
    let votes = choice.votes
    html.element(
      "div",
      [
        "class": "wide panel", "tabindex": "0", "role": "region",
        "aria-labelledby": "number-caption",
      ]
    ) { html in
      html.element("table", ["class": "figures"]) { html in
        html.element(
          "caption", ["id": "number-caption"], "Every number tried. A mark is the vote of an index."
        )
        html.markup(
          """
          <thead><tr><th scope="col">Segments</th><th scope="col">Silhouette</th><th scope="col">Calinski–Harabasz</th>\
          <th scope="col">Davies–Bouldin</th><th scope="col">Gap</th><th scope="col">Least stability</th>\
          <th scope="col">Smallest</th></tr></thead>
          """)
        html.element("tbody") { html in
          for candidate in choice.candidates {
            let k = candidate.clusterCount
            let isChosen = k == choice.best
            html.element("tr", ["class": isChosen ? "chosen" : nil]) { html in
              html.element("th", ["scope": "row"], isChosen ? "\(k), chosen" : "\(k)")
              cell(&html, candidate.silhouette, votes.silhouette == k)
              cell(&html, candidate.calinskiHarabasz, votes.calinskiHarabasz == k)
              cell(&html, candidate.daviesBouldin, votes.daviesBouldin == k)
              cell(&html, candidate.gap, votes.gap == k)
              cell(&html, candidate.minimumStability, votes.stability == k)
              html.element("td", DashboardText.number(candidate.smallestSize))
            }
          }
        }
      }
    }
  }

  private func cell(_ html: inout HTMLWriter, _ value: Double?, _ isVote: Bool) {
    html.element("td") { html in
      if isVote {
        html.element("b", ["class": "vote"], DashboardText.index(value))
        html.element("span", ["class": "unseen"], " (its vote)")
      } else {
        html.text(DashboardText.index(value))
      }
    }
  }
}

/// What cleaning found, and what became of the columns.
struct DashboardData {
  let shown: DashboardPage.RunView

  private var run: Run { shown.run }
  private var report: CleaningReport { run.dataset.report }
  private static let columnLimit = 60
  private static let findingLimit = 12

  func write(to html: inout HTMLWriter) {
    html.element("section", ["id": "data", "aria-labelledby": "data-title"]) { html in
      html.element("h2", ["id": "data-title"], "The data, and what cleaning found")
      guard !run.isRestored else {
        html.element("p", "The run came back as its model and holds no rows.")
        return
      }
      html.element("p", ["class": "reason"], sentence)
      html.element("div", ["class": "halves"]) { html in
        columns(&html)
        findings(&html)
      }
      html.element("p", ["class": "links"]) { html in
        html.element(
          "a", ["href": "/datasets/\(run.dataset.id)/quality.csv", "download": "quality.csv"],
          "All findings as CSV")
        html.element("a", ["href": "/datasets/\(run.dataset.id)/eda"], "Exploration as JSON")
      }
      html.element("div", ["class": "pictures"]) { html in
        for name in [ChartName.histograms, .correlation] {
          shown.pictures[name]?.write(to: &html, query: shown.query)
        }
      }
    }
  }

  private var sentence: String {
    var parts = [
      "\(DashboardText.count(report.rowsUsed)) of \(DashboardText.count(report.rowsRead)) rows are used"
    ]
    if report.rowsSetAside > 0 {
      parts.append("\(DashboardText.count(report.rowsSetAside)) were set aside")
    }
    if report.duplicatesDropped > 0 {
      parts.append("\(DashboardText.count(report.duplicatesDropped)) of them as identical twins")
    }
    if report.filledCount > 0 {
      parts.append("\(DashboardText.count(report.filledCount)) gaps were filled")
    }
    if report.clippedCount > 0 {
      parts.append("\(DashboardText.count(report.clippedCount)) numbers were moved to the edge")
    }
    var text = parts.joined(separator: ", ") + "."
    if let gathered = report.transactions {
      text +=
        " They are customers, gathered from \(DashboardText.count(gathered.transactionsUsed)) transactions."
    }
    return text
  }

  private func columns(_ html: inout HTMLWriter) {
    html.element(
      "div",
      [
        "class": "wide panel", "tabindex": "0", "role": "region",
        "aria-labelledby": "columns-caption",
      ]
    ) { html in
      html.element("table") { html in
        html.element("caption", ["id": "columns-caption"], "What each column is used for")
        html.markup(
          "<thead><tr><th scope=\"col\">Column</th><th scope=\"col\">Used as</th><th scope=\"col\" class=\"figure\">Missing</th></tr></thead>"
        )
        html.element("tbody") { html in
          for column in report.columns.prefix(Self.columnLimit) {
            html.element("tr") { html in
              html.element("th", ["scope": "row"]) { html in
                let header = Label.clean(column.header)
                html.data(header.isEmpty ? column.key : header)
              }
              html.element("td") { html in
                html.text(column.isFeature ? "feature" : column.role.word)
                if let reason = column.role.reason {
                  html.text(": ")
                  html.data(reason)
                }
              }
              html.element("td", ["class": "figure"], DashboardText.count(column.missingCount))
            }
          }
        }
      }
      if report.columns.count > Self.columnLimit {
        html.element(
          "p", ["class": "muted"], "and \(report.columns.count - Self.columnLimit) more columns")
      }
    }
  }

  private func findings(_ html: inout HTMLWriter) {
    let total = report.countsByReason.values.reduce(0, +)
    guard total > 0 else {
      html.element("p", ["class": "panel"], "Cleaning found nothing to mend.")
      return
    }
    html.element(
      "div",
      [
        "class": "wide panel", "tabindex": "0", "role": "region",
        "aria-labelledby": "findings-caption",
      ]
    ) { html in
      html.element("table") { html in
        html.element(
          "caption", ["id": "findings-caption"],
          total == 1 ? "One finding" : "\(DashboardText.count(total)) findings")
        html.markup(
          "<thead><tr><th scope=\"col\">What</th><th scope=\"col\" class=\"figure\">How often</th><th scope=\"col\">For example</th></tr></thead>"
        )
        html.element("tbody") { html in
          let counts = report.countsByReason.sorted {
            ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue)
          }
          for (reason, count) in counts.prefix(Self.findingLimit) where count > 0 {
            html.element("tr") { html in
              html.element("th", ["scope": "row"], reason.sentence)
              html.element("td", ["class": "figure"], DashboardText.count(count))
              html.element("td") { html in
                if let first = report.findings.first(where: { $0.reason == reason }) {
                  example(first, &html)
                }
              }
            }
          }
        }
      }
    }
  }

  private func example(_ finding: CleaningFinding, _ html: inout HTMLWriter) {
    html.text("line \(finding.line)")
    if let column = finding.column {
      html.text(", ")
      html.data(column)
    }
    if let value = finding.value, !value.isEmpty {
      html.text(": ")
      html.element("code") { html in html.data(String(value.prefix(60))) }
    }
    if let proposal = finding.proposal {
      html.text(", probably ")
      html.data(proposal)
    }
    html.text(" (\(DashboardText.done(finding.action)))")
  }
}
