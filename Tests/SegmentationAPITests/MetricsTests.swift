import HTTPServer
import Testing

@testable import SegmentationAPI

@Suite("Metrics as text")
struct MetricsTests {
  private func text(_ isOpenMetrics: Bool, _ body: (inout MetricsText) -> Void) -> String {
    var text = MetricsText(isOpenMetrics: isOpenMetrics)
    body(&text)
    text.finish()
    return String(decoding: text.bytes, as: UTF8.self)
  }

  @Test("both forms name a counter as they should, and values and labels are escaped")
  func forms() {
    func write(_ text: inout MetricsText) {
      text.family("a_seconds", .counter, "Time.", unit: "seconds")
      text.sample(1.5, [("x", "q\"b\\s\nn")])
      text.single("b", .gauge, "Size.", 12)
    }
    #expect(
      text(true, write) == """
        # TYPE a_seconds counter
        # UNIT a_seconds seconds
        # HELP a_seconds Time.
        a_seconds_total{x="q\\"b\\\\s\\nn"} 1.5
        # TYPE b gauge
        # HELP b Size.
        b 12
        # EOF

        """)
    #expect(
      text(false, write) == """
        # TYPE a_seconds_total counter
        # HELP a_seconds_total Time.
        a_seconds_total{x="q\\"b\\\\s\\nn"} 1.5
        # TYPE b gauge
        # HELP b Size.
        b 12

        """)
  }
}
