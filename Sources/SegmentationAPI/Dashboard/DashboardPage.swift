import Charts
import Datasets
import Segmentation

/// The page of the service: what a run found, for the owner of a shop and for an analyst.
///
/// Everything stands in the page itself, so it reads without a script; the script of
/// ``DashboardScript`` adds what needs one. What is shown is gathered first and written after.
struct DashboardPage {
  /// A line of the table of runs.
  struct RunLine {
    let run: Run
    let isCurrent: Bool
  }

  /// What can be said of where the page stands among the runs.
  let view: View
  /// The names of all series there are, in order.
  let seriesNames: [String]
  /// The series that is shown.
  let series: String

  /// What there is to see.
  enum View {
    /// Nothing has been segmented in the series.
    case empty
    case run(RunView)
  }

  /// A run and what belongs to it.
  struct RunView {
    let run: Run
    let isCurrent: Bool
    /// The pictures there are, by name.
    let pictures: [ChartName: DashboardPicture]
    /// What has changed since the run before; nil for the first one.
    let comparison: ComparisonPayload?
    /// The latest runs of the series, the newest first.
    let runs: [RunLine]
    /// How many runs the series has.
    let runCount: Int

    /// The query that names the run in every address.
    var query: String { "run=\(run.id)" }
  }

  /// The whole document.
  var bytes: [UInt8] {
    var html = HTMLWriter()
    html.markup("<!doctype html>\n")
    html.element("html", ["lang": "en"]) { html in
      head(&html)
      html.element("body") { html in body(&html) }
    }
    html.markup("\n")
    return html.bytes
  }

  private var title: String {
    switch view {
    case .empty: "segmentd"
    case .run(let shown): "\(Self.segments(shown.run)) · segmentd"
    }
  }

  static func segments(_ run: Run) -> String {
    "\(run.segments.count) \(run.segments.count == 1 ? "segment" : "segments")"
  }

  private func head(_ html: inout HTMLWriter) {
    html.element("head") { html in
      html.markup("<meta charset=\"utf-8\">")
      html.markup(
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">"
      )
      html.markup("<meta name=\"referrer\" content=\"no-referrer\">")
      html.element("title", title)
      html.void(
        "link",
        [
          "rel": "icon", "type": "image/svg+xml", "sizes": "any",
          "href": DashboardAssets.address(.svg),
        ])
      html.void("link", ["rel": "stylesheet", "href": DashboardAssets.address(.css)])
      html.element("script", ["src": DashboardAssets.address(.js), "type": "module"], "")
    }
  }

  private func body(_ html: inout HTMLWriter) {
    html.element("a", ["class": "skip", "href": "#main"], "Skip to the content")
    header(&html)
    html.element("main", ["id": "main", "tabindex": "-1"]) { html in
      DashboardForm(view: view, series: series).write(to: &html)
      html.element(
        "div",
        [
          "id": "view", "data-series": series, "data-run": run?.id ?? "",
          "data-current": isCurrent ? "true" : "false",
        ]
      ) { html in
        switch view {
        case .empty: empty(&html)
        case .run(let shown): sections(shown, &html)
        }
        footer(&html)
      }
    }
    // The script's dialogs: customers of a segment, and what went wrong.
    html.markup(
      "<dialog id=\"customers\"></dialog><dialog id=\"problem\"></dialog>"
    )
  }

  private var run: Run? {
    guard case .run(let shown) = view else { return nil }
    return shown.run
  }

  private var isCurrent: Bool {
    guard case .run(let shown) = view else { return true }
    return shown.isCurrent
  }

  private func header(_ html: inout HTMLWriter) {
    html.element("header", ["class": "top"]) { html in
      html.element("a", ["class": "brand", "href": "/"]) { html in
        html.void(
          "img", ["src": DashboardAssets.address(.svg), "width": "24", "height": "24", "alt": ""])
        html.text("segmentd")
      }
      html.element(
        "nav", ["aria-label": "Sections", "hidden": run == nil ? "" : nil]
      ) { html in
        html.markup(
          """
          <a href="#segments">Segments</a><a href="#assign">Assign</a>\
          <a href="#differences">Differences</a><a href="#number">How many</a><a href="#data">Data</a>\
          <a href="#changes">Changes</a><a href="#connect">Connect</a>
          """)
      }
      html.markup("<p id=\"live\" role=\"status\" aria-live=\"polite\"></p>")
    }
  }

  private func sections(_ shown: RunView, _ html: inout HTMLWriter) {
    DashboardOverview(shown: shown, seriesNames: seriesNames).write(to: &html)
    DashboardSegments(shown: shown).write(to: &html)
    DashboardAssignment(shown: shown).write(to: &html)
    DashboardDifferences(shown: shown).write(to: &html)
    DashboardCount(shown: shown).write(to: &html)
    DashboardData(shown: shown).write(to: &html)
    DashboardChanges(shown: shown).write(to: &html)
    DashboardConnect(shown: shown).write(to: &html)
  }

  private func empty(_ html: inout HTMLWriter) {
    html.element("section", ["class": "steps", "aria-label": "How it works"]) { html in
      html.markup(
        """
        <ol><li><b>Clean.</b> Gaps, twins, odd numbers and what looks like a mistake are told with their line.</li>\
        <li><b>Segment.</b> Customers who are alike are found by k-means; how many groups there are is weighed, \
        and said why.</li><li><b>Act.</b> Each segment gets a name, a rule, a goal and what to do.</li></ol>\
        <p class="muted">A row is a customer: an id, and numbers such as age, income or spending. Files of transactions \
        become customers by themselves. Nothing leaves this machine.</p>
        """)
      html.element("details") { html in
        html.element("summary", "From a terminal")
        html.element("pre") { html in
          html.element("code", "curl --data-binary @customers.csv localhost:8080/segments")
        }
      }
    }
  }

  private func footer(_ html: inout HTMLWriter) {
    html.element("footer") { html in
      html.element("p") { html in
        html.text("segmentd. ")
        if let run {
          html.text("Run ")
          html.element("code", run.id)
          html.text(" of ")
          html.element(
            "time", ["datetime": Timestamp.text(run.createdAt)],
            DashboardText.moment(run.createdAt))
          html.text(". The same file and options give the same run, number for number. ")
        }
        html.element("a", ["href": "/?series=\(PathSegment.encoded(series))"], "Current run")
      }
    }
  }
}
