import Foundation
import Testing

@testable import Charts

@Suite("numbers, ticks, labels and colours")
struct DrawingTests {
  static let numbers: [(Double, String)] = [
    (0, "0"), (-0.0, "0"), (45, "45"), (54.266_67, "54.27"), (-0.4364, "−0.436"), (1234.5, "1,235"),
    (999.96, "1,000"), (0.012_345, "0.0123"), (12_345_678, "12.35M"), (2e9, "2B"), (1e12, "1T"),
    (1e300, "1e300"), (-3.25e-9, "−3.25e−9"), (.nan, "–"), (.infinity, "–"), (100, "100"),
    (123.44, "123.4"),
  ]

  @Test("a number has about four significant digits", arguments: numbers)
  func short(value: Double, text: String) {
    #expect(NumberText.short(value) == text)
  }

  @Test(
    "a share is a percentage",
    arguments: [(0.225, "23%"), (0.0449, "4.5%"), (1.0, "100%"), (0, "0%")])
  func percent(share: Double, text: String) {
    #expect(NumberText.percent(share) == text)
  }

  @Test(
    "the exact text reads back the same",
    arguments: [
      0.1, -1.0 / 3, 1e-300, .leastNonzeroMagnitude, 1.797e308, 3, -0.0, 9e15,
      9_007_199_254_740_992,
    ])
  func exact(value: Double) {
    #expect(Double(NumberText.exact(value)) == value)
  }

  static let axes: [(values: [Double], count: Int, labels: [String])] = [
    ([15, 137], 6, ["0", "50", "100", "150"]),
    ([18, 70], 6, ["10", "20", "30", "40", "50", "60", "70"]),
    ([0, 1], 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    ([-0.2, 0.7], 4, ["−0.5", "0", "0.5", "1.0"]),
    ([2, 10], 8, ["2", "3", "4", "5", "6", "7", "8", "9", "10"]),
    ([0, 2_500_000], 5, ["0", "0.5M", "1M", "1.5M", "2M", "2.5M"]),
    ([1000, 5000], 4, ["1,000", "2,000", "3,000", "4,000", "5,000"]),
  ]

  @Test("ticks stand at round numbers that hold every value", arguments: axes)
  func ticks(values: [Double], count: Int, labels: [String]) {
    let scale = LinearScale(over: values, count: count)
    #expect(
      scale.ticks.map(\.label).map { $0 == "0.0" ? "0" : $0 }
        == labels.map { $0 == "0.0" ? "0" : $0 })
  }

  @Test("axes hold any numbers there are")
  func anyAxis() {
    for seed in 0..<300 {
      var random = Linear(state: UInt64(seed))
      let size = random.power()
      let offset = seed.isMultiple(of: 3) ? 0 : random.power()
      let values = (0..<3).map { _ in offset + (random.unit() - 0.5) * size }
      for count in [1, 2, 5, 12] {
        let scale = LinearScale(over: values, from: 100, to: 20, count: count)
        let slack = (scale.domain.upperBound - scale.domain.lowerBound) * 1e-8
        let labels = Set(scale.ticks.map(\.label))
        let isRising = zip(scale.ticks, scale.ticks.dropFirst()).allSatisfy { $0.value < $1.value }
        let holdsAll = values.allSatisfy { value in
          !value.isFinite
            || (19.99...100.01).contains(scale.position(value))
              && value >= scale.domain.lowerBound - slack
              && value <= scale.domain.upperBound + slack
        }
        #expect(
          (2...(count + 3)).contains(scale.ticks.count) && labels.count == scale.ticks.count
            && isRising && holdsAll, "seed \(seed), \(count): \(values) \(scale.ticks)")
      }
    }
  }

  @Test("whole numbers have no ticks between them")
  func wholeTicks() {
    let scale = LinearScale(over: [0, 2], count: 10, isWhole: true)
    #expect(scale.ticks.map(\.value) == [0, 1, 2])
  }

  @Test(
    "nothing to show still has an axis", arguments: [[], [.nan], [3, 3], [0], [1e17, 1e17 + 16]])
  func emptyAxis(values: [Double]) {
    #expect(LinearScale(over: values, count: 5).ticks.count >= 2)
  }

  static let texts: [(String, String)] = [
    ("a\nb\tc", "a b c"), ("  a   b ", "a b"), ("a\u{202E}b\u{2066}c", "abc"),
    ("\u{0}\u{1B}a", "a"),
    ("e\u{301}", "e\u{301}"), ("e\u{301}\u{301}\u{301}\u{301}\u{301}", "e\u{301}\u{301}\u{301}"),
    ("👩‍👧", "👩‍👧"), ("\u{E000}", "\u{FFFD}"), ("שלום", "שלום"),
  ]

  @Test("a label is one line that leaves its neighbours alone", arguments: texts)
  func label(text: String, clean: String) {
    #expect(Label.clean(text) == clean)
  }

  @Test("what reads from the right is kept apart")
  func isolation() {
    #expect(Label.isolated("שלום") == "\u{2068}שלום\u{2069}")
    #expect(Label.isolated("a") == "a")
  }

  @Test("text is cut where it would not fit")
  func fitting() {
    let text = "High income, high spending"
    let width = TextMetrics.width(text, size: 12)
    #expect(TextMetrics.fitted(text, size: 12, into: width).text == text)
    let (cut, isCut) = TextMetrics.fitted(text, size: 12, into: width - 1)
    #expect(isCut && cut.hasSuffix("…") && TextMetrics.width(cut, size: 12) < width)
    let lines = TextMetrics.lines(text, size: 12, into: 80, atMost: 2).lines
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { TextMetrics.width($0, size: 12) <= 80 })
  }

  @Test("text has a contrast of 4.5:1 and marks of 3:1 in both themes")
  func contrast() {
    for (ground, ink, muted, fills) in [
      (Palette.lightGround, Palette.lightInk, Palette.lightMuted, Palette.light),
      (Palette.darkGround, Palette.darkInk, Palette.darkMuted, Palette.dark),
    ] {
      #expect(ratio(ground, ink) >= 4.5)
      #expect(ratio(ground, muted) >= 4.5)
      for fill in fills { #expect(ratio(ground, fill) >= 3, "\(fill) on \(ground)") }
      #expect(Set(fills).count == fills.count)
    }
    for (fill, isDark) in Palette.lightSteps + Palette.darkSteps {
      #expect(ratio(fill, isDark ? "#ffffff" : "#000000") >= 4.5, "\(fill)")
    }
  }

  @Test("64 segments have 64 looks, all in two different forms")
  func looks() {
    let looks = (0..<64).map { "\($0 % Palette.light.count) \(Marker(segment: $0).rawValue)" }
    #expect(Set(looks).count == 64)
    #expect(Set((0..<8).map { Marker(segment: $0).rawValue }).count == 8)
  }

  /// Contrast as WCAG 2.2 defines it.
  private func ratio(_ a: String, _ b: String) -> Double {
    let light = [luminance(a), luminance(b)].sorted()
    return (light[1] + 0.05) / (light[0] + 0.05)
  }

  private func luminance(_ colour: String) -> Double {
    let parts = stride(from: 1, to: 7, by: 2).map { start -> Double in
      let value = Double(Int(colour.dropFirst(start).prefix(2), radix: 16) ?? 0) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
}

/// Numbers of every size, the same for one seed.
private struct Linear {
  var state: UInt64

  mutating func unit() -> Double {
    state = (state &+ 0x9E37) &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-53
  }

  mutating func power() -> Double { pow(10, (unit() - 0.5) * 600) }
}
