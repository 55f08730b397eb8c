import Testing

@testable import SegmentationAPI

@Suite("HTML is escaped by construction", .timeLimit(.minutes(1)))
struct HTMLWriterTests {
  private func text(_ body: (inout HTMLWriter) -> Void) -> String {
    var html = HTMLWriter()
    body(&html)
    return String(decoding: html.bytes, as: UTF8.self)
  }

  static let texts: [(text: String, written: String)] = [
    ("plain", "plain"),
    ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("\" onload='x' &amp;", "&quot; onload=&#39;x&#39; &amp;amp;"),
    ("]]> --> <!--", "]]&gt; --&gt; &lt;!--"),
    ("a\u{0}b\u{1B}c\u{7F}", "a\u{FFFD}b\u{FFFD}c\u{FFFD}"),
    ("line\r\nbreak\ttab", "line  break tab"),
    ("👩‍👩‍👧 שלום ‮evil", "👩‍👩‍👧 שלום ‮evil"),
  ]

  @Test("a text stays a text, between elements and in attributes", arguments: texts)
  func escapes(given: String, written: String) {
    #expect(text { $0.text(given) } == written)
    #expect(text { $0.data(given) } == "<bdi>\(written)</bdi>")
    #expect(text { $0.element("p", given) } == "<p>\(written)</p>")
    #expect(text { $0.void("img", ["alt": given]) } == "<img alt=\"\(written)\">")
  }

  @Test("attributes without a value are left out, empty ones stand alone")
  func attributes() {
    #expect(
      text { $0.void("input", ["name": "k", "checked": "", "value": nil]) }
        == "<input name=\"k\" checked>")
    #expect(
      text { html in html.element("ul") { $0.element("li", "a") } } == "<ul><li>a</li></ul>")
  }

  @Test("what a browser reads is the source without indentation and comments")
  func compact() {
    #expect(DashboardAssets.compact("\n  // why\n  a();\n\n    b(\"//\");\n") == "a();\nb(\"//\");")
    #expect(!DashboardScript.text.contains("\n//") && !DashboardScript.text.contains("\n "))
  }

  @Test("the script never makes markup of a text")
  func sinks() {
    for sink in [
      "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(",
      ".cssText", "DOMParser", "javascript:", "http://", "https://",
    ] {
      #expect(!DashboardScript.text.contains(sink), "\(sink)")
    }
    #expect(!DashboardStyle.text.contains("url(") && !DashboardStyle.text.contains("@import"))
  }
}
