import Charts
import Datasets
import Segmentation

/// Figures and words as the page shows them.
enum DashboardText {
  /// A number as on the pictures: about four digits, thousands separated.
  static func number(_ value: Double) -> String { NumberText.short(value) }

  static func number(_ value: Double?) -> String { value.map { number($0) } ?? "–" }

  static func count(_ value: Int) -> String { NumberText.short(Double(value)) }

  /// A share as per cent: `19.5 %`.
  static func percent(_ share: Double) -> String {
    "\(TextTable.number((share * 1000).rounded() / 10))\u{202F}%"
  }

  /// A number with its unit.
  static func value(_ value: Double, unit: String?) -> String {
    guard let unit, !unit.isEmpty, unit.count <= 12 else { return number(value) }
    return "\(number(value))\u{00A0}\(Label.clean(unit))"
  }

  /// An index: three decimals.
  static func index(_ value: Double?) -> String {
    guard let value else { return "–" }
    return abs(value) >= 100
      ? number(value) : TextTable.number((value * 1000).rounded() / 1000)
  }

  /// A moment, UTC, for those whose browser does not tell it in words.
  static func moment(_ milliseconds: Int64) -> String {
    let text = Timestamp.text(milliseconds)
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }

  /// A column as it is called on the page.
  static func name(of feature: RunFeature) -> String {
    let name = Label.clean(RunCharts.name(feature.header, unit: feature.unit))
    return name.isEmpty ? feature.key : name
  }

  /// The features of a run without what stands in parentheses, where they are still told apart.
  static func shortNames(of run: Run) -> [String] {
    let names = run.features.map { name(of: $0) }
    let short = names.map { name -> String in
      guard name.hasSuffix(")"), let start = name.firstIndex(of: "(") else { return name }
      let rest = Label.clean(String(name[..<start]))
      return rest.isEmpty ? name : rest
    }
    return Set(short).count == names.count ? short : names
  }

  static func goal(_ goal: SegmentGoal) -> String {
    switch goal {
    case .retain: "Retain"
    case .grow: "Grow"
    case .winBack: "Win back"
    case .crossSell: "Cross-sell"
    case .upSell: "Up-sell"
    case .nurture: "Nurture"
    }
  }

  static func action(_ kind: ActionKind) -> String {
    switch kind {
    case .campaign: "Campaign"
    case .personalisation: "Personalisation"
    case .productOffer: "Offer"
    case .retention: "Retention"
    case .revenue: "Revenue"
    }
  }

  static func stability(_ value: Double) -> String {
    switch StabilityWord(value) {
    case .unstable: "unstable"
    case .doubtful: "doubtful"
    case .stable: "stable"
    case .highlyStable: "highly stable"
    }
  }

  static func structure(_ structure: StructureStrength) -> (word: String, meaning: String) {
    switch structure {
    case .strong: ("Strong", "the groups stand apart")
    case .fair: ("Fair", "there are groups, and they touch")
    case .weak: ("Weak", "slices of one crowd, not kinds of customers")
    }
  }

  static func verdict(_ verdict: SegmentVerdict) -> String { verdict.rawValue }

  static func verdict(_ verdict: RunComparison.Verdict) -> String {
    switch verdict {
    case .stable: "Stable"
    case .drifting: "Drifting"
    case .changed: "Changed"
    }
  }

  static func done(_ action: FindingAction) -> String {
    switch action {
    case .setAside: "set aside"
    case .filled: "filled"
    case .clipped: "clipped"
    case .dropped: "dropped"
    case .reported: "left as it is"
    }
  }
}
