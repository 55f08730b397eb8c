import HTTPServer
import Segmentation

/// `/`: the first view for a person, and the list of entry points for a program.
struct HomeRoutes {
  let context: Context

  var endpoints: [Endpoint] {
    [
      Endpoint(
        .get, "/", forms: [.html, .json, .txt], parameters: [.series],
        summary: "The current segments as a page; as JSON the entry points.",
        .cached { call throws(ProblemDetails) in try home(call) })
    ]
  }

  /// Where a program begins.
  static let links: JSON = [
    "summary": "/clusters/summary", "segments": "/segments",
    "customers": "/customers", "runs": "/runs", "datasets": "/datasets", "charts": "/charts",
    "odata": "/odata/", "power_bi": "/powerbi/segments.pbids", "problems": "/problems",
  ]

  private func home(_ call: Call) throws(ProblemDetails) -> Answer {
    let entries = Application.endpoints(context).map { endpoint -> [JSON] in
      [
        .string(endpoint.method.name), .string(endpoint.pattern), .string(endpoint.summary),
        .array(endpoint.parameters.map { .string($0.name) }),
        .array(endpoint.forms.map { .string($0.suffix) }),
      ]
    }
    let list = RowSet(
      about: [
        .init(name: "name", value: "segmentd"),
        .init(name: "version", value: .string(context.configuration.version)),
        .init(name: "links", value: Self.links),
      ], columns: ["method", "path", "summary", "parameters", "forms"], rows: entries)
    guard call.form == .html else {
      return Answer(form: call.form, bytes: list.encoded(as: call.form))
    }
    let run = context.service.snapshot.current(series: call.query["series"] ?? "default")
    var answer = Answer(form: .html, bytes: Array(HomePage(run: run).html.utf8))
    // Nothing but the page's own style: no script, no other host.
    answer.fields.append(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return answer
  }
}

/// The page: the segments of the current run as a table, and where to go on.
struct HomePage {
  let run: Run?

  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>segmentd</title>
    <style>
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
    body { max-width: 72rem; margin: 0 auto; padding: 1rem; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; }
    th, td { padding: .4rem .6rem; text-align: right; border-bottom: 1px solid #8886; }
    th:first-child, td:first-child { text-align: left; }
    pre { overflow-x: auto; padding: .8rem; background: #8882; border-radius: .3rem; }
    </style>
    </head>
    <body>
    <h1>segmentd</h1>
    \(run.map(segments) ?? "<p>There are no segments yet. Post a customer file:</p>")
    <pre>curl --data-binary @customers.csv localhost:8080/segments</pre>
    <p><a href="/clusters/summary.csv">Summary as CSV</a> ·
    <a href="/customers.csv">Customers as CSV</a> ·
    <a href="/clusters/profiles.txt">Profiles</a> ·
    <a href="/runs.txt">Runs</a></p>
    </body>
    </html>
    """
  }

  private func segments(_ run: Run) -> String {
    let quality = run.quality.silhouette.map { ", silhouette \(TextTable.number($0))" } ?? ""
    let head = run.features.map { "<th scope=\"col\">\(HTML.escaped($0.header))</th>" }.joined()
    let rows = run.segments.map { segment -> String in
      let cluster = run.clusters[segment.cluster]
      let address = HTML.escaped("/segments/\(PathSegment.encoded(segment.id))/customers.csv")
      let means = cluster.means.map { "<td>\(TextTable.number(($0 * 10).rounded() / 10))</td>" }
        .joined()
      return """
        <tr><td><a href="\(address)">\(HTML.escaped(segment.name))</a></td>\
        <td>\(TextTable.number(cluster.size))</td>\
        <td>\(TextTable.number((cluster.share * 1000).rounded() / 10)) %</td>\(means)</tr>
        """
    }
    return """
      <p>\(run.segments.count) segments of \(TextTable.number(run.customerCount)) customers\(quality).
      A name leads to the customers of the segment.</p>
      <div class="wide"><table>
      <thead><tr><th scope="col">Segment</th><th scope="col">Customers</th><th scope="col">Share</th>\(head)</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      <p>Your own customers:</p>
      """
  }
}

/// Writing of text into HTML.
enum HTML {
  /// The text with the characters that mean something to HTML as references.
  static func escaped(_ text: String) -> String {
    var out = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.unicodeScalars.append(character)
      }
    }
    return out
  }
}
