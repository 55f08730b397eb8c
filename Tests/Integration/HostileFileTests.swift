import Datasets
import Foundation
import TestSupport
import Testing

@Suite("a file that means harm", .timeLimit(.minutes(5)))
struct HostileFileTests {
  private static let script = "<script>alert(1)</script>"
  private static let names = [
    "\(script)", "\"><img src=x onerror=alert(1)>", "O'Brien & \"Co\"", "😀 smile 👩‍👩‍👧‍👦",
    "\u{202E}evil\u{202C} עברית", String(repeating: "long ", count: 60), "=HYPERLINK(\"x\")",
    "a|b`c`*d*[e](javascript:alert(1))",
  ]

  /// Headers and cells of every kind that could break out of something.
  private static let csv: String = {
    // Quoted where it must be, as the service writes it.
    func quoted(_ text: String) -> String {
      text.contains("\"") || text.contains(",")
        ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }
    var text =
      "id,\(quoted(script)),\(quoted(names[5])),\(quoted("\u{202E}גיל")),\(quoted("kind ]]> &lt;"))\n"
    for row in 0..<96 {
      let group = row % 3
      text +=
        "\(quoted("\(names[row % names.count]) \(row)")),\(group * 40 + row % 7),\(group * 30 + row % 5),\(row % 11),\(quoted(names[group]))\n"
    }
    return text
  }()

  private func parse(_ bytes: [UInt8]) -> Bool {
    XMLCheck(bytes).isWellFormed
  }

  @Test("report, pictures, feed and files stay what they are")
  func everywhere() async throws {
    try await ServiceProcess.with { service in
      let curl = service.client()
      let fit = try await curl.post("/segments?k=3", .text(Self.csv))
      #expect(fit.status == 201, "\(fit.text.prefix(300))")

      let html = try await curl.get("/report.html")
      #expect(html.status == 200, "\(html.text.prefix(300))")
      let policy = html.headers["Content-Security-Policy"] ?? ""
      #expect(policy.contains("default-src 'none'") && !policy.contains("script-src"))
      #expect(!html.text.lowercased().contains("<script"))
      #expect(!html.text.contains("<img src=x"))
      // Every attribute is the program's own: none of an event, none that runs.
      #expect(html.text.matches(of: /<[a-z0-9]+[^>]* on[a-z]+=/).isEmpty)
      #expect(html.text.matches(of: /(href|src)="(?!#|data:image\/svg\+xml;base64,)/).isEmpty)
      #expect(html.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
      #expect(!html.text.contains("\u{202E}"))
      let pictures = html.text.matches(of: /src="data:image\/svg\+xml;base64,([A-Za-z0-9+\/=]+)"/)
      #expect(pictures.count > 8)
      for picture in pictures {
        let data = try #require(Data(base64Encoded: String(picture.1)))
        #expect(parse(Array(data)))
        #expect(!String(decoding: data, as: UTF8.self).contains("<script"))
      }

      let markdown = try await curl.get("/report.md")
      #expect(markdown.headers["Content-Type"] == "text/markdown; charset=utf-8")
      #expect(!markdown.text.contains("<script"))
      #expect(!markdown.text.contains("](javascript:"))

      for chart in try await curl.get("/charts").json()["items"].items {
        let path = try #require(chart["svg"].string)
        let svg = try await curl.get(path)
        #expect(svg.status == 200, "\(path)")
        #expect(parse(svg.body), "\(path)")
        #expect(!svg.text.lowercased().contains("<script"), "\(path)")
        #expect(!svg.text.contains("onerror=alert(1)>"), "\(path)")
        _ = try await curl.get(try #require(chart["vega_lite"].string)).json()
      }

      let metadata = try await curl.get("/odata/$metadata")
      #expect(parse(metadata.body))
      let named = metadata.text.matches(of: /<Property Name="([^"]*)"/)
      for property in named {
        #expect(
          property.1.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,127}/) != nil, "\(property.1)")
      }
      let rows = try await curl.get("/odata/Customers?$orderby=CustomerId").json()["value"].items
      let listed = try await curl.get("/customers?limit=1000").json()["items"].items
      #expect(rows.count == 96)
      #expect(
        Set(rows.compactMap { $0["CustomerId"].string })
          == Set(listed.compactMap { $0["customer_id"].string }))
      #expect(rows.contains { $0["CustomerId"].string?.hasPrefix(Self.script) == true })

      let file = try await curl.post("/segments.csv?k=3", .text(Self.csv))
      let lines = Self.csv.split(separator: "\n")
      let returned = file.text.split(separator: "\r\n")
      #expect(returned.count == lines.count)
      for (line, back) in zip(lines, returned) {
        #expect(back.hasPrefix(line), "\(back.prefix(80))")
      }
      let safe = try await curl.get("/customers.csv")
      #expect(!safe.text.contains("\n\"=HYPERLINK") && !safe.text.contains("\n=HYPERLINK"))
    }
  }
}

/// Whether a document is well-formed XML, as far as its tags go: each closed in its order, attributes
/// quoted, no bare `<` or `&`.
private struct XMLCheck {
  let isWellFormed: Bool

  init(_ bytes: [UInt8]) {
    var text = String(decoding: bytes, as: UTF8.self)[...]
    var open: [Substring] = []
    var isSound = true
    while isSound, let start = text.firstIndex(of: "<") {
      isSound = Self.hasSoundReferences(text[..<start])
      guard let end = text[start...].firstIndex(of: ">") else {
        isSound = false
        break
      }
      let tag = text[text.index(after: start)..<end]
      text = text[text.index(after: end)...]
      if tag.hasPrefix("?") { continue }
      let name = tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" }
      if tag.hasPrefix("/") {
        isSound = open.popLast() == name
      } else {
        let rest = tag.dropFirst(name.count).replacing(
          /\s+[A-Za-z_:][-A-Za-z0-9_:.]*="[^"<]*"/, with: "")
        isSound =
          rest.filter { !$0.isWhitespace }.allSatisfy { $0 == "/" } && !name.isEmpty
          && Self.hasSoundReferences(tag)
        if !tag.hasSuffix("/") { open.append(name) }
      }
    }
    isWellFormed = isSound && open.isEmpty
  }

  private static func hasSoundReferences(_ text: Substring) -> Bool {
    text.matches(of: /&(?!(amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);)/).isEmpty
  }
}
