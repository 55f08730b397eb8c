import Charts

/// The report as Markdown (CommonMark with tables), for a wiki or a pull request.
struct MarkdownReport {
  let report: Report
  /// Where the pictures are: scheme, host and port.
  let baseURL: String

  var bytes: [UInt8] {
    var out = "# \(report.title)\n\n\(Self.line(report.place))\n"
    for section in report.sections {
      out += "\n## \(section.title)\n"
      for block in section.blocks { write(block, level: 3, to: &out) }
    }
    return Array(out.utf8)
  }

  private func write(_ block: ReportBlock, level: Int, to out: inout String) {
    out += "\n"
    switch block {
    case .paragraph(let text): out += "\(Self.line(text))\n"
    case .note(let text): out += "> \(Self.line(text))\n"
    case .list(let items):
      for item in items { out += "- \(Self.line(item))\n" }
    case .table(let table):
      out += "| \(table.columns.map { Self.line($0.name) }.joined(separator: " | ")) |\n"
      out += "|\(table.columns.map { $0.isFigure ? " ---: |" : " --- |" }.joined())\n"
      for row in table.rows {
        out += "| \(row.map(Self.line).joined(separator: " | ")) |\n"
      }
    case .picture(let name, let chart):
      let address = "\(baseURL)/charts/\(name.rawValue).svg?run=\(report.run.id)"
      out += "![\(Self.escaped(Label.clean(chart.title)))](\(address))\n\n"
      out += "\(Self.escaped(Label.clean(chart.explanation)))\n"
    case .part(let title, let blocks):
      out += "\(String(repeating: "#", count: level)) \(Self.line(title))\n"
      for block in blocks { write(block, level: level + 1, to: &out) }
    }
  }

  private static func line(_ text: ReportText) -> String {
    text.parts.map { part in
      switch part {
      case .words(let words): escaped(words)
      case .data(let data): escaped(Label.clean(data))
      }
    }.joined()
  }

  /// The text with everything that means something to Markdown or HTML as a reference or escape.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "!", "$":
        out += "\\"
        out.unicodeScalars.append(scalar)
      // Bare addresses become links in many renderers.
      case ":" where out.hasSuffix("http") || out.hasSuffix("https"): out += "&#58;"
      case "\n", "\r": out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
