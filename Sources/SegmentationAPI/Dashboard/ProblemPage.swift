import HTTPServer

/// A problem as a page, for a person whose form led to it.
struct ProblemPage {
  let problem: ProblemDetails

  var bytes: [UInt8] {
    var html = HTMLWriter()
    html.markup("<!doctype html>\n")
    html.element("html", ["lang": "en"]) { html in
      html.element("head") { html in
        html.markup(
          "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">"
        )
        html.element("title", "\(problem.type.title) · segmentd")
        html.void(
          "link", ["rel": "icon", "type": "image/svg+xml", "href": DashboardAssets.address(.svg)])
        html.void("link", ["rel": "stylesheet", "href": DashboardAssets.address(.css)])
      }
      html.element("body") { html in
        html.element("main") { html in
          html.element("section", ["class": "panel"]) { html in
            html.element("h1", problem.type.title)
            html.element("p") { html in html.data(problem.detail) }
            faults(&html)
            html.element("p", problem.type.advice)
            html.element("p") { html in
              html.markup("<a class=\"button\" href=\"/\">Back to the page</a>")
            }
          }
        }
      }
    }
    html.markup("\n")
    return html.bytes
  }

  private func faults(_ html: inout HTMLWriter) {
    guard !problem.faults.isEmpty else { return }
    html.element("ul") { html in
      for fault in problem.faults.prefix(50) {
        html.element("li") { html in
          let place = [fault.line.map { "line \($0)" }, fault.column ?? fault.pointer]
            .compactMap(\.self).joined(separator: ", ")
          html.data(place)
          html.text(": ")
          if let value = fault.value {
            html.element("code") { html in html.data(value) }
            html.text(" ")
          }
          html.data(fault.reason)
        }
      }
    }
  }
}

extension ProblemDetails {
  /// The answer to a call: as a page to a person, else as problem+json.
  func response(to call: Call) -> Response {
    guard call.form == .html else { return response(requestID: call.request.id) }
    var header: HeaderFields = [
      "Content-Type": Form.html.contentType, "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    ]
    for (name, value) in DashboardRoutes.fields.all { header.append(name, value) }
    for field in fields { header.append(field.name, field.value) }
    return Response(type.status, fields: header, content: .bytes(ProblemPage(problem: self).bytes))
  }
}
