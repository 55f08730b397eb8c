import Charts

/// The report as one HTML file that needs nothing else, to read, print or send by mail.
struct HTMLReport {
  let report: Report

  /// Nothing is loaded and nothing runs; pictures and style are in the file.
  ///
  /// Pictures stand as images: what is in them cannot reach the page, whatever a file says.
  static let policy =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  /// How wide pictures are drawn: the width of a printed page.
  private static let width = ChartWidth(680)

  var bytes: [UInt8] {
    var html = HTMLWriter()
    html.markup("<!doctype html>\n")
    html.element("html", ["lang": "en"]) { html in
      html.element("head") { html in
        html.void("meta", ["charset": "utf-8"])
        html.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        html.element("title", "\(report.title) – segmentd")
        html.element("style") { html in html.markup(Self.style) }
      }
      html.element("body") { html in
        html.element("header") { html in
          html.element("p", ["class": "kind"], "Customer segmentation report")
          html.element("h1", report.title)
          html.element("p", ["class": "place"]) { html in Self.write(report.place, to: &html) }
          html.element("nav", ["aria-label": "Contents"]) { html in
            html.element("ol") { html in
              for section in report.sections {
                html.element("li") { html in
                  html.element("a", ["href": "#\(section.id)"], section.title)
                }
              }
            }
          }
        }
        html.element("main") { html in
          for section in report.sections {
            html.element("section", ["id": section.id]) { html in
              html.element("h2", section.title)
              for block in section.blocks { write(block, to: &html) }
            }
          }
        }
        html.element("footer") { html in
          html.text("Made by segmentd from run \(report.run.id).")
        }
      }
    }
    return html.bytes
  }

  private func write(_ block: ReportBlock, to html: inout HTMLWriter) {
    switch block {
    case .paragraph(let text):
      html.element("p") { html in Self.write(text, to: &html) }
    case .note(let text):
      html.element("p", ["class": "note"]) { html in Self.write(text, to: &html) }
    case .list(let items):
      html.element("ul") { html in
        for item in items { html.element("li") { html in Self.write(item, to: &html) } }
      }
    case .table(let table): write(table, to: &html)
    case .picture(_, let chart):
      let size = chart.size(width: Self.width)
      html.element("figure") { html in
        html.void(
          "img",
          [
            "src": "data:image/svg+xml;base64,\(Base64.text(chart.svg(width: Self.width)))",
            "width": "\(size.width)", "height": "\(size.height)",
            "alt": Label.clean("\(chart.title) \(chart.explanation)"),
          ])
      }
    case .part(let title, let blocks):
      html.element("article") { html in
        html.element("h3") { html in Self.write(title, to: &html) }
        for block in blocks { write(block, to: &html) }
      }
    }
  }

  private func write(_ table: ReportBlock.Table, to html: inout HTMLWriter) {
    html.element("div", ["class": "wide"]) { html in
      html.element("table") { html in
        html.element("thead") { html in
          html.element("tr") { html in
            for column in table.columns {
              html.element("th", ["scope": "col", "class": column.isFigure ? "figure" : nil]) {
                html in Self.write(column.name, to: &html)
              }
            }
          }
        }
        html.element("tbody") { html in
          for row in table.rows {
            html.element("tr") { html in
              for (index, cell) in row.enumerated() {
                let isFigure =
                  table.columns.indices.contains(index) && table.columns[index].isFigure
                if index == 0 {
                  html.element("th", ["scope": "row", "class": isFigure ? "figure" : nil]) {
                    html in Self.write(cell, to: &html)
                  }
                } else {
                  html.element("td", ["class": isFigure ? "figure" : nil]) { html in
                    Self.write(cell, to: &html)
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private static func write(_ text: ReportText, to html: inout HTMLWriter) {
    for part in text.parts {
      switch part {
      case .words(let words): html.text(words)
      case .data(let data) where data.isEmpty: break
      case .data(let data): html.data(Label.clean(data))
      }
    }
  }

  /// On paper: chapters begin where there is room, tables repeat their heads, pictures and rows stay
  /// whole.
  private static let style: StaticString = """
    :root{color-scheme:light}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:50rem;padding:2.5rem 1.25rem 4rem;background:#fff;color:#1b2027;font:1rem/1.55 Georgia,"Times New Roman",serif}
    h1,h2,h3,th,nav,.kind,.place,footer{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
    h1{font-size:2.25rem;line-height:1.15;letter-spacing:-.02em;margin:.25rem 0 .5rem}
    h2{font-size:1.5rem;letter-spacing:-.01em;margin:3.5rem 0 1rem;padding-top:.75rem;border-top:3px solid #0b5c94}
    h3{font-size:1.15rem;margin:2.25rem 0 .5rem}
    p{margin:0 0 .9rem}
    ul{margin:0 0 1rem;padding-left:1.2rem}
    li{margin-bottom:.35rem}
    .kind{margin:0;color:#0b5c94;font-weight:600;font-size:.875rem}
    .place{color:#57606a;font-size:.8125rem;overflow-wrap:anywhere}
    nav{margin-top:1.5rem;padding:1rem 1.25rem;background:#f4f6f8;border-radius:.5rem;font-size:.9375rem}
    nav ol{margin:0;padding-left:1.25rem;columns:2 14rem;column-gap:2rem}
    a{color:#0b5c94;text-underline-offset:.15em}
    .note{padding:.6rem .9rem;border-left:4px solid #8a4b00;background:#fdf6ec}
    .wide{overflow-x:auto;margin:0 0 1.25rem}
    table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.35}
    th,td{padding:.4rem .6rem .4rem 0;text-align:left;vertical-align:top;border-bottom:1px solid #d5dbe1;overflow-wrap:break-word}
    thead th{border-bottom:2px solid #8a939c;vertical-align:bottom;min-width:4.8em}
    tbody th{font-weight:600}
    .figure{text-align:right;font-variant-numeric:tabular-nums;padding-left:.6rem}
    figure{margin:1.25rem 0 1.75rem}
    img{display:block;max-width:100%;height:auto}
    bdi{overflow-wrap:anywhere}
    footer{margin-top:3rem;padding-top:.75rem;border-top:1px solid #d5dbe1;color:#57606a;font-size:.8125rem}
    @page{size:A4;margin:18mm 17mm}
    @media print{
    body{max-width:none;padding:0;font-size:10.5pt}
    h1{font-size:24pt}h2{font-size:15pt;margin-top:1.2cm}h3{font-size:12pt}
    table{font-size:8.5pt}
    .wide{overflow:visible}
    nav a{color:inherit;text-decoration:none}
    h1,h2,h3{break-after:avoid}
    h2+*,h3+*{break-before:avoid}
    figure,tr,li,.note{break-inside:avoid}
    article{break-inside:avoid-page}
    thead{display:table-header-group}
    p{orphans:3;widows:3}
    .note,nav{-webkit-print-color-adjust:exact;print-color-adjust:exact}
    img{max-height:23cm;width:auto}
    }
    """
}
